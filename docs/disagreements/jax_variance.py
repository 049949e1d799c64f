"""JAX: the gradient of the variance, as the square of std, at equal entries is NaN."""

import jax
import jax.numpy as jnp
import numpy as np

import closedform as cf

jax.config.update("jax_enable_x64", True)

x = jnp.ones(3)
theirs = jax.grad(lambda x: jnp.std(x) ** 2)(x)
truth = np.array([0.0, 0.0, 0.0])
formula = cf.formula("var(x)")
ours = formula.grad("x")
value = np.asarray(ours(x=np.ones(3)))

print("JAX:       ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = bool(np.isnan(np.asarray(theirs)).all())
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
