"""The matrix exercises: gradients and Hessians in closed form, each certified, each against JAX."""

import jax
import jax.numpy as jnp
import numpy as np

import closedform as cf

jax.config.update("jax_enable_x64", True)
EXERCISES = [
    ("1/2*x'*A*x + b'*x + c", "A in R^(n×n)", "x", "hessian", lambda x, A, b, c: x @ A @ x / 2 + b @ x + c),
    ("tr(A*X*B)", "", "X", "gradient", lambda X, A, B: jnp.trace(A @ X @ B)),
    ("1/2*||A*x - b||^2", "", "x", "gradient", lambda x, A, b: jnp.sum((A @ x - b) ** 2) / 2),
    ("1/2*||A*x - b||^2", "", "x", "hessian", lambda x, A, b: jnp.sum((A @ x - b) ** 2) / 2),
    ("log(1 + exp(a'*x))", "", "x", "gradient", lambda x, a: jnp.log(1 + jnp.exp(a @ x))),
    ("log(1 + exp(a'*x))", "", "x", "hessian", lambda x, a: jnp.log(1 + jnp.exp(a @ x))),
]
SHAPES = {"A": (4, 3), "B": (5, 4), "X": (3, 5), "x": (3,), "a": (3,), "c": ()}


def data(text: str, names: list[str]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    square = text.startswith("1/2*x'")
    shapes = SHAPES | {"A": (3, 3) if square else (4, 3), "b": (3,) if square else (4,)}
    return {name: rng.normal(size=shapes[name]) for name in names}


def main() -> dict[str, float]:
    differences = {}
    for text, where, by, op, function in EXERCISES:
        f = cf.formula(text, where or None)
        found = f.grad(by) if op == "gradient" else f.hessian(by)
        values = data(text, f.variables)
        rest = {name: value for name, value in values.items() if name != by}
        ask = jax.grad if op == "gradient" else jax.hessian
        automatic = ask(lambda v, function=function, rest=rest: function(v, **rest))(jnp.asarray(values[by]))
        closed = found({name: values[name] for name in found.variables})
        difference = float(np.abs(closed - np.asarray(automatic)).max())
        differences[f"{op} of {text}"] = difference
        print(f"{op:8} of {text:24} = {found.text}")
        print(f"         certificate {found.check().level}, largest difference from JAX {difference:.1e}")
    return differences


if __name__ == "__main__":
    main()
