"""What must be given for a formula to have a value: variables, abstract functions, fixed indices, sizes."""

from __future__ import annotations

from dataclasses import dataclass, field

from closedform.errors import ValueProblem
from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.expr.walk import postorder
from closedform.functions.algebra import CALL, INDEX, SIZE, SUMOVER, SYM
from closedform.functions.table import extras
from closedform.run.fitting import solvable

FILLED = ("eye", "ones", "zero", "unit")


@dataclass
class Needs:
    """What a formula needs: variables, abstract functions (their calls), fixed indices, and sizes."""

    symbols: dict[str, Node] = field(default_factory=dict)
    calls: dict[str, Node] = field(default_factory=dict)
    indices: dict[str, None] = field(default_factory=dict)
    sizes: dict[str, None] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)

    @property
    def unreadable(self) -> list[str]:
        """Sizes that no array tells."""
        known: set[str] = set()
        shapes = [s for symbol in self.symbols.values() for s in symbol.shape]
        grown = True
        while grown:
            single = [s for s in shapes if len(s.names - known) == 1]
            found = {name for s in single for name in s.names - known if solvable(s, name)}
            grown = bool(found)
            known |= found
        return [n for n in self.sizes if n not in known]

    @property
    def names(self) -> list[str]:
        return [*self.symbols, *self.calls, *self.indices, *self.unreadable]


def needs(node: Node) -> Needs:
    """What must be given for the formula to have a value, in order of appearance."""
    found, free = Needs(), free_indices(node)[node]
    for n in postorder(node):
        found.mentioned |= n.rows.names | n.cols.names
        if n.op is SYM:
            other = found.symbols.setdefault(n.params[0], n)
            if other.shape != n.shape:
                raise ValueProblem(f"{n.params[0]} stands for two variables of different shapes")
        elif n.op is CALL:
            found.calls.setdefault(function_name(n), n)
        elif n.op is INDEX and n.params[0] in free:
            found.indices[n.params[0]] = None
        for size in _sizes_read(n):
            found.sizes.update(dict.fromkeys(sorted(size.names)))
    return found


def needed(node: Node) -> list[str]:
    """Names to give: variables, functions, fixed indices, then the sizes that no array tells.

    >>> from closedform.functions.algebra import ones, sym
    >>> needed(sym("a") * ones("n"))
    ['a', 'n']
    """
    return needs(node).names


def _sizes_read(n: Node) -> tuple[Size, ...]:
    """The sizes that the value of a node is made of, beyond the shapes of its arguments."""
    if n.op is SIZE:
        return n.params
    if n.op is SUMOVER:
        return n.params[1], n.params[2]
    return n.shape if n.op.name in FILLED else tuple(e for e in extras(n) if isinstance(e, Size))


def function_name(call: Node) -> str:
    name, kind = call.params
    return f"{kind}[{name}]" if kind else str(name)


def free_indices(root: Node) -> dict[Node, frozenset[str]]:
    """For every node, the indices that no sum inside it binds."""
    free: dict[Node, frozenset[str]] = {}
    for n in postorder(root):
        names = frozenset(n.params) if n.op is INDEX else frozenset[str]().union(*(free[b] for b in n.args))
        free[n] = names - {n.params[0]} if n.op is SUMOVER else names
    return free
