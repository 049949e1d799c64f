"""Formulas as programs: compiled functions, source text, batches, operators that use structure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from closedform.calculus.batch import batched
from closedform.errors import MissingRule, ShapeError
from closedform.expr.walk import postorder
from closedform.formula.base import Origin
from closedform.formula.values import Values, by_name
from closedform.functions.algebra import SYM

if TYPE_CHECKING:
    from closedform.formula import Formula
    from closedform.program.compiled import Compiled
    from closedform.program.explain import Plan
    from closedform.structured.operators import Operator


class Fast(Values):
    """Programs, batches and structure."""

    def compile(
        self, target: str = "numpy", *more: Formula, fixed: Mapping[str, Any] | None = None, strict: bool = False
    ) -> Compiled:
        """A fast function of arrays: of this formula, or of several at once, which share their work.

        ``target`` is "numpy", "jax" or "torch". Arguments in the order of ``.arguments``, or by name. Arrays given
        in ``fixed`` stay, and what depends on them alone is computed once. With ``strict=True`` each call checks
        the :attr:`conditions`. Raises MissingRule where the target lacks a function, ValueProblem (when called)
        where shapes do not fit.

        >>> f = formula("1/2*||A*x - b||^2")
        >>> slope = f.grad("x").compile(fixed={"A": [[1.0, 2.0], [3.0, 4.0]]})
        >>> slope.arguments
        ('x', 'b')
        >>> slope(x=[1.0, 1.0], b=[0.0, 0.0]).tolist()
        [24.0, 34.0]
        """
        from closedform.program.compiled import Compiled

        every = (self._me, *more)
        fixed_by_name = by_name(fixed, {})

        def check(values: Mapping[str, Any]) -> None:
            for one in every:
                one._refuse_violated({n: v for n, v in values.items() if n in one._allowed()})

        doc = "; ".join(one.text for one in every)
        return Compiled(tuple(one._raw for one in every), target, doc, fixed_by_name, check if strict else None)

    def code(self, target: str = "numpy", *more: Formula, name: str = "f", fixed: tuple[str, ...] = ()) -> str:
        """Source text of a function of this formula (and more), readable, that runs as pasted.

        ``target`` is "numpy", "jax", "torch", "julia", "octave" or "matlab"; ``fixed`` names variables that stay.
        Raises ClosedformError for another target, MissingRule where it lacks a function.

        >>> print(formula("x'*A*x").grad("x").code(name="gradient"))
        def gradient(A, x):
            \"\"\"(A + A')*x
        <BLANKLINE>
            A: (n, n)
            x: (n,)
            \"\"\"
            return A.T @ x + A @ x
        <BLANKLINE>
        """
        from closedform.program.code import source

        every = (self._me, *more)
        doc = "; ".join(one.text for one in every)
        return source(tuple(one._raw for one in every), target, name, doc, fixed=frozenset(fixed))

    def plan(self, target: str = "numpy", *, fixed: tuple[str, ...] = (), **sizes: int) -> Plan:
        """How the function of this formula is computed at these sizes: each step with its flops and bytes.

        Sizes that are not given are taken about 1000. Raises as :meth:`code`.

        >>> print(formula("1/2*||A*x - b||^2").grad("x").plan(m=2000, n=100))
        sizes m = 2000, n = 100
          matmul                  2000     400 kflop    1.62 MB
          sub                     2000        2 kflop      48 kB
          matmul                   100     400 kflop    1.62 MB
          total                            802 kflop    3.28 MB
        """
        from closedform.program.explain import explained

        return explained((self._raw,), sizes, target, frozenset(fixed))

    def structured(self, data: Mapping[str, Any] | None = None, /, **values: Any) -> Operator:
        """The value of a square matrix, or of a second derivative by a matrix, as an operator that uses structure.

        It knows ``@``, ``solve``, ``logdet``, ``diag`` and ``todense``, and is a scipy LinearOperator. Diagonal plus
        low rank, Kronecker products and sums of two-sided products are not formed. A map acts on vec (columns stacked).
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

    def batch(self, by: str, name: str | None = None, size: str = "N") -> Formula:
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
        wish = name or (by.upper() if by.upper() not in taken | {by} else f"{by}_rows")
        rows = next(s for s in (size, "N1", "N2", "N3") if s not in taken | {wish})
        if wish in taken:
            raise MissingRule(f"{wish} is a name of this formula already; give the matrix of rows another")
        node, X, total = batched(self._raw, x, wish, rows)
        return self._new(node, Origin("batch", self._new(total, self._origin), x, directions=(X,)))
