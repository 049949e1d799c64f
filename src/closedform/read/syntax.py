"""The syntax tree: what the person wrote, in their order and spelling, each part with its place in the text.

``parts`` are a tree's direct parts in order. Trees are told apart by identity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

Span = tuple[int, int]


@dataclass(eq=False, slots=True)
class Tree:
    """Any part of what was typed; ``span`` is its place."""

    span: Span

    @property
    def parts(self) -> tuple[Tree, ...]:
        return ()

    def __reduce__(self) -> tuple[Any, ...]:
        return remade, (_rows(self),)


@dataclass(eq=False, slots=True)
class Number(Tree):
    value: Fraction


@dataclass(eq=False, slots=True)
class Name(Tree):
    """A variable, constant, size, index or bound part; ``name`` in its one spelling."""

    name: str


@dataclass(eq=False, slots=True)
class Group(Tree):
    """Something in parentheses."""

    inner: Tree

    @property
    def parts(self) -> tuple[Tree, ...]:
        return (self.inner,)


@dataclass(eq=False, slots=True)
class Sum(Tree):
    """Terms with signs 1 and -1."""

    terms: tuple[tuple[int, Tree], ...]

    @property
    def parts(self) -> tuple[Tree, ...]:
        return tuple(t for _, t in self.terms)


@dataclass(eq=False, slots=True)
class Negative(Tree):
    """A sign inside a product or an exponent."""

    inner: Tree

    @property
    def parts(self) -> tuple[Tree, ...]:
        return (self.inner,)


@dataclass(eq=False, slots=True)
class Product(Tree):
    """Factors on one level from left to right; each with what stands before it: ``* / .* ./ ⊗`` or ``""``."""

    factors: tuple[tuple[str, Tree], ...]

    @property
    def parts(self) -> tuple[Tree, ...]:
        return tuple(t for _, t in self.factors)


@dataclass(eq=False, slots=True)
class Transpose(Tree):
    """``letter``: the T of ``x^T`` where that is also the name of something; of a number it is the exponent."""

    inner: Tree
    letter: Tree | None = None

    @property
    def parts(self) -> tuple[Tree, ...]:
        return (self.inner,) if self.letter is None else (self.inner, self.letter)


@dataclass(eq=False, slots=True)
class Power(Tree):
    base: Tree
    exponent: Tree
    entrywise: bool

    @property
    def parts(self) -> tuple[Tree, ...]:
        return self.base, self.exponent


@dataclass(eq=False, slots=True)
class Index(Tree):
    """``base[at]``; each of ``at`` is a number, a name, or None for a colon. ``shifts`` are what is added to names."""

    base: Tree
    at: tuple[int | str | None, ...]
    shifts: tuple[int, ...] = ()

    def shift(self, place: int) -> int:
        return self.shifts[place] if self.shifts else 0

    @property
    def parts(self) -> tuple[Tree, ...]:
        return (self.base,)


@dataclass(eq=False, slots=True)
class Inner(Tree):
    """``<a, b>`` or ``a : b``."""

    left: Tree
    right: Tree

    @property
    def parts(self) -> tuple[Tree, ...]:
        return self.left, self.right


@dataclass(eq=False, slots=True)
class Call(Tree):
    """A function of the table, or an abstract one (``kind`` "" or grad, jac, hess, diff of it)."""

    name: str
    args: tuple[Tree, ...]
    kind: str = ""
    abstract: bool = False

    @property
    def parts(self) -> tuple[Tree, ...]:
        return self.args


@dataclass(eq=False, slots=True)
class Norm(Tree):
    """``||x||`` with its mark: "", 2, F, 1, inf, ``*``, nuc, op."""

    inner: Tree
    mark: str

    @property
    def parts(self) -> tuple[Tree, ...]:
        return (self.inner,)


@dataclass(eq=False, slots=True)
class Over(Tree):
    """``sum(i, body)`` or ``sum(i=low..high, body)``; the bounds are text of sizes, "" where left open.

    ``function`` is ``sum`` or ``prod``.
    """

    index: str
    low: str
    high: str
    body: Tree
    function: str = "sum"

    @property
    def parts(self) -> tuple[Tree, ...]:
        return (self.body,)


@dataclass(eq=False, slots=True)
class Stack(Tree):
    """``[A, B; C, D]``."""

    rows: tuple[tuple[Tree, ...], ...]

    @property
    def parts(self) -> tuple[Tree, ...]:
        return tuple(t for row in self.rows for t in row)


def below(root: Tree) -> Iterator[Tree]:
    """The tree and all that it is made of, in no order."""
    todo = [root]
    while todo:
        tree = todo.pop()
        yield tree
        todo.extend(tree.parts)


def names_in(root: Tree) -> set[str]:
    """The names in a tree, those of indices that are names too."""
    found = {t.name for t in below(root) if isinstance(t, Name)}
    return found | {at for t in below(root) if isinstance(t, Index) for at in t.at if isinstance(at, str)}


@dataclass(frozen=True)
class _Place:
    """Where a part stands in the list that a tree is pickled as."""

    number: int


def _rows(root: Tree) -> list[tuple[type[Tree], list[Any]]]:
    """The tree as a list, parts before what they are parts of: pickle, which recurses, meets no depth."""
    order, todo = list[Tree](), [root]
    while todo:
        tree = todo.pop()
        order.append(tree)
        todo.extend(tree.parts)
    order.reverse()
    places = {id(tree): _Place(k) for k, tree in enumerate(order)}
    return [(type(t), [_with(getattr(t, f.name), Tree, lambda p: places[id(p)]) for f in fields(t)]) for t in order]


def remade(rows: list[tuple[type[Tree], list[Any]]]) -> Tree:
    """The tree that was pickled."""
    trees: list[Tree] = []
    for kind, values in rows:
        trees.append(kind(*(_with(value, _Place, lambda place: trees[place.number]) for value in values)))
    return trees[-1]


def _with(value: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """A field with what is of a kind changed, in tuples too."""
    if isinstance(value, kind):
        return change(value)
    return tuple(_with(v, kind, change) for v in value) if isinstance(value, tuple) else value
