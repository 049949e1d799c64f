"""What a formula is: what was read, its node, its names and sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

from closedform.calculus.spaces import space_of
from closedform.errors import ClosedformError, DeclarationError
from closedform.expr.facts import WORDS
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM
from closedform.read.declarations import Declarations
from closedform.read.named import variable_name
from closedform.read.outcome import where_text
from closedform.read.read import Reading
from closedform.rewrite.display.context import Context
from closedform.rewrite.normal.normal import normal

if TYPE_CHECKING:
    from closedform.formula import Formula, LinearMap


@dataclass(frozen=True)
class Origin:
    """What a derived formula is the derivative of, as the certificate claims it."""

    kind: str
    function: Formula
    variable: Node
    second: Node | None = None
    directions: tuple[Node, ...] = ()
    layout: str = "numerator"
    symmetric: str = "projected"


class Base:
    """A formula as it was read or derived. The public class, :class:`closedform.Formula`, is built on it in layers."""

    _formula: ClassVar[Callable[..., Any]]
    _map: ClassVar[type[LinearMap]]
    """The public classes; set where they are made."""

    def __init__(self, reading: Reading, raw: Node, origin: Origin | None = None) -> None:
        self._reading = reading
        self._raw = raw
        self._origin = origin
        self._typed = raw
        """What the conditions are read from: before it was simplified."""

    @cached_property
    def _node(self) -> Node:
        return normal(self._raw)

    @property
    def shape(self) -> tuple[str, str]:
        """Rows and columns, as text; a vector is ``("n", "1")``, a scalar ``("1", "1")``.

        >>> formula("A*x").shape
        ('m', '1')
        """
        return str(self._raw.rows), str(self._raw.cols)

    @cached_property
    def variables(self) -> list[str]:
        """The names it needs when called, as they were typed: variables, fixed indices, sizes that no array shows.

        >>> formula("1/n*sum(x)").grad("x").variables
        ['n']
        """
        from closedform.run.needs import needed

        order = self._reading.order
        return sorted(needed(self._raw), key=lambda name: order.get(name, len(order)))

    @property
    def where(self) -> str:
        """The declarations under which the printed forms read back, as one string.

        >>> formula("A*x", "A in Sym(n)").where
        'A in Sym(n), x in R^n'
        """
        moved = {d.params[0]: d for d in self._directions()}
        extra = where_text(moved, frozenset(), Declarations(), {})
        return ", ".join(part for part in (self._reading.where, extra) if part)

    def _directions(self) -> list[Node]:
        here = {n for n in postorder(self._raw) if n.op is SYM}
        origins, out = self._origin, []
        while origins is not None:
            out += [d for d in origins.directions if d in here and d not in out]
            origins = origins.function._origin
        return out

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was inferred or chosen between readings, in sentences.

        >>> formula("x'*A*x", "x in R^n").assumed
        ('A ∈ ℝ^(n×n)',)
        """
        notes = list(self._reading.assumed)
        origin = self._origin
        if origin is not None:
            notes += _convention_notes(origin)
        return tuple(notes)

    @cached_property
    def _context(self) -> Context:
        reading = self._reading
        taken = frozenset(reading.names) | reading.functions.keys() | {n for s in self._sizes() for n in s.names}
        return Context(order=reading.order, families=reading.families, taken=taken | set(reading.indices))

    @property
    def _whole(self) -> str:
        """What the function is called: the one that this is a derivative of, where it is one."""
        return (self if self._origin is None else self._origin.function)._context.whole

    def _sizes(self) -> list[Any]:
        arrows = [shape for f in self._reading.functions.values() for shape in (*f.domains, f.codomain)]
        names = (*self._reading.names.values(), *(n for n in postorder(self._raw) if n.op is SYM))
        shapes = [*arrows, *(n.shape for n in names)]
        return [size for shape in shapes for size in shape]

    def _variable(self, name: str | None) -> Node:
        if name is None:
            names = ", ".join(sorted(self._reading.names)) or "none"
            raise DeclarationError(f"say by which variable; this formula has {names}")
        if not isinstance(name, str):
            raise ClosedformError(f"a variable is named by a string; this is a {type(name).__name__}")
        found = self._reading.names.get(variable_name(name))
        if found is None:
            names = ", ".join(sorted(self._reading.names)) or "none"
            size = name in {n for s in self._sizes() for n in s.names}
            hint = f"Here {name} is a size; declare {name} in R for a number, {name} in R^n for a vector." * size
            whole = next((n for n in self._reading.names if name.startswith((n + "_", n + "["))), "")
            hint = hint or f"Members and entries are derived by as a whole: by {whole}." * bool(whole)
            raise DeclarationError(f"there is no variable {name} in this formula; it has {names}", hint=hint)
        return found

    @property
    def _me(self) -> Formula:
        return cast("Formula", self)

    def _new(self, raw: Node, origin: Origin | None = None, reading: Reading | None = None) -> Formula:
        """Another formula with the same names."""
        made: Formula = self._formula(self._reading if reading is None else reading, raw, origin)
        return made


def _convention_notes(origin: Origin) -> list[str]:
    notes = []
    x = origin.variable
    name, space = x.params[0], space_of(x)
    if origin.kind == "gradient" and space is not None:
        if space == "sym" and origin.symmetric == "free":
            notes.append(f"the entries of {name} on and above the diagonal are the free variables")
        else:
            notes.append(f"the gradient is the one in the space of {WORDS[space]} matrices")
    if origin.kind == "batch":
        rows = origin.directions[0]
        notes.append(f"row i of {rows.params[0]} ∈ ℝ^({rows.rows}×{rows.cols}) is the i-th {name}")
    if any(f.startswith("commutes:") for f in x.params[1]):
        notes.append(f"that {name} commutes with another matrix is not used while differentiating by it")
    if "orth" in x.params[1]:
        free = f"{name} varies freely, and that it is orthogonal only shortens the answer"
        notes.append(f"the gradient by {name} is the one in the ambient space: {free}")
    if origin.layout == "denominator":
        notes.append("denominator layout: the transpose of the Jacobian")
    return notes
