"""From a formula to its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from closedform.backprop.backprop import Backprop, checked_mode
from closedform.backprop.graph import GRAINS, graph
from closedform.backprop.lines import Passes
from closedform.backprop.names import Names
from closedform.calculus.derive import MAX_DEPTH, refuse_deep
from closedform.calculus.spaces import direction, held_plain
from closedform.errors import ClosedformError, DeclarationError
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM

if TYPE_CHECKING:
    from closedform.formula import Formula


def backprop(f: Formula, by: Sequence[str] = (), grain: str = "", mode: str = "reverse") -> Backprop:
    """The table of a formula by these variables, by all of them where none is named."""
    if grain not in ("", *GRAINS):
        raise ClosedformError('grain is "operations" or "named"')
    variables = [f._variable(name) for name in by or f._differentiable()]
    if not variables:
        raise DeclarationError("there is no variable in this formula to differentiate by")
    for x in variables:
        direction(x)
    refuse_deep(f._raw, MAX_DEPTH)
    there = held_plain((n for n in postorder(f._raw) if n.op is SYM), variables)
    raw, *named = (rebuild(n, lambda n, _: there.get(n)) for n in (f._raw, *f._reading.bound.values()))
    bound = dict(zip(f._reading.bound, named, strict=True))
    if grain == "named" and not bound:
        mend = "Name parts after the word where, as in  (y - t)^2 where y = sigmoid(z), z = w*x + b."
        raise ClosedformError("this formula has no parts with names", hint=mend)
    names = Names(f._context.taken | set(f._reading.names) | bound.keys() | {"e", "i"})
    made = graph(raw, names, bound, grain or ("named" if bound else "operations"))
    wanted = tuple(there.get(x, x) for x in variables)
    return Backprop(f, Passes(made, wanted, f._context), checked_mode(mode))
