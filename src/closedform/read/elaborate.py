"""Syntax tree and shapes to a raw node: what was typed, as operations. Nothing is simplified."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from closedform.errors import ClosedformError, LimitError, ReadError, ShapeError
from closedform.expr.node import Node, make
from closedform.expr.op import Condition, Op, Shape
from closedform.expr.size import ONE, Size, size
from closedform.functions import algebra as a
from closedform.functions.known_facts import facts_of
from closedform.functions.rearrange import block
from closedform.functions.table import SIZED, SYMMETRIC, by_text
from closedform.functions.vectors import dot
from closedform.read.index_nodes import index_node, over_node
from closedform.read.infer import Trial, Unit
from closedform.read.norms import norm_by, norm_node, power_of_norm
from closedform.read.products import are_columns
from closedform.read.syntax import (
    Call,
    Group,
    Index,
    Inner,
    Name,
    Negative,
    Norm,
    Number,
    Over,
    Power,
    Product,
    Stack,
    Sum,
    Transpose,
    Tree,
)
from closedform.read.vocabulary import SYNONYMS
from closedform.rewrite.normal.normal import normal

MAX_EXPONENT = 10_000
MAX_MATRIX_EXPONENT = 1_000
MAX_BITS = 100_000
KRON, CROSS = by_text["kron"][0], by_text["cross"][0]


@dataclass
class Elaborator:
    """Builds the nodes of all parts of the units of a trial."""

    trial: Trial
    symbols: Mapping[str, Node]
    node: dict[Tree, Node] = field(default_factory=dict)
    bound: dict[str, Node] = field(default_factory=dict)
    values: dict[Node, Fraction] = field(default_factory=dict)  # of powers of numbers
    constants: set[Node] = field(default_factory=set)
    source: str = ""

    def build(self, units: list[Unit]) -> Node:
        """The node of the last unit."""
        for unit in units:
            self.source = unit.source
            for tree in unit.trees:
                try:
                    self.node[tree] = self._sound(BUILD[type(tree)](self, tree), tree)
                except ClosedformError as error:
                    raise error.at(tree.span, unit.source) from None
            if unit.bound:
                self.bound[unit.bound] = self.node[unit.root]
        return self.node[units[-1].root]

    def _sound(self, node: Node, tree: Tree) -> Node:
        """The node. Refuses sizes below 1, and functions of numbers that have no real value."""
        for length in node.shape:
            if length.number is not None and length.number < 1:
                raise ShapeError(f"a size is at least 1; {self._typed(tree)} is {node.rows}×{node.cols}")
        if node.args and all(arg in self.constants for arg in node.args):
            self.constants.add(node)
            if any(not _holds(c) for c in node.op.domain(*node.args)):
                raise ReadError(f"{self._typed(tree)} is no real number", hint="All numbers are real.")
        elif node.op in (a.NUM, a.CONST):
            self.constants.add(node)
        return node

    def _typed(self, tree: Tree) -> str:
        return self.source[tree.span[0] : tree.span[1]]

    def shape(self, tree: Tree) -> Shape:
        return self.known(self.trial.shape[tree], tree)

    def known(self, shape: Shape, tree: Tree) -> Shape:
        """The shape with no unknown size left in it."""
        rows, cols = self.trial.sizes.shape(shape)
        if any(n[0] == "?" for n in rows.names | cols.names):
            typed = self.source[tree.span[0] : tree.span[1]]
            mend = {"I": "eye(n)", "eye": "eye(n)", "ones": "ones(n)", "1": "ones(n)"}.get(typed, f"{typed}(n)")
            raise ShapeError(f"the size of {typed} does not follow from the formula", hint=f"Write {mend}.")
        return rows, cols


def _holds(c: Condition) -> bool:
    """Whether a condition on a number holds; True where that is not a matter of one rational number."""
    found = normal(c.expr)
    if found.op is not a.NUM:
        return True
    value: Fraction = found.params[0]
    fails = {"positive": value <= 0, "nonneg": value < 0, "nonzero": value == 0, "below-one": abs(value) >= 1}
    return not fails.get(c.kind, False)


def _number(to: Elaborator, tree: Number) -> Node:
    return a.num(tree.value)


def _name(to: Elaborator, tree: Name) -> Node:
    name, trial = tree.name, to.trial
    if name in to.bound:
        return to.bound[name]
    if name in to.symbols:
        return to.symbols[name]
    if name in trial.question.indices or name in trial.fixed:
        more = trial.choice.get(tree)  # i runs from 1 inside, and from elsewhere where it is typed
        return a.index(name) if more is None else a.add(a.index(name), a.size_number(more))
    if name in trial.question.sizes or trial.kinds.get(name) == "Z":
        return a.size_number(name)
    if name == "pi":
        return a.const("pi")
    rows, cols = to.shape(tree)
    return a.eye(rows) if name in ("I", "eye") else a.ones(rows, cols) if name == "ones" else a.zeros(rows, cols)


def _inner_node(to: Elaborator, tree: Group) -> Node:
    return to.node[tree.inner]


def _negative(to: Elaborator, tree: Negative) -> Node:
    inner = to.node[tree.inner]
    return a.num(-inner.params[0]) if inner.op is a.NUM else a.total([(-1, inner)])


def _transpose(to: Elaborator, tree: Transpose) -> Node:
    inner = to.node[tree.inner]
    if not inner.is_scalar:
        return a.transpose(inner)
    if tree.letter is None:
        return inner
    exponent = to.node[tree.letter]
    if inner.op is a.POW and inner.args[1] is a.num(-1):  # s^-T
        return a.power(inner.args[0], a.total([(-1, exponent)]))
    return a.power(inner, exponent)


def _sum(to: Elaborator, tree: Sum) -> Node:
    nodes = [(sign, to.node[t]) for sign, t in tree.terms]
    if len(nodes) == 1 and nodes[0][1].op is a.NUM:
        return a.num(nodes[0][0] * nodes[0][1].params[0])
    whole = next((n for _, n in nodes if not n.is_scalar), nodes[0][1])
    return a.total((sign, a.fill(n, whole) if n.is_scalar else n) for sign, n in nodes)


def _dot(x: Node, y: Node) -> Node:
    return a.had(x, y) if x.is_scalar else dot(x, y)


def _inner(to: Elaborator, tree: Inner) -> Node:
    return _dot(to.node[tree.left], to.node[tree.right])


def _power(to: Elaborator, tree: Power) -> Node:
    of_norm = power_of_norm(to, tree)
    if of_norm is not None:
        return of_norm
    base, exponent = to.node[tree.base], to.node[tree.exponent]
    number, value = to.values.get(exponent), to.values.get(base)
    if exponent.op is a.NUM or number is not None:
        number = exponent.params[0] if number is None else number
        value = base.params[0] if base.op is a.NUM else value
        _check_exponent(base, number, tree.entrywise, value)
        if value is not None and number.denominator == 1:
            to.values[a.power(base, exponent)] = value**number.numerator
    if base.is_scalar:
        return a.power(a.fill(base, exponent), exponent)
    return a.power(base, exponent) if tree.entrywise else a.mpow(base, exponent)


def _check_exponent(base: Node, exponent: Fraction, entrywise: bool, value: Fraction | None) -> None:
    most = MAX_EXPONENT if base.is_scalar or entrywise else MAX_MATRIX_EXPONENT
    if abs(exponent) > most or exponent.denominator > MAX_EXPONENT:
        raise LimitError(f"an exponent is over {most} (limit: exponent)", hint="Use a name for it: x^p where p in R.")
    if value is not None:
        if value == 0 and exponent < 0:
            raise ReadError("a division by zero")
        if value < 0 and exponent.denominator != 1:
            raise ReadError("a broken power of a negative number is no real number", hint="All numbers are real.")
        bits = max(value.numerator.bit_length(), value.denominator.bit_length())
        if bits * abs(exponent) > MAX_BITS:
            raise LimitError(f"a number has over {MAX_BITS} bits (limit: digits)")


@dataclass
class _Chain:
    """A product as it is read from left to right: scalars apart from the chain of matrices."""

    scalars: list[Node] = field(default_factory=list)
    core: list[Node] = field(default_factory=list)

    @property
    def shape(self) -> Shape:
        return (self.core[0].rows, self.core[-1].cols) if self.core else (ONE, ONE)

    def node(self) -> Node:
        core = None if not self.core else self.core[0] if len(self.core) == 1 else a.mul(*self.core)
        if not self.scalars:
            assert core is not None
            return core
        if core is not None and core.is_scalar:
            return a.had(*self.scalars, core)
        scalar = self.scalars[0] if len(self.scalars) == 1 else a.had(*self.scalars)
        return scalar if core is None else a.scale(scalar, core)

    def times(self, factor: Node) -> None:
        if self.core and self.shape == (ONE, ONE):
            self.scalars.append(self.core[0] if len(self.core) == 1 else a.mul(*self.core))
            self.core = []
        if factor.is_scalar:
            self.scalars.append(factor)
        else:
            self.core.append(factor)

    def over(self, factor: Node) -> None:
        if factor.op is a.NUM:
            if factor.params[0] == 0:
                raise ReadError("a division by zero")
            part = 1 / factor.params[0]
            if self.scalars and self.scalars[-1].op is a.NUM and not self.core:
                self.scalars[-1] = a.num(self.scalars[-1].params[0] * part)
            else:
                self.times(a.num(part))
        else:
            self.times(a.power(factor, -1))

    def replace(self, node: Node) -> None:
        self.scalars, self.core = ([node], []) if node.is_scalar else ([], [node])


def _product(to: Elaborator, tree: Product) -> Node:
    chain = _Chain()
    for operator, part in tree.factors:
        factor = to.node[part]
        if operator == "×" and are_columns(chain.shape, factor.shape):
            chain.replace(make(CROSS, (chain.node(), factor)))
        elif operator == "·" and are_columns(chain.shape, factor.shape):
            chain.replace(a.mul(a.transpose(chain.node()), factor))
        elif operator in ("*", "", "×", "·"):
            chain.times(factor)
        elif operator == "/":
            chain.over(factor)
        elif operator == "⊗":
            chain.replace(make(KRON, (chain.node(), factor)))
        elif operator == "./" and factor.is_scalar:
            chain.over(factor)
        else:
            factor = a.power(factor, -1) if operator == "./" else factor
            if chain.shape == (ONE, ONE) or factor.is_scalar:
                left = chain.node()
                chain.replace(left)
                chain.times(factor)
            else:
                chain.replace(a.had(chain.node(), factor))
    return chain.node()


def _stack(to: Elaborator, tree: Stack) -> Node:
    return block([[to.node[t] for t in row] for row in tree.rows])


def _call(to: Elaborator, tree: Call) -> Node:
    args = tuple(to.node[t] for t in tree.args)
    if tree.abstract:
        return make(a.CALL, args, (tree.name, tree.kind), to.shape(tree))
    name = SYNONYMS.get(tree.name, tree.name)
    if name.startswith("norm") and len(args) == 2:
        return norm_by(to, tree, args)
    if name in BUILT:
        return BUILT[name](to, tree, args)
    op: Op = to.trial.choice[tree]
    if op.name in SYMMETRIC and not any("sym" in facts_of(x) for x in (args[0], normal(args[0]))):
        typed = to.source[tree.args[0].span[0] : tree.args[0].span[1]]
        mend = f"Declare {typed} in Sym(n), or write {name}(sym({typed}))."
        raise ShapeError(f"{name} takes a matrix known to be symmetric; {typed} is not", hint=mend)
    if op.elementwise and len(args) == 2 and op.signature is not None and op.name != "polygamma":
        whole = next((x for x in args if not x.is_scalar), args[0])
        args = tuple(a.fill(x, whole) if x.is_scalar else x for x in args)
    return make(op, args)


def _inverse(to: Elaborator, tree: Call, args: tuple[Node, ...]) -> Node:
    return a.power(args[0], -1) if args[0].is_scalar else a.inv(args[0])


def _ones(to: Elaborator, tree: Call, args: tuple[Node, ...]) -> Node:
    return a.ones(*to.shape(tree))


def _zeros(to: Elaborator, tree: Call, args: tuple[Node, ...]) -> Node:
    return a.zeros(*to.shape(tree))


def _uniform(to: Elaborator, tree: Call, args: tuple[Node, ...]) -> Node:
    return (_ones if args[0] is a.num(1) else _zeros)(to, tree, args)


def _sized(to: Elaborator, tree: Call, args: tuple[Node, ...]) -> Node:
    first = 0 if tree.name == "comm" else 1
    sizes: list[Any] = [_size(x) for x in args[first:]]
    return SIZED[tree.name](*args[:first], *sizes)


def _size(node: Node) -> Size:
    """A size typed as an argument, from the node it was read to."""
    if node.op is a.SIZE:
        known: Size = node.params[0]
        return known
    if node.op is a.NUM and node.params[0].denominator == 1:
        return size(int(node.params[0]))
    if node.op is a.ADD:
        total = size(0)
        for factor, part in zip(node.params[0], node.args, strict=True):
            total = total + size(int(factor)) * _size(part)
        return total
    if node.op is a.HAD:
        whole = ONE
        for part in node.args:
            whole = whole * _size(part)
        return whole
    raise ReadError("a size is made of size names and whole numbers")


BUILT: dict[str, Callable[[Elaborator, Call, tuple[Node, ...]], Node]] = {
    "inv": _inverse,
    "tr": lambda _, __, args: args[0] if args[0].is_scalar else a.tr(args[0]),
    "transpose": lambda _, __, args: args[0] if args[0].is_scalar else a.transpose(args[0]),
    "dot": lambda _, __, args: _dot(*args),
    "eye": lambda to, tree, _: a.eye(to.shape(tree)[0]),
    "ones": _ones, "zeros": _zeros, "vector": _uniform, "matrix": _uniform,
    "unvec": _sized, "comm": _sized, "sub": _sized,
}  # fmt: skip
BUILD: dict[type[Tree], Callable[[Elaborator, Any], Node]] = {
    Number: _number, Name: _name, Group: _inner_node, Negative: _negative, Transpose: _transpose, Sum: _sum,
    Inner: _inner, Power: _power, Product: _product, Over: over_node, Index: index_node, Norm: norm_node, Stack: _stack,
    Call: _call,
}  # fmt: skip
