"""The derivatives of a formula: gradient, Jacobian, Hessian, linear maps, implicit functions, Taylor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from closedform.calculus.derive import (
    Derived,
    gradients,
    hessian,
    hessian_along,
    jacobian,
    linear_map,
    pullback,
    shortest,
)
from closedform.calculus.implicit import implicit, implicit_second
from closedform.calculus.off_kinks import off_kinks, squares_of_signs
from closedform.calculus.spaces import ambient, held_plain
from closedform.errors import ClosedformError, DeclarationError, MissingRule
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.formula.base import Origin
from closedform.formula.no_scalar import no_scalar
from closedform.formula.printed import Printed, all_of
from closedform.functions.algebra import SYM, sym
from closedform.functions.vectors import dot
from closedform.read.named import variable_name
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify
from closedform.rewrite.simplify.entries import written_out

if TYPE_CHECKING:
    from closedform.formula import Formula, LinearMap
    from closedform.taylor import Taylor


class Derivatives(Printed):
    """The derivatives."""

    def _answers(self, variables: list[Node], ask: Callable[[Node, list[Node]], list[Derived]]) -> list[Formula]:
        """Derivatives by ``ask(node, variables)``; facts that a small step breaks are set aside meanwhile."""
        there = held_plain((n for n in postorder(self._raw) if n.op is SYM), variables)
        plain = [there.get(x, x) for x in variables]
        back = {y: x for x, y in there.items()}
        raw = rebuild(self._raw, lambda n, _: there.get(n)) if there else self._raw
        found = shortest(raw, lambda node: dict(zip(plain, ask(node, plain), strict=False)))
        return [self._answer(found[y], back, x) for x, y in zip(variables, plain, strict=True) if y in found]

    def _answer(self, derived: Derived, back: Mapping[Node, Node], x: Node) -> Formula:
        node = derived.node
        if back:
            node = simplify(normal(rebuild(node, lambda n, _: back.get(n))))
        node = written_out(node)
        found = self._new(node, Origin(derived.kind, self._me, x, directions=derived.directions))
        return self._new(off_kinks(node, found._conditions), found._origin) if squares_of_signs(node) else found

    def grad(self, by: str | None = None, *more: str, symmetric: str = "projected") -> Any:
        """The gradient of a scalar: the shape of the variable, with df = ⟨∇f, dx⟩.

        Without a name: a dictionary of the gradients by every variable, from one backward pass. By a variable
        declared in Sym, PSD, PD, Diag, Skew or Lower it is the gradient in that space; ``symmetric="free"`` gives
        the other convention in use for symmetric ones (Magnus and Neudecker 2019, chapter 9).

        Raises ShapeError where the formula is no scalar, DeclarationError where there is no such variable,
        MissingRule where the derivative is not known to this library.

        >>> f = formula("x'*A*x")
        >>> f.grad("x").text
        "(A + A')*x"
        >>> {name: g.text for name, g in f.grad().items()}
        {'x': "(A + A')*x", 'A': "x*x'"}
        >>> s = formula("tr(A*X)", "X in Sym(n)")
        >>> s.grad("X").text, s.grad("X", symmetric="free").text
        ("(A + A')/2", "A + A' - diag(diag(A))")
        """
        if more:
            each = ", ".join(f'grad("{name}")' for name in (by, *more))
            raise ClosedformError(f"a gradient is by one variable: {each}", hint="grad() gives those by all of them.")
        if symmetric not in ("projected", "free"):
            raise ClosedformError('symmetric is "projected" or "free"')
        if not self._raw.is_scalar:
            raise no_scalar(self._reading)
        names = [by] if by is not None else self._differentiable()
        symbols = {name: self._variable(name) for name in names}
        found = self._answers(list(symbols.values()), lambda node, xs: list(gradients(node, xs, symmetric)))
        out = {name: g._with_origin(symmetric=symmetric) for name, g in zip(symbols, found, strict=True)}
        return out[by] if by is not None else out

    def _with_origin(self, **known: Any) -> Formula:
        assert self._origin is not None
        return self._new(self._raw, replace(self._origin, **known))

    def _differentiable(self) -> list[str]:
        here = {n.params[0] for n in postorder(self._raw) if n.op is SYM}
        order = self._reading.order
        names = sorted((n for n in self._reading.names if n in here), key=lambda n: order.get(n, 0))
        return [n for n in names if not _discrete(self._variable(n))]

    def jacobian(self, by: str | None = None, *, layout: str = "numerator") -> Formula:
        """The Jacobian J of a vector by a vector, dy = J dx; ``layout="denominator"`` gives its transpose.

        It is m×n for m values of n variables. Raises ShapeError for matrices: their derivative is a linear map, see
        :meth:`derivative`; DeclarationError and MissingRule as :meth:`grad`.

        >>> f = formula("softmax(A*x)")
        >>> f.jacobian("x").text
        "(diag(p) - p*p')*A where p = softmax(A*x)"
        >>> f.jacobian("x", layout="denominator").text
        "A'*(diag(p) - p*p') where p = softmax(A*x)"
        """
        if layout not in ("numerator", "denominator"):
            raise ClosedformError('layout is "numerator" or "denominator"')
        found = self._answers([self._variable(by)], lambda node, xs: [jacobian(node, xs[0], layout)])
        return found[0]._with_origin(layout=layout)

    def derivative(self, by: str | None = None) -> LinearMap:
        """The derivative of anything by anything as a linear map: an expression in ``dX`` (or ``dx``, ``dt``).

        It has the shape of the formula, ``dX`` that of ``X``. Raises DeclarationError and MissingRule as :meth:`grad`.

        >>> D = formula("inv(X)").derivative("X")
        >>> D.text, D.kron.text
        ('-X^-1*dX*X^-1', '-kron(X^-T, X^-1)')
        """
        x = self._variable(by)
        name = self._differential_name(x.params[0])
        found = self._answers([x], lambda node, xs: [linear_map(node, xs[0], name)])
        return self._map._of(found[0])

    def _differential_name(self, by: str, suffix: str = "") -> str:
        used = {n.params[0] for n in postorder(self._raw) if n.op is SYM}
        for k in ("", "1", "2", "3", "4"):
            name = f"d{by}{k}"
            if k >= suffix and name not in used:
                return name
        raise MissingRule("derivatives as linear maps of order above 4 are not given")

    def hessian(self, by: str | None = None, and_by: str | None = None) -> Formula:
        """Second derivatives: by a vector H with d²f = ⟨H dx₁, dx₂⟩, by a scalar f'', by a matrix the map of dX1.

        With two names, the derivative by the second of the gradient by the first. Of a vector function, the map
        dx1 ↦ dJ, which stacks the Hessians of its components.

        Raises ShapeError, DeclarationError and MissingRule as :meth:`grad`.

        >>> formula("logsumexp(A*x)").hessian("x").text
        "A'*(diag(p) - p*p')*A where p = softmax(A*x)"
        >>> formula("x'*A*y").hessian("x", "y").text
        'A'
        >>> formula("logdet(X)").hessian("X").text
        "-X^-T*dX1'*X^-T"
        """
        x, y = self._variable(by), self._variable(and_by or by)
        both = [x] if y is x else [x, y]
        found = self._answers(both, lambda node, xs: [hessian(node, xs[0], xs[-1])])[0]
        found = found._with_origin(second=None if y is x else y)
        return self._map._of(found) if found._origin and found._origin.directions else found

    def hessians(self, *by: str) -> dict[tuple[str, str], Formula]:
        """The blocks of the Hessian over several variables, or over all: each pair of names and its block.

        >>> blocks = formula("x'*A*y").hessians("x", "y")
        >>> blocks["x", "y"].text, blocks["y", "x"].text
        ('A', "A'")
        """
        names = by or self._differentiable()
        return {(x, y): self.hessian(x, y) for x in names for y in names}

    def jvp(self, by: str | None = None, direction: str = "v") -> LinearMap:
        """The derivative along a direction: d/dt f(x + t*v) at t = 0, with the shape of the formula; J is not formed.

        ``direction`` names the symbol, of the shape of the variable. Raises DeclarationError where that name is taken.

        >>> formula("softmax(A*x)").jvp("x").unicode
        'softmax(Ax) ⊙ (A v − softmax(Ax)ᵀA v)'
        """
        name = self._free_name(direction)
        return self._map._of(self._answers([self._variable(by)], lambda f, xs: [linear_map(f, xs[0], name)])[0])

    def vjp(self, by: str | None = None, cotangent: str = "u") -> Formula:
        """The gradient of ⟨u, f⟩ for a cotangent u of the shape of the formula: J'u of vectors, J not formed.

        Raises DeclarationError where the name of the cotangent is taken.

        >>> formula("softmax(A*x)").vjp("x").text
        "A'*(softmax(A*x).*(u - softmax(A*x)'*u))"
        """
        u = sym(self._free_name(cotangent), self._raw.rows, self._raw.cols)
        weighted = self._new(dot(u, self._raw))
        found = self._answers([self._variable(by)], lambda f, xs: [pullback(f, xs[0], u)])[0]
        return found._with_origin(kind="vjp", function=weighted, directions=(u,))

    def hvp(self, by: str | None = None, direction: str = "v") -> LinearMap:
        """The Hessian of a scalar times a direction, ``∂²f·v = ∂(x ↦ ∂f(x))·v``; the Hessian is not formed.

        Raises ShapeError where the formula is no scalar, DeclarationError where the name of the direction is taken.

        >>> formula("log(sum(exp(A*x)))").hvp("x").unicode
        'Aᵀ(softmax(Ax) ⊙ (A v − softmax(Ax)ᵀA v))'
        """
        if not self._raw.is_scalar:
            raise no_scalar(self._reading)
        name = self._free_name(direction)
        return self._map._of(self._answers([self._variable(by)], lambda f, xs: [hessian_along(f, xs[0], name)])[0])

    def _free_name(self, wish: str) -> str:
        """A name that may be given to a direction."""
        name = variable_name(wish)
        if name in self._reading.names or name in self._reading.functions:
            raise DeclarationError(f"{name} is a name of this formula already; give the direction another")
        return name

    def implicit(self, of: str, by: str, order: int = 1) -> Formula:
        """The derivative of an implicit function: of the y with f(x, y(x)) = 0, f being this formula.

        ``of`` is y, a scalar or a vector with as many equations; ``by`` is x. By a vector the Jacobian −J₂⁻¹J₁ (of a
        scalar y the gradient), by a scalar of the shape of y, by a matrix a linear map. ``order=2`` differentiates
        again, of a scalar y or by a scalar x. It holds where the inverse exists, which :attr:`conditions` say, and at
        points with f(x, y) = 0.

        Raises ShapeError, DeclarationError and MissingRule as :meth:`grad`.

        >>> formula("A*y + sin(x)").implicit("y", by="x").text
        '-A^-1*diag(cos(x))'
        >>> F = formula("F(x, y)", "F: R^n × R^m -> R^m")
        >>> F.implicit("y", by="x").text, F.implicit("y", by="x").conditions
        ('-jac2[F](x, y)^-1*jac1[F](x, y)', ('jac2[F](x, y) is invertible',))
        """
        from closedform.implicit import squared

        if order not in (1, 2):
            raise MissingRule(f"implicit functions are differentiated once or twice; this asks for order {order}")
        y, x = self._variable(of), self._variable(by)
        same_sizes = squared(self._reading, self._raw, y)
        if same_sizes is not None:
            return self._new(same_sizes[1], None, same_sizes[0]).implicit(of, by, order)
        ask = implicit if order == 1 else implicit_second
        found = self._answers([x, y], lambda node, xs: [ask(node, xs[-1], xs[0])])[0]
        found = found._with_origin(second=y)
        return self._map._of(found) if found._origin and found._origin.directions else found

    def taylor(self, by: str | None = None, order: int = 2) -> Taylor:
        """Taylor's formula around the variable, to order 1 or 2, in closed form.

        >>> formula("logdet(X)").taylor("X").unicode
        'f(X + dX) ≈ logdet(X) + ⟨X⁻ᵀ, dX⟩ − ½⟨X⁻ᵀdXᵀX⁻ᵀ, dX⟩'
        """
        from closedform.taylor import Derivative, checked_order, expansion

        variable = self._variable(by)
        twice = checked_order(order) == 2
        first = self.grad(by) if self._raw.is_scalar else self.derivative(by)
        second = (self.hessian(by) if self._raw.is_scalar else first.derivative(by)) if twice else None
        conditions = all_of(first.conditions, second.conditions if second is not None else ())
        one = Derivative(first._raw, first.check)
        two = None if second is None else Derivative(second._raw, second.check)
        x, typed = ambient(variable), self._origin is None
        found = expansion(self._raw, x, one, two, self._context, typed)
        return replace(found, conditions=conditions)


def _discrete(x: Node) -> bool:
    return "pm1" in x.params[1] or "bit" in x.params[1]
