"""The checker's tables against truths from outside: 60-digit differences, known values, plain definitions."""

import ast
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import flint
import numpy as np
import pytest
from claims import OPS

from closedform.check.ball import Ball
from closedform.check.core.field import Field
from closedform.check.core.jet import Jet, Redraw
from closedform.check.core.scalars import COMPOSED, DERIVATIVE, Scalars
from closedform.check.exponents import Exponents
from closedform.check.real import REAL, RealEvaluator
from closedform.expr.node import make
from closedform.expr.op import Op
from closedform.functions import table
from closedform.functions.algebra import num, sym

CHECK = Path(__file__).parents[2] / "src" / "closedform" / "check"
ALLOWED = ("closedform.check", "closedform.expr", "closedform.errors")
ONE_ARGUMENT = sorted({*DERIVATIVE, "root2", "root3", "root4", "polygamma0", "polygamma1", "polygamma2"})
COMPOSED_OF_ONE = sorted(set(COMPOSED) - {"max2", "min2", "clip", "huber", "power", "leaky_relu"})


def test_the_checker_shares_nothing_with_the_deriver() -> None:
    for path in CHECK.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert all(n.startswith(ALLOWED) for n in names if n.startswith("closedform")), path.name


@pytest.mark.parametrize("name", ONE_ARGUMENT + COMPOSED_OF_ONE)
def test_derivatives_of_the_scalar_table_to_60_digits(name: str) -> None:
    """The ε part of f(u + ε) and the ε₁ε₂ part, made by the table, against differences of values by arb."""
    with flint.ctx.workprec(1200):
        f, u = Scalars(Ball(Random(1))), flint.arb("0.37")
        h = flint.arb(2) ** -300

        def value(at: Any) -> Any:
            return f(name, Jet({0: flint.arb_mat(1, 1, [at])})).first[0, 0]

        one = flint.arb_mat(1, 1, [1])
        jet = f(name, Jet({0: one * u, 1: one, 2: one}))
        first = (value(u + h) - value(u - h)) / (2 * h)
        second = (value(u + h) - 2 * value(u) + value(u - h)) / h**2
        for found, truth in ((part(jet, 1), first), (part(jet, 3), second)):
            assert abs(found - truth) < flint.arb(10) ** -60 * (1 + abs(truth))


def part(jet: Jet, s: int) -> Any:
    return jet.c[s][0, 0] if s in jet.c else flint.arb(0)


@pytest.mark.parametrize("name", sorted(k for k, op in OPS.items() if not op.structural))
def test_known_values(name: str) -> None:
    """Every declared function has a value from outside, which the checker's own definition reproduces."""
    op = OPS[name]
    assert op.known is not None
    given, truth = op.known
    with flint.ctx.workprec(300):
        found = rearranged(name, given) if name in table.SIZED or name in table.UNTYPED else plain(op, given)
    np.testing.assert_allclose(found, two(truth), rtol=1e-12, atol=1e-12)


def plain(op: Op, given: tuple[Any, ...]) -> np.ndarray:
    values = {f"a{k}": two(v) for k, v in enumerate(given)}
    nodes = [sym(k, *v.shape) if v.size > 1 else num(Fraction(v.item())) for k, v in values.items()]
    return numbers(evaluator(values).evaluate(make(op, nodes)))


def rearranged(name: str, given: tuple[Any, ...]) -> np.ndarray:
    """Those that take sizes, or the lengths of rows, after their arguments."""
    if name == "block":
        values = {f"a{k}": two(v) for k, v in enumerate(given[:-1])}
        parts = [sym(k, *v.shape) for k, v in values.items()]
        return numbers(evaluator(values).evaluate(make(OPS["block"], parts, (given[-1],))))
    first = two(given[0])
    arguments = given if name == "comm" else (sym("a", *first.shape), *given[1:])
    return numbers(evaluator({"a": first}).evaluate(table.SIZED[name](*arguments)))


def two(value: Any) -> np.ndarray:
    array = np.array(value, dtype=float)
    return array.reshape(-1, 1) if array.ndim < 2 else array


def evaluator(values: dict[str, np.ndarray]) -> RealEvaluator:
    ev = RealEvaluator(Ball(Random(1)), {}, REAL)
    ev.symbols = {k: Jet({0: flint.arb_mat(*v.shape, [float(e) for e in v.ravel()])}) for k, v in values.items()}
    return ev


