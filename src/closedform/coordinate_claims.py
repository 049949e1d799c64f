"""What is claimed of a line with indices: of the array that has it as entries, or of it at letters drawn at random."""

from __future__ import annotations

from closedform.calculus.coordinates import Question
from closedform.calculus.coordinates.chain import Place
from closedform.calculus.coordinates.nodes import assembled, entry_of
from closedform.calculus.coordinates.question import Letters
from closedform.check.certificate import Claim
from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import (
    EYE,
    HAD,
    MUL,
    SUMOVER,
    TRANSPOSE,
    UNIT,
    had,
    mul,
    num,
    scale,
    sumover,
    sym,
    total,
    transpose,
    unit,
)
from closedform.rewrite.vectorise.indices import free_indices, replace_index


def of_array(asked: Question, letters: Letters, order: int, entry: Node, applied: bool) -> Claim:
    """That the array of these entries is the derivative of that order; ``applied``: in the directions already."""
    f, x, variables = asked.function, asked.variable, asked.variables[:order]
    by = letters.by[:order]
    whole = order == len(asked.variables)
    directions = asked.directions if whole else ()
    if whole and directions:
        kept = len(by) - len(directions)
        entry, by = entry if applied else _applied(entry, by[kept:], directions), by[:kept]
    elif not whole and not _has_matrix(f, x):
        directions = (sym(f"d{x.params[0]}", x.rows, x.cols),)
        entry, by = _applied(entry, by, directions), ()
    place = tuple(n for one in (letters.at, *by) for n in one)
    names = tuple(str(d.params[0]) for d in directions)
    if order == 2:
        return Claim("hessian", f, assembled(entry, asked.answer.shape, place), x, variables[1], names)
    if names:
        return Claim("map", f, assembled(entry, f.shape, place), x, None, names)
    if f.is_scalar:
        return Claim("gradient", f, assembled(entry, x.shape, place), x)
    shape = f.shape if x.is_scalar else (f.rows, x.rows)
    return Claim("jacobian", f, assembled(entry, shape, place), x)


def _has_matrix(f: Node, x: Node) -> bool:
    return f.is_scalar or x.is_scalar or (f.is_column and x.is_column)


def _applied(entry: Node, places: tuple[Place, ...], directions: tuple[Node, ...]) -> Node:
    """Σ of the entry times those of the directions, over their letters."""
    out = had(entry, *(entry_of(d, place) for d, place in zip(directions, places, strict=True)))
    for d, place in zip(directions, places, strict=True):
        for at, count in zip(place, (s for s in d.shape if s is not ONE), strict=True):
            out = sumover(str(at.params[0]), ONE, count, out)
    return out


def quick(entry: Node) -> Node:
    """The same to evaluate with fewer steps: no product with an identity in a delta, sums over letters that other sums
    hold outermost, factors outside the sums over letters that they do not hold."""
    return rebuild(rebuild(entry, _ordered), _quicker)


def _ordered(node: Node, args: tuple[Node, ...]) -> Node | None:
    """Sums directly inside each other, those over letters that a sum in their body holds first."""
    if node.op is not SUMOVER or args[0].op is not SUMOVER:
        return None
    ranges, body = [node.params], args[0]
    while body.op is SUMOVER:
        ranges.append(body.params)
        body = body.args[0]
    inner = frozenset[str]().union(*(free_indices(n) for n in postorder(body) if n.op is SUMOVER))
    for name, low, high in sorted(ranges, key=lambda r: r[0] in inner):
        body = sumover(name, low, high, body)
    return body


def _quicker(node: Node, args: tuple[Node, ...]) -> Node | None:
    if node.op is MUL and len(args) == 3 and args[1].op is EYE:
        return mul(args[0], args[2])
    if node.op is SUMOVER and args[0].op in (HAD, MUL) and all(a.is_scalar for a in args[0].args):
        name, low, high = node.params
        outside = [a for a in args[0].args if name not in free_indices(a)]
        if outside and len(outside) < len(args[0].args):
            inside = [a for a in args[0].args if a not in outside]
            return had(*outside, sumover(name, low, high, had(*inside)))
    return None


