"""JAX: the gradient of ‖x‖³ at 0 is NaN."""

import jax
import jax.numpy as jnp
import numpy as np

import closedform as cf

jax.config.update("jax_enable_x64", True)

x = jnp.zeros(2)
theirs = jax.grad(lambda x: jnp.linalg.norm(x) ** 3)(x)
truth = np.array([0.0, 0.0])
formula = cf.formula("||x||^3")
ours = formula.grad("x")
value = np.asarray(ours(x=np.zeros(2)))

print("JAX:       ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = bool(np.isnan(np.asarray(theirs)).all())
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
