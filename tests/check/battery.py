"""Claims and values that a changed core fails: right claims kept at level A, wrong ones refused, values known."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

import flint
import numpy as np
from claims import OPS, RIGHT
from probes import PROBES as OF_VALUES
from probes_points import MORE
from test_arithmetic import (
    COMPOSED_OF_ONE,
    ONE_ARGUMENT,
    plain,
    rearranged,
    test_derivatives_of_the_scalar_table_to_60_digits,
    two,
)
from test_certify import WRONG

from closedform.check.certificate import Claim
from closedform.check.core.field import Field
from closedform.check.core.operations import CORE
from closedform.check.core.scalars import DEFINED, DERIVATIVE, PRIMITIVE, Scalars
from closedform.expr.walk import postorder
from closedform.functions import table
from closedform.read.read import read

ACCEPTED: dict[str, Claim] = {name: claim for name, (level, claim) in RIGHT.items() if level == "A"}
SKIPPED = {"sums of norms", "pairs of rows", "high power"}
for _name in SKIPPED:
    ACCEPTED.pop(_name)
REFUSED: dict[str, Claim] = {
    name: claim
    for name, claim in WRONG.items()
    if name.startswith(("relu", "right at", "right for", "a ", "not in", "twice", "root of", "Hessian", "zero", "sum"))
}


def roots_are_squares() -> bool:
    field = Field(Random(3), roots=True)
    f = Scalars(field)
    u = field.random(1, 6)
    return bool(f("root2", u * u).first == f("abs", u).first and f("sign", -u).first == (-f("sign", u)).first)


def known(name: str) -> Callable[[], bool]:
    """The known value of a function, by the core's definition over balls."""

    def agrees() -> bool:
        given, truth = OPS[name].known  # type: ignore[misc]
        with flint.ctx.workprec(300):
            take = rearranged if name in table.SIZED or name in table.UNTYPED else None
            found = take(name, given) if take else plain(OPS[name], given)
        return bool(np.allclose(found, two(truth), rtol=1e-12, atol=1e-12))

    return agrees


OWN = {*CORE, *DEFINED, *DERIVATIVE, *PRIMITIVE}
KNOWN = [known(name) for name in sorted(OPS) if not OPS[name].structural and name in OWN]


def laws_of_logarithms() -> bool:
    """log of products, quotients, powers and roots; exp of sums with known logarithms; parity; the circle."""
    field = Field(Random(4), roots=False)
    f, (u, v, w) = Scalars(field), (field.random(1, 1) for _ in range(3))
    a, b = f("log", u), f("log", v)
    same = [
        (f("log", u * v), a + b), (f("log", u * f("recip", v)), a - b), (f("log", u * u * v), a * 2 + b),
        (f("log", f("recip", u * u) * v), b - a * 2), (f("log", u * u * u), a * 3), (f("exp", a), u),
        (f("exp", f("log", w)), w), (f("log", f("exp", w)), w), (f("exp", -w) * f("exp", w), u.fixed(1, 1, 1)),
        (f("exp", w + a), f("exp", w) * u), (f("exp", w - b * 2) * v * v, f("exp", w)),
        (f("sin", w) * f("sin", w) + f("cos", w) * f("cos", w), u.fixed(1, 1, 1)), (f("cos", -w), f("cos", w)),
        (f("sin", -w), -f("sin", w)), (f("erf", -w), -f("erf", w)), (f("asin", -w), -f("asin", w)),
        (f("normcdf", -w), -f("normcdf", w) + 1), (f("exp", w * 0), u.fixed(1, 1, 1)),
    ]  # fmt: skip
    other = f("exp", w).first != f("exp", u).first and f("log", w + 1).first != f("log", w + 2).first
    return all(x.first == y.first for x, y in same) and other and field.related


def fractions() -> bool:
    field = Field(Random(5), roots=False)
    values = [Fraction(3), Fraction(-7, 2), Fraction(1000), Fraction(-1000), Fraction(5, 13), Fraction(0)]
    u = field.random(1, 1)
    beyond = [Fraction(1001), Fraction(-1001)]
    return all(field.fraction(u.fixed(1, 1, 1) * v) == v for v in values) and not any(
        field.fraction(x) for x in [u, *(u.fixed(1, 1, 1) * v for v in beyond)]
    )


def slope(name: str) -> Callable[[], bool]:
    """The derivatives of a scalar function, against differences."""

    def agrees() -> bool:
        test_derivatives_of_the_scalar_table_to_60_digits(name)
        return True

    return agrees


def claim_of(kind: str, f: str, g: str, where: str, x: str, y: str = "") -> Claim:
    function, answer = read(f, where), read(g, where)
    symbols = {n.params[0]: n for n in postorder([function.node, answer.node]) if n.op.name == "sym"}
    return Claim(kind, function.node, answer.node, symbols[x], symbols.get(y), ("d" + x,) if kind == "map" else ())


WHERE = "A in R^(m x n), B in R^(k x n), C in R^(n x n), x in R^n, y in R^n, z in R^m, P in PD(n), Q in Orth(n), s in R"
for _f, _g, _x in [
    ("y'*tril(C)*x", "tril(y*x')", "C"), ("y'*triu(C)*x", "triu(y*x')", "C"),
    ("var(x)", "2/n*(x-mean(x)*ones(n))", "x"),
    ("sum(atan(x))", "1./(1+x.^2)", "x"), ("sum(sinh(x))", "cosh(x)", "x"), ("sum(min(x,y))", "step(y-x)", "x"),
    ("x'*Q'*Q*x", "2*x", "x"), ("y'*inv(P)*x", "-sym(inv(P)*y*x'*inv(P))", "P"),
]:  # fmt: skip
    ACCEPTED[f"{_f} by {_x}"] = claim_of("gradient", _f, _g, WHERE, _x)
implicit = claim_of("implicit", "C*y+y.*(x'*y)-3*C*x", "inv(C+diag(ones(n)*(x'*y))+y*x')*(3*C-y*y')", WHERE, "x", "y")
ACCEPTED["implicit"] = implicit
SLOPES = [slope(name) for name in [*ONE_ARGUMENT, *COMPOSED_OF_ONE]]
PROBES: list[Callable[[], bool]] = [roots_are_squares, laws_of_logarithms, fractions]
PROBES += OF_VALUES + MORE + KNOWN + SLOPES
EQUIVALENT: dict[str, str] = {}
"""Changes that change nothing that is promised, each with the reason."""
