"""Single figures: structure, association, per-sample gradients, share of the peak, small calls, start, planning."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np
from rounds import in_turn, ratio

from closedform import Formula, formula
from closedform.program.compiled import Compiled
from closedform.structured.structured import map_operator, operator

Claim = dict[str, Any]
COLD = """
import time; start = time.perf_counter()
import numpy as np
from closedform import formula
from closedform.program.compiled import Compiled
H = Compiled((formula("sum(softplus(A*x)) - y'*A*x").hessian("x")._raw,), "numpy")
H(np.ones((50, 5)), np.ones(5))
"""


def claim(what: str, value: float, limit: float, unit: str, above: bool, interval: Any = None) -> Claim:
    """A measured figure, the limit set for it, and whether it is to be above or below."""
    met = value >= limit if above else value <= limit
    found = {"what": what, "value": value, "limit": limit, "unit": unit, "above": above, "met": met}
    return {**found, "interval": interval}


def times_as_fast(what: str, slow: Callable[[], Any], fast: Callable[[], Any], limit: float, rounds: int = 7) -> Claim:
    times = in_turn({"slow": slow, "fast": fast}, rounds)
    middle, low, high = ratio(times["slow"], times["fast"])
    return claim(what, middle, limit, "×", True, (low, high))


class Values:
    """The values of nodes at these arrays, each compiled once."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self.known: dict[Any, Compiled] = {}

    def __call__(self, node: Any) -> Any:
        if node not in self.known:
            self.known[node] = Compiled((node,), "numpy")
        program = self.known[node]
        return program(*(self.given[name] for name in program.arguments))


def factorisation(r: Any) -> Claim:
    """The Hessian of a matrix factorisation as a map against the dense one of JAX."""
    import jax
    import jax.numpy as jnp

    U, V, T = (jnp.asarray(r.normal(size=s)) for s in ((100, 10), (100, 10), (100, 100)))
    dense = jax.jit(jax.hessian(lambda U: ((U @ V.T - T) ** 2).sum()))
    g = formula("sum((U*V' - T).^2)").grad("U").derivative("U")
    value = Values({"V": np.asarray(V)})
    direction = next(s for s in _symbols(g) if s.params[0] == "dU")

    def structured() -> Any:
        return map_operator(g._raw, direction, value, {"m": 100, "n": 10, "k": 100})

    want = np.asarray(dense(U)).transpose(1, 0, 3, 2).reshape(1000, 1000)
    assert np.allclose(structured().todense(), want)
    return times_as_fast(
        "Hessian of a factorisation, 100×100 of rank 10: the operator, ready to solve, against dense `jax.hessian`",
        lambda: jax.block_until_ready(dense(U)), structured, 1000, 5,
    )  # fmt: skip


def _symbols(g: Formula) -> list[Any]:
    from closedform.expr.walk import postorder

    return [n for n in postorder(g._raw) if n.op.text == "sym"]


def newton(r: Any) -> Claim:
    """A Newton step of logistic regression with more features than samples, by Woodbury."""
    import scipy.linalg

    m, n = 200, 20_000
    A, x = r.normal(size=(m, n)) / np.sqrt(n), r.normal(size=n)
    g = r.normal(size=n)
    H = formula("sum(softplus(A*x)) + t*x'*x/2", "t > 0").hessian("x")
    value = Values({"A": A, "x": x, "t": 0.1, "m": m, "n": n})

    def woodbury() -> Any:
        return operator(H._raw, value, {"m": m, "n": n}).solve(g)

    small = 4000  # the dense solve takes O(n³): measured here, and scaled up by the flops
    p = 1 / (1 + np.exp(-(A @ x)))
    B = A[:, :small]
    dense = (B * (p * (1 - p))[:, None]).T @ B + 0.1 * np.eye(small)
    solve_g = g[:small]
    woodbury()
    times = in_turn(
        {"fast": woodbury, "slow": lambda: scipy.linalg.solve(dense, solve_g, assume_a="pos")}, 5
    )
    middle, low, high = (v * (n / small) ** 3 for v in ratio(times["slow"], times["fast"]))
    what = f"Newton step, {n} features, {m} samples: Woodbury against the dense solve (timed at {small}, scaled by n³)"
    return claim(what, middle, 100, "×", True, (low, high))


