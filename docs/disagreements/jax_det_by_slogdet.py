"""JAX: the gradient of det as sign·exp(log|det|) at a singular matrix is NaN."""

import jax
import jax.numpy as jnp
import numpy as np

import closedform as cf

jax.config.update("jax_enable_x64", True)

X = jnp.array([[1.0, 2.0], [2.0, 4.0]])


def det(X):
    sign, log = jnp.linalg.slogdet(X)
    return sign * jnp.exp(log)


theirs = jax.grad(det)(X)
truth = np.array([[4.0, -2.0], [-2.0, 1.0]])
formula = cf.formula("det(X)")
ours = formula.grad("X")
value = np.asarray(ours(X=np.asarray(X)))

print("JAX:       ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = bool(np.isnan(np.asarray(theirs)).all())
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
