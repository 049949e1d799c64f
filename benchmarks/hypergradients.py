"""Hypergradients of ridge and logistic regression: time and error beside JAXopt, optimistix and torchopt.

    python benchmarks/hypergradients.py [10 100 1000]

Given w* = argmin over the training data, the derivative of the loss on other data by lam. Libraries that are not
installed are left out. Every row of a problem is timed in one process, in rounds that take turns, on one core: XLA
takes all that it is given, whatever the variables below say.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np

import closedform as cf
from closedform.argmin.large import Large
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM

Array = Any
ROUNDS, LEAST = 9, 0.02
FORMULAS = {
    "ridge": "1/2*||A*w - y||^2 + lam/2*||w||^2",
    "logistic": "sum(log(1 + exp(-y.*(A*w)))) + lam/2*||w||^2",
}


@dataclass
class Case:
    """One problem at one size, with the answer by a direct solve."""

    name: str
    n: int
    A: Array
    y: Array
    lam: float
    w: Array
    u: Array
    true: float


def case(name: str, n: int) -> Case:
    rng = np.random.default_rng(n)
    A = rng.standard_normal((2 * n, n)) / np.sqrt(n)
    y = rng.standard_normal(2 * n) if name == "ridge" else np.sign(rng.standard_normal(2 * n))
    lam, w = 0.5, np.zeros(n)
    V, c = rng.standard_normal((n, n)) / np.sqrt(n), rng.standard_normal(n)
    for _ in range(30):
        g, H = slopes(name, A, y, lam, w)
        w = w - np.linalg.solve(H, g)
    u = V.T @ (V @ w - c)
    _, H = slopes(name, A, y, lam, w)
    return Case(name, n, A, y, lam, w, u, float(-u @ np.linalg.solve(H, w)))


def slopes(name: str, A: Array, y: Array, lam: float, w: Array) -> tuple[Array, Array]:
    eye = np.eye(len(w))
    if name == "ridge":
        return A.T @ (A @ w - y) + lam * w, A.T @ A + lam * eye
    p = 1 / (1 + np.exp(y * (A @ w)))
    return -A.T @ (y * p) + lam * w, A.T @ ((p * (1 - p))[:, None] * A) + lam * eye


# ours


def formulas(c: Case) -> dict[str, Callable[[], float]]:
    a = cf.formula(FORMULAS[c.name], "lam > 0").argmin("w")
    pulled = a.vjp("lam")
    fast = pulled.compile("numpy")
    given = {"A": c.A, "y": c.y, "w": c.w, "lam": c.lam, "u": c.u}
    args = [given[name] for name in fast.arguments]
    system = a._problem({k: given[k] for k in ("A", "y", "lam")}, {}, np.zeros(c.n)).system
    lam = next(n for n in postorder(system.L) if n.op is SYM and n.params[0] == "lam")
    out: dict[str, Callable[[], float]] = {
        "closedform, NumPy": lambda: float(fast(*args)),
        "closedform, CG 1e-10": lambda: float(Large(system, c.w, dense=False, rtol=1e-10).vjp(lam, c.u)[0]),
    }
    try:
        import jax
        import jax.numpy as jnp
    except ImportError:
        return out
    jitted = jax.jit(pulled.compile("jax"))
    arrays = [jnp.asarray(given[name]) for name in fast.arguments]
    out["closedform, JAX"] = lambda: float(jitted(*arrays))
    return out


# the others


def jax_objective(name: str) -> Callable[..., Any]:
    import jax.numpy as jnp

    def ridge(w: Any, lam: Any, A: Any, y: Any) -> Any:
        return 0.5 * jnp.sum((A @ w - y) ** 2) + lam / 2 * jnp.sum(w**2)

    def logistic(w: Any, lam: Any, A: Any, y: Any) -> Any:
        return jnp.sum(jnp.logaddexp(0.0, -y * (A @ w))) + lam / 2 * jnp.sum(w**2)

    return ridge if name == "ridge" else logistic


def jaxopt_rows(c: Case) -> dict[str, Callable[[], float]]:
    import jax
    import jax.numpy as jnp
    from jaxopt import implicit_diff, linear_solve

    f = jax_objective(c.name)
    A, y, w, u = (jnp.asarray(v) for v in (c.A, c.y, c.w, c.u))
    out = {}
    ways = {
        "normal_cg (default)": linear_solve.solve_normal_cg, "cg": linear_solve.solve_cg, "lu": linear_solve.solve_lu
    }
    for label, solve in ways.items():
        root = implicit_diff.custom_root(lambda w, lam: jax.grad(f)(w, lam, A, y), solve=solve)(lambda start, lam: w)
        g = jax.jit(jax.grad(lambda lam, root=root: u @ root(None, lam)))
        out[f"JAXopt, {label}"] = lambda g=g: float(g(c.lam))
    return out


def optimistix_rows(c: Case) -> dict[str, Callable[[], float]]:
    import jax
    import jax.numpy as jnp
    import lineax as lx
    import optimistix as optx

    f = jax_objective(c.name)
    A, y, w, u = (jnp.asarray(v) for v in (c.A, c.y, c.w, c.u))
    ways = {
        "LU (default)": (None, frozenset()),
        "Cholesky by tag": (None, frozenset([lx.positive_semidefinite_tag])),
        "CG 1e-10": (lx.CG(rtol=1e-10, atol=1e-10), frozenset([lx.positive_semidefinite_tag])),
    }
    out = {}
    for label, (linear, tags) in ways.items():
        adjoint = optx.ImplicitAdjoint() if linear is None else optx.ImplicitAdjoint(linear_solver=linear)

        def value(lam: Any, adjoint: Any = adjoint, tags: Any = tags) -> Any:
            solver = optx.GradientDescent(1e-2, rtol=1e-3, atol=1e-3)
            options = {"adjoint": adjoint, "tags": tags, "throw": False}
            return u @ optx.minimise(lambda w, lam: f(w, lam, A, y), solver, w, lam, **options).value

        g = jax.jit(jax.grad(value))
        out[f"optimistix, {label}"] = lambda g=g: float(g(c.lam))
    return out


def torchopt_rows(c: Case) -> dict[str, Callable[[], float]]:
    import torch
    import torchopt

    torch.set_num_threads(1)
    A, y, w, u = (torch.as_tensor(v) for v in (c.A, c.y, c.w, c.u))

    def objective(w: Any, lam: Any) -> Any:
        fit = 0.5 * ((A @ w - y) ** 2).sum() if c.name == "ridge" else torch.nn.functional.softplus(-y * (A @ w)).sum()
        return fit + lam / 2 * (w**2).sum()

    ways = {"normal_cg (default)": None, "cg": torchopt.linear_solve.solve_cg()}
    out = {}
    for label, solve in ways.items():
        more = {} if solve is None else {"solve": solve}
        slope = torch.func.grad(objective, argnums=0)

        @torchopt.diff.implicit.custom_root(slope, argnums=1, **more)
        def solved(start: Any, lam: Any) -> Any:
            return w.clone().requires_grad_()

        def row(solved: Any = solved) -> float:
            lam = torch.tensor(c.lam, dtype=torch.float64, requires_grad=True)
            (g,) = torch.autograd.grad(u @ solved(w, lam), lam)
            return float(g)

        out[f"torchopt, {label}"] = row
    return out


def rows(c: Case) -> dict[str, Callable[[], float]]:
    out = formulas(c)
    for some in (jaxopt_rows, optimistix_rows, torchopt_rows):
        try:
            out |= some(c)
        except ImportError as error:
            print(f"left out: {error.name}", file=sys.stderr)
    return out


def times(calls: dict[str, Callable[[], float]]) -> dict[str, float]:
    """The median of rounds that take turns, in milliseconds."""
    counts, seen = {}, {name: [] for name in calls}
    for name, call in calls.items():
        call()
        begin = perf_counter()
        call()
        counts[name] = max(1, int(LEAST / max(perf_counter() - begin, 1e-7)))
    for _ in range(ROUNDS):
        for name, call in calls.items():
            begin = perf_counter()
            for _ in range(counts[name]):
                call()
            seen[name].append((perf_counter() - begin) / counts[name] * 1e3)
    return {name: float(np.median(v)) for name, v in seen.items()}


def main(sizes: list[int]) -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    try:
        import jax

        jax.config.update("jax_enable_x64", True)
    except ImportError:
        print("left out: jax", file=sys.stderr)
    print("| problem | n | way | ms | relative error |")
    print("| --- | --- | --- | --- | --- |")
    for name in FORMULAS:
        for n in sizes:
            c = case(name, n)
            calls = rows(c)
            for way, ms in sorted(times(calls).items(), key=lambda item: item[1]):
                print(f"| {name} | {n} | {way} | {ms:.3g} | {abs(calls[way]() / c.true - 1):.1e} |", flush=True)


if __name__ == "__main__":
    main([int(n) for n in sys.argv[1:]] or [10, 100, 1000])
