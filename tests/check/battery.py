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
for _kind, _f, _g, _x, _y in [
    ("implicit", "s^3+s-r", "1/(3*s^2+1)", "r", "s"), ("implicit-second", "s^3+s-r", "-6*s/(3*s^2+1)^3", "r", "s"),
    ("implicit", "x'*C*x+s^3+s", "-(C+C')*x/(3*s^2+1)", "x", "s"),
    ("implicit", "y+y.*(x'*x)-r*x", "x/(1+x'*x)", "r", "y"),
    ("implicit-second", "x'*C*x+s^3+s", "-(C+C')/(3*s^2+1)-6*s/(3*s^2+1)^3*(C+C')*x*x'*(C+C')", "x", "s"),
    ("jacobian", "x'*C*x", "x'*(C+C')", "x", ""), ("hessian", "s*x'*C*x", "(C+C')*x", "s", "x"),
    ("implicit-second", "y.^3+C*y-r*x", "-inv(3*diag(y.^2)+C)*(6*y.*(inv(3*diag(y.^2)+C)*x).^2)", "r", "y"),
    ("gradient", "y'*y", "0*x", "x", ""), ("gradient", "f(x,y)", "grad2[f](x,y)", "y", ""),
    ("hessian", "s*x'*C*x", "x'*(C+C')", "s", "x"), ("hessian", "s^2*r^3*C*x", "6*s*r^2*C*x", "s", "r"),
]:  # fmt: skip
    ACCEPTED[f"{_kind} of {_f}, {_g}"] = claim_of(_kind, _f, _g, WHERE + ", r in R, f: R^n, R^n -> R", _x, _y)
NONE = {name for name in ACCEPTED if name.endswith(", 0*x")}
"""Claims whose answer is nothing: twice it is right too."""
SLOPES = [slope(name) for name in [*ONE_ARGUMENT, *COMPOSED_OF_ONE]]
PROBES: list[Callable[[], bool]] = [roots_are_squares, laws_of_logarithms, fractions]
PROBES += OF_VALUES + MORE + KNOWN + SLOPES
SQUARE, STRICT, EITHER = "the matrix is square", "both have one length: a guard", "signs are 1 and -1"
ANY, WORK = "as general as before", "a limit of work by one, or of a sum beside"
EQUIVALENT: dict[str, str] = {
    "definitions:cayley:swapped:0": "the two factors commute",
    "jet:Jet.det_adj:constant→1:1": SQUARE,
    "jet:Jet.det_adj:constant→1:3": SQUARE,
    "jet:Jet.det_adj:swapped:1": "a matrix and its adjugate commute",
    "jet:Jet.det_adj:Sub→Add:1": "n - 1 and n + 1 are both even or odd",
    "jet:Jet.inverse:constant→1:1": SQUARE,
    "jet:Jet.split:constant→2:3": "without ε there is the place 0 alone",
    "jet:Jet.zeros:constant→False:1": STRICT,
    "jet:entrywise:constant→False:1": STRICT,
    "scalars:Scalars.__call__:constant→False:1": STRICT,
    "scalars:Scalars.rational_power:Lt→LtE:1": "the power 0 takes no base",
    "verdict:Trials.complete:constant→False:1": STRICT,
    "field:Field.__init__:swapped:1": "powers by -half are the same signs; squares have roots alike modulo -half",
    "field:prime:Sub→Add:3": "what has more bits is passed over",
    "field:Field.root:Lt→LtE:1": EITHER,
    "field:Field.root:constant→1:2": EITHER,
    "field:Field.root:constant→2:1": "half of p - 1 is odd: the divisor 2 is none",
    "field:Field.sign:Sub→Add:2": "what is seen stays as it was seen",
    "field:Field.sign:swapped:2": "what is seen stays as it was seen",
    "field:Field.follows:constant→2:1": "2 is one of the small products",
    "field:Field.follows:constant→2:2": "2 is one of the small products",
    "field:Field.follows:constant→2:3": "2 is one of the small products",
    "field:Field.learn:swapped:2": "a free point of the circle, mirrored",
    "evaluate:put:BitOr→BitAnd:1": "an annotation",
    "evaluate:Evaluator.run:Gt→GtE:1": WORK,
    "evaluate:Evaluator.expanded:Gt→GtE:1": WORK,
    "evaluate:Evaluator.expanded:Mult→Add:1": WORK,
    "evaluate:Evaluator.sum_over:constant→2:2": WORK,
    "operations:matrix_power:constant→1:2": SQUARE,
    "operations:CORE[comm]:constant→1:1": SQUARE,
    "operations:pinv:swapped:5": "0 is its own negative",
    "points:commuting:filter dropped:1": "no symbol has the rest of another fact for its name",
    "points:plain:filter dropped:1": "such a fact implies nothing",
    "points:polynomial:swapped:1": "a matrix with a polynomial in it",
    "points:polynomial:swapped:2": "a matrix with itself",
    "points:polynomial:Add→Sub:2": ANY,
    "points:polynomial:Mult→Add:1": "a polynomial of one degree more",
    "points:polynomial:constant→1:1": "a polynomial of one degree more",
    "field:Field.side:Add→Sub:1": "1 less a multiple of p is 1 too",
    "points:symbol:swapped:1": ANY,
    "points:symbol:swapped:2": ANY,
    "points:symbol:LtE→Lt:1": "facts hold all that they imply, so there are more",
    "points:draw:constant→1:2": SQUARE,
    "sides:sides:Or→And:1": "a claim without a variable is an equality",
    "sides:sides:constant→3:1": "there are two ways",
    "verdict:Trials.independent:Lt→LtE:1": EITHER,
    "verdict:Trials.independent:constant→1:1": EITHER,
    "verdict:Trials.verdict:constant→3:1": "any number above 1",
}
"""Changes that change nothing that is promised, each with the reason."""
