"""What a claim says is equal, as values at one point; and whether two values of balls agree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import flint

from closedform.check.ball import magnitude
from closedform.check.certificate import Claim
from closedform.check.evaluate import Evaluator
from closedform.check.jet import Jet, Mat, Rough
from closedform.check.moves import keep
from closedform.check.points import in_space, space
from closedform.errors import ClosedformError
from closedform.expr.node import Node, make
from closedform.expr.op import registered
from closedform.expr.walk import rebuild

Pair = tuple[Mat, Mat]
DIGITS = 50


def shape_problem(claim: Claim) -> str:
    """Why the answer cannot be right by its shape alone; empty where it can."""
    f, g, x, w = claim.function, claim.answer, claim.variable, claim.second or claim.variable
    if claim.kind == "equal":
        return "" if f.shape == g.shape else f"the shapes differ: {shape(f)} and {shape(g)}"
    if x is None or w is None:
        raise ClosedformError(f"a claim about a {claim.kind} names its variable")
    if claim.kind == "gradient":
        if not f.is_scalar:
            raise ClosedformError("a gradient is that of a scalar function")
        wanted = [x.shape]
    elif claim.kind == "jacobian":
        rows, cols = f.shape if x.is_scalar else (f.rows, x.rows)
        wanted = [(cols, rows) if claim.layout == "denominator" and not x.is_scalar else (rows, cols)]
        if not (x.is_scalar or (f.is_column and x.is_column)):
            raise ClosedformError("a Jacobian is that of a vector by a vector, or of anything by a scalar")
    elif claim.kind == "map":
        wanted = [f.shape]
    elif claim.kind == "hessian":
        wanted = second_shapes(claim, f, x, w)
    else:
        raise ClosedformError(f"there is no kind of claim called {claim.kind}")
    names = " or ".join(f"{rows}×{cols}" for rows, cols in wanted)
    return "" if g.shape in wanted else f"the answer is {shape(g)}, not {names}"


def second_shapes(claim: Claim, f: Node, x: Node, w: Node) -> list[Any]:
    """The shapes that a second derivative may have: of a matrix, or of a map in one or two differentials."""
    if len(claim.differentials) == 2:
        return [f.shape]
    if len(claim.differentials) == 1:
        return [x.shape] if f.is_scalar else [(f.rows, x.rows)]
    if w.is_scalar and f.is_scalar:
        return [x.shape]
    if x.is_scalar:
        return [w.shape, (w.cols, w.rows)] if f.is_scalar else [f.shape]
    if f.is_scalar and x.is_column and w.is_column:
        return [(x.rows, w.rows)]
    raise ClosedformError("this second derivative is a linear map: the claim names its differentials")


def without_roots(root: Node) -> Node:
    """Even powers of norms as powers of sums of squares, which are polynomials."""
    dot = registered()["dot"]

    def replaced(node: Node, args: tuple[Node, ...]) -> Node | None:
        if node.op.name != "pow" or args[0].op.name not in ("norm2", "normF") or args[1].op.name != "num":
            return None
        half = args[1].params[0] / 2
        if half.denominator != 1:
            return None
        (u,) = args[0].args
        square = make(dot, (u, u), (), node.shape)
        return make(node.op, (square, make(args[1].op, (), (half,), args[1].shape)), (), node.shape)

    return rebuild(root, replaced)


def shape(node: Node) -> str:
    return f"{node.rows}×{node.cols}"


def sides(claim: Claim, ev: Evaluator) -> list[Pair]:
    """What the claim says is equal, the answer's side first, at the point of ``ev``."""
    if claim.kind == "equal":
        return [(ev.evaluate(claim.answer).first, ev.evaluate(claim.function).first)]
    assert claim.variable is not None
    x, w = claim.variable, claim.second or claim.variable
    u, v = direction(ev, x), direction(ev, w)
    if claim.kind == "hessian":
        return second_order(claim, ev, w, u, v)
    truth = derivative(ev, claim.function, [(x.params[0], v)])
    if claim.kind == "map":
        ev.symbols[claim.differentials[0]] = v
        return [(ev.evaluate(claim.answer).first, truth)]
    answer = ev.evaluate(claim.answer)
    if claim.kind == "gradient":
        return gradient(claim, answer, v, truth)
    if x.is_scalar:
        return [((v * answer).first, truth)]
    return [(((answer.T if claim.layout == "denominator" else answer) @ v).first, truth)]


