"""From nodes to faces: one visit a node, remembered in ``node.memo``; no recursion."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from closedform.expr.node import Node, make
from closedform.expr.size import ONE as ONE_SIZE
from closedform.expr.size import Size
from closedform.functions import algebra, rearrange
from closedform.functions.known_facts import facts_of
from closedform.rewrite import show as s
from closedform.rewrite.display import leaves, powers, products, sums
from closedform.rewrite.display.face import NOTHING, Face
from closedform.rewrite.normal.transposes import INSIDE
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
        face = BUILDERS.get(node.op.name, function)(node, faces)
        node.memo[MEMO] = face if face.c != 0 or node.is_scalar else leaves.zeros(node)
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
    if op.elementwise and len(parts) > 1:
        parts = [s.number(0) if _filled_zero(a) else p for a, p in zip(node.args, parts, strict=True)]
    if op.name in EITHER_WAY and faces[0].plain and faces[0].core is not None:
        parts = [products.upright(faces[0])]
    if op is rearrange.BLOCK:
        lengths = [k for p in node.params for k in (p if isinstance(p, tuple) else (p,))]
        tokens = sum(p.tokens for p in parts) + len(lengths) - 1
        show = Show("block", ",".join(map(str, lengths)), tuple(parts), (), tokens)
    elif op.name in BARS:
        show = s.norm(parts[0], BARS[op.name])
    else:
        show = s.call(op.text, *parts, *_sizes(node), mark=_mark(node), lead=int(op.elementwise))
    if node.is_scalar:
        return Face(top=(show,), fixed=fixed)
    turned = s.transpose(show)
    if node.rows is node.cols and "sym" in facts_of(node):
        turned = show
    elif op.elementwise and len(faces) == 1:
        inside = s.call(op.text, faces[0].show_turned, mark=_mark(node), lead=1)
        turned = inside if inside.tokens < turned.tokens else turned
        show = s.transpose(inside) if inside.tokens + 1 < show.tokens else show
    elif op.name in INSIDE:
        inside = s.call(op.text, *(f.show_turned for f in faces), mark=_mark(node))
        turned = inside if inside.tokens < turned.tokens else turned
    return Face(core=show, turned=turned, fixed=fixed)


def _filled_zero(node: Node) -> bool:
    """A scalar 0 beside something larger, whose shape it takes: ``max(0, x)``."""
    return node.op is algebra.SCALE and node.args[1].op is algebra.ONES and face_of(node.args[0]).c == 0


BARS = {"norm2": "", "normF": "_F", "norm1": "_1", "norm_inf": "_inf"}
"""Norms as they are written with bars; answers hold them as roots, only what was typed has these nodes."""
OF_MATRICES = ("exp", "log")
"""Functions of each entry that people write for functions of a matrix too, where it has a name."""
EITHER_WAY = ("det", "logdet")
"""Functions that are the same of a matrix and its transpose."""


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
        doubled = face_of(_twice(node.args[1])) if number is None and base.root is not None else None
        return powers.scalar_power(base, exponent, number, doubled)
    return powers.elementwise_power(base, exponent, number, "" if _taken_of_matrix(node) else powers.ROOT)


def _twice(node: Node) -> Node:
    """Twice an exponent; its arguments have their faces already."""
    if node.op is algebra.ADD:
        return make(algebra.ADD, node.args, (tuple(2 * c for c in node.params[0]),), node.shape)
    return algebra.total([(2, node)])


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
    if node.is_scalar:
        faces = _averages(node, faces)
    c, top, below, fixed = products.gather(faces)
    top, below = _mean(top, below)
    if node.is_scalar:
        return Face(c, top, below, fixed=fixed)
    core, turned = powers.elementwise_product(node, faces)
    return Face(c, top, below, core, turned, fixed)


def _averages(node: Node, faces: list[Face]) -> list[Face]:
    """``u'*v/n`` as ``mean(u.*v)`` where n is the length."""
    for at, divisor in enumerate(node.args):
        if divisor.op is algebra.POW and divisor.args[0].op is algebra.SIZE and _exponent(divisor) == -1:
            for k, a in enumerate(node.args):
                mean = _average(a, faces[k], divisor.args[0].params[0])
                if mean is not None and mean.tokens < faces[k].show.tokens + 2:
                    rest = [f for j, f in enumerate(faces) if j not in (at, k)]
                    return [*rest, Face(faces[k].c, (mean,), faces[k].below, fixed=faces[k].fixed)]
    return faces


