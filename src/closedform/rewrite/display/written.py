"""Raw nodes as they were written: same order, same grouping, nothing recognised or pulled out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.size import ONE as ONE_SIZE
from closedform.expr.walk import postorder
from closedform.functions.algebra import HAD, MUL, NUM, ONES, POW, SCALE, TRANSPOSE, UNIT
from closedform.rewrite import show as s
from closedform.rewrite.display import leaves
from closedform.rewrite.display.build import BUILDERS, function
from closedform.rewrite.display.face import Face
from closedform.rewrite.show import Show

MEMO = "written"
Builder = Callable[[Node, list[Show]], Show]


def written(root: Node) -> Show:
    """What was written, as near as the node remembers it."""
    for node in postorder(root, stop=lambda n: MEMO in n.memo):
        if MEMO not in node.memo:
            parts = [a.memo[MEMO] for a in node.args]
            own = OWN.get(node.op.name)
            node.memo[MEMO] = own(node, parts) if own is not None else _generic(node, parts)
    out: Show = root.memo[MEMO]
    return out


def _generic(node: Node, parts: list[Show]) -> Show:
    faces = [Face(core=p) for p in parts]
    return BUILDERS.get(node.op.name, function)(node, faces).show


def _sum(node: Node, parts: list[Show]) -> Show:
    items, signs = [], []
    coefficients: tuple[Fraction, ...] = node.params[0]
    for c, a, part in zip(coefficients, node.args, parts, strict=True):
        filled = a.op is SCALE and a.args[1].op is ONES and a.cols is ONE_SIZE
        if filled and len(parts) > 1:
            part = a.args[0].memo[MEMO]
        items.append(part if abs(c) == 1 else _times(abs(c), part))
        signs.append(1 if c > 0 else -1)
    if len(items) == 1 and signs[0] > 0:
        return items[0]
    tokens = sum(i.tokens for i in items) + len(items) - (signs[0] > 0)
    return Show("sum", "", tuple(items), tuple(signs), tokens)


def _times(c: Fraction, part: Show) -> Show:
    """``1/2*x'*A*x``: the number in front, on the level of the product."""
    front = s.number(c)
    items, signs = (front.items, front.signs) if front.items else ((front,), (1,))
    if part.kind == "product":
        return s.product([*items, *part.items], [*signs, *part.signs])
    return s.product([*items, part], [*signs, 1])


def _factors(node: Node, parts: list[Show]) -> tuple[list[Show], list[int]]:
    """Factors and divisors; a product in front is continued."""
    items: list[Show] = []
    signs: list[int] = []
    for a, part in zip(node.args, parts, strict=True):
        if a.op is POW and _negative(a):
            below = s.product([a.args[0].memo[MEMO]])
            k = -a.args[1].params[0]
            items.append(below if k == 1 else s.power(below, s.number(k), not a.is_scalar))
            signs.append(-1)
        elif a.op is NUM and items and a.params[0].denominator != 1 and abs(a.params[0].numerator) == 1:
            items.append(s.number(a.params[0].denominator))
            signs.append(-1)
            if a.params[0] < 0:
                items[0] = s.negative(items[0])
        elif part.kind == "product" and a.op in (HAD, SCALE, MUL) and (not items or _open(node, items, signs, part)):
            items += part.items
            signs += part.signs
        else:
            items.append(part)
            signs.append(1)
    return items, signs


def _open(node: Node, items: list[Show], signs: list[int], part: Show) -> bool:
    """Whether a product after scalars needs no brackets: ``y*a'*x``."""
    plain = all(item.kind in ("name", "number", "index", "call") for item in items)
    return plain and -1 not in signs and -1 not in part.signs and all(a.is_scalar for a in node.args[: len(items)])


def _negative(node: Node) -> bool:
    return node.args[1].op is NUM and node.args[1].params[0] < 0


def _matrix_product(node: Node, parts: list[Show]) -> Show:
    """A product; by a unit vector it is an entry, a row or a column."""
    return _entry(node, parts) or _product(node, parts)


