"""Greedy partial factoring: every group of terms is tried, the one that saves most printed tokens is taken."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, HAD, MUL, SCALE
from closedform.rewrite.normal.engine import build, nsum, terms_of
from closedform.rewrite.simplify.denominators import cleared
from closedform.rewrite.simplify.expand import expanded
from closedform.rewrite.simplify.groups import groups
from closedform.rewrite.simplify.measure import measure
from closedform.rewrite.steps import recorder, report

MAX_SUM = 40
"""Sums of more terms are left as they are: the search is quadratic in the terms."""
MAX_ROUNDS = 6
MAX_GROUPS, PARTS = 2000, 16
"""Groups one simplification may try, a group of over PARTS factors counting more; then sums stay as they are."""
MAX_LEVELS = 40
"""How deep factors may be taken out of what factors were taken out of."""


def simplify(root: Node) -> Node:
    """The shortest form found for a normal node; never longer than it, and simplifying it again changes nothing."""
    known: Node | None = root.memo.get("S")
    if known is not None and recorder() is None:
        return known
    search = _Search()
    out = search.whole(root)
    if search.fuel > 0:
        root.memo["S"] = out.memo["S"] = out
    return out


def simplify_all(roots: list[Node]) -> list[Node]:
    """The answers of one question: what they share is simplified once, so that many cost little more than one."""
    shared: dict[Node, Node] = {}
    out = []
    for root in roots:
        search = _Search(shared)
        out.append(search.whole(root))
        if search.fuel <= 0:
            search.forget()
    return out


class _Search:
    """One simplification: what was found already, and how many groups may still be tried.

    It starts afresh for every root: what an earlier one left undone for want of fuel must not change this answer.
    """

    def __init__(self, best: dict[Node, Node] | None = None) -> None:
        self.best: dict[Node, Node] = {} if best is None else best
        self.before = len(self.best)
        self.done: dict[Node, Node] = {}
        self.fuel = MAX_GROUPS
        self.level = 0

    def whole(self, root: Node) -> Node:
        out = root
        for _ in range(MAX_ROUNDS):
            again = self.round(out)
            if again is out:
                break
            out = again
        return out

    def forget(self) -> None:
        """What was found here for want of fuel is not handed on."""
        for node in list(self.best)[self.before :]:
            del self.best[node]

    def round(self, root: Node) -> Node:
        """Every node below ``root`` improved once, arguments first."""
        found = self.best
        for node in postorder(root, stop=lambda n: n in found):
            if node in found:
                continue
            args = tuple(found[a] for a in node.args)
            same = all(a is b for a, b in zip(args, node.args, strict=True))
            current = node if same else build(node.op, args, node.params, node.shape)
            best = _shorter(node, self.improved(current))
            found[node] = best
            found.setdefault(best, best)
        return found[root]

    def improved(self, node: Node) -> Node:
        """Factored, or expanded and factored again, whichever is shorter."""
        if node.op not in (ADD, MUL, SCALE, HAD):
            return node
        best = _shorter(self.factored(node), cleared(node))
        other = expanded(node)
        if other is node or len(other.args) > MAX_SUM:
            return best
        return report("distributive law", node, _shorter(best, self.factored(other)))

    def factored(self, node: Node) -> Node:
        """A sum with shared factors taken out, as long as that saves tokens."""
        if node.op is not ADD:
            return node
        known = self.done.get(node)
        if known is None and self.level < MAX_LEVELS:
            self.level += 1
            known = self.done[node] = self._factored(node)
            self.level -= 1
        return node if known is None else known

    def _factored(self, node: Node) -> Node:
        while node.op is ADD and 1 < len(node.args) <= MAX_SUM and self.fuel > 0:
            found = self._best_group(node)
            if found is None:
                return node
            node = report("common factor", node, found)
        return node

    def _best_group(self, node: Node) -> Node | None:
        terms = terms_of(node)
        best, saved = None, 0
        for places, together in groups(terms, self.factored):
            self.fuel -= 1 + sum(len(terms[k][1].args) for k in places) // PARTS
            taken = set(places)
            before = nsum([terms[k] for k in taken], node.shape)
            gain = measure(before) - measure(together)
            if gain > saved:
                rest = [terms[k] for k in range(len(terms)) if k not in taken]
                whole = nsum([*rest, (1, together)], node.shape)
                if measure(whole) < measure(node):
                    best, saved = whole, gain
            if self.fuel < 0:
                break
        return best


def _shorter(a: Node, b: Node) -> Node:
    return b if b is not a and measure(b) < measure(a) else a
