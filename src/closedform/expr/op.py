"""What an operation is. The operations themselves are declared in ``functions``; none is named here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from closedform.errors import MissingRule
from closedform.expr.facts import NONE, Facts
from closedform.expr.signature import Signature
from closedform.expr.size import Size

if TYPE_CHECKING:
    from closedform.expr.node import Node

Shape = tuple[Size, Size]
ShapeRule = Callable[[tuple["Node", ...], tuple[Any, ...]], Shape]
Rule = Callable[..., "Node"]


@dataclass(frozen=True)
class Condition:
    """Something that must hold: ``kind`` of ``expr``, for the value or only for the derivative to exist.

    Kinds: positive, nonneg, nonzero (every entry), notzero (not the zero vector or matrix), invertible, pd,
    simple-top, simple-bottom (eigenvalue), simple-top-singular, distinct (eigenvalues), full-rank, unique-max,
    unique-min, below-one, distinct-singular, no-negative-eigenvalue.
    """

    kind: str
    expr: Node


Conditions = Callable[..., tuple[Condition, ...]]


def no_conditions(*_: Node) -> tuple[Condition, ...]:
    return ()


def no_facts(_: Node) -> Facts:
    return NONE


@dataclass(frozen=True, eq=False, kw_only=True)
class Op:
    """One operation with all that is known of it. Build with ``functions.declare``, which checks it."""

    name: str
    text: str
    doc: str = ""
    aliases: tuple[str, ...] = ()
    signature: Signature | None = None
    shape: ShapeRule
    d: Rule | None = None
    adjoint: Mapping[int, Rule] = field(default_factory=dict)
    means: Rule | None = None
    matrix: Mapping[int, Rule] = field(default_factory=dict)
    elementwise: bool = False
    facts: Callable[[Node], Facts] = no_facts
    domain: Conditions = no_conditions
    smooth: Conditions = no_conditions
    twice: Conditions = no_conditions
    """What a second derivative needs besides."""
    sample: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    numeric: Callable[..., Any] | None = None
    known: tuple[tuple[Any, ...], Any] | None = None
    latex: str = ""
    structural: bool = False
    piecewise_constant: bool = False
    own: bool = False
    """Declared by the user, at run time: its rule is the user's word."""
    linear: tuple[int, ...] = ()
    """Of one without a rule: the arguments in each of which it was seen to be linear."""

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __reduce__(self) -> str | tuple[Any, ...]:
        return op_named, (self.name,)


_registry: dict[str, Op] = {}


def op_named(name: str) -> Op:
    """The declared operation of a name; what unpickling asks for. MissingRule for one that is not declared here."""
    found = _registry.get(name)
    if found is None:
        raise MissingRule(f"the function {name.partition('@')[0]} is not declared here, or by another rule")
    return found


def registered() -> dict[str, Op]:
    """Every declared operation by its unique name."""
    return _registry
