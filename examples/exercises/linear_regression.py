"""Gradient descent for linear regression: the gradient by hand, in closed form, and by automatic differentiation.

Descent goes on until the loss is below 1e-9, for n points in np.logspace(1, 4), in three runs or more; total times are
compared. The gradient that is usually written by hand sums over the points where the loss takes their mean: it is n
times too large, which the step size hides until n grows. ``cf.check`` says so.
"""

import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

import closedform as cf

jax.config.update("jax_enable_x64", True)
LOSS = "1/n*sum((w*x + b - y).^2)"
WHERE = "x in R^n, y in R^n, w in R, b in R"
BY_HAND_WITH_SLIP = "2*sum(x.*(w*x + b - y))"
SMALL, STEP, MOST, RUNS = 1e-9, 0.5, 2000, 3
Slope = Callable[[float, float], tuple[float, float, float]]


def by_hand(x: np.ndarray, y: np.ndarray) -> Slope:
    def slope(w, b):
        r = w * x + b - y
        return r @ r / len(x), 2 * (x @ r) / len(x), 2 * r.sum() / len(x)

    return slope


def closed_form(x: np.ndarray, y: np.ndarray) -> Slope:
    loss = cf.formula(LOSS, WHERE)
    step = loss.compile("numpy", loss.grad("w"), loss.grad("b"), fixed={"x": x, "y": y})
    at = [step.arguments.index(name) for name in ("w", "b")]

    def slope(w, b):
        given = [0.0] * len(step.arguments)
        given[at[0]], given[at[1]] = w, b
        return step(*given)

    return slope


def automatic(x: np.ndarray, y: np.ndarray) -> Slope:
    both = jax.jit(jax.value_and_grad(lambda p: jnp.mean((p[0] * x + p[1] - y) ** 2)))

    def slope(w, b):
        value, (dw, db) = both((w, b))
        return float(value), float(dw), float(db)

    return slope


WAYS = {"by hand": by_hand, "closed form": closed_form, "JAX autodiff": automatic}


def descend(slope: Slope) -> tuple[float, float, float, int]:
    """The weights that gradient descent ends at, the loss there, and the number of steps."""
    w, b = 0.0, 0.0
    for step in range(MOST):
        value, dw, db = slope(w, b)
        if value < SMALL:
            return w, b, value, step
        w, b = w - STEP * dw, b - STEP * db
    return w, b, value, MOST


def slip() -> cf.Verdict:
    """The usual gradient by hand, judged: it is n times the right one."""
    return cf.check(LOSS, BY_HAND_WITH_SLIP, WHERE, by="w")


def main(sizes: np.ndarray | None = None) -> dict[str, list[tuple[int, float, float, float, int]]]:
    """For each way, a row (n, seconds, w, b, steps) for each number of points."""
    found: dict[str, list[tuple[int, float, float, float, int]]] = {name: [] for name in WAYS}
    for n in (np.logspace(1, 4, 4) if sizes is None else sizes).astype(int):
        rng = np.random.default_rng(0)
        x = rng.uniform(-1, 1, n)
        y = 3 * x + 2
        for name, way in WAYS.items():
            slope = way(x, y)
            slope(0.0, 0.0)  # compile
            times = []
            for _ in range(RUNS):
                start = time.perf_counter()
                w, b, value, steps = descend(slope)
                times.append(time.perf_counter() - start)
            found[name].append((int(n), sum(times), w, b, steps))
            print(f"n = {n:6}  {name:13} {steps:4} steps  loss {value:.1e}  {sum(times) * 1e3:8.2f} ms in {RUNS} runs")
    print(f"the gradient that is usually written by hand, {BY_HAND_WITH_SLIP}:")
    print(slip())
    return found


if __name__ == "__main__":
    main()
