"""What is claimed: a plain record, light to import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from closedform.expr.node import Node


@dataclass(frozen=True)
class Claim:
    """That ``answer`` is what ``kind`` says of ``function``.

    ``kind``: ``gradient`` (df = ⟨answer, dX⟩), ``jacobian`` (df = answer·dx), ``map`` (df = answer, which
    holds the symbol ``differentials[0]``), ``hessian`` (d²f, by ``variable`` and ``second``, which is
    ``variable`` where not given; a matrix, or a map in ``differentials``), ``equal`` (function = answer),
    ``implicit`` and ``implicit-second`` (the first and the second derivative by ``variable`` of the ``second`` that
    solves function = 0).
    ``layout="denominator"`` transposes a Jacobian, ``convention="free"`` takes the entries on and above
    the diagonal of a symmetric variable as free. ``words`` gives ``claim``, ``reading`` and ``conditions``, to be
    shown; nothing is made of them.
    """

    kind: str
    function: Node
    answer: Node
    variable: Node | None = None
    second: Node | None = None
    differentials: tuple[str, ...] = ()
    layout: str = "numerator"
    convention: str = "space"
    words: Callable[[], Mapping[str, Any]] | None = field(default=None, compare=False, repr=False)
