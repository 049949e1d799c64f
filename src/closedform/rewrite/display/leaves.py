"""Leaves on paper: names, numbers, sizes, I, ones, zeros and unit vectors."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.expr.size import ONE, Size
from closedform.functions.known_facts import facts_of
from closedform.rewrite import show as s
from closedform.rewrite.display.face import Face
from closedform.rewrite.show import Show


def number(node: Node) -> Face:
    return Face(node.params[0])


def symbol(node: Node) -> Face:
    show = s.name(node.params[0])
    if node.is_scalar:
        return Face(top=(show,))
    symmetric = node.rows is node.cols and "sym" in facts_of(node)
    return Face(core=show, turned=show if symmetric else s.transpose(show))


def size_number(node: Node) -> Face:
    return Face(top=(size_show(node.params[0]),))


def word(node: Node) -> Face:
    return Face(top=(s.name(node.params[0]),))


def size_show(size: Size) -> Show:
    """A size as people write it: ``m*n + 1``."""
    items, signs = [], []
    for names, c in sorted(size.terms, key=lambda t: (not t[0], t[0])):
        factors = [s.name(n) for n in names]
        if abs(c) != 1 or not factors:
            factors.insert(0, s.number(abs(c)))
        items.append(s.product(factors, lead=len(factors)))
        signs.append(1 if c > 0 else -1)
    return s.total(items, signs) if items else s.number(0)


def identity(node: Node) -> Face:
    if node.is_scalar:
        return Face()
    show = Show("eye", node.rows.text, (size_show(node.rows),))
    return Face(core=show)


def ones(node: Node) -> Face:
    if node.is_scalar:
        return Face()
    return _filled("ones", node)


def zeros(node: Node) -> Face:
    if node.is_scalar:
        return Face(0)
    return _filled("zeros", node)


def _filled(kind: str, node: Node) -> Face:
    if node.cols is ONE:
        show = _column(kind, node.rows)
        return Face(core=show, turned=s.transpose(show))
    if node.rows is ONE:
        show = _column(kind, node.cols)
        return Face(core=s.transpose(show), turned=show)
    rows, cols = size_show(node.rows), size_show(node.cols)
    tokens = 1 + rows.tokens + cols.tokens
    return Face(
        core=Show(kind, "", (rows, cols), (), tokens), turned=Show(kind, "", (cols, rows), (), tokens)
    )


def _column(kind: str, n: Size) -> Show:
    show = size_show(n)
    return Show(kind, "", (show,), (), 1 + show.tokens, mark="column")


def unit(node: Node, at: Face) -> Face:
    """``I[:,k]``; its length follows from where it stands."""
    i = at.show
    show = Show("unit", node.rows.text, (i,), (), 2 + i.tokens, mark="column")
    arg = node.args[0]
    fixed = frozenset([(arg.params[0], node.rows)]) if arg.op.name == "index" else at.fixed
    return Face(core=show, turned=s.transpose(show), fixed=fixed)
