"""PyTorch: the derivative of the sigmoid at 40 is 0; it is 4.2e-18."""

import numpy as np
import torch

import closedform as cf

s = torch.tensor(40.0, dtype=torch.float64)
theirs = torch.func.grad(torch.sigmoid)(s)
truth = np.array(np.exp(-40.0) / (1 + np.exp(-40.0)) ** 2)
formula = cf.formula("sigmoid(s)", "s in R")
ours = formula.grad("s")
value = np.asarray(ours(s=40.0))

print("PyTorch:   ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = not np.asarray(theirs).any()
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12 * truth)
