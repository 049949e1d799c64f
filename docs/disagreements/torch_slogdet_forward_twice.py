"""PyTorch: the second directional derivative of log|det X| by nested jvp is 0."""

import numpy as np
import torch
from torch.func import jvp

import closedform as cf

X = torch.tensor([[1.0, 2.0], [3.0, 7.0]], dtype=torch.float64)
V = torch.tensor([[0.3, -0.7], [0.2, 0.9]], dtype=torch.float64)
theirs = jvp(lambda Y: jvp(lambda Z: torch.linalg.slogdet(Z)[1], (Y,), (V,))[1], (X,), (V,))[1]
truth = np.array(-np.trace(np.linalg.solve(X, V) @ np.linalg.solve(X, V)))
formula = cf.formula("logdet(X)")
ours = formula.hessian("X")
value = np.asarray((V.numpy() * ours(X=X.numpy(), dX1=V.numpy())).sum())

print("PyTorch:   ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = not np.asarray(theirs).any()
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
