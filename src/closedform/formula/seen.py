"""What a formula shows of itself: the passes of automatic differentiation, pictures, its face in a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from closedform.errors import ClosedformError
from closedform.expr.walk import count
from closedform.formula.proofs import Proofs
from closedform.formula.values import by_name
from closedform.read.named import variable_name
from closedform.write.markup import escaped, typeset

if TYPE_CHECKING:
    from closedform.backprop import Backprop
    from closedform.plotting import Picture


MOST_STEPS = 80
"""Nodes of a function up to which a notebook shows the steps of its derivative unasked."""


class Seen(Proofs):
    """Tables and pictures."""

    def _repr_html_(self) -> str:
        """Typeset; of a derivative also where it holds, the badge of its certificate, and its steps, to fold open."""
        shown = f"<div>{typeset(self.latex)}</div>"
        if self._origin is None:
            return shown
        shown += "".join(f"<div>where {escaped(c)}</div>" for c in self.conditions)
        shown += f"<div>{self.check()._repr_html_()}</div>"
        return shown + self._steps_html()

    def _steps_html(self) -> str:
        assert self._origin is not None
        if count(self._origin.function._raw) > MOST_STEPS:
            return ""
        try:
            steps = self.derivation()
        except ClosedformError:
            return ""
        return f"<details><summary>{len(steps)} steps</summary>\n{steps.html}\n</details>"

    def _repr_markdown_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def backprop(self, *by: str, grain: str = "", mode: str = "reverse") -> Backprop:
        """What automatic differentiation does: the graph as typed, the pass forward and the pass backward.

        ``grain`` is "operations" (a row an operation) or "named" (a row a part that has a name after ``where``; the
        default where there are any); ``mode`` is "reverse" (adjoints), "forward" (tangents) or "both". Without
        variables, by all of them. Numbers come with :meth:`~closedform.backprop.Backprop.at`.

        Raises DeclarationError where there is no such variable, MissingRule where a derivative is not known.

        >>> f = formula("(y - t)^2 where y = tanh(z), z = w*x + b")
        >>> print(f.backprop("w").adjoints[-1].written("text"))
        wbar = zbar*x
        """
        from closedform.backprop import backprop

        return backprop(self._me, by, grain, mode)

    def plot(
        self, *by: str, kind: str = "", data: Mapping[str, Any] | None = None,
        span: Sequence[tuple[float, float]] = (), start: Sequence[float] | None = None, **values: Any,
    ) -> Picture:  # fmt: skip
        """A picture, by matplotlib (``closedform[plot]``): by default the one that fits.

        ``kind`` is "contours" (a scalar over two scalars or a vector of 2: level curves, gradient arrows, the descent
        path from ``start``), "curve" (a scalar over a scalar), "jacobian" (a heat map with its structure) or "hessian"
        (the same with its eigenvalues and the word for the point: bowl, saddle, flat). ``span`` has the range of each
        axis; ``values`` those of the variables (``data`` where a name is taken): the point, and what stays fixed.

        Raises ClosedformError where matplotlib is missing or a value is, ShapeError where the kind does not fit.

        >>> print(formula("x^2 - 3*y^2").plot("x", "y", span=[(-2, 2)], start=(1.5, 0)))
        f = x² − 3 y² over x from -2 to 2, y from -2 to 2
        descent from (1.5, 0) to (0, 0), value 0 in 1 steps: the gradient is 0 there, and it is no minimum
        >>> print(formula("x'*A*x").plot("x", kind="hessian", A=[[1.0, 0.0], [4.0, -1.0]], x=[0.0, 0.0]))
        Hessian of f by x: 2×2, symmetric, full rank
        eigenvalues 4.472, -4.472 (1 up, 1 down, 0 flat): saddle: no minimum or maximum
        """
        from closedform.plotting import plot

        given = by_name(data, values)
        return plot(self._me, [variable_name(name) for name in by], given, kind, span, start)
