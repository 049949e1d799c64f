"""What a claim says is equal, as values at one point, the answer's side first."""

from collections.abc import Mapping, Sequence

from closedform.check.core.claim import Claim as Claim
from closedform.check.core.evaluate import Evaluator
from closedform.check.core.jet import Jet, Mat, Unfit, stack, unit
from closedform.check.core.points import in_space, space
from closedform.expr.node import Node, make
from closedform.expr.op import registered
from closedform.expr.walk import rebuild

Pair = tuple[Mat, Mat]
IMPLICIT, SECOND = {"implicit", "implicit-second"}, {"hessian", "implicit-second"}


def sides(claim: Claim, ev: Evaluator) -> list[Pair]:
    x, f = claim.variable, claim.function
    if claim.kind == "equal" or x is None:
        return [(ev.evaluate(claim.answer).first, ev.evaluate(f).first)]
    y, implicit = claim.second or x, claim.kind in IMPLICIT
    ways = [(x, direction(ev, x)), (x, direction(ev, x)) if implicit else (y, direction(ev, y))]
    ways = ways[: 2 if claim.kind in SECOND else 1]
    moves = [{node.params[0]: v} for node, v in ways]
    truth = solved(ev, f, y, moves) if implicit else ev.derivative(f, moves)
    for name, (_, v) in zip(claim.differentials, reversed(ways), strict=False):
        ev.symbols[name] = v
    return stated(claim, ev, ev.evaluate(claim.answer), ways[: len(ways) - len(claim.differentials)], truth)


def stated(claim: Claim, ev: Evaluator, answer: Jet, ways: Sequence[tuple[Node, Jet]], truth: Mat) -> list[Pair]:
    """The derivative that the answer states along the ways left: a product with a scalar or column, or ⟨answer, v⟩."""
    if not ways:
        return [(answer.first, truth)]
    scalar, v = any(x.is_scalar for x, _ in ways), ways[0][1]
    for _, w in ways[1:]:
        v = v * w if scalar else v @ w.T
    what = claim.second if claim.kind in IMPLICIT and claim.second else claim.function
    turned = claim.layout == "denominator" and not scalar
    if not what.is_scalar:
        matrix = answer.T if turned else answer
        return [((matrix * v if v.count == 1 else matrix @ v).first, truth)]
    if (claim.kind == "jacobian" and claim.layout == "numerator") or (len(ways) > 1 and answer.shape != v.shape):
        answer = answer.T
    if answer.shape != v.shape:
        raise Unfit("a gradient that has not the shape of its variable")
    facts = frozenset[str]().union(*(space(x) for x, _ in ways))
    part = ev.f("triu", answer) if claim.convention == "free" and "sym" in facts else answer
    return [((part * v).sum().first, truth), (answer.first, in_space(ev, answer, facts).first)]


def solved(ev: Evaluator, f: Node, y: Node, moves: Sequence[Mapping[str, Jet]]) -> Mat:
    """The derivative of y with F(x, y) = 0, by solving D₁F dx + D₂F dy = 0 in numbers.

    The identity for dy holds at every point (x, y), on the zero set of F or not: any point serves, but where D₂F is
    singular.
    """

    def slope(*ways: Mapping[str, Jet]) -> Jet:
        return Jet({0: ev.derivative(f, ways)})

    name, (n, _) = y.params[0], ev.shape(y)
    inverse = -stack([slope({name: unit(ev.one, n, k)}).T for k in range(n)]).T.inverse()
    along = [{**move, name: inverse @ slope(move)} for move in moves]
    return (inverse @ slope(*along)).first if len(moves) > 1 else along[0][name].first


def direction(ev: Evaluator, x: Node) -> Jet:
    return Jet(in_space(ev, ev.numbers.random(*ev.shape(x)), space(x)).c)


def without_roots(root: Node) -> Node:
    """Even powers of norms as powers of sums of squares, which are polynomials."""

    def replaced(node: Node, args: tuple[Node, ...]) -> Node | None:
        if node.op.name != "pow" or args[0].op.name not in ("norm2", "normF") or args[1].op.name != "num":
            return None
        if args[1].params[0] % 2:
            return None
        square = make(registered()["dot"], (args[0].args[0],) * 2, (), node.shape)
        half = make(args[1].op, (), (args[1].params[0] / 2,), args[1].shape)
        return make(node.op, (square, half), (), node.shape)

    return rebuild(root, replaced)
