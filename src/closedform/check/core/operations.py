"""What each operation means, by its name, from the definition: sums of products, and entries moved about."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from itertools import accumulate, product
from math import prod

from closedform.check.core.evaluate import Evaluator, Rule
from closedform.check.core.jet import Jet, Mat, Unfit
from closedform.check.core.scalars import HALF
from closedform.expr.node import Node
from closedform.expr.partials import slots, split_kind


def abstract(ev: Evaluator, node: Node, *args: Jet) -> Jet:
    """A value of an unknown function, whose arguments are one column, those of matrices stacked; so its values."""
    function, kind = node.params
    by, (word, _) = slots(str(kind), len(args)), split_kind(str(kind))
    if by is None:
        raise Unfit(f"the checker does not know {kind} of an abstract function")
    (rows, cols), ends = ev.shape(node), [0, *accumulate(a.count for a in args)]
    u = reduce(Jet.__add__, (place(vec(a), (ends[-1], 1), at, 0) for a, at in zip(args, ends, strict=False)))
    inner = [range(ends[k], ends[k + 1]) for k in by]
    outputs = rows * cols // prod(map(len, inner))
    total = ev.expanded(function, list(product(range(outputs), *inner)), u)
    return total.reshape(rows, cols) if word in ("jac", "hess") else total.reshape(cols, rows).T


def unit(ev: Evaluator, node: Node, k: int) -> Jet:
    return ev.constant(node, lambda i, j: i + 1 == k)


def vec(a: Jet) -> Jet:
    return a.T.reshape(a.count, 1)


def row_sums(a: Jet) -> Jet:
    return a @ a.fixed(a.shape[1], 1, 1)


def softmax(ev: Evaluator, x: Jet) -> Jet:
    """Of each row."""
    e = ev.f("exp", x)
    return (ev.f("recip", row_sums(e)) @ e.fixed(1, e.shape[1], 1)) * e


def product_without(ev: Evaluator, n: Node, x: Jet, left_out: Callable[[int, int, int], bool]) -> Jet:
    """In each place the product of the entries of x, but for those left out there."""
    masks = [ev.constant(n, lambda i, j, k=k: left_out(i, j, k)) for k in range(x.count)]  # type: ignore[misc]
    return reduce(Jet.__mul__, ((-mask + 1) * x.entry(k, 0) + mask for k, mask in enumerate(masks)))


def cross(x: Jet, y: Jet) -> Jet:
    turn = x.fixed(3, 3, lambda i, j: (i + 1) % 3 == j)
    return (turn @ x) * (turn @ turn @ y) - (turn @ turn @ x) * (turn @ y)


def inverse_gaps(ev: Evaluator, w: Jet) -> Jet:
    """1/(w[j] - w[i]) off the diagonal."""
    down, eye = w @ w.fixed(1, w.count, 1), w.eye(w.count)
    return ev.f("recip", down.T - down + eye) - eye


def kron(a: Jet, b: Jet) -> Jet:
    (m, n), (p, q) = a.shape, b.shape
    return a.pick(m * p, n * q, lambda i, j: (i // p, j // q)) * b.pick(m * p, n * q, lambda i, j: (i % p, j % q))


def contract_blocks(g: Jet, part: Jet, left: bool) -> Jet:
    """Inner products of ``part`` with the blocks of G (``left``), or the sum of those blocks weighted by it."""
    (m, n), high, wide = part.shape, g.shape[0] // part.shape[0], g.shape[1] // part.shape[1]

    def term(k: int, l: int) -> Jet:
        a, b, c, d = (m, k, n, l) if left else (1, k * high, 1, l * wide)
        return g.pick(high, wide, lambda i, j: (a * i + b, c * j + d)) * part.entry(k, l)

    return reduce(Jet.__add__, (term(k, l) for k, l in product(range(m), range(n))))


def commutation(ev: Evaluator, node: Node) -> Jet:
    m, n = (p.value(ev.sizes) for p in node.params)
    return ev.constant(node, lambda i, j: i // n + m * (i % n) == j)


def place(a: Jet, shape: tuple[int, int], top: int, left: int) -> Jet:
    """``a`` from row ``top`` and column ``left`` of a matrix of zeros; what stands out of it is cut off."""
    rows, cols = range(top, top + a.shape[0]), range(left, left + a.shape[1])
    return a.pick(*shape, lambda i, j: (i - top, j - left) if i in rows and j in cols else None)


def blocks(ev: Evaluator, node: Node, *parts: Jet) -> Jet:
    out, rest, top = ev.constant(node, 0), list(parts), 0
    for length in node.params[0]:
        line, rest, left = rest[:length], rest[length:], 0
        for part in line:
            out, left = out + place(part, ev.shape(node), top, left), left + part.shape[1]
        top += line[0].shape[0]
    return out


def matrix_power(ev: Evaluator, a: Jet, e: Jet) -> Jet:
    exponent = ev.exponent(e)
    if exponent.denominator != 1:
        raise Unfit("a fractional power of a matrix")
    base = a.inverse() if exponent < 0 else a
    return reduce(Jet.__matmul__, [base] * abs(int(exponent))) if exponent else a.eye(a.shape[0])


def elementwise_power(ev: Evaluator, a: Jet, e: Jet) -> Jet:
    exponent = ev.numbers.fraction(e) if e.count == 1 else None
    if exponent is not None:
        return ev.f.rational_power(a, exponent)
    return ev.f("power", a, e if e.shape == a.shape else e.pick(*a.shape, lambda i, j: (0, 0)))


def lyap(a: Jet, q: Jet) -> Jet:
    """X with AX + XA = Q."""
    n, eye = a.shape[0], a.eye(a.shape[0])
    return ((kron(a, eye) + kron(eye, a.T)).inverse() @ q.reshape(n * n, 1)).reshape(n, n)


def pinv(x: Jet, basis: Callable[[Mat], list[int]], zero: Callable[[Jet], bool]) -> Jet:
    """By a factorisation of full rank: X = BC, where B has the columns of X given by ``basis``."""
    columns = basis(x.first)
    b = x.pick(x.shape[0], len(columns), lambda i, j: (i, columns[j])) if columns else x * 0
    left = (b.T @ b).inverse() @ b.T if columns else b.T
    c = left @ x
    if not zero(x - b @ c):
        raise Unfit("the pseudo-inverse of a matrix whose rank changes")
    return c.T @ (c @ c.T).inverse() @ left if columns else left


def echelon_columns(m: Mat) -> list[int]:
    form, rank = m.rref()
    return [next(j for j, e in enumerate(form.tolist()[i]) if e != 0) for i in range(rank)]


def is_zero(x: Jet) -> bool:
    return all(e == 0 for m in x.c.values() for e in m.entries())


CORE: dict[str, Rule] = {
    "num": lambda ev, n: ev.one * n.params[0],
    "size": lambda ev, n: ev.one * n.params[0].value(ev.sizes),
    "index": lambda ev, n: ev.one * ev.indices[n.params[0]],
    "sym": lambda ev, n: ev.symbols[n.params[0]],
    "const": lambda ev, n: ev.numbers.pi,
    "call": abstract,
    "eye": lambda ev, n: ev.constant(n, lambda i, j: i == j),
    "ones": lambda ev, n: ev.constant(n, 1),
    "zero": lambda ev, n: ev.constant(n, 0),
    "unit": lambda ev, n, k: unit(ev, n, int(ev.exponent(k))),
    "comm": commutation,
    "add": lambda ev, n, *a: reduce(Jet.__add__, (u * c for c, u in zip(n.params[0], a, strict=True))),
    "mul": lambda ev, n, *a: reduce(Jet.__matmul__, a),
    "had": lambda ev, n, *a: reduce(Jet.__mul__, a),
    "scale": lambda ev, n, s, a: s * a,
    "pow": lambda ev, n, a, e: elementwise_power(ev, a, e),
    "mpow": lambda ev, n, a, e: matrix_power(ev, a, e),
    "transpose": lambda ev, n, a: a.T,
    "tr": lambda ev, n, a: a.trace(),
    "diagm": lambda ev, n, v: v.pick(v.count, v.count, lambda i, j: (i, 0) if i == j else None),
    "diagv": lambda ev, n, a: a.pick(a.shape[0], 1, lambda i, j: (i, i)),
    # functions of entries
    "polygamma": lambda ev, n, k, x: ev.f(f"polygamma{ev.exponent(k)}", x),
    "sum": lambda ev, n, a: a.sum(),
    "mean": lambda ev, n, a: a.sum() * Fraction(1, a.count),
    "var": lambda ev, n, x: (x * x).sum() * Fraction(1, x.count) - x.sum() * x.sum() * Fraction(1, x.count**2),
    "dot": lambda ev, n, a, b: (a * b).sum(),
    "rowsum": lambda ev, n, a: row_sums(a),
    "colsum": lambda ev, n, a: row_sums(a.T),
    "prod": lambda ev, n, x: product_without(ev, n, x, lambda i, j, k: False),
    "prod_others": lambda ev, n, x: product_without(ev, n, x, lambda i, j, k: i == k),
    "prod_pairs": lambda ev, n, x: product_without(ev, n, x, lambda i, j, k: k in (i, j)) * (-x.eye(x.count) + 1),
    "softmax": lambda ev, n, x: softmax(ev, x.T).T,
    "softmax_rows": lambda ev, n, x: softmax(ev, x),
    "logsumexp": lambda ev, n, x: ev.f("log", ev.f("exp", x).sum()),
    "logsumexp_rows": lambda ev, n, x: ev.f("log", row_sums(ev.f("exp", x))),
    "cumsum": lambda ev, n, x: x.fixed(x.count, x.count, lambda i, j: i >= j) @ x,
    "revcumsum": lambda ev, n, x: x.fixed(x.count, x.count, lambda i, j: i <= j) @ x,
    "cross": lambda ev, n, x, y: cross(x, y),
    "norm2": lambda ev, n, x: ev.f("root2", (x * x).sum()),
    "normF": lambda ev, n, x: ev.f("root2", (x * x).sum()),
    "norm1": lambda ev, n, x: ev.f("abs", x).sum(),
    # functions of matrices
    "det": lambda ev, n, a: a.det_adj()[0],
    "eigprod": lambda ev, n, a: a.det_adj()[0],
    "adj": lambda ev, n, a: a.det_adj()[1],
    "logdet": lambda ev, n, a: ev.f("log", a.det_adj()[0]),
    "inv": lambda ev, n, a: a.inverse(),
    "pinv": lambda ev, n, a: pinv(a, echelon_columns, is_zero),
    "eigsum": lambda ev, n, a: a.trace(),
    "sym_part": lambda ev, n, a: (a + a.T) * HALF,
    "skew_part": lambda ev, n, a: (a - a.T) * HALF,
    "triu": lambda ev, n, a: a.keep(lambda i, j: i <= j),
    "tril": lambda ev, n, a: a.keep(lambda i, j: i >= j),
    "tril_half": lambda ev, n, a: (a.keep(lambda i, j: i >= j) + a.keep(lambda i, j: i > j)) * HALF,
    "lyap": lambda ev, n, a, q: lyap(a, q),
    "vec": lambda ev, n, a: vec(a),
    "unvec": lambda ev, n, v: v.reshape(*ev.shape(n)[::-1]).T,
    "kron": lambda ev, n, a, b: kron(a, b),
    "kron_left": lambda ev, n, g, b: contract_blocks(g, b, left=True),
    "kron_right": lambda ev, n, g, a: contract_blocks(g, a, left=False),
    "block": blocks,
    "sub": lambda ev, n, x, *at: place(x, ev.shape(n), *(1 - int(ev.exponent(k)) for k in at)),
    "inv_gaps": lambda ev, n, w: inverse_gaps(ev, w),
}
"""Functions of entries alone are in ``scalars``."""