def numbers(jet: Jet) -> np.ndarray:
    rows, cols = jet.shape
    return np.array([float(e.mid()) for e in jet.first.entries()]).reshape(rows, cols)


def general(rows: int, cols: int, length: int, seed: int) -> tuple[Jet, np.ndarray]:
    """A jet of small integers, with its coefficients as an array."""
    draws = np.random.default_rng(seed).integers(-9, 9, (length, rows, cols))
    return Jet({s: flint.arb_mat(rows, cols, [int(e) for e in c.ravel()]) for s, c in enumerate(draws)}), draws


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_inverse_determinant_and_adjugate_of_jets(n: int) -> None:
    a, draws = general(n, n, 4, n)
    eye = (a @ a.inverse()).c
    np.testing.assert_allclose(numbers(Jet({0: eye[0]})), np.eye(n), atol=1e-9)
    for s in (1, 2, 3):
        np.testing.assert_allclose(numbers(Jet({0: eye[s]})), 0, atol=1e-9)
    det, adj = a.det_adj()
    inverse = np.linalg.inv(draws[0])
    np.testing.assert_allclose(numbers(det), [[np.linalg.det(draws[0])]], rtol=1e-9)
    slope = np.linalg.det(draws[0]) * np.trace(inverse @ draws[1])
    np.testing.assert_allclose(numbers(Jet({0: det.c[1]})), [[slope]], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(numbers(adj), np.linalg.det(draws[0]) * inverse, rtol=1e-8, atol=1e-8)


def test_the_adjugate_is_right_where_singular() -> None:
    a = Jet({0: flint.nmod_mat(2, 2, [1, 2, 2, 4], 1009)})
    assert [int(e) for e in a.det_adj()[1].first.entries()] == [4, 1007, 1007, 1]


def test_products_of_jets_by_their_definition() -> None:
    a, x = general(2, 3, 4, 1)
    b, y = general(3, 4, 4, 2)
    truth = x[0] @ y[3] + x[1] @ y[2] + x[2] @ y[1] + x[3] @ y[0]
    np.testing.assert_array_equal(numbers(Jet({0: (a @ b).c[3]})), truth)


@pytest.mark.parametrize("homomorphic", [False, True])
@pytest.mark.parametrize("roots", [False, True])
def test_laws_of_the_field(homomorphic: bool, roots: bool) -> None:
    field = Exponents(Random(7), roots, not roots) if homomorphic else Field(Random(7), roots)
    f = Scalars(field)
    u, v = field.random(1, 1), field.random(1, 1)
    one = u.fixed(1, 1, 1)
    assert f("log", f("exp", u)).first == u.first
    assert f("exp", f("log", v)).first == v.first
    assert (f("exp", u) * f("exp", -u)).first == one.first
    assert (f("sin", u) * f("sin", u) + f("cos", u) * f("cos", u)).first == one.first
    assert f("sin", -u).first == (-f("sin", u)).first
    if homomorphic:
        assert f("exp", u + v).first == (f("exp", u) * f("exp", v)).first


def test_signs_and_roots_are_those_of_positive_numbers() -> None:
    field = Field(Random(7), roots=True)
    f = Scalars(field)
    u = field.random(1, 6)
    assert f("root2", u * u).first == f("abs", u).first
    assert [int(e) for e in f("sign", u.fixed(1, 6, lambda i, j: (1, 2, 3, 5, 7, 11)[j])).first.entries()] == [1] * 6
    assert f("sign", -u).first == (-f("sign", u)).first
    for k in (3, 5, 7):
        assert f.rational_power(f(f"root{k}", u), Fraction(k)).first == u.first
    with pytest.raises(Redraw):
        f("root2", u.fixed(1, 1, -4))


def test_primes_are_new_each_time_and_of_the_kind_wanted() -> None:
    fields = [Exponents(Random(k), bool(k % 2), False) for k in range(20)]
    assert len({f.p for f in fields}) == 20
    assert all(f.p.bit_length() == 63 and f.beside.p.bit_length() == 36 and (f.p - 1) % f.beside.p == 0 for f in fields)
    assert all(flint.fmpz(f.p).is_prime() and flint.fmpz(f.beside.p).is_prime() for f in fields)
    assert all(f.p % 8 == 7 for f in fields[1::2])
