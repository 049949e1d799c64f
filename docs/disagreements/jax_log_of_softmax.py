"""JAX: the gradient of log(softmax(x)₁) at (-1000, 1000) is NaN."""

import jax
import jax.numpy as jnp
import numpy as np

import closedform as cf

jax.config.update("jax_enable_x64", True)

x = jnp.array([-1000.0, 1000.0])
theirs = jax.grad(lambda x: jnp.log(jax.nn.softmax(x))[0])(x)
truth = np.array([1.0, -1.0])
formula = cf.formula("log(softmax(x)[1])")
ours = formula.grad("x")
value = np.asarray(ours(x=np.asarray(x)))

print("JAX:       ", theirs.tolist())
print("closedform:", value.tolist(), "from", ours.text, "-", ours.check().line())
wrong = bool(np.isnan(np.asarray(theirs)).all())
proven = ours.check().ok and np.allclose(value, truth, rtol=1e-12, atol=1e-12)
