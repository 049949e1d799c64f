"""A printed line of a derivation read back: ``d(…)`` is the differential of what stands in the brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from closedform.calculus.differential import differentials
from closedform.errors import ClosedformError, ReadError
from closedform.expr.node import Node
from closedform.expr.walk import rebuild
from closedform.functions.algebra import SYM
from closedform.read.read import read
from closedform.rewrite.normal.normal import normal

NAMED = re.compile(r"(?:where|,) (\w+) = ")
PLACEHOLDER = re.compile(r"(?<![\w.])d\(")


@dataclass(frozen=True)
class Terms:
    """How the text of a line is read: with the declarations ``where``, its names as the ``symbols``.

    ``directions`` are the variable that moves and its differential.
    """

    where: str
    symbols: Mapping[str, Node]
    directions: Mapping[Node, Node]

    def read(self, text: str, where: str = "") -> Node:
        """The raw node of a line with its named parts (``where s = x'*x``).

        Every ``d(u)``, and ``ds`` of a named part ``s``, is replaced by the differential of what it is of.
        Raises ClosedformError where the text cannot be read.
        """
        moved: dict[str, Node] = {}
        for part in NAMED.findall(where):
            moved |= self._moved(text, f"d{part}", part, where)
        while (found := PLACEHOLDER.search(text)) is not None:
            end = _closing(text, found.end())
            name = f"u_{len(moved)}_moved"
            moved |= self._moved(name, name, text[found.end() : end], where)
            text = f"{text[: found.start()]}{name}{text[end + 1 :]}"
        declared = [f"{name} in {_space(node)}" for name, node in moved.items()]
        declarations = ", ".join([*filter(None, [self.where]), *declared])
        return self._symbols(read(text + where, declarations, "text").node, moved)

    def _moved(self, text: str, word: str, of: str, where: str) -> dict[str, Node]:
        """The differential of the expression ``of`` by the word that stands for it, if that is in the text."""
        if word in self.symbols or not re.search(rf"\b{word}\b", text):
            return {}
        node = normal(self._symbols(read(of + where, self.where, "text").node))
        return {word: differentials([node], self.directions)[node]}

    def _symbols(self, node: Node, moved: Mapping[str, Node] | None = None) -> Node:
        """The node with the symbols of the derivation, which may have other facts, and what stands for ``d(u)``."""
        known = {**self.symbols, **(moved or {})}
        changed = rebuild(node, lambda n, _: known.get(n.params[0]) if n.op is SYM else None)
        if changed.shape != node.shape:
            raise ReadError("the line was read with other sizes than it was written")
        return changed


def _space(node: Node) -> str:
    if node.is_scalar:
        return "R"
    return f"R^({node.rows.text})" if node.is_column else f"R^({node.rows.text}×{node.cols.text})"


def _closing(text: str, start: int) -> int:
    """The place of the bracket that closes what was opened before ``start``."""
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] in "([") - (text[place] in ")]")
        if depth == 0:
            return place
    raise ReadError("a bracket of the line is not closed")


def read_line(terms: Terms, text: str, where: str = "") -> Node | None:
    """The node of a line as it is printed; None where the text is none that the language has."""
    try:
        return terms.read(text, where)
    except ClosedformError:
        return None
