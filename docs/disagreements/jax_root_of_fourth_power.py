"""JAX: the derivative of the root of s⁴ at 0 is NaN."""

import jax
import jax.numpy as jnp
import numpy as np

import closedform as cf

jax.config.update("jax_enable_x64", True)

s = 0.0
theirs = jax.grad(lambda s: jnp.sqrt(s**4))(s)
truth = np.array(0.0)
formula = cf.formula("sqrt(s^4)", "s in R")
ours = formula.grad("s")
value = np.asarray(ours(s=0.0))

print("JAX:       ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = bool(np.isnan(np.asarray(theirs)).all())
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
