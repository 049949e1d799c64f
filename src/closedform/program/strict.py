"""The domain checks of a strict program: conditions looked at with the values of each call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from closedform.errors import ValueProblem
from closedform.expr.node import Node
from closedform.expr.op import Condition
from closedform.run.conditions import broken


def domain_check(
    conditions: Sequence[Condition], functions: Sequence[Node], words: Callable[[Condition], str],
    unused: Collection[str] = (),
) -> Callable[[Mapping[str, Any]], None]:
    """A ``check`` for :class:`Compiled`: ValueProblem that says in words which conditions do not hold.

    >>> from closedform.functions.algebra import sym
    >>> check = domain_check([Condition("positive", sym("x", "n"))], [], lambda c: f"x is {c.kind}")
    >>> check({"x": [1.0, -2.0]})
    Traceback (most recent call last):
        ...
    closedform.errors.ValueProblem: at these values it does not hold that x is positive
    """

    def check(values: Mapping[str, Any]) -> None:
        found = broken(conditions, functions, values, unused)
        if found:
            raise ValueProblem(f"at these values it does not hold that {', '.join(map(words, found))}")

    return check
