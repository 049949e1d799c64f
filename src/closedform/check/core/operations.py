"""What the operations mean that look at more than the values of their arguments; others: ``definitions.txt``."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import accumulate, islice, product
from math import prod
from operator import add, matmul, mul

from closedform.check.core.evaluate import Evaluator, Rule
from closedform.check.core.jet import Jet, Mat, Unfit, stack
from closedform.expr.node import Node
from closedform.expr.partials import slots, split_kind


def abstract(ev: Evaluator, node: Node, *args: Jet) -> Jet:
    """A value of an unknown function, whose arguments are one column, those of matrices stacked; so its values."""
    function, kind = node.params
    by, (word, _) = slots(str(kind), len(args)), split_kind(str(kind))
    if by is None:
        raise Unfit(f"the checker does not know {kind} of an abstract function")
    (rows, cols), ends = ev.shape(node), [0, *accumulate(a.count for a in args)]
    inner = [range(ends[k], ends[k + 1]) for k in by]
    outputs = range(rows * cols // prod(map(len, inner)))
    total = ev.expanded(function, list(product(outputs, *inner)), stack([ev.f("vec", a) for a in args]))
    return total.reshape(rows, cols) if word in ("jac", "hess") else total.reshape(cols, rows).T


def commutation(eye: Jet, m: int, n: int) -> Jet:
    return eye.pick(*eye.shape, lambda i, j: (i // n + m * (i % n), j))


def place(a: Jet, shape: tuple[int, int], top: int, left: int) -> Jet:
    """``a`` from row ``top`` and column ``left`` of a matrix of zeros; what stands out of it is cut off."""
    rows, cols = range(top, top + a.shape[0]), range(left, left + a.shape[1])
    return a.pick(*shape, lambda i, j: (i - top, j - left) if i in rows and j in cols else None)


def blocks(ev: Evaluator, node: Node, *parts: Jet) -> Jet:
    rest = iter(parts)
    return stack([stack([part.T for part in islice(rest, length)]).T for length in node.params[0]])


def matrix_power(ev: Evaluator, a: Jet, e: Jet) -> Jet:
    exponent = ev.exponent(e)
    if exponent.denominator != 1:
        raise Unfit("a fractional power of a matrix")
    base = a.inverse() if exponent < 0 else a
    return reduce(Jet.__matmul__, [base] * abs(int(exponent))) if exponent else a.eye(a.shape[0])


def elementwise_power(ev: Evaluator, node: Node, a: Jet, e: Jet) -> Jet:
    exponent = ev.numbers.fraction(e) if e.count == 1 else None
    return ev.f("power", a, ev.spread(e, node)) if exponent is None else ev.f.rational_power(a, exponent)


def pinv(x: Jet, basis: Callable[[Mat], list[int]], zero: Callable[[Jet], bool]) -> Jet:
    """By a factorisation of full rank: X = BC, where B has the columns of X given by ``basis``."""
    columns = basis(x.first)
    b = x.pick(x.shape[0], len(columns), lambda i, j: (i, columns[j]))
    left = (b.T @ b).inverse() @ b.T
    c = left @ x
    if not zero(x - b @ c):
        raise Unfit("the pseudo-inverse of a matrix whose rank changes")
    return c.T @ (c @ c.T).inverse() @ left


def echelon_columns(m: Mat) -> list[int]:
    form, rank = m.rref()
    return [next(j for j, e in enumerate(row) if e != 0) for row in form.tolist()[:rank]]


CORE: dict[str, Rule] = {
    "num": lambda ev, n: ev.one * n.params[0],
    "size": lambda ev, n: ev.one * n.params[0].value(ev.sizes),
    "index": lambda ev, n: ev.one * ev.indices[n.params[0]],
    "sym": lambda ev, n: ev.symbols[n.params[0]],
    "const": lambda ev, n: ev.numbers.pi,
    "ones": lambda ev, n: ev.constant(n, 1),
    "unit": lambda ev, n, k: place(ev.one, ev.shape(n), int(ev.exponent(k)) - 1, 0),
    "comm": lambda ev, n: commutation(ev.one.eye(ev.shape(n)[0]), *(p.value(ev.sizes) for p in n.params)),
    "call": abstract,
    "add": lambda ev, n, *a: reduce(add, map(mul, a, n.params[0])),
    "mul": lambda ev, n, *a: reduce(matmul, a),
    "had": lambda ev, n, *a: reduce(mul, a),
    "scale": lambda ev, n, s, a: s * a,
    "transpose": lambda ev, n, a: a.T,
    "pow": elementwise_power,
    "mpow": lambda ev, n, a, e: matrix_power(ev, a, e),
    "polygamma": lambda ev, n, k, x: ev.f(f"polygamma{ev.exponent(k)}", x),
    "pinv": lambda ev, n, a: pinv(a, echelon_columns, lambda x: len(x.zeros()) == x.count),
    "block": blocks,
    "sub": lambda ev, n, x, i, j: place(x, ev.shape(n), 1 - int(ev.exponent(i)), 1 - int(ev.exponent(j))),
}
