"""No fact is claimed that an array contradicts; those a reader expects are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from closedform.errors import ValueProblem
from closedform.expr.facts import Facts
from closedform.expr.node import Node
from closedform.expr.size import size
from closedform.functions.algebra import (
    add,
    const,
    diagm,
    diagv,
    eye,
    had,
    index,
    inv,
    mpow,
    mul,
    num,
    ones,
    power,
    scale,
    size_number,
    sub,
    sumover,
    sym,
    tr,
    transpose,
    unit,
    zeros,
)
from closedform.functions.elementwise import cosh, exp, log, sigmoid, softplus, sqrt
from closedform.functions.known_facts import facts_of
from closedform.functions.matrix import adj, det, lyap, pinv, sym_part, tril, triu
from closedform.functions.matrix_functions import chol, expm, polar, sqrtm
from closedform.functions.norms import norm2, norm_op, normF
from closedform.functions.piecewise import absolute, larger, smaller
from closedform.functions.rearrange import comm, kron
from closedform.functions.samples import draw
from closedform.functions.vectors import softmax, total
from closedform.run.arrays import TESTS
from closedform.run.conditions import TESTS as CONDITIONS
from closedform.run.numeric import Evaluation
from closedform.run.structural import dense

Array = Any
N = 4
ROUNDING = 1e-8
KINDS: dict[str, tuple[Facts, str]] = {
    "A": (frozenset(), "square"),
    "B": (frozenset(), "square"),
    "S": (frozenset({"sym"}), "sym"),
    "T": (frozenset({"psd"}), "pd"),
    "P": (frozenset({"pd"}), "pd"),
    "K": (frozenset({"skew"}), "skew"),
    "V": (frozenset({"inv"}), "square"),
}
SYMBOLS = {name: sym(name, "n", "n", facts) for name, (facts, _) in KINDS.items()}
A, B, S, T, P, K, V = SYMBOLS.values()
D, E = sym("D", "n", "n", ["diag"]), sym("E", "n", "n", ["diag", "pd"])
Q, L = sym("Q", "n", "n", ["orth"]), sym("L", "n", "n", ["lower"])
R, W = sym("R", "n", "m"), sym("W", "n", "n", ["psd"])
x, y, p = sym("x", "n"), sym("y", "n"), sym("p", "n", 1, ["pos"])
s, t, u = sym("s"), sym("t", 1, 1, ["pos"]), sym("u", 1, 1, ["nonneg"])


def values(seed: int) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    env = {name: draw(kind, N, N, rng) for name, (_, kind) in KINDS.items()}
    thin = rng.standard_normal((N, 2))
    env["T"] = env["W"] = thin @ thin.T
    env |= {"D": np.diag(rng.standard_normal(N)), "E": np.diag(rng.uniform(1, 2, N))}
    env |= {"Q": np.linalg.qr(rng.standard_normal((N, N)))[0], "L": np.tril(rng.standard_normal((N, N)))}
    env |= {
        "R": rng.standard_normal((N, 3)),
        "x": rng.standard_normal((N, 1)),
        "y": rng.standard_normal((N, 1)),
    }
    env |= {"p": rng.uniform(0.5, 2, (N, 1)), "s": rng.standard_normal((1, 1)), "t": np.array([[0.7]])}
    return env | {"u": np.array([[0.3]])}


def eigenvalues(value: Array) -> Array:
    return np.linalg.eigvalsh((value + value.T) / 2)


CLAIMS: dict[str, Callable[[Array], Any]] = {
    **{
        f: lambda v, f=f: TESTS[f](np.where(np.abs(v) < ROUNDING, 0, v))
        for f in TESTS
        if f not in ("nonzero", "pos")
    },
    "nonzero": TESTS["nonzero"],
    "pos": lambda v: np.all(v > 0),
    "psd": lambda v: eigenvalues(v)[0] > -1e-9 * (1 + np.max(np.abs(v))),
    "pd": lambda v: eigenvalues(v)[0] > 0,
    "inv": CONDITIONS["invertible"],
    "square": lambda v: v.shape[0] == v.shape[1],
}


def sound(node: Node, seed: int) -> str:
    """The facts claimed of a node that its value contradicts; none where something is singular or all but."""
    run = Evaluation(values(seed), {"n": N, "m": 3})
    try:
        value = dense(run.run(node))
    except ValueProblem:
        return ""
    parts = [dense(v) for v in run.found.values()]
    if not all(np.all(np.isfinite(v)) and np.max(np.abs(v)) < 1e3 for v in parts):
        return ""
    return ", ".join(f for f in sorted(facts_of(node)) if f in CLAIMS and not CLAIMS[f](value))


SQUARE = [A, B, S, T, P, K, V, D, E, Q, L, W, eye("n"), ones("n", "n"), zeros("n", "n"), mul(R, transpose(R))]
ONE: list[Callable[[Node], Node]] = [
    transpose, inv, exp, absolute, sym_part, tril, triu, expm, adj, pinv, polar,
    lambda a: mpow(a, 2), lambda a: mpow(a, 3), lambda a: mpow(a, -2), lambda a: mpow(a, 0),
    lambda a: power(a, 2), lambda a: power(a, 3), lambda a: power(a, -1), lambda a: power(a, -2),
    lambda a: scale(s, a), lambda a: scale(t, a), lambda a: scale(u, a), lambda a: scale(num(-1), a),
    lambda a: mul(a, transpose(a)), lambda a: mul(transpose(a), P, a), lambda a: mul(a, S, transpose(a)),
    lambda a: mul(a, K, transpose(a)), lambda a: diagm(diagv(a)), lambda a: a + a.T, lambda a: a - a.T,
    lambda a: scale(s, mul(a, B)) + scale(s, mul(transpose(B), transpose(a))),
    lambda a: scale(tr(a), a), lambda a: scale(det(a), a), lambda a: -1 * a, lambda a: a - a,
    lambda a: mul(inv(a), S, transpose(inv(a))), lambda a: scale(norm_op(a), eye("n")),
]  # fmt: skip
TWO: list[Callable[[Node, Node], Node]] = [
    add, sub, mul, had, kron, larger, smaller, lambda _, b: lyap(P, b), lambda _, b: lyap(S, b),
    lambda a, b: mul(a, b, transpose(a)), lambda a, b: mul(a, b) + mul(transpose(b), transpose(a)),
    lambda a, b: 2 * a + 3 * b, lambda a, b: mul(a, b, transpose(b), transpose(a)),
    lambda a, b: mul(mul(a, b), transpose(mul(a, b))), lambda a, b: mul(transpose(mul(a, b)), P, mul(a, b)),
]  # fmt: skip
SCALARS: list[Callable[[Node], Node]] = [
    tr, det, normF, total, lambda a: mul(transpose(x), a, x), lambda a: mul(transpose(x), a, y),
    lambda a: power(mul(transpose(x), a, y), 2), lambda a: power(det(a), -1), lambda a: exp(tr(a)),
    lambda a: norm2(mul(a, x)), lambda a: had(t, tr(a)), lambda a: mul(transpose(p), a, p),
]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_no_claim_is_contradicted_by_one_operation(seed: int) -> None:
    found = {repr(f(a)): sound(f(a), seed) for a in SQUARE for f in [*ONE, *SCALARS]}
    assert {k: v for k, v in found.items() if v} == {}


@pytest.mark.parametrize("seed", [1, 2])
def test_no_claim_is_contradicted_by_random_expressions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    wrong = {}
    for _ in range(1500):
        pool = [SQUARE[i] for i in rng.integers(len(SQUARE), size=3)]
        for _ in range(3):
            a, b = (pool[i] for i in rng.integers(len(pool), size=2))
            pool.append(ONE[rng.integers(len(ONE))](a) if rng.random() < 0.5 else two(rng, a, b))
        root = pool[-1] if rng.random() < 0.7 else SCALARS[rng.integers(len(SCALARS))](pool[-1])
        if root.rows is size("n") or root.is_scalar:
            seen = sound(root, seed)
            if seen:
                wrong[repr(root)] = seen
    assert wrong == {}


def two(rng: Any, a: Node, b: Node) -> Node:
    """One of the operations of two that keeps the size."""
    choices = [f for f in TWO if f is not kron]
    return choices[rng.integers(len(choices))](a, b)


EXPECTED = [
    (inv(S), "sym"), (inv(P), "pd"), (mul(A, transpose(A)), "psd"), (mul(V, transpose(V)), "pd"),
    (mul(transpose(A), P, A), "psd"), (mul(transpose(V), P, V), "pd"), (mul(A, S, transpose(A)), "sym"),
    (P + mul(A, transpose(A)), "pd"), (W + scale(t, eye("n")), "pd"), (A + A.T, "sym"),
    (A - A.T, "square"),
    (mul(transpose(x), x), "nonneg"), (power(s, 2), "nonneg"), (exp(s), "pos"), (1 + exp(s), "pos"),
    (det(P), "pos"), (mul(transpose(x), W, x), "nonneg"), (norm2(x), "nonneg"), (transpose(L), "upper"),
    (mul(L, L), "lower"), (inv(L), "lower"), (diagm(p), "pd"), (mul(Q, Q), "orth"), (inv(Q), "orth"),
    (mul(D, E), "diag"), (had(P, P), "pd"), (sigmoid(x), "pos"), (softmax(x), "pos"),
    (softplus(x), "pos"),
    (cosh(S), "sym"), (chol(P), "lower"), (expm(S), "pd"), (expm(K), "orth"), (sqrtm(P), "pd"),
    (comm("m", "n"), "orth"),
    (kron(P, P), "pd"), (log(p), ""), (sqrt(x), "nonneg"), (size_number(size("n") + size(1)), "pos"),
    (size_number(size("n") - size(1)), ""), (const("pi"), "pos"), (num(0), "nonneg"),
    (index("i"), "pos"),
    (mpow(S, 2), "psd"), (mpow(K, 2), "sym"), (mpow(P, -3), "pd"), (tr(W), "nonneg"),
    (unit(index("i"), "n"), "nonneg"),
    (sumover("i", 1, "n", mul(unit(index("i"), "n"), transpose(unit(index("i"), "n")))), "psd"),
    (lyap(S, P), "sym"),
    (mul(transpose(mul(A, B)), mul(A, B)), "psd"), (scale(s, S), "sym"), (power(t, s), "pos"),
    (power(s, -2), "pos"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "fact"), EXPECTED, ids=lambda v: repr(v)[:40] if isinstance(v, Node) else v)
def test_what_a_reader_expects_is_known(node: Node, fact: str) -> None:
    assert not fact or fact in facts_of(node)
    assert fact or not facts_of(node) & {"pos", "nonneg"}


def test_scalars_have_no_matrix_facts() -> None:
    assert facts_of(mul(transpose(x), x)) == {"nonneg"}


def test_depth() -> None:
    node = S
    for _ in range(10_000):
        node = mul(A, node, transpose(A))
    assert "sym" in facts_of(node)


@pytest.mark.parametrize("fact", [f for f in CLAIMS if f not in ("square", "inv")])
def test_the_judge_sees_a_wrong_claim(fact: str) -> None:
    assert not CLAIMS[fact](np.array([[1.0, 2.0], [-3.0, 0.0]]))
