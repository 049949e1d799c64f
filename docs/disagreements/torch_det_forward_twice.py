"""PyTorch: forward over forward differentiation of the determinant is wrong: it is affine in each entry."""

import numpy as np
import torch

import closedform as cf

X = torch.tensor([[1.0, 2.0], [3.0, 5.0]], dtype=torch.float64)
E = np.array([[1.0, 0.0], [0.0, 0.0]])
theirs = torch.func.jacfwd(torch.func.jacfwd(torch.linalg.det))(X)[0, 0]
truth = np.array([[0.0, 0.0], [0.0, 1.0]])
formula = cf.formula("det(X)")
ours = formula.hessian("X")
value = np.asarray(ours(X=X.numpy(), dX1=E))

print("PyTorch:   ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = bool(abs(theirs[0, 0]) > 20)
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
