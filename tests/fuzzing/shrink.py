"""A failing formula made small: parts replaced by their own parts, or by variables, while it still fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from random import Random

from closedform.errors import ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from fuzzing.variables import Variables

SECONDS = 60.0


def smaller(root: Node, fails: Callable[[Node], bool], seconds: float = SECONDS) -> Node:
    """The smallest formula found that still fails."""
    end = time.monotonic() + seconds
    shrunk = True
    while shrunk and time.monotonic() < end:
        shrunk = False
        for other in candidates(root):
            if time.monotonic() > end:
                break
            if fails(other):
                root, shrunk = other, True
                break
    return root


def candidates(root: Node) -> Iterator[Node]:
    """Formulas with fewer nodes, the smallest steps last; each holds a variable."""
    count = len(list(postorder(root)))
    seen = {root}
    for part in reversed(list(postorder(root))):
        for other in _instead(part, root):
            made = _put(root, part, other)
            if made is None or made in seen:
                continue
            seen.add(made)
            nodes = list(postorder(made))
            if len(nodes) < count and any(n.op.name == "sym" for n in nodes):
                yield made


def _instead(part: Node, root: Node) -> Iterator[Node]:
    if part is root:
        yield from (n for n in postorder(part) if n is not part and not _indexed(n))
        return
    yield from (n for n in postorder(part) if n is not part and n.shape == part.shape)
    if part.op.name not in ("sym", "num", "index", "unit", "size") and part.args:
        leaf = Variables(Random(0)).leaf(part.shape)
        if leaf.op.name == "sym":
            yield leaf


def _indexed(node: Node) -> bool:
    bound = {n.params[0] for n in postorder(node) if n.op.name == "sumover"}
    return any(n.op.name == "index" and n.params[0] not in bound for n in postorder(node))


def _put(root: Node, part: Node, other: Node) -> Node | None:
    try:
        made = rebuild(root, lambda n, _: other if n is part else None)
    except (ShapeError, TypeError):
        return None
    return None if _indexed(made) else made