def _average(node: Node, face: Face, n: Size) -> Show | None:
    if node.op is not algebra.MUL or len(face.chain) != len(node.args) or len(face.top) != 1:
        return None
    ends = node.args[0], node.args[-1]
    if any(a.op in ENDS or (a.args and a.args[0].op in ENDS) for a in ends):
        return None
    cuts = [k for k in range(1, len(node.args)) if node.args[k].rows is n]
    means = [products.average(face, k) for k in cuts]
    return min(means, key=lambda show: show.tokens, default=None)


ENDS = (algebra.ONES, algebra.UNIT)


def _mean(top: tuple[Show, ...], below: tuple[Show, ...]) -> tuple[tuple[Show, ...], tuple[Show, ...]]:
    """``sum(x)/n`` as ``mean(x)``."""
    for k, factor in enumerate(top):
        if factor.kind == "call" and factor.mark.startswith(products.LENGTH):
            for j, divisor in enumerate(below):
                base, *rest = divisor.items if divisor.kind == "power" else (divisor,)
                if base.kind == "name" and products.LENGTH + base.word == factor.mark:
                    left = _one_less(base, rest[0] if rest else s.ONE)
                    if left is not None:
                        mean = s.call("mean", *factor.items)
                        return (*top[:k], mean, *top[k + 1 :]), (*below[:j], *left, *below[j + 1 :])
    return top, below


def _one_less(base: Show, exponent: Show) -> tuple[Show, ...] | None:
    """What is left of ``base^exponent`` when divided by the base, for a whole exponent."""
    if exponent.kind != "number":
        return None
    k = int(exponent.word) - 1
    return () if k == 0 else (powers.raised(base, Fraction(k)),)


def _product(node: Node, faces: list[Face]) -> Face:
    return products.matrix_product(node, faces)


def _transpose(node: Node, faces: list[Face]) -> Face:
    (f,) = faces
    return Face(f.c, f.top, f.below, f.turned, f.core, f.fixed, tuple(products.turn(f.chain)))


def _mark(node: Node) -> str:
    r"""Its sign in LaTeX; where that means another function of a matrix (``|A|``, ``\exp P``), its name stands."""
    if node.op.latex.startswith(r"\lvert"):
        return node.op.latex if node.is_column or node.is_scalar else ""
    return "" if node.op.name in OF_MATRICES and _taken_of_matrix(node) else node.op.latex


def _taken_of_matrix(node: Node) -> bool:
    """Whether the sign of an entrywise function would be taken for that of a matrix: exp P, √P."""
    matrix = not node.is_column and not node.is_scalar
    return matrix and (node.is_square or _is_name(node.args[0]))


def _is_name(node: Node) -> bool:
    """Whether it is a name, or the transpose of one, which is printed as the name where all is turned."""
    return not node.args or (node.op is algebra.TRANSPOSE and not node.args[0].args)


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
    known = f.c != 0 and low is ONE_SIZE and {n for i, n in f.fixed if i == name} == {high}
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
    symmetric = "sym" in facts_of(node)
    return Face(core=show, turned=show if symmetric else s.transpose(show), fixed=fixed)


def _inner(_: Node, faces: list[Face]) -> Face:
    """``<a, b>`` as it was written; the normal form has none."""
    a, b = (f.show for f in faces)
    show = Show("inner", "", (a, b), (), a.tokens + b.tokens + 2, lead=1)
    return Face(top=(show,), fixed=faces[0].fixed | faces[1].fixed)


def _differential(node: Node, faces: list[Face]) -> Face:
    """``dr`` of a name, ``d(A*x - b)`` of the rest."""
    if node.args[0].op is algebra.SYM:
        return leaves.symbol(make(algebra.SYM, (), (f"d{node.args[0].params[0]}", ()), node.shape))
    return function(node, faces)


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
    "dot": _inner,
    "d": _differential,
    "call": _abstract,
}
