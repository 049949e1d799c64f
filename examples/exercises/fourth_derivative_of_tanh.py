"""The 4th derivative of tanh in closed form, against four times jax.grad."""

import jax
import jax.numpy as jnp
import numpy as np

import closedform as cf

jax.config.update("jax_enable_x64", True)


def main() -> float:
    closed = cf.formula("tanh(x)", "x in R")
    automatic = jnp.tanh
    for order in range(1, 5):
        closed, automatic = closed.grad("x"), jax.grad(automatic)
        print(f"{order}: {closed.text}   [{closed.check().level}]")
    points = np.linspace(-3.0, 3.0, 25)
    ours = np.array([closed(x=x) for x in points])
    theirs = np.array([automatic(x) for x in points])
    worst = float(np.abs(ours - theirs).max())
    print(f"largest difference from JAX at {len(points)} points: {worst:.1e}")
    return worst


if __name__ == "__main__":
    main()
