"""Functions given by a formula, ``f(x) = x'*A*x``: each application is read as the formula with its argument put in.

Every application stands for itself: ``f`` may be given vectors of different lengths. So are entries given by a formula,
``p[k] = exp(z[k])``, at each of their indices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from closedform.errors import DeclarationError, LimitError, ReadError
from closedform.read.infer import Unit
from closedform.read.syntax import Call, Group, Index, Name, Number, Over, Tree, names_in

MAX_TREES = 40_000


@dataclass(frozen=True)
class Formulas:
    """The body and the arguments of each function that has a formula."""

    bodies: dict[str, Unit]
    parameters: Mapping[str, tuple[str, ...]]
    entries: frozenset[str] = frozenset()

    def put_in(self, units: Mapping[str, Unit]) -> dict[str, Unit]:
        """The units with the formulas of functions in place of their applications."""
        if not self.parameters:
            return dict(units)
        for name in self._in_order():
            self.bodies[name] = self._expanded(self.bodies[name])
        return {name: self._expanded(unit) for name, unit in units.items()}

    def _in_order(self) -> Iterator[str]:
        """The functions, each after those that its formula applies."""
        uses = {name: set(self._applied(unit)) for name, unit in self.bodies.items()}
        done: set[str] = set()
        while len(done) < len(uses):
            ready = [name for name in uses if name not in done and uses[name] <= done]
            if not ready:
                name = next(name for name in uses if name not in done)
                raise DeclarationError(f"the formula of {name} applies {name} itself, which has no end")
            done.update(ready)
            yield from ready

    def _applied(self, unit: Unit) -> Iterator[str]:
        for t in unit.trees:
            if (isinstance(t, Call) and t.abstract and t.name in self.bodies) or (
                isinstance(t, Name) and t.name in self.entries
            ):
                yield t.name

    def _expanded(self, unit: Unit) -> Unit:
        if not any(True for _ in self._applied(unit)):
            return unit
        out: list[Tree] = []
        new: dict[Tree, Tree] = {}
        weight: dict[Tree, int] = {}
        numbered = {t.base for t in unit.trees if isinstance(t, Index)}
        for tree in unit.trees:
            made = over(tree, new)
            if isinstance(made, Call) and made.abstract and made.name in self.bodies:
                made = self._application(made, unit, out)
            elif isinstance(made, Index) and isinstance(made.base, Name) and made.base.name in self.entries:
                made = self._entry(made, made.base.name, unit, out)
            elif isinstance(made, Name) and made.name in self.entries:
                if tree not in numbered:
                    raise _refuse(f"{made.name} stands without an index, and only its entries are given", made, unit)
                new[tree] = made
                continue
            new[tree] = made
            out.append(made)
        for tree in out:
            weight[tree] = 1 + sum(weight.get(part, 1) for part in tree.parts)
            if weight[tree] > MAX_TREES:
                raise LimitError(f"with its functions put in, the formula has over {MAX_TREES} parts (limit: parts)")
        return Unit(unit.source, new[unit.root], out, unit.bound)

    def _application(self, call: Call, unit: Unit, out: list[Tree]) -> Tree:
        """The formula of the function with the arguments put in; its parts, which go to ``out``, stand at the call."""
        names, body = self.parameters[call.name], self.bodies[call.name]
        self._check(call, unit, names, body)
        given = dict(zip(names, call.args, strict=True))
        new: dict[Tree, Tree] = {}
        for tree in body.trees:
            if isinstance(tree, Name) and tree.name in given:
                new[tree] = given[tree.name]
                continue
            new[tree] = replace(over(tree, new), span=call.span)
            out.append(new[tree])
        return Group(call.span, new[body.root])

    def _entry(self, entry: Index, name: str, unit: Unit, out: list[Tree]) -> Tree:
        """The formula of an entry at these indices; its parts, which go to ``out``, stand at the entry."""
        names, body = self.parameters[name], self.bodies[name]
        if len(entry.at) != len(names) or None in entry.at:
            raise _refuse(f"{name} has {len(names)} ind{'ices' if len(names) > 1 else 'ex'}", entry, unit)
        given = {n: at for n, at in zip(names, entry.at, strict=True) if at is not None}
        sums = [t for t in body.trees if isinstance(t, Over)]
        taken = {t.index for t in sums} & {t.index for t in unit.trees if isinstance(t, Over)}
        taken |= {t.index for t in sums} & set(map(str, entry.at))
        if taken:
            raise _refuse(
                f"{min(taken)} is the index of a sum in {name} and where it stands", entry, unit, "Rename it."
            )
        ends = {n for t in sums for bound in (t.low, t.high) for n in names if n in bound}
        if ends:
            raise _refuse(f"a sum in {name} runs to its index {min(ends)}, which is not supported", entry, unit)
        new: dict[Tree, Tree] = {}
        for tree in body.trees:
            made = replace(over(tree, new), span=entry.span)
            if isinstance(made, Index):
                at_there = [given.get(at, at) if isinstance(at, str) else at for at in made.at]
                made.at = tuple(at + made.shift(k) if isinstance(at, int) else at for k, at in enumerate(at_there))
                made.shifts = tuple(0 if isinstance(at, int) else made.shift(k) for k, at in enumerate(at_there))
            elif isinstance(made, Name) and made.name in given:
                at = given[made.name]
                made = Name(entry.span, at) if isinstance(at, str) else Number(entry.span, Fraction(at))
            new[tree] = made
            out.append(made)
        return Group(entry.span, new[body.root])

    def _check(self, call: Call, unit: Unit, names: tuple[str, ...], body: Unit) -> None:
        def refuse(message: str, hint: str = "") -> ReadError:
            return _refuse(message, call, unit, hint)

        if call.kind:
            hint = f"Ask for the derivative of {call.name}({', '.join(names)})."
            raise refuse(f"{call.kind}[{call.name}](u) takes a function declared with an arrow", hint)
        if len(call.args) != len(names):
            plural = "s" if len(names) != 1 else ""
            raise refuse(f"{call.name} takes {len(names)} argument{plural}; it was given {len(call.args)}")
        summed = {t.index for t in body.trees if isinstance(t, Over)}
        taken = summed & {name for arg in call.args for name in names_in(arg)}
        if taken:
            index = min(taken)
            raise refuse(f"{index} is the index of a sum in {call.name} and stands in what it is given", "Rename it.")


def _refuse(message: str, tree: Tree, unit: Unit, hint: str = "") -> ReadError:
    return ReadError(message, span=tree.span, source=unit.source, hint=hint)


def over(tree: Tree, new: Mapping[Tree, Tree]) -> Tree:
    """The tree on new parts; itself where none has changed."""
    if all(new.get(part, part) is part for part in tree.parts):
        return tree
    return replace(tree, **{f.name: _mapped(getattr(tree, f.name), new) for f in fields(tree) if f.name != "span"})


def _mapped(value: Any, new: Mapping[Tree, Tree]) -> Any:
    if isinstance(value, Tree):
        return new.get(value, value)
    return tuple(_mapped(item, new) for item in value) if isinstance(value, tuple) else value
