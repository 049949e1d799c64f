"""The normal form at the kinks: at zeros and ties it has the value that the table of functions gives."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

import closedform as cf
from closedform.expr.node import Node
from closedform.expr.walk import leaves, postorder
from closedform.functions import piecewise as p
from closedform.functions.algebra import SYM, had, mul, num, power, sym, transpose
from closedform.functions.define import Function
from closedform.rewrite.laws.law import Law, all_laws
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify
from closedform.run.needs import needs
from closedform.run.values import value

KINKED = {"sign", "step", "relu", "abs", "max2", "min2", "clip", "huber", "maxentry", "minentry", "argmax", "argmin"}
GRID = np.array(list(itertools.product((-2.0, -1.0, 0.0, 1.0, 2.0), repeat=2)))
POINTS = {"x": GRID[:, 0].copy(), "y": GRID[:, 1].copy(), "n": len(GRID)}
x, y = sym("x", "n"), sym("y", "n")


def kinked(node: Node) -> bool:
    return any(n.op.name in KINKED for n in postorder(node))


LAWS = [law for law in all_laws() if kinked(law.example) or kinked(normal(law.example))]


def at(node: Node, points: dict[str, np.ndarray]) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(value(node, {k: v for k, v in points.items() if k in needs(node).names}, list(points)))


def same_where_defined(raw: Node, form: Node, points: dict[str, np.ndarray]) -> int:
    """How many entries were compared: those of which what was typed has a value."""
    want, got = at(raw, points), at(form, points)
    if form.is_scalar or got.shape != want.shape:
        got = np.broadcast_to(got, want.shape)
    known = np.isfinite(want)
    np.testing.assert_allclose(got[known], want[known], rtol=1e-12, atol=1e-12)
    return int(known.sum())


def inside(k: Node, rng: np.random.Generator) -> np.ndarray:
    """Entries of -1, 0 and 1 with ties, as far as the facts of the symbol allow."""
    rows, cols = (2 if size.number is None else size.number for size in k.shape)
    a = rng.integers(-1, 2, size=(rows, cols)).astype(float)
    facts = k.params[1]
    if {"psd", "pd"} & set(facts):
        a = a @ a.T + ("pd" in facts) * np.eye(rows)
    elif "pos" in facts:
        a = np.abs(a) + 1
    elif "nonneg" in facts:
        a = np.abs(a)
    elif "nonzero" in facts:
        a = np.where(a == 0, -2.0, a)
    return a if cols > 1 else a[:, 0] if rows > 1 else a[0, 0]


def test_laws_of_functions_with_kinks_are_there() -> None:
    assert len(LAWS) >= 12


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_law_holds_at_zeros_and_ties(law: Law) -> None:
    rng, compared = np.random.default_rng(3), 0
    for _ in range(12):
        points = {k.params[0]: inside(k, rng) for k in leaves(law.example) if k.op is SYM}
        compared += same_where_defined(law.example, normal(law.example), {**points, "m": 2, "n": 2})
    assert compared


EXPONENTS = itertools.product((-2, -1, 0, 1, 2, 3, 4), ("-1/2", -1, 0, "1/2", 1, 2), (-1, 0, 1, 2))


@pytest.mark.parametrize(("i", "j", "k"), list(EXPONENTS))
def test_products_of_signs_and_absolute_values(i: int, j: str | int, k: int) -> None:
    raw = had(power(p.sign(x), i), power(p.absolute(x), num(j)), power(x, k))
    assert same_where_defined(raw, normal(raw), POINTS) >= 20
    assert same_where_defined(raw, simplify(normal(raw)), POINTS) >= 20


UNARY = (p.sign, p.step, p.relu, p.absolute, lambda a: power(a, 2), lambda a: -a, lambda a: num(3) * a)
BINARY = (p.max2, p.min2, lambda a, b: a - b, lambda a, b: had(a, b), lambda a, b: a + b)


@pytest.mark.parametrize("seed", range(60))
def test_compositions(seed: int) -> None:
    rng = random.Random(seed)
    parts = [x, y]
    for _ in range(6):
        parts.append(
            rng.choice(UNARY)(rng.choice(parts)) if rng.random() < 0.6 else rng.choice(BINARY)(*rng.choices(parts, k=2))
        )
    raw = had(parts[-1], parts[-2]) + parts[-3]
    for form in (normal(raw), simplify(normal(raw))):
        assert same_where_defined(raw, form, POINTS) == len(GRID)


@pytest.mark.parametrize("f", [p.argmax, p.argmin])
def test_places_of_the_largest_at_ties(f: Function) -> None:
    for raw in (power(f(x), 2), had(f(x), x), had(f(x), f(x) - f(y)), mul(transpose(x), f(x)), f(num(2) * x), f(-x)):
        assert same_where_defined(raw, normal(raw), POINTS)


@pytest.mark.parametrize(
    ("text", "where", "by", "order", "squares"),
    [
        ("sum(sign(x).^2.*y)", "", "y", 1, True),
        ("sum(y.*sign(x).^4)", "x > 0", "y", 1, False),
        ("sum(abs(x).^p)", "p in R", "x", 2, False),
        ("sum(abs(A*x - b).^p)", "p in R", "x", 2, False),
        ("sum(abs(x).^(5/2))", "", "x", 2, False),
        ("||x||_1^2", "", "x", 2, False),
    ],
)
def test_squares_of_signs_are_ones_where_no_argument_is_zero(
    text: str, where: str, by: str, order: int, squares: bool
) -> None:
    f = cf.formula(text, where or None)
    found = f.grad(by) if order == 1 else f.hessian(by)
    assert ("sign(x).^2" in found.text) == squares
    assert found.check().ok


def test_the_value_of_a_squared_sign() -> None:
    assert cf.formula("sign(x)^2", "x in R")(x=0.0) == 0.0
    g = cf.formula("sum(sign(x).^2.*y)").grad("y")
    assert g(x=[0.0, -3.0]).tolist() == [0.0, 1.0]
