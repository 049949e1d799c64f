"""Formulas as programs: compiled functions, source text, batches, operators that use structure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from closedform.calculus.batch import batched
from closedform.errors import ClosedformError, MissingRule, ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.formula.base import Origin
from closedform.formula.no_scalar import no_scalar
from closedform.formula.values import Values, by_name
from closedform.functions.algebra import SYM

if TYPE_CHECKING:
    from closedform.formula import Formula
    from closedform.program.explain import Plan
    from closedform.structured.operators import Operator


def _order(every: Sequence[Formula]) -> dict[str, int]:
    """The names of several formulas as they were typed."""
    orders = [one._reading.order for one in every]
    names = dict.fromkeys(name for order in orders for name in sorted(order, key=order.__getitem__))
    return {name: rank for rank, name in enumerate(names)}


def _nodes(every: Sequence[Formula], dense: bool) -> tuple[Node, ...]:
    """What is computed: the formulas, or (``dense``) the arrays of those that are linear maps."""
    return tuple(_array(one) if dense else one._raw for one in every)


def _watched(every: Sequence[Formula]) -> tuple[Node, ...]:
    """The variables of the conditions of formulas."""
    conditions = (c for one in every for c in (*one._conditions, *one._limits))
    return tuple({n: None for c in conditions for n in postorder(c.expr) if n.op is SYM})


def _array(one: Formula) -> Node:
    from closedform.program.dense import dense

    directions = one._origin.directions if one._origin else ()
    if len(directions) > 1:
        raise MissingRule("a program makes the array of a map in one differential; this one has more")
    return dense(one._raw, directions[0]) if directions else one._raw


class Fast(Values):
    """Programs, batches and structure."""

    def compile(
        self, target: str = "numpy", *more: Formula, fixed: Mapping[str, Any] | None = None, strict: bool = False,
        mesh: Any = None, shard: Mapping[str, str] | None = None, dense: bool = False, jit: bool = False,
    ) -> Any:  # fmt: skip
        """A fast function of arrays: of this formula, or of several at once, which share their work.

        ``target`` is "numpy", "jax" or "torch". Arguments in the order of ``.arguments``, or by name. Arrays given
        in ``fixed`` stay, and what depends on them alone is computed once. With ``strict=True`` each call checks
        the :attr:`conditions` (NumPy), and their variables are arguments too. With a ``mesh`` of JAX devices,
        ``shard`` says which arguments are split over its first axis, by "rows", "columns" or "entries"; all else, and
        the answer, is on every device.
        With ``dense=True`` a linear map is compiled as its array, the axes of its value and then those of its
        direction, made of few products of matrices; it is not applied to a basis. What is no map is its own array.
        With ``jit=True`` (JAX) the function is one call of XLA, with options that suit what it writes.

        Raises MissingRule where the target lacks a function, ValueProblem (when called) where shapes do not fit.

        >>> f = formula("1/2*||A*x - b||^2")
        >>> slope = f.grad("x").compile(fixed={"A": [[1.0, 2.0], [3.0, 4.0]]})
        >>> slope.arguments
        ('x', 'b')
        >>> slope(x=[1.0, 1.0], b=[0.0, 0.0]).tolist()
        [24.0, 34.0]
        >>> hessian = formula("sum(logsumexp_rows(X*W))").hessian("W").compile(dense=True)
        >>> hessian([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]).shape
        (3, 2, 3, 2)
        """
        from closedform.program.compiled import Compiled
        from closedform.program.jitted import Jitted
        from closedform.program.sharding import sharded

        every = self._with(more)
        if strict and target != "numpy":
            raise ClosedformError("strict=True checks the values of each call, which NumPy programs alone can see")
        held = by_name(fixed, {})
        doc = "; ".join(one.text for one in every)
        checks = self._checks(every) if strict else None
        watched = _watched(every) if strict else ()
        found = Compiled(_nodes(every, dense), target, doc, held, checks, _order(every), watched=watched)
        if jit and target != "jax":
            raise ClosedformError(f"jit=True is for programs of JAX; this one is for {target}")
        if mesh is None and shard is None:
            return Jitted(found) if jit else found
        return sharded(found, mesh, shard or {})

    def _with(self, more: Sequence[Formula]) -> tuple[Formula, ...]:
        """This formula and more, all of which must be formulas."""
        strange = [type(one).__name__ for one in more if not isinstance(one, Fast)]
        if strange:
            hint = "Several are given one by one: f.compile(\"numpy\", f.grad(\"x\"))."
            raise ClosedformError(f"formulas are wanted behind the target; this is a {strange[0]}", hint=hint)
        return (self._me, *more)

    def _checks(self, every: Sequence[Formula]) -> Callable[[Mapping[str, Any]], None]:
        def check(values: Mapping[str, Any]) -> None:
            for one in every:
                allowed = {*one._allowed(), *one.variables}
                one._refuse_violated({n: v for n, v in values.items() if n in allowed})

        return check

    def export(self, target: str, *by: str) -> Callable[..., Any]:
        """A JAX or PyTorch function of this scalar whose derivative is its closed form, by these variables or all.

        Arguments in the order of :attr:`variables`, or by name; a derivative by an argument that was not exported is an
        error, never a zero. Raises ShapeError where the formula is no scalar.

        >>> import jax
        >>> f = formula("1/2*||A*x - b||^2").export("jax", "x")
        >>> jax.grad(f, 1)(jax.numpy.eye(2), jax.numpy.ones(2), jax.numpy.zeros(2)).tolist()
        [1.0, 1.0]
        """
        from closedform.program.export import exported

        if not self._raw.is_scalar:
            raise no_scalar(self._reading)
        slopes = {name: self.grad(name)._raw for name in by or self._differentiable()}
        return exported(self._raw, slopes, target, self.text, _order((self._me,)))

    def code(
        self, target: str = "numpy", *more: Formula, name: str = "f", fixed: Iterable[str] = (), dense: bool = False
    ) -> str:
        """Source text of a function of this formula (and more), readable, that runs as pasted.

        ``target`` is "numpy", "jax", "torch", "julia", "octave" or "matlab"; ``fixed`` names variables that stay;
        ``dense=True`` as in :meth:`compile`. With ``fixed`` the text is of ``prepare``, a function of what stays that
        returns the function of the rest.
        Raises ClosedformError for another target, ValueProblem where what is fixed is no variable, MissingRule where
        the target lacks a function.

        >>> print(formula("x'*A*x").grad("x").code(name="gradient"))
        def gradient(x, A):
            \"\"\"(A + A')*x
        <BLANKLINE>
            x: (n,)
            A: (n, n)
            \"\"\"
            return A.T @ x + A @ x
        <BLANKLINE>
        """
        from closedform.program.code import source

        every = self._with(more)
        doc = "; ".join(one.text for one in every)
        return source(_nodes(every, dense), target, name, doc, fixed=fixed, order=_order(every))

    def plan(self, target: str = "numpy", *, fixed: Iterable[str] = (), **sizes: int) -> Plan:
        """How the function of this formula is computed at these sizes: each step with its flops and bytes.

        Sizes that are not given are taken about 1000. Raises as :meth:`code`, and ValueProblem where a size is none.

        >>> print(formula("tr(A*X*B)").plan(m=2000, n=100, k=10))
        sizes k = 10, m = 2000, n = 100
          matmul               2000×10      4 Mflop    1.77 MB
          inner                      1     20 kflop     320 kB
          total                          4.02 Mflop    2.09 MB
        """
        from closedform.program.explain import explained

        return explained((self._raw,), sizes, target, fixed, _order((self._me,)))

    def structured(self, data: Mapping[str, Any] | None = None, /, **values: Any) -> Operator:
        """The value of a square matrix, or of a second derivative by a matrix, as an operator that uses structure.

        It knows ``@``, ``solve``, ``logdet``, ``diag`` and ``todense``, and is a scipy LinearOperator. Diagonal plus
        low rank, Kronecker products and sums of two-sided products are not formed; of another map all entries are made,
        by few products of matrices. A map acts on vec (columns stacked).
        Raises ShapeError where the formula is no square matrix, ValueProblem as a formula that is called.

        >>> H = formula("sum(log(1 + exp(A*x))) + lam/2*x'*x").hessian("x")
        >>> op = H.structured(A=[[1.0, 2.0, 0.0, 1.0, 1.0]], x=[0.0, 0.0, 0.0, 0.0, 0.0], lam=1.0)
        >>> type(op).__name__, op.shape
        ('DiagonalPlusLowRank', (5, 5))
        """
        from closedform.structured.structured import evaluated

        given = self._with_sizes(by_name(data, values))
        directions = self._origin.directions if self._origin else ()
        if len(directions) > 1:
            raise ShapeError("structure is of a matrix or of a map in one differential")
        return evaluated(self._raw, directions[0] if directions else None, given, self._allowed())

    def batch(self, by: str | None = None, name: str | None = None, size: str = "N") -> Formula:
        """The formula for every row of a matrix at once: row i of the result is the value at row i.

        ``name`` is that of the matrix (the variable in capitals where that is free), ``size`` that of its rows.
        Raises ShapeError where the variable is no vector or the value no scalar or vector, MissingRule where no form
        without a loop is known.

        >>> formula("x'*A*x").grad("x").batch("x").text
        "X*(A + A')"
        >>> formula("x'*A*x").batch("x").text
        'rowsum(X.*(X*A))'
        """
        x = self._variable(by)
        taken = {n.params[0] for n in postorder(self._raw) if n.op is SYM and n is not x} | set(self._size_names())
        own = x.params[0]
        wish = name or (own.upper() if own.upper() not in taken | {own} else f"{own}_rows")
        rows = next(s for s in (size, "N1", "N2", "N3") if s not in taken | {wish})
        if wish in taken:
            raise MissingRule(f"{wish} is a name of this formula already; give the matrix of rows another")
        node, X, total = batched(self._raw, x, wish, rows)
        return self._new(node, Origin("batch", self._new(total, self._origin), x, directions=(X,)))
