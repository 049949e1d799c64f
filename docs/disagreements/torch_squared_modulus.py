"""PyTorch: the second derivative of |s|² at 0 is 0."""

import numpy as np
import torch

import closedform as cf

s = torch.tensor(0.0, dtype=torch.float64)
theirs = torch.func.hessian(lambda s: torch.abs(s) ** 2)(s)
truth = np.array(2.0)
formula = cf.formula("abs(s)^2", "s in R")
ours = formula.hessian("s")
value = np.asarray(ours())

print("PyTorch:   ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = not np.asarray(theirs).any()
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
