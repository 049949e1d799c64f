"""Letters for the inner parts of a long formula: ``u = A*x + b`` in ``log(sum(exp(u)))``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from closedform.calculus.coordinates.chain import copies
from closedform.calculus.coordinates.whole import inverses, is_softmax
from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import ADD, HAD, MPOW, MUL, NUM, POW, SCALE, SYM, TR, TRANSPOSE, sym
from closedform.functions.norms import norm2, normF
from closedform.functions.vectors import colsum, dot, mean, rowsum, total
from closedform.rewrite.vectorise.indices import free_indices

SCALARS, VECTORS, MATRICES, SOFTMAX = "strqwz", "uvwzrq", "UVMNPQ", "pqs"
MAX_NAMES = 4
PLAIN = frozenset({ADD, MUL, SCALE, HAD, TRANSPOSE, TR, *(f.op for f in (total, mean, rowsum, colsum, dot))})


def inner_parts(
    f: Node, moving: Iterable[Node], taken: Iterable[str], known: Callable[[Node], str | None]
) -> dict[Node, str]:
    """Names for the sums and products on which another function of the formula acts, the innermost first.

    Inverses of more than a variable and softmax are named whole; ``known`` are the names that the answer gives.
    """
    variables, used = set(moving), set(taken)
    held = set(variables)
    wanted: dict[Node, None] = {}
    for node in postorder(f):
        if any(a in held for a in node.args):
            held.add(node)
            if not _is_linear(node):
                wanted |= dict.fromkeys(a for a in node.args if a in held and _is_long(a))
            wanted |= dict.fromkeys(_factors(node, held))
            if is_softmax(node) or (inverses(node) and node.args[0].op is not SYM):
                wanted[node] = None
    out: dict[Node, str] = {}
    for part in [p for p in wanted if not free_indices(p)][:MAX_NAMES]:
        choice = _choice(part)
        name = known(part) or next((c for c in choice if c not in used), None)
        if name is not None:
            out[part] = name
            used.add(name)
    return out


def _factors(node: Node, held: set[Node]) -> list[Node]:
    """The scalars of a product to which the product rule would apply."""
    moving = [a for a in node.args if a in held] if node.op in (HAD, SCALE) else []
    return [a for a in moving if a.is_scalar and _is_long(a)] if len(moving) > 1 else []


def _is_linear(node: Node) -> bool:
    return node.op in PLAIN or bool(node.op.adjoint) or (node.op is MPOW and copies(node) > 0)


def _is_long(node: Node) -> bool:
    """Whether it is a sum or product of several things; that in a square of a norm too."""
    if node.op is POW:
        base, e = node.args
        return base.op in (norm2.op, normF.op) and e.op is NUM and e.params[0] == 2
    return node.op in (ADD, MUL, HAD, SCALE, TR, dot.op)


def _choice(part: Node) -> str:
    if part.is_scalar:
        return SCALARS
    if is_softmax(part):
        return SOFTMAX if ONE in part.shape else SOFTMAX.upper()
    return VECTORS if ONE in part.shape else MATRICES


def definitions(parts: Mapping[Node, str]) -> list[tuple[str, Node]]:
    """Each name with its part, in which earlier names stand for theirs."""
    out: list[tuple[str, Node]] = []
    known: dict[Node, Node] = {}
    for part, name in parts.items():
        out.append((name, rebuild(part, lambda n, _: known.get(n))))
        known[part] = sym(name, part.rows, part.cols)
    return out
