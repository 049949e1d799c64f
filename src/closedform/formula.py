"""The public class: a formula, its derivatives, its printed forms, values and certificates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from closedform.calculus.conditions import conditions_of, implies
from closedform.calculus.derive import (
    Derived,
    gradients,
    hessian,
    jacobian,
    linear_map,
    shortest,
)
from closedform.calculus.spaces import ambient, held_plain, space_of
from closedform.calculus.vecform import matrix_of_vec
from closedform.check.certificate import Certificate, Claim
from closedform.errors import ClosedformError, DeclarationError, MissingRule, ReadError, ShapeError
from closedform.expr.facts import WORDS
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import EYE, SIZE, SUMOVER, SYM, UNIT
from closedform.read.alphabet import canonical
from closedform.read.declarations import Declarations
from closedform.read.outcome import where_text
from closedform.read.read import Reading, read
from closedform.rewrite.display.context import Context
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify
from closedform.write.conditions import condition_text
from closedform.write.render import Form, render

if TYPE_CHECKING:
    import numpy as np

    from closedform.derivations import Derivation
    from closedform.taylor import Taylor


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
    reading = read(source, where, syntax)
    return Formula(reading, reading.node)


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


class Formula:
    """A formula. Make one with :func:`formula`; its derivatives are formulas again.

    Vectors are n×1 inside and 1-d arrays at the door; scalars are floats.

    >>> g = formula("x'*A*x").grad("x")
    >>> g.text, g.unicode
    ("(A + A')*x", '(A + Aᵀ)x')
    >>> g.variables
    ['A', 'x']
    >>> g(A=[[1.0, 2.0], [0.0, 3.0]], x=[1.0, 1.0]).tolist()
    [4.0, 8.0]
    """

    def __init__(self, reading: Reading, raw: Node, origin: Origin | None = None) -> None:
        self._reading = reading
        self._raw = raw
        self._origin = origin

    # -- what it is

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
        """The names it needs when called: variables, fixed indices, and sizes that no array shows.

        >>> formula("1/n*sum(x)").grad("x").variables
        ['n']
        """
        from closedform.run.values import needed

        return needed(self._raw)

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
    def conditions(self) -> tuple[str, ...]:
        """Where it holds: of a function, where it is defined; of a derivative, where that exists.

        >>> formula("||x||").conditions, formula("||x||").grad("x").conditions
        ((), ('x ≠ 0',))
        """
        origin, order, raw, variables = self._origin, 0, self._raw, []
        while origin is not None:
            order += 2 if origin.kind == "hessian" else 1
            raw = origin.function._raw
            variables += [v for v in (origin.variable, origin.second) if v is not None]
            origin = origin.function._origin
        found = conditions_of(raw, tuple(variables), order)
        known = (*found.defined, *found.differentiable)
        inverses = (c for c in conditions_of(self._raw, ()).defined if c.kind == "invertible" and not implies(known, c))
        return tuple(condition_text(c, self._context) for c in (*known, *inverses))

    # -- printed forms

    @cached_property
    def _context(self) -> Context:
        reading = self._reading
        taken = frozenset(reading.names) | frozenset(n for s in self._sizes() for n in s.names)
        return Context(order=reading.order, families=reading.families, taken=taken | set(reading.indices))

    def _sizes(self) -> list[Any]:
        return [size for n in postorder(self._raw) if n.op is SYM for size in n.shape]

    def _printed(self, form: Form) -> str:
        out = render(self._raw, self._context, form)
        if not any(n.op in (EYE, UNIT) for n in postorder(self._raw)):
            return out
        try:
            syntax = "latex" if form == "latex" else "text"
            follows = read(out, self.where, syntax).node.shape == self._raw.shape
        except (ReadError, ShapeError):
            follows = False
        return out if follows else render(self._raw, replace(self._context, sized=True), form)

    @cached_property
    def text(self) -> str:
        """The formula in the language it is typed in; reads back under ``where``.

        >>> formula("A^-1*x").text
        'A^-1*x'
        """
        return self._printed("text")

    @cached_property
    def unicode(self) -> str:
        """The formula with ᵀ, ⁻¹, ⊙ and the like; reads back under ``where``. ``str()`` gives it too.

        >>> formula("A^-1*(x.*y)").unicode
        'A⁻¹(x ⊙ y)'
        """
        return self._printed("unicode")

    @cached_property
    def latex(self) -> str:
        r"""The formula in LaTeX, without ``$``. A notebook shows it typeset.

        >>> print(formula("A^-1*x").latex)
        A^{-1} x
        """
        return self._printed("latex")

    def __str__(self) -> str:
        return self.unicode

    def __repr__(self) -> str:
        return f"<Formula {self.unicode}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    # -- derivatives

    def _variable(self, name: str) -> Node:
        if not isinstance(name, str):
            raise ClosedformError(f"a variable is named by a string; this is a {type(name).__name__}")
        found = self._reading.names.get(canonical(name))
        if found is None:
            names = ", ".join(sorted(self._reading.names)) or "none"
            raise DeclarationError(f"there is no variable {name} in this formula; it has {names}")
        return found

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
        return Formula(self._reading, node, Origin(derived.kind, self, x, directions=derived.directions))

    def grad(self, by: str | None = None, *, symmetric: str = "projected") -> Any:
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
        if symmetric not in ("projected", "free"):
            raise ClosedformError('symmetric is "projected" or "free"')
        names = [by] if by is not None else self._differentiable()
        symbols = {name: self._variable(name) for name in names}
        found = self._answers(list(symbols.values()), lambda node, xs: list(gradients(node, xs, symmetric)))
        out = {name: g._with_origin(symmetric=symmetric) for name, g in zip(symbols, found, strict=True)}
        return out[by] if by is not None else out

    def _with_origin(self, **known: Any) -> Formula:
        assert self._origin is not None
        return Formula(self._reading, self._raw, replace(self._origin, **known))

    def _differentiable(self) -> list[str]:
        here = {n.params[0] for n in postorder(self._raw) if n.op is SYM}
        order = self._reading.order
        names = sorted((n for n in self._reading.names if n in here), key=lambda n: order.get(n, 0))
        return [n for n in names if not _discrete(self._variable(n))]

    def jacobian(self, by: str, *, layout: str = "numerator") -> Formula:
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

    def derivative(self, by: str) -> LinearMap:
        """The derivative of anything by anything as a linear map: an expression in ``dX`` (or ``dx``, ``dt``).

        It has the shape of the formula, ``dX`` that of ``X``. Raises DeclarationError and MissingRule as :meth:`grad`.

        >>> D = formula("inv(X)").derivative("X")
        >>> D.text, D.kron.text
        ('-X^-1*dX*X^-1', '-kron(X^-T, X^-1)')
        """
        name = self._differential_name(canonical(by))
        found = self._answers([self._variable(by)], lambda node, xs: [linear_map(node, xs[0], name)])
        return LinearMap._of(found[0])

    def _differential_name(self, by: str, suffix: str = "") -> str:
        used = {n.params[0] for n in postorder(self._raw) if n.op is SYM}
        for k in ("", "1", "2", "3", "4"):
            name = f"d{by}{k}"
            if k >= suffix and name not in used:
                return name
        raise MissingRule("derivatives as linear maps of order above 4 are not given")

    def hessian(self, by: str, and_by: str | None = None) -> Formula:
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
        return LinearMap._of(found) if found._origin and found._origin.directions else found

    def hessians(self, *by: str) -> dict[tuple[str, str], Formula]:
        """The blocks of the Hessian over several variables: each pair of names and its block.

        >>> blocks = formula("x'*A*y").hessians("x", "y")
        >>> blocks["x", "y"].text, blocks["y", "x"].text
        ('A', "A'")
        """
        return {(x, y): self.hessian(x, y) for x in by for y in by}

    # -- other formulas

    def substitute(self, **values: Any) -> Formula:
        """The formula with variables replaced: by text, numbers or other formulas. Names keep their declarations.

        >>> formula("x'*x").substitute(x="A*z").grad("z").text
        "2*A'*A*z"
        """
        parts = []
        for name, given in values.items():
            text = given.text if isinstance(given, Formula) else str(given)
            self._not_captured(text)
            parts.append((canonical(name), text + self._length_kept(self._variable(name))))
        return formula(*self._with_parts(parts))

    def _not_captured(self, text: str) -> None:
        """Refuse a name that a sum of this formula runs over: inside the sum it would mean the index."""
        indices = {n.params[0] for n in postorder(self._raw) if n.op is SUMOVER}
        captured = sorted(indices & set(re.findall(r"[^\W\d]\w*", text)))
        if captured:
            raise DeclarationError(f"{captured[0]} is the index of a sum in this formula: rename it in {text}")

    def _length_kept(self, x: Node) -> str:
        """What ties the sizes of a replaced variable to those that stand as numbers (``1/n``); else nothing."""
        numbers = [n.params[0] for n in postorder(self._raw) if n.op is SIZE]
        numbers += [s for n in postorder(self._raw) if n.op is SUMOVER for s in n.params[1:]]
        if (x.rows.names | x.cols.names).isdisjoint(name for s in numbers for name in s.names):
            return ""
        return f" + zeros({x.rows})" if x.is_column else f" + zeros({x.rows},{x.cols})"

    def _with_parts(self, parts: list[tuple[str, str]]) -> tuple[str, str]:
        """The text and the declarations of the formula with ``name = text`` bound for each part."""
        replaced = {name for name, _ in parts}
        kept = {name: node for name, node in self._reading.names.items() if name not in replaced}
        declared = where_text(kept, self._reading.families - replaced, Declarations(), {})
        head, _, bound = self.text.partition(" where ")
        bindings = ", ".join(f"{name} = {text}" for name, text in parts)
        return head, ", ".join(p for p in (bound, bindings, declared) if p)

    def simplify(self) -> Formula:
        """The shortest form found; never longer than the formula.

        >>> formula("x'*A*x + x'*B*x").simplify().text
        "x'*(A + B)*x"
        """
        return Formula(self._reading, simplify(self._node), self._origin)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Formula):
            return NotImplemented
        return self._node is other._node or simplify(self._node) is simplify(other._node)

    def __hash__(self) -> int:
        return hash(self.shape)

    # -- values and certificates

    def __call__(self, data: Mapping[str, Any] | None = None, /, **values: Any) -> np.ndarray | float:
        """The value for given arrays: a float, a 1-d array for a vector, a 2-d array for a matrix.

        Raises ValueProblem where an array does not fit, naming the variable and the shape it should have.
        Matrices of scipy.sparse are taken where they only multiply.

        >>> formula("A*x")({"A": [[1.0, 2.0], [3.0, 4.0]], "x": [1.0, 1.0]}).tolist()
        [3.0, 7.0]
        """
        from closedform.run.values import value

        found: np.ndarray | float = value(self._raw, self._with_sizes(_by_name(data, values)), self._allowed())
        return found

    def _with_sizes(self, given: dict[str, Any]) -> dict[str, Any]:
        """Sizes that only an array which the formula does not need would show."""
        sizes = {name for x in (*self._reading.names.values(), self._raw) for s in x.shape for name in s.names}
        for name in sizes.union(self.variables):
            if name in given or name in self._reading.names:
                continue
            for other, x in self._reading.names.items():
                axis = next((k for k, s in enumerate(x.shape) if s.name == name), None)
                shape = getattr(given.get(other), "shape", ())
                if axis is not None and len(shape) > axis:
                    given[name] = shape[axis]
        return given

    def _allowed(self) -> list[str]:
        """Names that may be given though the formula does not need them: its variables and their differentials."""
        names = [*self._reading.names, *self._reading.indices]
        return [*names, *(f"d{name}{k}" for name in names for k in ("", "1", "2"))]

    def claim(self) -> Claim:
        """What the certificate is about: the printed answer read back, as a derivative of the function read.

        Raises ClosedformError for a formula that was typed.

        >>> formula("x'*x").grad("x").claim().kind
        'gradient'
        """
        origin = self._origin
        if origin is None:
            raise ClosedformError("this formula was typed; a certificate is for a derivative")
        answer = read(self.text, self.where, "text").node
        return Claim(
            _CLAIMS.get(origin.kind, origin.kind), origin.function._raw, answer, origin.variable, origin.second,
            tuple(d.params[0] for d in origin.directions), origin.layout,
            "free" if origin.symmetric == "free" else "space",
        )  # fmt: skip

    def derivation(self, method: str = "differentials", detail: str = "normal") -> Derivation:
        """How it is derived, a law a line, each certified.

        ``method`` is "differentials" or "coordinates", ``detail`` (of differentials) "short", "normal" or "full".
        Raises ClosedformError where the formula is no derivative, MissingRule where there is no derivation of it by
        coordinates.

        >>> print(formula("b'*x").grad("x").derivation().steps[1].law)
        constant factor: d(A*X*B) = A*dX*B; db = 0
        """
        from closedform.coordinate_lines import by_coordinates
        from closedform.derivations import Asked, derive

        origin = self._origin
        if origin is None:
            raise ClosedformError("this formula was typed; a derivation is that of a derivative")
        if method not in ("differentials", "coordinates"):
            raise ClosedformError('method is "differentials" or "coordinates"')
        f, x, y = origin.function, origin.variable, origin.second
        if method == "coordinates":
            if origin.kind not in ("gradient", "jacobian"):
                raise MissingRule("by coordinates, gradients and Jacobians are derived; ask for differentials")
            return by_coordinates(f._raw, x, self._raw, self._context, f.where, self.claim)
        name = str(origin.directions[0].params[0]) if origin.directions and origin.kind == "map" else None
        asked = Asked(
            origin.kind, rebuild(f._raw, lambda n, _: ambient(n) if n in (x, y) else None), ambient(x),
            None if y is None else ambient(y), name, origin.layout, origin.symmetric, detail,
        )  # fmt: skip
        return derive(asked, self._raw, self._context, f._origin is None, self.claim)

    def taylor(self, by: str, order: int = 2) -> Taylor:
        """Taylor's formula around the variable, to order 1 or 2, in closed form.

        >>> formula("logdet(X)").taylor("X").unicode
        'f(X + dX) ≈ logdet(X) + ⟨X⁻ᵀ, dX⟩ − ½⟨X⁻ᵀdXᵀX⁻ᵀ, dX⟩'
        """
        from closedform.taylor import Derivative, checked_order, expansion

        twice = checked_order(order) == 2
        first = self.grad(by) if self._raw.is_scalar else self.derivative(by)
        second = (self.hessian(by) if self._raw.is_scalar else first.derivative(by)) if twice else None
        one = Derivative(first._raw, first.check)
        two = None if second is None else Derivative(second._raw, second.check)
        x, typed = ambient(self._variable(by)), self._origin is None
        return expansion(self._raw, x, one, two, self._context, typed)

    def check(self) -> Certificate:
        """Certify the printed answer, read back, by evaluating both sides exactly at random points.

        Raises ClosedformError for a formula that was typed: there is nothing to compare it with.

        >>> certificate = formula("x'*A*x").grad("x").check()
        >>> certificate.ok, certificate.level
        (True, 'A')
        """
        from closedform.check.certify import certify

        return certify(self.claim())


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

        given = self._with_sizes(_by_name(data, values))
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
        return Formula(self._reading, matrix)


_CLAIMS = {"second-map": "hessian"}


def _by_name(data: Mapping[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    return {canonical(name): array for name, array in {**(data or {}), **values}.items()}


def _discrete(x: Node) -> bool:
    return "pm1" in x.params[1] or "bit" in x.params[1]


def _convention_notes(origin: Origin) -> list[str]:
    notes = []
    x = origin.variable
    name, space = x.params[0], space_of(x)
    if origin.kind == "gradient" and space is not None:
        if space == "sym" and origin.symmetric == "free":
            notes.append(f"the entries of {name} on and above the diagonal are the free variables")
        else:
            notes.append(f"the gradient is the one in the space of {WORDS[space]} matrices")
    if any(f.startswith("commutes:") for f in x.params[1]):
        notes.append(f"that {name} commutes with another matrix is not used while differentiating by it")
    if "orth" in x.params[1]:
        notes.append(f"the gradient by {name} is the one in the ambient space: orthogonality is not used")
    if origin.layout == "denominator":
        notes.append("denominator layout: the transpose of the Jacobian")
    return notes


