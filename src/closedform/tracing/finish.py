"""From a trace to a formula: sizes get their letters, what does not matter goes, declarations are written."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.expr.size import Size, size
from closedform.expr.walk import postorder
from closedform.formula import Formula
from closedform.functions.algebra import SYM
from closedform.read.declarations import Declarations
from closedform.read.outcome import real, where_text
from closedform.read.read import Reading
from closedform.read.syntax import Name
from closedform.tracing.extent import within_limits
from closedform.tracing.extremes import without_shifts
from closedform.tracing.names import size_names
from closedform.tracing.sizes import MARK, renamed
from closedform.tracing.value import Trace, Value


class Letters:
    """The names of the sizes of one trace: rows of the first matrix are m, its columns n."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.names: dict[str, Size] = {}
        taken = {i.name for i in trace.inputs} | {n for i in trace.inputs for d in i.value.dims for n in d.names}
        letters = size_names(n for n in taken if not n.startswith(MARK))
        order = [d for i in sorted(trace.inputs, key=lambda i: -len(i.value.dims)) for d in i.value.dims]
        if all(len(i.value.dims) < 2 for i in trace.inputs):
            letters = [*(n for n in ("n", "m") if n in letters), *(n for n in letters if n not in ("n", "m"))]
        for d in order:
            for name in sorted(d.names):
                if name.startswith(MARK) and name not in self.names:
                    self.names[name] = size(letters[len(self.names)])

    def node(self, root: Node) -> Node:
        return renamed(root, {**self._loose(root), **self.names})

    def _loose(self, root: Node) -> dict[str, Size]:
        """Sizes that no input has: numbers."""
        found: dict[str, Size] = {}
        for n in postorder(root):
            sizes = [s for s in (*n.shape, *n.params) if isinstance(s, Size)]
            for name in {m for s in sizes for m in s.names}:
                if name.startswith(MARK) and name not in self.names:
                    found[name] = size(self.trace.sizes.numbers[name])
        return found

    def numbers(self) -> dict[str, int]:
        """The numbers of this call, by letter."""
        known = self.trace.sizes.numbers
        return {str(letter): known[name] for name, letter in self.names.items() if name in known}

    def dims(self, value: Value) -> tuple[Size, ...]:
        known = {n: size(k) for n, k in self.trace.sizes.numbers.items() if n not in self.names}
        return tuple(d.put({**known, **self.names}) for d in value.dims)


def formula_of(trace: Trace, value: Value, letters: Letters, source: str) -> Formula:
    """The formula of a traced value."""
    within_limits(value.node)
    raw = letters.node(without_shifts(trace, value.node))
    names = {i.name: letters.node(i.value.node) for i in trace.inputs}
    here = {n.params[0]: n for n in postorder(raw) if n.op is SYM}
    names = {name: here.get(name, node) for name, node in names.items()}
    order = {name: k for k, name in enumerate(names)}
    where = where_text(names, frozenset(), Declarations(), {})
    assumed = tuple(f"{name} ∈ {real(*node.shape)}" for name, node in names.items())
    return Formula(
        Reading(source, Name((0, 0), source), raw, names, frozenset(), (), {}, where, assumed, order, ()), raw
    )