def _entry(node: Node, parts: list[Show]) -> Show | None:
    units = [a if a.op is UNIT else a.args[0] for a in node.args if a.op is UNIT or _is_unit_row(a)]
    rest = [(a, p) for a, p in zip(node.args, parts, strict=True) if a.op is not UNIT and not _is_unit_row(a)]
    if not units or len(rest) != 1:
        return None
    (a, whole), at = rest[0], [u.args[0].memo[MEMO] for u in units]
    if len(units) == 2:
        return s.index(whole, *at)
    if node.args[0] is not a:
        return s.index(whole, at[0]) if a.is_column else None
    if a.op is not TRANSPOSE:
        return s.index(whole, s.ALL, at[0])
    base = a.args[0].memo[MEMO]
    if a.rows is ONE_SIZE or (base.kind == "name" and base.word[:1].islower()):
        return s.index(base, at[0])
    return s.index(base, at[0], s.ALL)


def _is_unit_row(a: Node) -> bool:
    return a.op is TRANSPOSE and a.args[0].op is UNIT


def _summed(node: Node, parts: list[Show]) -> Show:
    """A sum over an index; its range is left out where what it indexes tells it."""
    name, low, high = node.params
    inside = postorder(node.args[0])
    over = {n.rows for n in inside if n.op is UNIT and n.args[0].params == (name,)}
    ends = () if low is ONE_SIZE and over == {high} else (leaves.size_show(low), leaves.size_show(high))
    tokens = 2 + parts[0].tokens + (1 + ends[0].tokens + ends[1].tokens if ends else 0)
    return Show("sumover", name, (parts[0], s.name(name), *ends), (), tokens)


def _product(node: Node, parts: list[Show]) -> Show:
    first = node.args[0]
    if first.op is NUM and len(node.args) == 2 and node.op is not MUL:
        c: Fraction = first.params[0]
        rest = parts[1] if abs(c) == 1 else _times(abs(c), parts[1])
        if c == 1 and rest.kind == "product" and rest.items[0] is s.ONE:
            return rest
        return s.negative(rest) if c < 0 else rest if c != 1 else s.product([s.ONE, rest])
    items, signs = _factors(node, parts)
    if -1 in signs and node.op is SCALE and signs[0] < 0:
        items, signs = [*items[1:], items[0]], [*signs[1:], -1]
    if signs[0] < 0:
        items, signs = [s.ONE, *items], [1, *signs]
    return s.product(items, signs)


def _elementwise(node: Node, parts: list[Show]) -> Show:
    if node.is_scalar:
        return _product(node, parts)
    items, signs = [], []
    for a, part in zip(node.args, parts, strict=True):
        if a.op is POW and _negative(a) and a.args[1].params[0] == -1:
            items.append(a.args[0].memo[MEMO])
            signs.append(-1)
        else:
            items.append(part)
            signs.append(1)
    first = next((k for k, sign in enumerate(signs) if sign > 0), 0)
    items.insert(0, items.pop(first))
    signs.insert(0, signs.pop(first))
    return s.hadamard(items, signs)


def _power(node: Node, parts: list[Show]) -> Show:
    if node.is_scalar and node.args[1].op is NUM and node.args[1].params[0] == -1:
        return s.product([s.ONE, parts[0]], (1, -1))
    return s.power(parts[0], parts[1], not node.is_scalar)


def _matrix_power(node: Node, parts: list[Show]) -> Show:
    if node.args[1].op is NUM and node.args[1].params[0] == -1:
        return s.inverse(parts[0])
    return s.power(parts[0], parts[1])


OWN: dict[str, Builder] = {
    "num": lambda node, _: s.signed(node.params[0]),
    "eye": lambda node, parts: Show("eye", "", lead=1) if not node.is_scalar else s.ONE,
    "add": _sum,
    "mul": _matrix_product,
    "sumover": _summed,
    "norm2": lambda _, parts: s.norm(parts[0]),
    "normF": lambda _, parts: s.norm(parts[0], "_F"),
    "scale": _product,
    "had": _elementwise,
    "pow": _power,
    "mpow": _matrix_power,
    "transpose": lambda _, parts: Show("transpose", "", (parts[0],), (), parts[0].tokens + 1),
    "tr": lambda _, parts: s.call("tr", parts[0]),
    "diagm": lambda _, parts: s.call("diag", parts[0]),
    "diagv": lambda _, parts: s.call("diag", parts[0]),
}