def forum(r: Any) -> Claim:
    """Per-sample gradients of x'Ax, 4000 rows: X(A + A') against backward through (x@A@x.T).diagonal().sum()."""
    import torch

    X, A = r.normal(size=(4000, 100)), r.normal(size=(100, 100))
    ours = Compiled((formula("sum(diag(X*A*X'))").grad("X")._raw,), "numpy")
    x, a = torch.tensor(X, requires_grad=True), torch.tensor(A)

    def backward() -> Any:
        return torch.autograd.grad((x @ a @ x.T).diagonal().sum(), x)[0]

    assert np.allclose(backward().numpy(), ours(X, A))
    what = "per-sample x'Ax, 4000 rows: against the forum's answer in torch"
    return times_as_fast(what, backward, lambda: ours(X, A), 50, 5)


def gram(r: Any) -> Iterator[Claim]:
    """Shares of the arithmetic peak, which is the best product of two matrices of the same run."""
    m, n = 2000, 1000
    A, x, B = r.normal(size=(m, n)) / 40, r.normal(size=n), r.normal(size=(n, n))
    plain = Compiled((formula("||A*x - b||^2").hessian("x")._raw,), "numpy")
    weighted = Compiled((formula("sum(softplus(A*x)) - y'*A*x").hessian("x")._raw,), "numpy")
    times = in_turn({"peak": lambda: A @ B, "plain": lambda: plain(A), "weighted": lambda: weighted(A, x)}, 9)
    for name, limit in (("plain", 0.9), ("weighted", 0.82)):
        shares = [v / 2 for v in ratio(times["peak"], times[name])]  # n·n·m flops against 2·n·n·m
        what = f"Hessian A'{'A' if name == 'plain' else 'DA'}, {m}×{n}: share of the peak, symmetric work counted once"
        yield claim(what, 100 * shares[0], 100 * limit, "%", True, tuple(100 * s for s in shares[1:]))


def typed(r: Any) -> Claim:
    import jax
    import jax.numpy as jnp

    n = 1000
    W, x = jnp.asarray(r.normal(size=(n, n)) / 30), jnp.asarray(r.normal(size=n))
    ours = Compiled((formula("x'*W^2*(W^2)'*x").grad("W")._raw,), "numpy")
    theirs = jax.jit(jax.grad(lambda W: x @ (W @ W) @ (W @ W).T @ x))
    w, y = np.asarray(W), np.asarray(x)
    assert np.allclose(ours(w, y), theirs(W))
    return times_as_fast(
        "`x'*W^2*(W^2)'*x` as typed, n = 1000, against `jax.grad` of the same text",
        lambda: jax.block_until_ready(theirs(W)), lambda: ours(w, y), 90, 5,
    )  # fmt: skip


def small(r: Any) -> Claim:
    A, x = r.normal(size=(3, 3)), r.normal(size=3)
    ours = Compiled((formula("x'*A*x").grad("x")._raw,), "numpy")
    ours(A, x)
    times = in_turn({"ours": lambda: ours(A, x)}, 15)["ours"]
    return claim("a call by position, gradient of x'Ax, n = 3", 1e6 * median(times), 3, "µs", False)


def cold() -> Claim:
    from timing import of_process

    of_process("-c", COLD)
    spent = median(of_process("-c", COLD)[1] for _ in range(5))
    return claim("a new process to its first numeric Hessian (logistic), processor time", 1e3 * spent, 400, "ms", False)


def planning() -> Claim:
    from problems import PROBLEMS
    from rivals import nodes

    worst = 0.0
    for p in PROBLEMS:
        d = p.data(*p.sizes[0])
        program = Compiled(nodes(p), "numpy")
        given = {a.name: getattr(d, a.name) if hasattr(d, a.name) else len(d.U) for a in program._all}
        start = time.process_time()
        program.program(given)
        worst = max(worst, time.process_time() - start)
    return claim("planning, the slowest problem of the table", 1e3 * worst, 20, "ms", False)


def claims() -> Iterator[Claim]:
    import rivals  # noqa: F401  (JAX and PyTorch with float64 and one thread)

    r = np.random.default_rng(11)
    yield factorisation(r)
    yield newton(r)
    yield typed(r)
    yield forum(r)
    yield from gram(r)
    yield small(r)
    yield planning()


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    found = [cold()] if "cold" in sys.argv else list(claims())
    print(json.dumps(found))
