"""Laws of functions that act on each entry: odd and even functions, exponentials and logarithms."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node
from closedform.functions.algebra import ADD, POW, SCALE, num, ones, sym, total, zeros
from closedform.functions.elementwise import (
    asin,
    atan,
    cos,
    cosh,
    exp,
    log,
    sigmoid,
    sin,
    sinh,
    softplus,
    tan,
    tanh,
)
from closedform.functions.known_facts import facts_of
from closedform.functions.piecewise import absolute, max2, min2, relu, sign, step
from closedform.functions.special import erf, normcdf
from closedform.rewrite.laws.law import acts, law
from closedform.rewrite.normal.engine import UNITY, content, terms_of, times

x = sym("x", "m", "n")

law("log undoes exp", log(exp(x)), x)
law("exp undoes log", exp(log(x)), x)
law("log of sigmoid", log(sigmoid(x)), -softplus(-x))
law("absolute value twice", absolute(absolute(x)), absolute(x))
law("absolute value of a nonnegative", absolute(x), x, x="nonneg")
law("sign of a positive", sign(x), x / x, x="pos")
law("sign of a sign", sign(sign(x)), sign(x))
law("max with zero is relu", max2(x, zeros("m", "n")), relu(x))
law("max of zero is relu", max2(zeros("m", "n"), x), relu(x))
law("max of equals", max2(x, x), x)
law("min of equals", min2(x, x), x)
law("relu of a nonnegative", relu(x), x, x="nonneg")
law("step of a positive", step(x), x / x, x="pos")

NOTHING = zeros("m", "n")
ODD = (sin, tan, asin, atan, sinh, tanh, erf)
EVEN = (cos, cosh)


def _state_parity() -> None:
    for f in ODD:
        acts(f"{f.op.text} is odd", f(-x))(lambda a, f=f: -f(-a) if _negative(a) else None)
        law(f"{f.op.text} of zero", f(NOTHING), NOTHING)
    for f in EVEN:
        acts(f"{f.op.text} is even", f(-x))(lambda a, f=f: f(-a) if _negative(a) else None)
        law(f"{f.op.text} of zero", f(NOTHING), ones("m", "n"))
    for g in (sigmoid, normcdf):
        acts(f"{g.op.text} of -x", g(-x))(lambda a, g=g: 1 - g(-a) if _negative(a) else None)
        law(f"{g.op.text} of zero", g(NOTHING), num(Fraction(1, 2)) * ones("m", "n"))


def _negative(a: Node) -> bool:
    return content(a)[0] < 0


_state_parity()


@acts("absolute value of a multiple", absolute(num(-3) * x))
def _abs_multiple(a: Node) -> Node | None:
    c, core = content(a)
    return abs(c) * absolute(core) if c not in (0, 1) else None


@acts("sign of a multiple", sign(num(-3) * x))
def _sign_multiple(a: Node) -> Node | None:
    c, core = content(a)
    return (1 if c > 0 else -1) * sign(core) if c not in (0, 1) else None


@acts("relu of a positive multiple", relu(num(3) * x))
def _relu_multiple(a: Node) -> Node | None:
    c, core = _positive_content(a)
    return c * relu(core) if c != 1 else None


@acts("step of a positive multiple", step(num(3) * x))
def _step_multiple(a: Node) -> Node | None:
    c, core = _positive_content(a)
    return step(core) if c != 1 else None


def _positive_content(a: Node) -> tuple[Fraction, Node]:
    c, core = content(a)
    return (c, core) if c > 0 else (-c, times(-1, core))


def constant_parts(a: Node) -> tuple[Node, list[tuple[Fraction, Node]]]:
    """``a`` as a constant (a number, or a scalar in every entry) and the rest of its terms."""
    constant, rest = [], []
    for c, core in terms_of(a):
        if core is UNITY or is_full(core):
            constant.append((c, UNITY))
        elif core.op is SCALE and is_full(core.args[1]):
            constant.append((c, core.args[0]))
        else:
            rest.append((c, core))
    return (total(constant) if constant else num(0)), rest


def is_full(a: Node) -> bool:
    """Whether every entry is 1."""
    return not a.is_scalar and normal_ones(a)


def normal_ones(a: Node) -> bool:
    name = a.op.name
    return name == "ones" or (name in ("transpose", "mul") and all(normal_ones(b) for b in a.args))


def one_plus(a: Node) -> Node | None:
    """u where ``a`` is 1 + u with u one term, else None."""
    terms = terms_of(a)
    if len(terms) != 2:
        return None
    for k in (0, 1):
        c, core = terms[k]
        if c == 1 and (core is UNITY or is_full(core)):
            return times(*terms[1 - k])
    return None


@acts("log of one", log(ones("m", "n")))
def _log_of_one(a: Node) -> Node | None:
    return zeros(a.rows, a.cols) if normal_ones(a) or a is UNITY else None


@acts("log(1 + exp(x)) is softplus", log(ones("m", "n") + exp(x)))
def _softplus(a: Node) -> Node | None:
    u = one_plus(a)
    return softplus(u.args[0]) if u is not None and u.op is exp.op else None


@acts("log(1 - sigmoid(x))", log(ones("m", "n") - sigmoid(x)))
def _log_one_minus_sigmoid(a: Node) -> Node | None:
    u = one_plus(a)
    if u is None:
        return None
    c, core = content(u)
    return -softplus(core.args[0]) if c == -1 and core.op is sigmoid.op else None


@acts("log of a power of a positive", log(sym("x", "m", "n", ["pos"]) ** 3))
def _log_power(a: Node) -> Node | None:
    if a.op is POW and "pos" in facts_of(a.args[0]):
        return _times(a.args[1], log(a.args[0]))
    return None


def _times(e: Node, a: Node) -> Node:
    return e * a


@acts("exp of a sum with logarithms", exp(x + log(x)))
def _exp_of_log(a: Node) -> Node | None:
    """exp(u + k*log(v)) is exp(u)*v^k for integer k."""
    if a.op is not ADD:
        return None
    logs = [(c, core) for c, core in terms_of(a) if core.op is log.op and c.denominator == 1]
    if not logs:
        return None
    rest = total([(1, a), *((-c, core) for c, core in logs)])
    out = exp(rest)
    for c, core in logs:
        out = out * core.args[0] ** num(c)
    return out