def at_answer(asked: Question, letters: Letters, entry: Node, applied: bool) -> Claim:
    """That the entry at fixed letters is that of the answer, which has a certificate of its own.

    Letters that a delta compares are taken as different and as equal, each case with a factor of its own.
    """
    kept = len(letters.by) - len(asked.directions)
    moved = {d: _one_at(d, p) for d, p in zip(asked.directions, letters.by[kept:], strict=True)} if not applied else {}
    place = tuple(n for one in (letters.at, *letters.by[:kept]) for n in one)
    turned = place[::-1] if asked.layout == "denominator" else place
    answer = rebuild(entry_of(asked.answer, turned), lambda n, _: moved.get(n))
    truth, line = _in_cases((answer, entry), entry, [n for one in (letters.at, *letters.by) for n in one])
    return Claim("equal", truth, line)


def at_letters(asked: Question, letters: Letters, order: int, entry: Node) -> Claim:
    """That the entry at fixed letters is the derivative by as many scalars, each of which moves one entry.

    Letters that a delta compares are taken as different and as equal, each case with a factor of its own.
    """
    steps = [sym(f"#t{k}") for k in range(order)]
    moved = {x: x for x in asked.variables}
    for x, by, t in zip(asked.variables, letters.by, steps, strict=False):
        moved[x] = total([(1, moved[x]), (1, scale(t, _one_at(x, by)))])
    place = [n for one in (letters.at, *letters.by[:order]) for n in one]
    f, line = (rebuild(n, lambda n, _: moved.get(n)) for n in (entry_of(asked.function, letters.at), entry))
    f, line = _in_cases((f, line), entry, place)
    if order == 1:
        return Claim("gradient", f, line, steps[0])
    return Claim("hessian", f, line, steps[0], steps[1])


def _in_cases(nodes: tuple[Node, Node], entry: Node, place: list[Node]) -> tuple[Node, Node]:
    cases = _cases(entry, place)
    factors = [sym(f"#c{k}") for k in range(len(cases))]
    a, b = (total((1, had(c, _put(n, case))) for c, case in zip(factors, cases, strict=True)) for n in nodes)
    return (a, b) if len(cases) > 1 else nodes


def _cases(entry: Node, place: list[Node]) -> list[dict[str, Node]]:
    """Letters put for others: nothing, and what makes the letters of deltas equal, each and all together."""
    cases: list[dict[str, Node]] = [{}]
    for a, b in _compared(entry):
        if a in place and b in place and a is not b:
            cases += [{**case, str(b.params[0]): a} for case in cases[:4]]
    return cases


def _compared(entry: Node) -> list[tuple[Node, Node]]:
    """The letters of the deltas, which are read as products of two unit vectors."""
    found: dict[tuple[Node, Node], None] = {}
    for n in postorder(entry):
        if n.op is MUL and len(n.args) == 2 and n.args[1].op is UNIT and n.args[0].op is TRANSPOSE:
            left = n.args[0].args[0]
            if left.op is UNIT:
                found[left.args[0], n.args[1].args[0]] = None
    return list(found)


def _put(node: Node, case: dict[str, Node]) -> Node:
    for name, letter in case.items():
        node = replace_index(node, name, letter)
    return node


def _one_at(x: Node, place: Place) -> Node:
    """The array of the shape of ``x`` with a one at the place."""
    sides = [s for s in x.shape if s is not ONE]
    units = [unit(at, count) for at, count in zip(place, sides, strict=True)]
    if len(units) == 2:
        return mul(units[0], transpose(units[1]))
    if not units:
        return num(1)
    return units[0] if x.is_column else transpose(units[0])
