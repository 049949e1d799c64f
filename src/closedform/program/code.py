"""Source text of formulas for every target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.program.arguments import arguments_of, stays
from closedform.program.jax import JAX
from closedform.program.julia import JULIA, Julia
from closedform.program.names import checked
from closedform.program.numpy import NUMPY
from closedform.program.octave import OCTAVE, Octave
from closedform.program.plan import plan, typical_sizes
from closedform.program.source import Python
from closedform.program.spell import Backend
from closedform.program.torch import TORCH

TARGETS: dict[str, tuple[Backend, type[Python]]] = {
    "numpy": (NUMPY, Python), "jax": (JAX, Python), "torch": (TORCH, Python), "julia": (JULIA, Julia),
    "octave": (OCTAVE, Octave), "matlab": (OCTAVE, Octave),
}  # fmt: skip
ALIASES = {"pytorch": "torch"}


def source(
    nodes: tuple[Node, ...], target: str, name: str = "f", doc: str = "",
    sizes: Mapping[str, int] | None = None, fixed: Iterable[str] = (), order: Mapping[str, int] | None = None,
) -> str:  # fmt: skip
    r'''The text of a function of formulas for ``target``, planned for ``sizes``.

    >>> from closedform.functions.algebra import sym
    >>> print(source((sym("A", "m", "n") @ sym("x", "n"),), "numpy", doc="A*x"))
    def f(A, x):
        """A*x
    <BLANKLINE>
        A: (m, n)
        x: (n,)
        """
        return A @ x
    <BLANKLINE>
    '''
    backend, writer = written_for(target)
    checked(name, backend.words)
    arguments = arguments_of(nodes, order)
    staying = stays(fixed, arguments, order or ())
    program = plan(nodes, {**typical_sizes(nodes), **(sizes or {})}, staying)
    return writer(backend, program, arguments, name, doc, staying).text()


def written_for(target: str) -> tuple[Backend, type[Python]]:
    """The backend of a target and what writes its code; ClosedformError for a target that is none."""
    known = ALIASES.get(target, target)
    if known not in TARGETS:
        raise ClosedformError(f"code is written for {', '.join(TARGETS)}; {target} is none of them")
    return TARGETS[known]
