"""From nodes to steps: each value once, products in the cheapest order, inverses as solves with one factorisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import prod
from typing import Any

from closedform.errors import LimitError, MissingRule
from closedform.expr.node import Node
from closedform.expr.op import Op, Shape
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions.algebra import CALL, INDEX, SUMOVER, SYM, TRANSPOSE
from closedform.program.arguments import no_program
from closedform.program.ir import Program, Ref, Step, dims, needed, rank
from closedform.rewrite.normal.engine import ntranspose
from closedform.rewrite.vectorise.indices import free_indices

MAX_NESTING = 150
SIGN_PASSES = frozenset({
    "mul", "div", "rows", "cols", "outer", "matmul", "diag", "T", "diagonal", "trace", "inner", "solve_lu",
    "solve_lu_t", "solve_chol", "colsum", "rowsum", "kron_times",
})  # fmt: skip
"""Operations of which a minus in an argument is a minus before the whole."""
Rule = Callable[["Planner", Node], Ref]
RULES: dict[Op, Rule] = {}


def rule(*ops: Op) -> Callable[[Rule], Rule]:
    """Register how nodes of these operations become steps."""

    def register(function: Rule) -> Rule:
        for op in ops:
            RULES[op] = function
        return function

    return register


class Scope:
    """Steps of the whole program or of the body of one loop, and the values known there."""

    def __init__(self, index: str | None = None) -> None:
        self.index = index
        self.steps: list[Step] = []
        self.known: dict[Any, Ref] = {}


class Planner:
    """One program being planned. ``sizes`` are real numbers for all named sizes; what depends on nothing but the
    variables in ``fixed`` is computed once and costs nothing."""

    def __init__(self, sizes: Mapping[str, int], fixed: frozenset[str] = frozenset()) -> None:
        self.sizes, self.fixed = sizes, fixed
        self.scopes = [Scope()]
        self.inputs: dict[str, Step] = {}
        self.shapes: list[Shape] = []
        self.ops: list[str] = []
        self.settled: dict[Node, bool] = {}
        self.made: dict[Ref, Step] = {}
        self.depth = 0
        self.cuts = 0

    def program(self, roots: tuple[Node, ...]) -> Program:
        """The program of several formulas that share their work."""
        for root in roots:
            self.prepare(root)
        outputs = tuple(self.value(root) for root in roots)
        steps = needed(tuple(self.scopes[0].steps), outputs)
        return Program(tuple(self.inputs.values()), steps, outputs, dict(self.sizes))

    def prepare(self, root: Node) -> None:
        """Plan vectors, scalars and functions below ``root`` first, so that recursion stays shallow."""
        for node in postorder(root, stop=lambda n: n.op is SUMOVER):
            lazy = rank(node.shape) == 2 and node.op in LAZY
            if not lazy and node.op is not SUMOVER and not free_indices(node):
                self.value(node)

    def value(self, node: Node) -> Ref:
        """The value of a node, planned once."""
        key = upright(node)
        found = self.look(key)
        if found is None and (turned := self.turned(key)) is not None:
            found = self.scopes[-1].known[key] = turned
        if found is not None:
            return found
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise LimitError(f"matrices are nested deeper than {MAX_NESTING} in a program (limit: nesting)")
        own = RULES.get(key.op, RULES_FOR_FUNCTIONS[0])
        with self.home(key):
            ref = own(self, key)
            self.scopes[-1].known[key] = ref
        self.depth -= 1
        return ref

    def turned(self, key: Node) -> Ref | None:
        """The transpose of a matrix that is there already: ``tanh(X*W')`` where ``tanh(W*X')`` is known."""
        if rank(key.shape) != 2 or not key.args or key.op is TRANSPOSE:
            return None
        found = self.look(ntranspose(key))
        return None if found is None else self.emit("T", (found,), key.shape)

    @contextmanager
    def home(self, node: Node) -> Iterator[None]:
        """Inside a loop: what does not depend on its index is planned outside of it."""
        free = free_indices(node)
        level = len(self.scopes)
        while level > 1 and self.scopes[level - 1].index not in free:
            level -= 1
        held, self.scopes = self.scopes, self.scopes[:level]
        try:
            yield
        finally:
            self.scopes = held

    def look(self, key: Any) -> Ref | None:
        for scope in reversed(self.scopes):
            if key in scope.known:
                return scope.known[key]
        return None

    def emit(self, op: str, args: tuple[Ref, ...], shape: Shape, *attrs: Any, body: tuple[Step, ...] = ()) -> Ref:
        """A step, or the step that is already there; signs and transposes that cancel are none."""
        if op == "T" and self.ops[args[0]] == "T":
            return self.made[args[0]].args[0]
        if op in ("add", "sub", "neg") and (found := self.signed(op, args, shape)) is not None:
            return found
        if op in SIGN_PASSES and (bare := [self.unsigned(a) for a in args]) != [(a, 1) for a in args]:
            sign = prod(s for _, s in bare)
            out = self.emit(op, tuple(a for a, _ in bare), shape, *attrs)
            return out if sign > 0 else self.emit("neg", (out,), shape)
        if op == "mul" and self.is_one(args[0]):
            return args[1]
        key = (op, args, attrs, shape)
        found = None if body else self.look(key)
        if found is None and op == "matmul":
            found = self.other_way(args, shape)
        if found is not None:
            return found
        step = Step(self.new(shape, op), op, args, attrs, shape, body)
        self.made[step.ref] = step
        self.scopes[-1].steps.append(step)
        self.scopes[-1].known[key] = step.ref
        return step.ref

    def other_way(self, args: tuple[Ref, ...], shape: Shape) -> Ref | None:
        """``A'*v`` for ``v'*A``, or the other way around, where it is there: a row is the column it transposes."""
        ranks = tuple(map(self.rank, args))
        if sorted(ranks) != [1, 2]:
            return None
        k = ranks.index(2)
        matrix = args[k]
        rows, cols = self.shape(matrix)
        is_turned = self.ops[matrix] == "T"
        turned = self.made[matrix].args[0] if is_turned else self.look(("T", (matrix,), (), (cols, rows)))
        if turned is None:
            return None
        pair = (args[1], turned) if k == 0 else (turned, args[0])
        return self.look(("matmul", pair, (), (shape[1], shape[0])))

    def is_one(self, ref: Ref) -> bool:
        return self.ops[ref] == "number" and bool(self.made[ref].attrs[0] == 1)

    def unsigned(self, ref: Ref) -> tuple[Ref, int]:
        """A value without its minus, and the sign."""
        if self.ops[ref] == "neg":
            return self.made[ref].args[0], -1
        if self.ops[ref] == "number" and (value := self.made[ref].attrs[0]) < 0:
            return self.emit("number", (), self.shapes[ref], -value), -1
        return ref, 1

    def signed(self, op: str, args: tuple[Ref, ...], shape: Shape) -> Ref | None:
        """A sum, difference or negative in which a minus cancels; None where none does."""
        last, sign = self.unsigned(args[-1])
        if op == "neg":
            if sign < 0:
                return last
            if self.ops[last] == "sub":
                return self.emit("sub", tuple(reversed(self.made[last].args)), shape)
            return None
        if sign < 0:
            return self.emit("add" if op == "sub" else "sub", (args[0], last), shape)
        first, sign = self.unsigned(args[0])
        if sign > 0:
            return None
        if op == "add":
            return self.emit("sub", (last, first), shape)
        return self.emit("neg", (self.emit("add", (first, last), shape),), shape)

    def new(self, shape: Shape, op: str = "") -> Ref:
        self.shapes.append(shape)
        self.ops.append(op)
        return len(self.shapes) - 1

    def input(self, name: str, shape: Shape) -> Ref:
        step = self.inputs.get(name)
        if step is None:
            step = self.inputs[name] = Step(self.new(shape), "input", (), (name,), shape)
        return step.ref

    def shape(self, ref: Ref) -> Shape:
        return self.shapes[ref]

    def rank(self, ref: Ref) -> int:
        return rank(self.shapes[ref])

    def dims(self, shape: Shape) -> tuple[int, int]:
        return dims(shape, self.sizes)

    def loop(self, node: Node) -> Ref:
        """A sum over an index, as a loop."""
        name, low, high = node.params
        self.scopes.append(Scope(name))
        counter = self.new((ONE, ONE))
        self.scopes[-1].known["index", name] = counter
        last = self.value(node.args[0])
        inner = self.scopes.pop()
        head = Step(counter, "index", (), (name,), (ONE, ONE))
        return self.emit("loop", (last,), node.shape, name, low, high, body=(head, *inner.steps))

    def is_fixed(self, node: Node) -> bool:
        """Whether a node depends on fixed variables alone (and on some)."""
        if not self.fixed:
            return False
        for n in postorder(node, stop=lambda n: n in self.settled):
            if n not in self.settled:
                own = n.params[0] in self.fixed if n.op is SYM else n.op is not INDEX
                self.settled[n] = own and all(self.settled[a] for a in n.args)
        return self.settled[node]

    def index(self, name: str) -> Ref:
        found = self.look(("index", name))
        return self.input(name, (ONE, ONE)) if found is None else found


def upright(node: Node) -> Node:
    """A row as the column that it is the transpose of, but for a row that nothing else is written with."""
    if rank(node.shape) != 1 or node.cols is ONE:
        return node
    turned = ntranspose(node)
    return node if turned.op is TRANSPOSE else turned


def refuse(node: Node) -> MissingRule:
    if node.op is CALL:
        return no_program(node.params[0])
    return MissingRule(f"{node.op.text} has no program yet; call the formula itself for its value")


LAZY: set[Op] = set()
"""Operations on matrices that are planned where they are used: in a product they may never be formed."""
RULES_FOR_FUNCTIONS: list[Rule] = []
