"""The value of a node on NumPy arrays: each operation by its own ``numeric``, once a node of the graph.

Arrays are 2-d here (a vector is n×1, a scalar 1×1); the door for 1-d arrays and floats is ``run.values``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from closedform.errors import MissingRule, ValueProblem
from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.expr.walk import postorder
from closedform.functions.algebra import SUMOVER
from closedform.functions.table import extras
from closedform.run.arithmetic import LIBRARY, PLAIN, Arithmetic
from closedform.run.needs import free_indices
from closedform.run.structural import dense
from closedform.run.widely import WIDE

__all__ = ["LIBRARY", "Evaluation", "evaluate", "evaluate_along", "free_indices"]
Array = Any
Values = Mapping[str, Any]
Sizes = Mapping[str, int]


def evaluate(node: Node, env: Values, sizes: Sizes) -> Array:
    """The value of a node.

    ``env`` has a 2-d array for each variable, a number for each fixed index, a callable of 2-d arrays for an
    abstract function (``f``, ``grad[f]``). NaN and infinities are values: nothing is warned of.

    >>> from closedform.functions.algebra import sym
    >>> x = sym("x", "n")
    >>> evaluate(x.T @ x, {"x": np.array([[3.0], [4.0]])}, {"n": 2})
    array([[25.]])
    """
    return values_along(node, [env], sizes, [node])[0]


def evaluate_along(
    node: Node, variable: Node, directions: Iterable[Array], env: Values, sizes: Sizes
) -> list[Array]:
    """The values for several arrays of one variable; what does not depend on it is computed once."""
    touched = _depending(node, lambda n: n is variable)
    return values_along(node, ({**env, variable.params[0]: d} for d in directions), sizes, touched)


def values_along(node: Node, envs: Iterable[Values], sizes: Sizes, touched: list[Node]) -> list[Array]:
    """The values for several environments, between which only the ``touched`` nodes change.

    What overflows, underflows or is no number on the way is evaluated once more with numbers that cannot.
    """
    evaluation, out = Evaluation({}, sizes, PLAIN), []
    for env in envs:
        evaluation.forget(touched)
        evaluation.env = env
        with np.errstate(divide="ignore", invalid="ignore", over="call", under="call", call=evaluation.strain):
            value = np.array(dense(evaluation.run(node)))
        if evaluation.strained or not np.isfinite(value).all():
            with np.errstate(all="ignore"):
                value = WIDE.dense(Evaluation(env, sizes, WIDE).run(node)).narrow()
        out.append(value)
    return out


class Evaluation:
    """One evaluation. A stack of iterators over nodes stands in for recursion."""

    def __init__(self, env: Values, sizes: Sizes, arithmetic: Arithmetic = PLAIN) -> None:
        self.env, self.sizes, self.arithmetic = env, sizes, arithmetic
        self.strained = False
        self.indices: dict[str, int] = {}
        self.free: dict[Node, frozenset[str]] = {}
        self.found: dict[Node, Any] = {}
        self.tasks: list[Iterator[Node]] = []

    def run(self, root: Node) -> Any:
        self.tasks.append(self._below(root))
        while self.tasks:
            node = next(self.tasks[-1], None)
            if node is None:
                self.tasks.pop()
            elif node in self.found:
                continue
            elif node.op is SUMOVER:
                self.tasks.append(self._terms(node))
            elif node.op.numeric is None and node.op.means is not None:
                self.tasks.append(self._meaning(node))
            else:
                self.found[node] = self._value(node)
        return self.found[root]

    def size(self, size: Size) -> int:
        """The number a size is."""
        missing = sorted(size.names - self.sizes.keys())
        if missing:
            raise ValueProblem(f"the size {missing[0]} is needed: give it by name, as in {missing[0]}=5")
        return size.value(self.sizes)

    def array(self, node: Node) -> Array:
        """The value of an argument as an array of the arithmetic."""
        return self.arithmetic.dense(self.found[node])

    def strain(self, *_: Any) -> None:
        """Something overflowed or underflowed."""
        self.strained = True

    def _below(self, root: Node) -> Iterator[Node]:
        return postorder(root, stop=lambda n: n in self.found or n.op is SUMOVER)

    def _meaning(self, node: Node) -> Iterator[Node]:
        assert node.op.means is not None
        meaning = node.op.means(*node.args)
        yield from self._below(meaning)
        self.found[node] = self.found[meaning]

    def _terms(self, node: Node) -> Iterator[Node]:
        """Visits the body for each value of the index and leaves the sum."""
        name, low, high = node.params
        (body,) = node.args
        free = self._free(node)
        touched = list(postorder(body, stop=lambda n: name not in free[n])) if name in free[body] else []
        outside = self.indices.get(name)
        before = {n: self.found[n] for n in touched if n in self.found}
        total: Array = None
        for value in range(self.size(low), self.size(high) + 1):
            self.forget(touched)
            self.indices[name] = value
            yield from self._below(body)
            total = self.array(body) if total is None else total + self.array(body)
        self.forget(touched)
        self.indices.pop(name, None)
        if outside is not None:
            self.indices[name] = outside
        self.found.update(before)
        if total is None:
            total = self.arithmetic.lift(np.zeros((self.size(node.rows), self.size(node.cols))))
        self.found[node] = total

    def _free(self, node: Node) -> dict[Node, frozenset[str]]:
        """The free indices of every node below; found once for all sums that are inside each other."""
        if node not in self.free:
            self.free.update(free_indices(node))
        return self.free

    def forget(self, nodes: list[Node]) -> None:
        for node in nodes:
            self.found.pop(node, None)

    def _value(self, node: Node) -> Any:
        op = node.op
        if op.structural:
            return self.arithmetic.rules[op.name](self, node)
        if op.numeric is None:
            raise MissingRule(f"{op.text} has no numeric value")
        more = [self.size(e) if isinstance(e, Size) else e for e in extras(node)]
        return self.arithmetic.function(self, node, more)


def _depending(root: Node, moves: Callable[[Node], bool]) -> list[Node]:
    """The nodes in whose value one that moves takes part."""
    touched: dict[Node, None] = {}
    for node in postorder(root):
        if moves(node) or any(b in touched for b in node.args):
            touched[node] = None
    return list(touched)
