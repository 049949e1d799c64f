"""Values of nodes against NumPy written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from closedform.errors import MissingRule, ValueProblem
from closedform.expr.node import Node, make
from closedform.expr.op import Condition
from closedform.expr.size import size
from closedform.functions.algebra import (
    CALL,
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
    size_number,
    sumover,
    sym,
    tr,
    transpose,
    unit,
    zeros,
)
from closedform.functions.rearrange import block
from closedform.run.conditions import holds
from closedform.run.numeric import evaluate

SIZES = {"m": 3, "n": 4, "k": 5}
RNG = np.random.default_rng(0)
ENV = {
    "A": RNG.standard_normal((3, 4)),
    "B": RNG.standard_normal((4, 5)),
    "X": RNG.standard_normal((4, 4)) + 4 * np.eye(4),
    "x": RNG.standard_normal((4, 1)),
    "y": RNG.standard_normal((3, 1)),
    "s": np.array([[1.5]]),
}
A, B, X = sym("A", "m", "n"), sym("B", "n", "k"), sym("X", "n", "n")
x, y, s = sym("x", "n"), sym("y", "m"), sym("s")
a, b, m, v, w = ENV["A"], ENV["B"], ENV["X"], ENV["x"], ENV["y"]
i, j = index("i"), index("j")
entry = mul(transpose(unit(i, "n")), x)

CASES: list[tuple[Node, np.ndarray]] = [
    (mul(A, B), a @ b),
    (mul(transpose(y), A, x), w.T @ a @ v),
    (2 * x - power(x, 2), 2 * v - v**2),
    (s * eye("n") + X, 1.5 * np.eye(4) + m),
    (mul(inv(X), B), np.linalg.inv(m) @ b),
    (mul(A, inv(X)), a @ np.linalg.inv(m)),
    (mul(A, inv(X), B), a @ np.linalg.inv(m) @ b),
    (mul(A, mpow(X, -2), x), a @ np.linalg.inv(m) @ np.linalg.inv(m) @ v),
    (transpose(inv(X)), np.linalg.inv(m).T),
    (inv(X), np.linalg.inv(m)),
    (mpow(X, 3), m @ m @ m),
    (tr(mul(X, X)), np.trace(m @ m).reshape(1, 1)),
    (diagm(x), np.diag(v[:, 0])),
    (diagv(X), np.diag(m)[:, None]),
    (had(x, x, x), v**3),
    (ones("m", "n") + zeros("m", "n"), np.ones((3, 4))),
    (size_number(size("m") * size("n")) / const("pi"), np.array([[12 / np.pi]])),
    (mul(A, unit(num(2), "n")), a[:, 1:2]),
    (sumover("i", 1, "n", entry), v.sum().reshape(1, 1)),
    (sumover("i", 2, "m", i * entry), np.array([[2 * v[1, 0] + 3 * v[2, 0]]])),
    (sumover("i", 1, "n", sumover("j", 1, "m", i * j * X)), 10 * 6 * m),
    (sumover("i", 3, 2, X), np.zeros((4, 4))),
    (block([[A, y], [X, x]]), np.block([[a, w], [m, v]])),
]


@pytest.mark.parametrize(("node", "value"), CASES, ids=lambda v: repr(v)[:30] if isinstance(v, Node) else "")
def test_values(node: Node, value: np.ndarray) -> None:
    found = evaluate(node, ENV, SIZES)
    assert found.shape == value.shape
    assert np.allclose(found, value, rtol=1e-12, atol=1e-12)


def test_an_index_may_be_fixed_outside_and_summed_inside() -> None:
    node = entry + sumover("i", 1, "n", entry)
    found = evaluate(node, {**ENV, "i": np.array([[2]])}, SIZES)
    assert np.allclose(found, v[1] + v.sum())


def test_one_index_summed_twice_inside_itself() -> None:
    node = sumover("i", 1, "n", entry * sumover("i", 1, "n", entry) + entry)
    assert np.allclose(evaluate(node, ENV, SIZES), v.sum() ** 2 + v.sum())


def test_depth() -> None:
    node = x
    for _ in range(10_000):
        node = mul(X, node) * power(const("pi"), -1)
    assert evaluate(node, ENV, SIZES).shape == (4, 1)
    node = entry
    for k in range(10_000):
        node = sumover(f"j{k}", 1, 1, node)
    assert np.allclose(evaluate(sumover("i", 1, "n", node), ENV, SIZES), v.sum())


def test_shared_parts_are_computed_once() -> None:
    node = s
    for _ in range(200):
        node = node * num(1) + node
    assert evaluate(node, ENV, SIZES)[0, 0] == 1.5 * 2.0**200


def test_a_product_with_an_inverse_is_solved() -> None:
    """Hilbert's matrix: a solution has a small residual, a product with the inverse has not."""
    n = 9
    hilbert = 1 / (np.arange(n)[:, None] + np.arange(n) + 1.0)
    env = {"X": hilbert, "x": np.ones((n, 1))}
    solved = evaluate(mul(inv(X), x), env, {"n": n})
    residual = np.abs(hilbert @ solved - 1).max()
    assert residual < 1e-6 < np.abs(hilbert @ (np.linalg.inv(hilbert) @ np.ones((n, 1))) - 1).max()


