"""Roots and fixed points of a formula: their derivatives in closed form, and the door to their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from closedform.errors import DeclarationError, ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.formula.argmin import Minimising
from closedform.formula.values import by_name, refuse_strangers
from closedform.functions.algebra import total
from closedform.functions.known_facts import facts_of
from closedform.read.named import variable_name

if TYPE_CHECKING:
    from closedform.argmin.roots import RootProblem
    from closedform.argmin.solution import Solution
    from closedform.formula import Formula


class Solving(Minimising):
    """Roots and fixed points."""

    def root(self, by: str) -> Root:
        """The root over a variable, F(x, θ) = 0, as a function of all others: its derivative, and its numbers.

        Raises ShapeError where there are not as many equations as unknowns, DeclarationError where there is no such
        variable.

        >>> r = formula("x^3 + a*x - 1", "x in R, a in R").root("x")
        >>> r.derivative("a").text
        '-x/(3*x^2 + a)'
        >>> s = r.solve(a=0.0, start=0.5)
        >>> s.verdict.kind, s.x, round(s.jacobian("a"), 12)
        ('root', 1.0, -0.333333333333)
        """
        return Root(self._me, self._unknown(by), None)

    def fixed_point(self, by: str) -> Root:
        """The fixed point over a variable, x = T(x, θ), T being this formula.

        >>> s = formula("cos(a*x)", "x in R, a in R").fixed_point("x").solve(a=1.0)
        >>> s.verdict.kind, s.verdict.also, round(s.x, 12)
        ('fixed-point', ('attracting',), 0.739085133215)
        """
        from closedform.implicit import squared

        name, T = self._unknown(by), self._me
        same = squared(T._reading, T._raw, T._variable(name))
        if same is not None:
            T = T._new(same[1], None, same[0])
        x = T._variable(name)
        if x.shape != T._raw.shape:
            sizes = f"T is {T._raw.rows}×{T._raw.cols} and {by} is {x.rows}×{x.cols}"
            raise ShapeError(f"{sizes}: x = T(x) wants one shape")
        return Root(T._new(total([(1, x), (-1, T._raw)])), name, T)

    def _unknown(self, by: str) -> str:
        x = self._variable(by)
        if not any(n is x for n in postorder(self._raw)):
            raise DeclarationError(f"{by} does not stand in the formula")
        return variable_name(by)


class Root:
    """x*(θ) with F(x*, θ) = 0: made by :meth:`Formula.root` and :meth:`Formula.fixed_point`."""

    def __init__(self, f: Formula, by: str, map_: Formula | None) -> None:
        self.f, self.by, self.map = f, by, map_

    def __repr__(self) -> str:
        if self.map is not None:
            return f"<Root over {self.by} of {self.by} = {self.map.unicode}>"
        return f"<Root over {self.by} of {self.f.unicode} = 0>"

    @property
    def _x(self) -> Node:
        return self.f._variable(self.by)

    @cached_property
    def condition(self) -> Formula:
        """F, which is 0 at x*.

        >>> formula("A*x + b").fixed_point("x").condition.text
        'x - (A*x + b)'
        """
        return self.f

    def derivative(self, by: str, order: int = 1) -> Formula:
        """dx*/dθ = −(∂F/∂x)⁻¹ ∂F/∂θ at x*, with its conditions; of a scalar or a vector x.

        >>> d = formula("A*x + b", "A in R^(n×n)").fixed_point("x").derivative("b")
        >>> d.text, d.check().ok
        ('-(A - I)^-1', True)
        """
        return self.condition.implicit(self.by, by, order)

    def code(self, by: str, target: str = "numpy", *, name: str = "derivative") -> str:
        """Source text of the function dx*/dθ at x*.

        >>> "def slope" in formula("x^3 + a*x - 1", "x in R, a in R").root("x").code("a", name="slope")
        True
        """
        return self.derivative(by).code(target, name=name)

    def solve(self, data: Mapping[str, Any] | None = None, /, *, start: Any = None, starts: int = 8,
              **values: Any) -> Solution:  # fmt: skip
        """The root at arrays, with a verdict; ``start`` is where the search begins, ``starts`` how many there are.

        >>> formula("x^2 + a", "x in R, a in R").root("x").solve(a=1.0).verdict.kind
        'no-root'
        """
        return self._problem(data, values, start).solve(starts)

    def diagnose(self, point: Any, data: Mapping[str, Any] | None = None, /, **values: Any) -> Solution:
        """The verdict on a point that somebody brings.

        >>> formula("x^2 - a", "x in R, a in R").root("x").diagnose(2.1, a=4.0).verdict.kind
        'not-converged'
        """
        return self._problem(data, values, point).diagnose(point)

    def _problem(self, data: Mapping[str, Any] | None, values: Mapping[str, Any], start: Any) -> RootProblem:
        from closedform.argmin.problem import values_of
        from closedform.argmin.roots import RootProblem

        given = values_of(self.f._with_sizes(by_name(data, values)))
        known = self.f._reading.names
        refuse_strangers(given, self.f._allowed(), known)
        parameters = {k: n for k, n in known.items() if k != self.by and k in given and "discrete" not in facts_of(n)}
        T = None if self.map is None else self.map._raw
        return RootProblem(self.f._raw, self._x, parameters, given, start=start, map=T)
