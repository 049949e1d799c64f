"""The argmin of a formula: its derivative in closed form, and the door to its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from closedform.calculus.derive import gradient
from closedform.errors import ClosedformError, DeclarationError, MissingRule, ShapeError, ValueProblem
from closedform.expr.facts import LINEAR_SPACES, close
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.formula.fast import Fast
from closedform.formula.values import by_name, refuse_strangers
from closedform.functions.algebra import NUM, POW, SYM, fill, inv, mul, num, power, scale, sym, total, zeros
from closedform.functions.known_facts import facts_of
from closedform.read.declarations import Declarations
from closedform.read.lexer import lex
from closedform.read.named import variable_name
from closedform.read.outcome import where_text
from closedform.read.read import read, read_tokens
from closedform.read.relations import Piece, constraints, placed, relation
from closedform.rewrite.normal.engine import is_zero
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify

if TYPE_CHECKING:
    from closedform.argmin.problem import Problem
    from closedform.argmin.solution import Solution
    from closedform.argmin.unrolled import Unrolled
    from closedform.formula import Formula
    from closedform.plotting import Picture

CONE = re.compile(r"\s*(\w+)\s*(?:in|∈)\s*PSD\s*(?:\(.*\))?\s*")
"""``X in PSD(n)`` among constraints."""
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Minimising(Fast):
    """Argmins."""

    def argmin(self, by: str, *, subject_to: str | None = None) -> Argmin:
        """The argmin over a variable, as a function of all others: its derivative, and its numbers with a verdict.

        ``subject_to`` holds constraints, ``"x >= 0, sum(x) = 1"``. Raises ShapeError where the formula is no scalar,
        DeclarationError where there is no such variable.

        >>> a = formula("||A*x - b||^2 + lam*||x||^2", "lam > 0").argmin("x")
        >>> a.derivative("lam").text
        "-(A'*A + lam*I)^-1*x"
        >>> a.closed_form.text
        "(A'*A + lam*I)^-1*A'*b"
        >>> solution = a.solve(A=[[2.0, 0.0], [0.0, 1.0]], b=[4.0, 4.0], lam=1.0)
        >>> solution.verdict.kind, solution.minimality
        ('minimum', 'proved (f is convex)')
        >>> solution.x.tolist(), solution.jacobian("lam").tolist()
        ([1.6, 2.0], [-0.32, -1.0])
        """
        if not self._raw.is_scalar:
            raise ShapeError(f"an argmin is of a scalar; this is {self._raw.rows}×{self._raw.cols}")
        x = self._variable(by)
        if not any(n is x for n in postorder(self._raw)):
            raise DeclarationError(f"{by} does not stand in the formula")
        return Argmin(self._me, variable_name(by), subject_to)


class Argmin:
    """x*(θ) = argmin f(x, θ): made by :meth:`Formula.argmin`."""

    def __init__(self, f: Formula, by: str, subject_to: str | None) -> None:
        self.f, self.by, self.subject_to = f, by, subject_to

    def __repr__(self) -> str:
        held = "" if self.subject_to is None else f" subject to {self.subject_to}"
        return f"<Argmin over {self.by} of {self.f.unicode}{held}>"

    @property
    def _x(self) -> Node:
        return self.f._variable(self.by)

    @cached_property
    def condition(self) -> Formula:
        """The gradient, which is 0 at x*.

        >>> formula("(x - t)^2", "x in R, t in R").argmin("x").condition.text
        '2*(x - t)'
        """
        found: Formula = self.f.grad(self.by)
        return found

    @cached_property
    def hessian(self) -> Formula:
        """H of the differential H dx + B dθ = 0.

        >>> formula("1/2*||A*x - b||^2").argmin("x").hessian.text
        "A'*A"
        """
        return self.f.hessian(self.by)

    def mixed(self, by: str) -> Formula:
        """B of the differential H dx + B dθ = 0.

        >>> formula("1/2*||A*x - b||^2").argmin("x").mixed("b").text
        "-A'"
        """
        return self.f.hessian(self.by, by)

    def derivative(self, by: str, order: int = 1) -> Formula:
        """dx*/dθ = −H⁻¹B at x*, with its conditions; it certifies and derives itself as any derivative.

        It is for a scalar or a vector x without constraints. Raises MissingRule for others, DeclarationError where x*
        is not determined.

        >>> d = formula("1/2*x'*Q*x - b'*x", "Q in PD(n)").argmin("x").derivative("b")
        >>> d.text, d.check().ok
        ('Q^-1', True)
        """
        if self.subject_to is not None:
            raise MissingRule("with constraints dx*/dθ depends on what is active: solve, and ask for its jacobian")
        return self.condition.implicit(self.by, by, order)

    def vjp(self, by: str, cotangent: str = "u") -> Formula:
        """⟨u, dx*/dθ⟩ = −B'H⁻¹u, the gradient of u'x* by θ; the Jacobian is not formed.

        >>> formula("1/2*||A*x - b||^2 + lam/2*||x||^2", "lam > 0").argmin("x").vjp("lam").text
        "-x'*(A'*A + lam*I)^-1*u"
        """
        pulled = self.condition.vjp(by, cotangent)
        u = sym(variable_name(cotangent), self._x.rows, self._x.cols)
        H = self.hessian._raw
        if not self._x.is_column:
            raise MissingRule("the vjp is given for a scalar or a vector x")
        solved = scale(power(H, -1), u) if self._x.is_scalar else mul(inv(H), u)
        put = {u: total([(-1, solved)])}
        return self.f._new(simplify(normal(rebuild(pulled._raw, lambda n, _: put.get(n)))))

    @cached_property
    def closed_form(self) -> Formula | None:
        """x* itself, where f is quadratic in x or an even power; None where no closed form is known, or x is declared
        to be positive and the like, so that the stationary point may not count.

        >>> formula("(x - t)^4", "x in R, t in R").argmin("x").closed_form.text
        't'
        """
        if self.subject_to is not None or not self._x.is_column or set(self._x.params[1]) - set(LINEAR_SPACES):
            return None
        found = _root_of_affine(self.condition._node, self.hessian._node, self._x)
        if found is None:
            power_of = _even_power(normal(self.f._raw))
            if power_of is not None and self._x.is_scalar:
                slope = gradient(power_of, self._x).node
                found = _root_of_affine(power_of, slope, self._x)
        return None if found is None else self.f._new(simplify(normal(found)))

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """What the symbols alone say of x*.

        >>> formula("t*x", "x in R, t in R").argmin("x").facts
        ('f is linear in x: it has no isolated minimum',)
        >>> formula("v'*tanh(W*x + b)", "W in R^(2×3)").argmin("x").facts
        ('the Hessian has rank 2 at most, of 3: no minimum is strict',)
        """
        H, name = self.hessian._node, self.by
        if self.hessian._found.differentiable:  # beside kinks the Hessian does not tell how f bends
            return ()
        if is_zero(H):
            return (f"f is linear in {name}: it has no isolated minimum",)
        out, known = [], facts_of(H)
        if self._x.is_scalar:
            known = close(["pd"] if "pos" in known else ["psd"] if "nonneg" in known else [])
        if "pd" in known:
            out.append("the Hessian is positive definite: f is strictly convex, and a minimum is the only one")
        elif "psd" in known:
            out.append("the Hessian is positive semidefinite: f is convex, and every minimum is global")
        bound, n = _rank_bound(H), self._x.rows.number
        if bound is not None and n is not None and bound < n:
            out.append(f"the Hessian has rank {bound} at most, of {n}: no minimum is strict")
        return tuple(out)

    def code(self, by: str, target: str = "numpy", *, name: str = "derivative") -> str:
        """Source text of the function dx*/dθ at x*.

        >>> "solve" in formula("1/2*x'*Q*x - b'*x", "Q in PD(n)").argmin("x").code("b", name="slope")
        False
        """
        return self.derivative(by).code(target, name=name)

    def solve(self, data: Mapping[str, Any] | None = None, /, *, start: Any = None, starts: int = 8,
              **values: Any) -> Solution:  # fmt: skip
        """The argmin at arrays, with a verdict; ``start`` is where the search begins, ``starts`` how many there are.

        Raises ValueProblem where an array does not fit.

        >>> solution = formula("(x^2 - a)^2", "x in R, a in R").argmin("x").solve(a=4.0, start=1.0)
        >>> solution.verdict.kind, solution.x, solution.jacobian("a")
        ('several-minima', 2.0, 0.25)
        """
        return self._problem(data, values, start).solve(starts)

    def diagnose(self, point: Any, data: Mapping[str, Any] | None = None, /, **values: Any) -> Solution:
        """The verdict on a point that somebody brings, the result of an optimiser of theirs.

        >>> a = formula("1/2*(x - t)^2 + exp(x)", "x in R, t in R").argmin("x")
        >>> a.diagnose(0.5, t=1.0).verdict.kind
        'not-converged'
        """
        return self._problem(data, values, point).diagnose(point)

    def unrolled(self, data: Mapping[str, Any] | None = None, /, *, by: str | Sequence[str], steps: int, rate: float,
                 method: str = "adam", start: Any = None, **values: Any) -> Unrolled:  # fmt: skip
        """k steps of a solver from the start, and their derivative: another question than that of the argmin.

        ``method`` is "gradient", "momentum" or "adam". The report shows both derivatives, and why they differ.

        >>> a = formula("1/2*(x - t)^2", "x in R, t in R").argmin("x")
        >>> u = a.unrolled(by="t", steps=3, rate=0.5, method="gradient", start=0.0, t=1.0)
        >>> u.derivative_of_steps("t"), u.derivative_of_argmin("t"), u.solution.verdict.kind
        (0.875, 1.0, 'not-converged')
        """
        from closedform.argmin.unrolled import unrolled

        names = [by] if isinstance(by, str) else list(by)
        return unrolled(self._problem(data, values, start), names, steps, method, rate)

    def plot(self, solution: Solution) -> Picture:
        """f around a point, along the Newton step (or where it is steepest) and along the flattest direction.

        >>> a = formula("(x[1] - t)^2 + 9*x[2]^2", "x in R^2, t in R").argmin("x")
        >>> print(a.plot(a.solve(t=1.0)))
        f around x: minimum
        steepest direction (0, 1): curvature 18
        flattest direction (1, 0): curvature 2
        """
        from closedform.argmin.picture import picture

        return picture(solution)

    def _problem(self, data: Mapping[str, Any] | None, values: Mapping[str, Any], start: Any) -> Problem:
        from closedform.argmin.problem import Problem, values_of

        given = values_of(self.f._with_sizes(by_name(data, values)))
        constraints, names, cone = self._constraints()
        sizes = {name for x in names.values() for s in x.shape for name in s.names}
        refuse_strangers(given, {*self.f._allowed(), *names, *sizes}, {**self.f._reading.names, **names})
        missing = [n for n in names if n not in self.f._reading.names and n not in given]
        if missing:
            declare = "".join(f" Declare {n} in R if it is a number." for n in missing if not names[n].is_scalar)
            raise ValueProblem(f"no value was given for {', '.join(missing)}, of the constraints", hint=declare.strip())
        known = {**self.f._reading.names, **names}
        parameters = {k: n for k, n in known.items() if k != self.by and k in given and "discrete" not in facts_of(n)}
        exact = self._exact(parameters)
        return Problem(self.f._raw, self._x, parameters, given, constraints, exact, start, cone=cone)

    def _exact(self, parameters: Mapping[str, Node]) -> dict[str, Any]:
        """The derivatives of the closed form of an even power, whose Hessian is 0 at x*."""
        if self.closed_form is None or not is_zero_at_root(self.hessian._node):
            return {}
        closed, here = self.closed_form, {n.params[0] for n in postorder(self.closed_form._raw) if n.op is SYM}

        def zero(_: Any) -> Any:
            return 0.0

        def of(name: str) -> Any:
            if name not in here:
                return zero
            g = closed.grad(name)
            return lambda env: g({k: v for k, v in env.items() if k in g.variables})

        return {name: of(name) for name in parameters if parameters[name].is_scalar or name in here}

    def _constraints(self) -> tuple[list[Any], dict[str, Node], bool]:
        """The equations and inequalities, the names in them, and whether x is in the cone of PSD matrices."""
        from closedform.argmin.switches import Constraint

        source = self.subject_to or ""
        out, names, cone = [], dict[str, Node](), False
        taken = frozenset(n for node in self.f._reading.names.values() for size in node.shape for n in size.names)
        for piece in constraints(source):
            if CONE.fullmatch(piece.text):
                cone = self._in_cone(piece.text)
                continue
            r = relation(source, piece)
            one, other = (r.right, r.left) if r.sign == "<=" else (r.left, r.right)
            gap = next((c for c in (_less_number(one, other), _less_number(other, one)) if c), None)
            text = gap[0].text if gap else f"({one.text}) - ({other.text})"
            with placed(source, *([(0, gap[0])] if gap else [(1, one), (len(one.text) + 5, other)])):
                declared = lex(self._declared(one.text, other.text))
                reading = read_tokens(lex(text), declared, reserved=taken)
            names.update(reading.names)
            taken |= {n for node in reading.names.values() for size in node.shape for n in size.names}
            node = total([(1, reading.node), (-1, fill(num(gap[1]), reading.node))]) if gap else reading.node
            if gap and gap[0] is not one:
                node = total([(-1, node)])
            out.append(Constraint(node, r.sign == "=", piece.text))
        return out, names, cone

    def _in_cone(self, text: str) -> bool:
        found = CONE.fullmatch(text)
        if found is None or variable_name(found[1]) != self.by or not self._x.is_square:
            raise DeclarationError(f"{text}: the cone is for {self.by}, a square matrix")
        return True

    def _declared(self, *sides: str) -> str:
        """What is known of the names of both sides; of a new name alone on one, that it is a number as the other is."""
        known, families = self.f._reading.names, self.f._reading.families
        names = {k: n for k, n in known.items() if any(_stands(k, side) for side in sides)}
        where = where_text(names, families, Declarations(), {})
        for name, other in (sides, sides[::-1]) if len(sides) == 2 else ():
            beside = {k: n for k, n in known.items() if _stands(k, other)}
            if not name.isidentifier() or variable_name(name) in known or not beside:
                continue
            with suppress(ClosedformError):
                if read(other, where_text(beside, families, Declarations(), {}), "text").node.is_scalar:
                    return f"{where}, {name} in R" if where else f"{name} in R"
        return where


def _stands(name: str, text: str) -> bool:
    words = "".join(c if c.isalnum() or c == "_" else " " for c in text).split()
    return name in words or any(variable_name(w) == name for w in words if w.isidentifier())


def _less_number(side: Piece, other: Piece) -> tuple[Piece, str] | None:
    """A side and the number that stands on the other: subtracted from every entry, of a matrix too."""
    return (side, other.text) if NUMBER.fullmatch(other.text) and not NUMBER.fullmatch(side.text) else None


def _root_of_affine(g: Node, slope: Node, x: Node) -> Node | None:
    """The x with g = 0 where g is affine in x: -slope⁻¹ g(0)."""
    if is_zero(slope) or any(n is x for n in postorder(slope)):
        return None
    at_zero = normal(rebuild(g, lambda n, _: zeros(x.rows, x.cols) if n is x else None))
    affine = total([(1, scale(slope, x) if x.is_scalar else mul(slope, x)), (1, at_zero)])
    if not is_zero(simplify(normal(total([(1, g), (-1, affine)])))):  # the slope of a sign or a step does not show it
        return None
    solved = scale(power(slope, -1), at_zero) if x.is_scalar else mul(inv(slope), at_zero)
    return total([(-1, solved)])


def _even_power(f: Node) -> Node | None:
    """u of c·u^k with c > 0 and an even k."""
    while f.op.name == "add" and len(f.args) == 1 and f.params[0][0] > 0:
        f = f.args[0]
    if f.op is not POW or f.args[1].op is not NUM:
        return None
    k = f.args[1].params[0]
    return f.args[0] if k.denominator == 1 and k > 0 and k % 2 == 0 else None


def is_zero_at_root(H: Node) -> bool:
    """Whether the Hessian is a power of the same base, 0 at the root."""
    while H.op.name == "add" and len(H.args) == 1:
        H = H.args[0]
    return H.op is POW


def _rank_bound(H: Node) -> int | None:
    """The smallest number of columns or rows of a factor."""
    while H.op.name == "add" and len(H.args) == 1:
        H = H.args[0]
    if H.op.name == "scale":
        return _rank_bound(H.args[1])
    if H.op.name != "mul":
        return None
    sizes = [s.number for n in H.args for s in n.shape if s.number is not None]
    return min(sizes, default=None)