def test_abstract_functions_are_looked_up() -> None:
    call = make(CALL, (mul(A, x),), ("f", ""), (size("k"), size(1)))
    found = evaluate(mul(B, call), {**ENV, "f": lambda u: np.repeat(u.sum(), 5)}, SIZES)
    assert np.allclose(found, b @ np.full((5, 1), (a @ v).sum()))
    with pytest.raises(ValueProblem, match="the function f gave 2×1; k×1 is wanted"):
        evaluate(call, {**ENV, "f": lambda u: u[:2]}, SIZES)


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (sym("z", "n"), "z has no value"),
        (eye("q"), "the size q is needed"),
        (unit(index("t"), "n"), "the index t has no value"),
        (unit(num(5), "n"), "the index 5 is not in 1..4"),
        (mul(inv(mul(x, transpose(x)) * 0), x), "singular"),
        (inv(X * 0), "singular"),
        (mpow(X, s), "exponent 1.5"),
        (make(CALL, (x,), ("f", "grad"), x.shape), r"the function grad\[f\] has no value"),
    ],
)
def test_what_has_no_value_says_so(node: Node, message: str) -> None:
    with pytest.raises(ValueProblem, match=message):
        evaluate(node, ENV, SIZES)


def test_nan_passes() -> None:
    assert np.isnan(evaluate(power(num(-2), s), ENV, SIZES)).all()
    assert np.isnan(evaluate(x + 1, {"x": np.full((4, 1), np.nan)}, SIZES)).all()


CONDITIONS: list[tuple[str, object, bool]] = [
    ("positive", [[1], [2]], True),
    ("positive", [[1], [0]], False),
    ("nonneg", [[1], [0]], True),
    ("nonneg", [[1], [-1e-300]], False),
    ("nonzero", [[1], [0]], False),
    ("notzero", [[1], [0]], True),
    ("notzero", [[0], [0]], False),
    ("below-one", [[0.5], [-1]], False),
    ("invertible", [[1, 2], [2, 4]], False),
    ("invertible", [[1, 2], [2, 5]], True),
    ("full-rank", [[1, 2, 3]], True),
    ("full-rank", [[1, 2, 3], [2, 4, 6]], False),
    ("pd", [[2, 1], [1, 2]], True),
    ("pd", [[1, 2], [2, 1]], False),
    ("pd", [[2, 1], [0, 2]], False),
    ("simple-top", [[1, 0, 0], [0, 3, 0], [0, 0, 3]], False),
    ("simple-top", [[1, 0, 0], [0, 1, 0], [0, 0, 3]], True),
    ("simple-bottom", [[1, 0, 0], [0, 1, 0], [0, 0, 3]], False),
    ("simple-bottom", [[1, 0, 0], [0, 3, 0], [0, 0, 3]], True),
    ("simple-top-singular", [[0, 2], [2, 0]], False),
    ("simple-top-singular", [[0, 2], [1, 0]], True),
    ("distinct", [[2, 0], [0, 2]], False),
    ("distinct", [[2, 0], [0, 3]], True),
    ("distinct-singular", [[0, 2], [-2, 0]], False),
    ("unique-max", [[1], [3], [3]], False),
    ("unique-max", [[3], [1], [1]], True),
    ("unique-min", [[1], [3], [3]], True),
    ("unique-min", [[3], [1], [1]], False),
    ("unique-max", [[3]], True),
    ("no-negative-eigenvalue", [[0, 1], [-1, 0]], True),
    ("no-negative-eigenvalue", [[-1, 0], [0, 1]], False),
    ("no-negative-eigenvalue", [[0, 0], [0, 1]], False),
    ("positive", [[np.nan]], False),
]


@pytest.mark.parametrize(("kind", "value", "expected"), CONDITIONS)
def test_conditions(kind: str, value: object, expected: bool) -> None:
    array = np.array(value, float)
    assert holds(Condition(kind, sym("Z", *array.shape)), {"Z": array}, {}) is expected


def test_an_unknown_condition_is_named() -> None:
    with pytest.raises(MissingRule, match="the condition lucky"):
        holds(Condition("lucky", s), ENV, SIZES)