def gradient(claim: Claim, answer: Jet, v: Jet, truth: Mat) -> list[Pair]:
    assert claim.variable is not None
    facts = space_of(claim.variable)
    if claim.convention == "free" and "sym" in facts:
        upper = keep(answer, lambda i, j: i <= j)
        return [((upper * v).sum().first, truth), (answer.first, answer.T.first)]
    pairs = [((answer * v).sum().first, truth)]
    return [*pairs, (answer.first, in_space(answer, facts).first)] if facts else pairs


def second_order(claim: Claim, ev: Evaluator, w: Node, u: Jet, v: Jet) -> list[Pair]:
    f, x, names = claim.function, claim.variable, claim.differentials
    assert x is not None
    truth = derivative(ev, f, [(x.params[0], u), (w.params[0], v)])
    ev.symbols.update(zip(names, (v, u), strict=False))
    answer = ev.evaluate(claim.answer)
    if len(names) == 2:
        return [(answer.first, truth)]
    if names:
        return gradient(claim, answer, u, truth) if f.is_scalar else [((answer @ u).first, truth)]
    if w.is_scalar and f.is_scalar:
        return gradient(claim, answer * v, u, truth)
    if x.is_scalar and not f.is_scalar:
        return [((answer * u * v).first, truth)]
    if x.is_scalar:
        turned = answer if answer.shape == v.shape else answer.T
        return [(((turned * v).sum() * u).first, truth)]
    return [((u.T @ answer @ v).first, truth)]


def space_of(x: Node) -> frozenset[str]:
    return space(f for f in x.params[1] if ":" not in f)


def direction(ev: Evaluator, x: Node) -> Jet:
    return Jet(in_space(ev.random(*ev.shape(x)), space_of(x)).c)


def derivative(ev: Evaluator, function: Node, along: list[tuple[str, Jet]]) -> Mat:
    """The derivative along one or two directions: read off truncated numbers; by differences where need be."""
    base = dict(ev.symbols)
    try:
        for k, (name, v) in enumerate(along):
            have = ev.symbols[name]
            c = list(have.c) + [None] * ((1 << k + 1) - len(have.c))
            c[1 << k] = v.first
            ev.symbols[name] = Jet(c, have.q)
        return ev.evaluate(function).part((1 << len(along)) - 1)
    except Rough:
        ev.symbols = dict(base)
        return differences(ev, function, along)
    finally:
        ev.symbols = base


def differences(ev: Evaluator, function: Node, along: list[tuple[str, Jet]]) -> Mat:
    """With a step that leaves 50 digits and more of the precision, in the first order and in the second."""
    h = flint.arb(2) ** (-flint.ctx.prec * 9 // 40)
    base, terms = ev.symbols, list[Mat]()
    for signs in range(1 << len(along)):
        ev.symbols, sign = dict(base), 1
        for k, (name, v) in enumerate(along):
            up = 1 if signs >> k & 1 else -1
            sign *= up
            ev.symbols[name] = Jet([ev.symbols[name].first + v.first * (h * up)])
        terms.append(ev.evaluate(function).first * sign)
    return sum(terms[1:], start=terms[0]) * (1 / (2 * h)) ** len(along)


def agree(pairs: Iterable[Pair]) -> bool | None:
    """Whether all agree to 50 digits, or are zero to far more; None where the precision does not tell."""
    verdicts = [agreement(a, b) for a, b in pairs]
    return False if False in verdicts else (None if None in verdicts else True)


def agreement(a: Mat, b: Mat) -> bool | None:
    scale, gaps = max(magnitude(a), magnitude(b)), (a - b).entries()
    small = scale * flint.arb(10) ** -DIGITS
    if scale < flint.arb(2) ** -200 or all(abs(g) <= small for g in gaps):
        return True
    return False if any(abs(g) > small for g in gaps) else None


def shown(m: Mat, digits: int = 12) -> list[list[str]]:
    return [[e.str(digits, radius=False) for e in row] for row in m.tolist()]
