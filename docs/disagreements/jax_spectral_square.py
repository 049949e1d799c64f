"""JAX: through eigenvectors the gradient of the sum of S² at the identity is NaN."""

import jax
import jax.numpy as jnp
import numpy as np

import closedform as cf

jax.config.update("jax_enable_x64", True)


def by_eigenvectors(S):
    w, V = jnp.linalg.eigh(S)
    return (V @ jnp.diag(w**2) @ V.T).sum()


theirs = jax.grad(by_eigenvectors)(jnp.eye(2))
truth = np.array([[2.0, 2.0], [2.0, 2.0]])
formula = cf.formula("sum(S*S)", "S in Sym(n)")
ours = formula.grad("S")
value = np.asarray(ours(S=np.eye(2)))

print("JAX:       ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = bool(np.isnan(np.asarray(theirs)).all())
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
