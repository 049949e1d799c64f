"""Laws between functions: rows that read like the formula, matched on normal arguments.

A row is ``law("log undoes exp", log(exp(x)), x)``: pattern and answer are raw nodes over the wildcards of
``wildcards``; ``when`` asks facts of what a wildcard stands for. A law that no row can say (any number of factors)
is a function decorated with ``acts``. Every law moves towards the normal form, so rewriting ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from closedform.expr.node import Node, make
from closedform.expr.op import Op
from closedform.expr.size import ONE, Size
from closedform.expr.walk import leaves, rebuild
from closedform.functions.algebra import NUM, ONES, SYM, ZERO, sym
from closedform.functions.known_facts import facts_of

Bound = dict[Node, Node]


@dataclass(frozen=True)
class Law:
    """One law: its name in words, the operation it starts from, what it does, and an example it acts on."""

    name: str
    op: Op
    act: Callable[..., Node | None]
    example: Node


_laws: dict[Op, list[Law]] = {}


def laws_of(op: Op) -> list[Law]:
    return _laws.get(op, [])


def all_laws() -> list[Law]:
    """Every law, for the tests that walk the table."""
    return [law for laws in _laws.values() for law in laws]


def _add(law: Law) -> None:
    _laws.setdefault(law.op, []).append(law)


def law(name: str, pattern: Node, answer: Node, **when: str) -> None:
    """State a law: ``pattern`` becomes ``answer``; ``when`` maps wildcard names to a fact each must have."""

    def act(*args: Node) -> Node | None:
        match = _Match()
        if not all(match.fits(p, a) for p, a in zip(pattern.args, args, strict=True)):
            return None
        if not all(when[k.params[0]] in facts_of(v) for k, v in match.bound.items() if k.params[0] in when):
            return None
        return match.put_into(answer)

    _add(Law(name, pattern.op, act, substituted(pattern, _declared(pattern, when))))


def _declared(pattern: Node, when: Mapping[str, str]) -> Bound:
    """The wildcards that must have a fact, each with a symbol that is declared to have it."""
    asked = [k for k in leaves(pattern) if k.op is SYM and k.params[0] in when]
    return {k: sym(k.params[0], k.rows, k.cols, [when[k.params[0]]]) for k in asked}


def acts(name: str, example: Node) -> Callable[[Callable[..., Node | None]], Callable[..., Node | None]]:
    """State a law by a function of the arguments of ``example``'s operation; None where it does not act."""

    def register(function: Callable[..., Node | None]) -> Callable[..., Node | None]:
        _add(Law(name, example.op, function, example))
        return function

    return register


@dataclass
class _Match:
    bound: Bound = field(default_factory=dict)
    sizes: dict[str, Size] = field(default_factory=dict)

    def fits(self, pattern: Node, node: Node) -> bool:
        """Whether ``node`` is an instance of ``pattern``; patterns are a few levels deep."""
        if pattern.op is SYM:
            return self._bind(pattern, node)
        if pattern.op in (ZERO, ONES) and (node.op is pattern.op or node.op is NUM):
            number = node.op is NUM and node.params[0] != (pattern.op is ONES)
            return not number and self._sized(pattern, node)
        if pattern.op is not node.op or pattern.params != node.params or len(pattern.args) != len(node.args):
            return False
        return all(self.fits(p, a) for p, a in zip(pattern.args, node.args, strict=True))

    def _bind(self, pattern: Node, node: Node) -> bool:
        if pattern in self.bound:
            return self.bound[pattern] is node
        if not self._sized(pattern, node):
            return False
        self.bound[pattern] = node
        return True

    def _sized(self, pattern: Node, node: Node) -> bool:
        for want, have in zip(pattern.shape, node.shape, strict=True):
            if want is ONE:
                if have is not ONE:
                    return False
            elif self.sizes.setdefault(want.text, have) is not have:
                return False
        return True

    def put_into(self, answer: Node) -> Node:
        return rebuild(answer, lambda node, args: self._put(node, args))

    def _put(self, node: Node, args: tuple[Node, ...]) -> Node | None:
        if node in self.bound:
            return self.bound[node]
        if not node.args and not node.is_scalar:
            return make(node.op, (), node.params, (self._size(node.rows), self._size(node.cols)))
        return make(node.op, args, node.params) if args else None

    def _size(self, size: Size) -> Size:
        return size.put(self.sizes)


def substituted(node: Node, values: Mapping[Node, Node]) -> Node:
    """``node`` with nodes replaced."""
    return rebuild(node, lambda n, _: values.get(n))
