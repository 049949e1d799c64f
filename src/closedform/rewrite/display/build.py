"""From nodes to faces: one visit a node, remembered in ``node.memo``; no recursion."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.size import ONE as ONE_SIZE
from closedform.expr.size import Size
from closedform.functions import algebra, rearrange
from closedform.functions.known_facts import facts_of
from closedform.rewrite import show as s
from closedform.rewrite.display import leaves, powers, products, sums
from closedform.rewrite.display.face import NOTHING, Face
from closedform.rewrite.show import Show

MEMO = "display"
Builder = Callable[[Node, list[Face]], Face]


def face_of(root: Node) -> Face:
    """The face of a node, those of its arguments first."""
    found: Face | None = root.memo.get(MEMO)
    if found is not None:
        return found
    todo = [root]
    while todo:
        node = todo[-1]
        if MEMO in node.memo:
            todo.pop()
            continue
        missing = [a for a in node.args if MEMO not in a.memo]
        if missing:
            todo += missing
            continue
        todo.pop()
        faces = [a.memo[MEMO] for a in node.args]
        node.memo[MEMO] = BUILDERS.get(node.op.name, function)(node, faces)
    out: Face = root.memo[MEMO]
    return out


def structure(node: Node) -> Show:
    """What is printed of a node, in the order the node has."""
    face = face_of(node)
    if node.cols is not ONE_SIZE and node.rows is ONE_SIZE:
        turned = s.transpose(face.show_turned)
        return turned if turned.tokens < face.show.tokens else face.show
    return face.show


def cost(node: Node) -> int:
    """The tokens printed for a node, shared parts written out.

    >>> cost(algebra.add(algebra.num(1), algebra.sym("s")))
    3
    """
    return structure(node).tokens


def function(node: Node, faces: list[Face]) -> Face:
    """Any function of the table, by its name."""
    op = node.op
    fixed = NOTHING
    for face in faces:
        fixed |= face.fixed
    parts = [f.show for f in faces]
    if op is rearrange.BLOCK:
        lengths = ",".join(map(str, node.params))
        show = Show("block", lengths, tuple(parts), (), sum([p.tokens for p in parts]) + len(node.params) - 1)
    else:
        show = s.call(op.text, *parts, *_sizes(node), mark=op.latex, lead=int(op.elementwise))
    if node.is_scalar:
        return Face(top=(show,), fixed=fixed)
    symmetric = node.rows is node.cols and "sym" in facts_of(node)
    return Face(core=show, turned=show if symmetric else s.transpose(show), fixed=fixed)


def _sizes(node: Node) -> list[Show]:
    """The sizes typed after the arguments: ``unvec(v, m, n)``."""
    if node.op is rearrange.UNVEC or node.op is rearrange.SUB:
        return [leaves.size_show(size) for size in node.shape]
    return [leaves.size_show(size) for size in node.params if isinstance(size, Size)]


def _exponent(node: Node) -> Fraction | None:
    exponent = node.args[1]
    return exponent.params[0] if exponent.op is algebra.NUM else None


def _power(node: Node, faces: list[Face]) -> Face:
    base, exponent = faces
    number = _exponent(node)
    if node.is_scalar:
        return powers.scalar_power(base, exponent, number)
    return powers.elementwise_power(base, exponent, number)


def _matrix_power(node: Node, faces: list[Face]) -> Face:
    number = _exponent(node)
    if node.is_scalar:
        return powers.scalar_power(faces[0], faces[1], number)
    return powers.matrix_power(faces[0], faces[1], number)


def _scale(_: Node, faces: list[Face]) -> Face:
    thing = faces[1]
    c, top, below, fixed = products.gather(faces)
    top, below = _mean(top, below)
    return Face(c, top, below, thing.core, thing.turned, fixed, thing.chain)


def _had(node: Node, faces: list[Face]) -> Face:
    c, top, below, fixed = products.gather(faces)
    top, below = _mean(top, below)
    if node.is_scalar:
        return Face(c, top, below, fixed=fixed)
    core, turned = powers.elementwise_product(node, faces)
    return Face(c, top, below, core, turned, fixed)


def _mean(top: tuple[Show, ...], below: tuple[Show, ...]) -> tuple[tuple[Show, ...], tuple[Show, ...]]:
    """``sum(x)/n`` as ``mean(x)``."""
    for k, factor in enumerate(top):
        if factor.kind == "call" and factor.mark.startswith(products.LENGTH):
            for j, divisor in enumerate(below):
                if divisor.kind == "name" and products.LENGTH + divisor.word == factor.mark:
                    mean = s.call("mean", *factor.items)
                    return (*top[:k], mean, *top[k + 1 :]), (*below[:j], *below[j + 1 :])
    return top, below


def _product(node: Node, faces: list[Face]) -> Face:
    return products.matrix_product(node, faces)


def _transpose(node: Node, faces: list[Face]) -> Face:
    (f,) = faces
    return Face(f.c, f.top, f.below, f.turned, f.core, f.fixed, tuple(products.turn(f.chain)))


def _trace(node: Node, faces: list[Face]) -> Face:
    face = faces[0]
    if face.core is None:
        return face
    return products.trace(face)


def _diagonal_matrix(node: Node, faces: list[Face]) -> Face:
    f = faces[0]
    if f.core is None:
        return f
    return Face(core=s.call("diag", f.show, mark=products.DIAG), fixed=f.fixed)


def _diagonal(node: Node, faces: list[Face]) -> Face:
    f = faces[0]
    if f.core is None:
        return f
    show = products.diagonal(f if f.plain else Face(core=f.show, turned=f.show_turned))
    return Face(core=show, turned=s.transpose(show), fixed=f.fixed)


def _sumover(node: Node, faces: list[Face]) -> Face:
    name, low, high = node.params
    f = faces[0]
    fixed = frozenset([(i, n) for i, n in f.fixed if i != name])
    known = low is ONE_SIZE and {n for i, n in f.fixed if i == name} == {high}
    at = s.name(name)
    ends = () if known else (leaves.size_show(low), leaves.size_show(high))
    out = []
    for body in f.pair:
        tokens = 2 + body.tokens + (1 + ends[0].tokens + ends[1].tokens if ends else 0)
        out.append(Show("sumover", name, (body, at, *ends), (), tokens))
    if f.core is None:
        return Face(top=(out[0],), fixed=fixed)
    here, there = out
    turned = there if there.tokens <= here.tokens + 1 else s.transpose(here)
    return Face(core=here, turned=turned if f.core is not f.turned else here, fixed=fixed)


def _abstract(node: Node, faces: list[Face]) -> Face:
    name, kind = node.params
    fixed = NOTHING
    for f in faces:
        fixed |= f.fixed
    tokens = (2 if kind else 1) + sum([f.show.tokens for f in faces])
    show = Show("abstract", name, tuple([f.show for f in faces]), (), tokens, mark=kind)
    if node.is_scalar:
        return Face(top=(show,), fixed=fixed)
    symmetric = kind == "hess"
    return Face(core=show, turned=show if symmetric else s.transpose(show), fixed=fixed)


BUILDERS: dict[str, Builder] = {
    "num": lambda node, _: leaves.number(node),
    "sym": lambda node, _: leaves.symbol(node),
    "size": lambda node, _: leaves.size_number(node),
    "const": lambda node, _: leaves.word(node),
    "index": lambda node, _: leaves.word(node),
    "eye": lambda node, _: leaves.identity(node),
    "ones": lambda node, _: leaves.ones(node),
    "zero": lambda node, _: leaves.zeros(node),
    "unit": lambda node, faces: leaves.unit(node, faces[0]),
    "add": sums.addition,
    "mul": _product,
    "scale": _scale,
    "had": _had,
    "pow": _power,
    "mpow": _matrix_power,
    "transpose": _transpose,
    "tr": _trace,
    "diagm": _diagonal_matrix,
    "diagv": _diagonal,
    "sumover": _sumover,
    "call": _abstract,
}
