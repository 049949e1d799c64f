"""PyTorch: the Hessian of the determinant at the identity has NaN."""

import numpy as np
import torch

import closedform as cf

I = np.eye(3)
E = np.diag([1.0, 0.0, 0.0])
theirs = torch.func.hessian(torch.linalg.det)(torch.eye(3, dtype=torch.float64))[0, 0]
truth = np.array(np.diag([0.0, 1.0, 1.0]))
formula = cf.formula("det(X)")
ours = formula.hessian("X")
value = np.asarray(ours(X=I, dX1=E))

print("PyTorch:   ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = bool(torch.isnan(theirs).any())
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
