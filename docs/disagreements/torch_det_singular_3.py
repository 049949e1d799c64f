"""PyTorch: backward() of the determinant at diag(1, 1, 0) gives 0."""

import numpy as np
import torch

import closedform as cf

X = torch.diag(torch.tensor([1.0, 1.0, 0.0], dtype=torch.float64)).requires_grad_(True)
torch.linalg.det(X).backward()
theirs = X.grad
truth = np.array(np.diag([0.0, 0.0, 1.0]))
formula = cf.formula("det(X)")
ours = formula.grad("X")
value = np.asarray(ours(X=X.detach().numpy()))

print("PyTorch:   ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = not np.asarray(theirs).any()
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
