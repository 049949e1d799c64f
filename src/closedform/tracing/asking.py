"""What is asked of a function: its value, or a derivative by some of its arguments, leaf by leaf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from closedform.errors import ClosedformError, MissingRule, ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import rebuild
from closedform.formula import Formula
from closedform.formula.base import Base
from closedform.functions.algebra import add, had, scale
from closedform.tracing.extent import answers_within_limits
from closedform.tracing.inputs import Call, Leaf
from closedform.tracing.names import Names
from closedform.tracing.plans import Wanted, shape_now
from closedform.tracing.precision import answered
from closedform.tracing.pytrees import Tree
from closedform.tracing.reading import Read
from closedform.tracing.value import kind_of

ASKED = SimpleNamespace(directed={"jvp", "vjp", "hvp"}, of_scalars={"grad", "hessian", "hvp", "value_and_grad"})


@dataclass(eq=False)
class Asked:
    """One question, with its answers in closed form."""

    op: str
    read: Read
    names: tuple[str, ...]
    trees: tuple[Tree, ...]
    single: bool
    formulas: dict[str, Formula] = field(default_factory=dict)
    out: tuple[str, ...] = ()

    @classmethod
    def of(cls, op: str, read: Read, call: Call, argnums: Sequence[int], single: bool) -> Asked:
        """The question of an operation by these arguments."""
        if op == "value":
            return cls(op, read, (), (), single, {"value": read.formula})
        names, trees = list[str](), list[Tree]()
        count = len(call.trees)
        for k in argnums:
            if not -count <= k < count:
                raise ClosedformError(f"argument {k} is asked for; the function has {count}")
            k %= count
            trees.append(call.trees[k])
            mine = [leaf for leaf in call.leaves if leaf.argument == k]
            _by_floats(mine)
            names += [leaf.name for leaf in mine]
        asked = cls(op, read, tuple(names), tuple(trees), single)
        asked.formulas = getattr(asked, f"_{op}")()
        answers_within_limits(f._raw for f in asked.formulas.values())
        return asked

    # formulas

    def _grad(self) -> dict[str, Formula]:
        return self._gradients()

    def _gradients(self) -> dict[str, Formula]:
        f = self.read.formula
        if not f._raw.is_scalar:
            raise ShapeError(f"a gradient is of a scalar; this function gives an array of shape {self._shape()}")
        return {name: f.grad(name) for name in self.names}

    def _shape(self) -> str:
        return f"({', '.join(map(str, self.read.dims))}{',' if len(self.read.dims) == 1 else ''})"

    def _value_and_grad(self) -> dict[str, Formula]:
        return {"value": self.read.formula, **self._gradients()}

    def _jacobian(self) -> dict[str, Formula]:
        f = self.read.formula
        out = dict[str, Formula]()
        for name in self.names:
            x = f._variable(name)
            if f._raw.is_scalar:
                out[name] = f.grad(name)
            else:
                out[name] = _matrix(f, name) if f._raw.is_column and x.is_column else f.derivative(name)
        return out

    def _hessian(self) -> dict[str, Formula]:
        f = self.read.formula
        if not f._raw.is_scalar:
            raise ShapeError(f"a Hessian is of a scalar; this function gives an array of shape {self._shape()}")
        plain = all(f._variable(n).is_column for n in self.names)
        out = dict[str, Formula]()
        for x in self.names:
            for y in self.names:
                one = len(self.names) == 1
                key = x if one else f"{x}, {y}"
                if one:
                    out[key] = _second(f, x)
                elif plain:
                    out[key] = f.hessian(x, y)
                else:
                    columns = f._variable(x).is_column and f._variable(y).is_column
                    out[key] = _matrix(f.grad(x), y) if columns else f.grad(x).derivative(y)
        return out

    def _jvp(self) -> dict[str, Formula]:
        f = self.read.formula
        return {v: f.jvp(n, v) for n, v in self.directions.items()}

    def _vjp(self) -> dict[str, Formula]:
        return {n: self.read.formula.vjp(n, u) for n, u in self.directions.items()}

    def _hvp(self) -> dict[str, Formula]:
        f = self.read.formula
        if len(self.names) == 1:
            (x,) = self.names
            return {x: f.hvp(x, self.directions[x])}
        out = {}
        for x in self.names:
            g = f.grad(x)
            parts = [g.jvp(y, v) for y, v in self.directions.items()]
            out[x] = parts[0]._new(add(*(p._raw for p in parts)))
        return out

    @cached_property
    def directions(self) -> dict[str, str]:
        """The names of directions by those of the variables; of ``vjp`` there is one for all."""
        free = Names({*self.read.formula._context.taken, *self.read.formula._reading.names})
        if self.op == "vjp":
            return dict.fromkeys(self.names, free.of("u"))
        return {n: free.of(f"v_{n}") for n in self.names}

    # values

    def with_directions(self, leaves: list[Any], start: int) -> dict[str, int]:
        """Where among the leaves the directions stand, by their names in the formulas."""
        if self.op not in ASKED.directed:
            return {}
        count = len(leaves) - start
        if self.op == "vjp":
            if count != 1:
                raise ClosedformError("vjp takes one array of the shape of the function's value as its last argument")
            return {self.directions[self.names[0]]: start}
        if count != len(self.names):
            raise ClosedformError(f"{self.op} takes a direction of the structure of the argument as its last argument")
        return {self.directions[n]: start + k for k, n in enumerate(self.names)}

    def wanted(self, leaves: Sequence[Any], numbers: dict[str, int]) -> list[Wanted]:
        """The answers with the shapes that arrays have at the door."""
        shapes = {n: tuple(getattr(leaves[p], "shape", ())) for n, p in self.read.places.items()}
        types = {n: answered(self.read.style, leaves[p]) for n, p in self.read.places.items()}
        value, own = shape_now(self.read.dims, numbers), self.read.dtype
        if self.op in ("value", "jvp"):
            return [Wanted(f, value, dtype=own) for f in self.formulas.values()]
        if self.op == "jacobian":
            return [self._second(f, value, shapes[n], types[n]) for n, f in self.formulas.items()]
        if self.op == "hessian":
            pairs = [(x, y) for x in self.names for y in self.names]
            found = zip(pairs, self.formulas.values(), strict=True)
            return [self._second(f, shapes[x], shapes[y], types[x]) for (x, y), f in found]
        kinds = {n: (value, own) if n == "value" else (shapes[n], types[n]) for n in self.formulas}
        return [Wanted(f, kinds[n][0], dtype=kinds[n][1]) for n, f in self.formulas.items()]

    def _second(self, f: Formula, out: tuple[int, ...], into: tuple[int, ...], dtype: Any) -> Wanted:
        """A Jacobian or Hessian; a map becomes its matrix on vec first."""
        if not isinstance(f, Base._map):
            return Wanted(f, (*out, *into), dtype=dtype)
        try:
            return Wanted(_scaled(f.kron), turned=(out, into), dtype=dtype)
        except MissingRule:
            return Wanted(f, (*out, *into), by_basis=True, dtype=dtype)

    def put_together(self, found: list[Any]) -> Any:
        """The answers in the structure of the arguments."""
        if self.op == "value":
            return found[0]
        if self.op == "jvp":
            return sum(found[1:], found[0])
        if self.op == "value_and_grad":
            return found[0], self._structured(found[1:])
        if self.op == "hessian":
            n = len(self.names)
            return self._structured([self._structured(found[k * n : (k + 1) * n]) for k in range(n)])
        return self._structured(found)

    def _structured(self, found: list[Any]) -> Any:
        out, at = [], 0
        for tree in self.trees:
            out.append(tree.filled(found[at : at + tree.count]))
            at += tree.count
        return out[0] if self.single else tuple(out)



def _by_floats(leaves: Sequence[Leaf]) -> None:
    """Refuse what is no real number among what is differentiated by."""
    for leaf in leaves:
        name = ".".join(leaf.path)
        if not leaf.name:
            raise ClosedformError(f"{name} is {leaf.value!r}: there is no derivative by it")
        kind = kind_of(leaf.value)
        if leaf.kind != "symbol" and (kind != "f" or isinstance(leaf.value, int)):
            what = "truth values" if kind == "b" else "whole numbers"
            raise ClosedformError(
                f"{name} is of {what}, and a derivative is by real numbers",
                hint="Hand floats, or name another argument in argnums.",
            )


def _scaled(f: Formula) -> Formula:
    """Kronecker products with a number as what they are."""

    def one(node: Node, args: tuple[Node, ...]) -> Node | None:
        number = next((k for k, a in enumerate(args) if a.is_scalar), None) if node.op.name == "kron" else None
        if number is None:
            return None
        return scale(args[number], args[1 - number]) if not node.is_scalar else had(*args)

    return f._new(rebuild(f._raw, one), f._origin)


def _second(f: Formula, name: str) -> Formula:
    """The Hessian as a matrix, or the map where no matrix form is known."""
    try:
        return f.hessian(name)
    except MissingRule:
        along: Formula = f.grad(name).derivative(name)
        return along


def _matrix(f: Formula, name: str) -> Formula:
    """The Jacobian as a matrix, or the map where no matrix form is known."""
    try:
        return f.jacobian(name)
    except MissingRule:
        return f.derivative(name)
