"""PyTorch: through eigenvectors the gradient of the sum of S² at the identity is NaN."""

import numpy as np
import torch

import closedform as cf


def by_eigenvectors(S):
    w, V = torch.linalg.eigh(S)
    return (V @ torch.diag(w**2) @ V.T).sum()


theirs = torch.func.grad(by_eigenvectors)(torch.eye(2, dtype=torch.float64))
truth = np.array([[2.0, 2.0], [2.0, 2.0]])
formula = cf.formula("sum(S*S)", "S in Sym(n)")
ours = formula.grad("S")
value = np.asarray(ours(S=np.eye(2)))

print("PyTorch:   ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = bool(torch.isnan(theirs).any())
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
