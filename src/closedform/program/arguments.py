"""The arguments of a formula's function: its variables, fixed indices, and the sizes that no array tells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from closedform.errors import MissingRule, ValueProblem
from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.run.needs import Needs, needs


@dataclass(frozen=True)
class Argument:
    """One argument of the function: a variable, an index or a size."""

    name: str
    shape: Shape
    is_size: bool = False
    is_index: bool = False


def shape_note(argument: Argument) -> str:
    """``(m, n)``, ``(n,)`` or ``a number``, as the docstring says it."""
    if argument.is_size or argument.is_index:
        return "a size" if argument.is_size else "an index, from 1"
    axes = [s.text for s in argument.shape if s is not ONE]
    return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})" if axes else "a number"


def arguments_of(nodes: tuple[Node, ...], order: Mapping[str, int] | None = None) -> tuple[Argument, ...]:
    """The arguments of a function of several formulas: in the order in which they were typed, the others behind."""
    wants = together(nodes)
    if wants.calls:
        raise no_program(next(iter(wants.calls)))
    found = [Argument(name, symbol.shape) for name, symbol in wants.symbols.items()]
    if order is not None:
        found.sort(key=lambda a: order.get(a.name, len(order)))
    found += [Argument(name, (ONE, ONE), is_index=True) for name in wants.indices]
    return (*found, *(Argument(name, (ONE, ONE), is_size=True) for name in wants.unreadable))


def no_program(name: str) -> MissingRule:
    """The error of a program that would need an abstract function."""
    hint = f"Give it a formula: {name}(x) = …."
    return MissingRule(f"{name} is declared, not given: there is no program for its values", hint=hint)


def stays(fixed: Iterable[str], arguments: Iterable[Argument], order: Collection[str] = ()) -> frozenset[str]:
    """Those of the arguments that stay; a name of the formula (``order``) that is not needed is none of them.

    Raises ValueProblem for a name that is neither.
    """
    names = [a.name for a in arguments]
    wanted = (fixed,) if isinstance(fixed, str) else tuple(fixed)
    strange = [n for n in wanted if n not in names and n not in order]
    if strange:
        raise ValueProblem(f"{strange[0]} is fixed, but the formula has {', '.join(names) or 'no variables'}")
    return frozenset(wanted) & frozenset(names)


def together(nodes: tuple[Node, ...]) -> Needs:
    """What several formulas need."""
    found = Needs()
    for node in nodes:
        one = needs(node)
        found.symbols.update(one.symbols)
        found.calls.update(one.calls)
        found.indices.update(one.indices)
        found.sizes.update(one.sizes)
        found.mentioned |= one.mentioned
    return found
