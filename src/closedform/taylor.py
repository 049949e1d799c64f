"""Taylor's formula in closed form: ``f(X + dX) ≈ f + ⟨G, dX⟩ + ½⟨H[dX], dX⟩``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from closedform.calculus.spaces import direction
from closedform.check.certificate import Certificate
from closedform.errors import ClosedformError
from closedform.expr.node import Node, make
from closedform.expr.walk import rebuild
from closedform.functions.algebra import ADD, SYM, had, mul, power
from closedform.functions.vectors import dot
from closedform.rewrite.display import Context, cost, display
from closedform.rewrite.display.sharing import Shared, share
from closedform.rewrite.normal.engine import content, is_zero, negative, times
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify
from closedform.write.marks import greek
from closedform.write.render import Form, render_shared
from closedform.write.tex import brackets, letter

_SPELLING: dict[Form, Callable[[str], str]] = {"text": str, "unicode": greek, "latex": letter}
ORDERS = (0, 1, 2)
SIGNS: dict[Form, tuple[str, str, str]] = {
    "text": ("~=", "1/2*", "-"), "unicode": ("≈", "½", "−"), "latex": (r"\approx", r"\frac{1}{2} ", "-"),
}  # fmt: skip


@dataclass(frozen=True)
class Derivative:
    """One derivative that the expansion is made of: its node, and how to certify it."""

    node: Node
    check: Callable[[], Certificate] = field(compare=False)


@dataclass(frozen=True)
class Term:
    """One term of an expansion: its sign, whether it is halved, and the rest."""

    sign: int
    half: bool
    node: Node


@dataclass(frozen=True)
class Taylor:
    """An expansion around X in powers of ``dX``; ``str()`` is Unicode. ``conditions`` say where its derivatives exist.

    >>> from closedform.formula import formula
    >>> t = formula("x'*A*x + b'*x").taylor("x")
    >>> t.text
    "f(x + dx) ~= x'*A*x + b'*x + <(A + A')*x + b, dx> + 1/2*<(A + A')*dx, dx>"
    >>> [c.ok for c in t.check()]
    [True, True]
    """

    variable: str
    terms: tuple[Term, ...]
    derivatives: tuple[Derivative, ...]
    context: Context
    conditions: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        return self._written("text")

    @cached_property
    def unicode(self) -> str:
        return self._written("unicode")

    @cached_property
    def latex(self) -> str:
        return self._written("latex")

    def check(self) -> tuple[Certificate, ...]:
        """The certificates of the derivatives of order 1 and 2."""
        return tuple(derivative.check() for derivative in self.derivatives)

    @cached_property
    def _shared(self) -> tuple[list[Node], tuple[tuple[str, Node], ...]]:
        """The terms with their shared parts named; without any, the function stays as it was written."""
        plain = [normal(self.terms[0].node), *(term.node for term in self.terms[1:])]
        found = share(make(ADD, plain, ((Fraction(1),) * len(plain),), plain[0].shape), self.context)
        if not found.bindings:
            return [term.node for term in self.terms], ()
        return list(found.node.args), found.bindings

    def _written(self, form: Form) -> str:
        spell = _SPELLING[form]
        x, dx = spell(self.variable), spell(f"d{self.variable}")
        about, half, minus = SIGNS[form]
        nodes, bindings = self._shared
        known = replace(self.context, taken=self.context.taken | {name for name, _ in bindings}, as_written=False)
        first = replace(known, as_written=self.context.as_written and not bindings)
        out = f"{spell(self.context.whole)}({x} + {dx}) {about} {render_shared(Shared(nodes[0]), first, form)}"
        for term, node in zip(self.terms[1:], nodes[1:], strict=True):
            part = render_shared(Shared(node), known, form)
            if display(node, known).kind == "sum":
                part = (brackets(part) if form == "latex" else f"({part})") if term.half else part
            out += f" {'+' if term.sign > 0 else minus} {half if term.half else ''}{part}"
        where = ", ".join(f"{spell(n)} = {render_shared(Shared(p), known, form)}" for n, p in bindings)
        if not where:
            return out
        return rf"{out} \quad \text{{where }} {where}" if form == "latex" else f"{out} where {where}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def __str__(self) -> str:
        return self.unicode


def expansion(f: Node, x: Node, first: Derivative, second: Derivative | None, context: Context, typed: bool) -> Taylor:
    """The expansion of a raw node by its derivatives: gradient and Hessian of a scalar, else the linear maps."""
    dx = direction(x)
    terms = [Term(1, False, f), _first(f, first.node, dx)]
    if second is not None:
        terms.append(_second(f, second.node, dx))
    context = replace(context, late=frozenset([dx.params[0]]), as_written=typed)
    derivatives = (first,) if second is None else (first, second)
    kept = [term for k, term in enumerate(terms) if k == 0 or not is_zero(term.node)]
    return Taylor(x.params[0], tuple(kept), derivatives, context)


def _first(f: Node, g: Node, dx: Node) -> Term:
    if not f.is_scalar:
        return _signed(_in_one_direction(g, dx))
    if is_zero(g):
        return Term(1, False, g)
    sign, g = _sign(g)
    return Term(sign, False, had(g, dx) if dx.is_scalar else dot(g, dx))


def _second(f: Node, h: Node, dx: Node) -> Term:
    if not f.is_scalar:
        return _signed(times(Fraction(1, 2), _in_one_direction(h, dx)))
    if is_zero(h):
        return Term(1, False, h)
    sign, h = _sign(h)
    if dx.is_scalar:
        whole = content(h)[0] == 1
        return Term(sign, whole, had(h if whole else times(Fraction(1, 2), h), power(dx, 2)))
    return Term(sign, True, dot(_applied(h, dx), dx))


def _applied(h: Node, dx: Node) -> Node:
    """``H[dX]``, of a matrix the shorter of the product and its simplified form."""
    if not dx.is_column or h.shape == dx.shape:
        return _in_one_direction(h, dx)
    return min((simplify(normal(mul(h, dx))), mul(h, dx)), key=_length)


def _length(node: Node) -> int:
    shared = share(node)
    return cost(shared.node) + sum(cost(part) + 2 for _, part in shared.bindings)


def _signed(node: Node) -> Term:
    sign, node = _sign(simplify(node))
    return Term(sign, False, node)


def _sign(node: Node) -> tuple[int, Node]:
    show = display(node)
    return (-1, negative(node)) if show.kind == "sum" and show.signs == (-1,) else (1, node)


def _in_one_direction(node: Node, dx: Node) -> Node:
    """A map in ``dX`` and ``dX1`` with both the same."""
    name = dx.params[0]
    same = {name + k for k in ("", "1", "2")}
    moved = rebuild(node, lambda n, _: dx if n.op is SYM and n.params[0] in same else None)
    return simplify(normal(moved))


def checked_order(order: int) -> int:
    """The order, if there is an expansion of it."""
    if order not in ORDERS[1:]:
        raise ClosedformError(f"Taylor's formula is given to order 1 or 2; this asks for order {order}")
    return order
