"""The public class: a formula, its derivatives, its printed forms, values and certificates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from closedform.calculus.vecform import matrix_of_vec
from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.formula.base import Base, Origin
from closedform.formula.replaced import Replaced
from closedform.formula.seen import Seen
from closedform.formula.values import by_name
from closedform.read.read import read
from closedform.rewrite.simplify import simplify

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Formula", "LinearMap", "Origin", "formula"]


def formula(source: str, where: str | None = None, syntax: str = "auto") -> Formula:
    """Read a formula.

    ``source`` is typed in the formula language (``docs/language.md``), ``where`` holds declarations such as
    ``"A in Sym(n), lam > 0"``; ``syntax`` is ``"auto"``, ``"text"``, ``"latex"`` or ``"matrixcalculus"``.
    Raises ReadError, ShapeError or DeclarationError, each with the place and the mend.

    >>> formula("1/2*||A*x - b||^2").grad("x").text
    "A'*(A*x - b)"
    """
    if not isinstance(source, str):
        raise ClosedformError(f"a formula is a string; this is a {type(source).__name__}")
    if not isinstance(where, str | None):
        raise ClosedformError(f"declarations are one string, with commas between; this is a {type(where).__name__}")
    reading = read(source, where, syntax)
    return Formula(reading, reading.node)


class Formula(Seen):
    """A formula. Make one with :func:`formula`; its derivatives are formulas again.

    Vectors are n×1 inside and 1-d arrays at the door; scalars are floats.

    >>> g = formula("x'*A*x").grad("x")
    >>> g.text, g.unicode
    ("(A + A')*x", '(A + Aᵀ)x')
    >>> g.variables
    ['x', 'A']
    >>> g(A=[[1.0, 2.0], [0.0, 3.0]], x=[1.0, 1.0]).tolist()
    [4.0, 8.0]
    """


class LinearMap(Formula):
    """A derivative that is a linear map, written in the differential.

    It is a :class:`Formula` of the variables and of the differential: called with arrays of both it gives the value of
    the map at that direction.

    >>> D = formula("inv(X)").derivative("X")
    >>> print(D)
    −X⁻¹dX X⁻¹
    >>> D(X=[[2.0, 0.0], [0.0, 4.0]], dX=[[1.0, 1.0], [0.0, 0.0]]).tolist()
    [[-0.25, -0.125], [0.0, 0.0]]
    """

    @classmethod
    def _of(cls, found: Formula) -> LinearMap:
        return cls(found._reading, found._raw, found._origin)

    @property
    def direction(self) -> str:
        """The name of the differential it is written in.

        >>> formula("inv(X)").derivative("X").direction
        'dX'
        """
        return str(self._moved.params[0])

    @property
    def _moved(self) -> Node:
        assert self._origin is not None
        return self._origin.directions[-1]

    def array(self, data: Mapping[str, Any] | None = None, /, **values: Any) -> np.ndarray:
        """The map as an array of shape (shape of f) + (shape of X), at given values; a second derivative of a
        matrix has the shape of X twice.

        Raises ValueProblem as a formula that is called.

        >>> formula("inv(X)").derivative("X").array(X=[[2.0, 0.0], [0.0, 4.0]]).shape
        (2, 2, 2, 2)
        """
        from closedform.run.values import array_of_map

        given = self._with_sizes(by_name(data, values))
        found: np.ndarray = array_of_map(self._raw, self._unbound(), given, self._allowed())
        return found

    def _unbound(self) -> tuple[Node, ...]:
        assert self._origin is not None
        return self._origin.directions

    @cached_property
    def kron(self) -> Formula:
        """The matrix of the map on vec (columns stacked): vec(Df[dX]) = K vec(dX).

        >>> formula("A*X*B").derivative("X").kron.text
        "kron(B', A)"
        """
        matrix = simplify(matrix_of_vec(self._node, self._moved))
        return self._new(matrix)


Base._formula = Formula
Base._map = LinearMap
Replaced._read = staticmethod(formula)
