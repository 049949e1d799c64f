"""PyTorch: the Hessian of ‖x‖² at 0 is 0."""

import numpy as np
import torch

import closedform as cf

x = torch.zeros(2, dtype=torch.float64)
theirs = torch.func.hessian(lambda x: torch.linalg.norm(x) ** 2)(x)
truth = np.array(2 * np.eye(2))
formula = cf.formula("||x||^2")
ours = formula.hessian("x")
value = np.asarray(ours(n=2))

print("PyTorch:   ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = not np.asarray(theirs).any()
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
