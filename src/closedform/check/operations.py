"""What each operation means, by its name, from the definition: products by sums, inverses by elimination."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Any

from flint import arb, arb_mat

from closedform.check import ball
from closedform.check.evaluate import MAX_POWER, Evaluator, Rule
from closedform.check.jet import Jet, Mat, Rough, Unfit, power
from closedform.check.moves import keep, kron, place, row_sums, stack, unvec, vec
from closedform.check.scalars import HALF
from closedform.expr.node import Node

MAX_ANALYTIC = 24


def spread(rows: int, cols: int) -> list[int]:
    """Places that repeat each entry of a column along a row."""
    return [i for i in range(rows) for _ in range(cols)]


def variance(x: Jet) -> Jet:
    share = Fraction(1, x.count)
    return (x * x).sum() * share - x.sum() * x.sum() * share**2


def product_without(ev: Evaluator, x: Jet, *left_out: int) -> Jet:
    factors = [x.entry(k) for k in range(x.count) if k not in left_out]
    return reduce(Jet.__mul__, factors) if factors else ev.fixed(1, 1, [1])


def pairs(ev: Evaluator, x: Jet) -> Jet:
    n = x.count
    cells = [product_without(ev, x, i, j) * int(i != j) for i in range(n) for j in range(n)]
    return stack(cells, n, n)


def inverse_gaps(ev: Evaluator, w: Jet) -> Jet:
    """1/(w[j] - w[i]) off the diagonal."""
    n = w.count
    gaps = w.gather(n, n, list(range(n)) * n) - w.gather(n, n, spread(n, n))
    eye = ev.eye(n)
    return ev.f("recip", gaps + eye) - eye


def chain_blocks(g: Jet, part: Jet, left: bool) -> Jet:
    """Inner products of ``part`` with the blocks of G, or the sum of those blocks weighted by it."""
    (rows, cols), (m, n) = g.shape, part.shape
    high, wide = rows // m, cols // n
    outer, inner = ((high, wide), (m, n)) if left else ((m, n), (high, wide))

    def at(i: int, j: int, k: int, l: int) -> int:
        return (i * inner[0] + k) * cols + j * inner[1] + l

    blocks_first = [at(i, j, k, l) for i, j in cells(*outer) for k, l in cells(*inner)]
    table = g.gather(outer[0] * outer[1], inner[0] * inner[1], blocks_first)
    weights = part.gather(m * n, 1, range(m * n))
    return ((table if left else table.T) @ weights).gather(high, wide, range(high * wide))


def cells(rows: int, cols: int) -> list[tuple[int, int]]:
    return list(product(range(rows), range(cols)))


def matrix_power(ev: Evaluator, node: Node, a: Jet) -> Jet:
    exponent = ev.exponent(node.args[1])
    if exponent == HALF or exponent == -HALF:
        root = along(ev, node, ball.sqrtm, a)
        return root if exponent > 0 else root.inverse()
    if exponent.denominator != 1:
        raise Unfit("a fractional power of a matrix")
    base = a.inverse() if exponent < 0 else a
    if not exponent:
        return ev.constant(node, lambda i, j: int(i == j))
    return power(base, abs(exponent.numerator), Jet.__matmul__)


def elementwise_power(ev: Evaluator, node: Node, a: Jet, e: Jet) -> Jet:
    exponent = ev.rational.get(node.args[1])
    if exponent is not None and abs(exponent.numerator) <= MAX_POWER:
        return ev.f.rational_power(a, exponent)
    rows, cols = a.shape
    return ev.f("power", a, e if e.shape == a.shape else e.fill(rows, cols))


def weighted_sum(ev: Evaluator, node: Node, *terms: Jet) -> Jet:
    out: Jet = reduce(Jet.__add__, (t * c for c, t in zip(node.params[0], terms, strict=True)))
    return out


def pinv(ev: Evaluator, x: Jet) -> Jet:
    """By a factorisation of full rank: X = BC, where B has columns of X that are a basis."""
    rows, cols = x.shape
    basis = echelon_columns(x.first) if ev.exact else ball.pivots(x.first)
    if not basis:
        return same(x.T, x.T * 0)
    b = x.gather(rows, len(basis), (i * cols + j for i in range(rows) for j in basis))
    left = (b.T @ b).inverse() @ b.T
    if len(basis) == cols:
        return left
    c = left @ x
    same(x, b @ c)
    return c.T @ (c @ c.T).inverse() @ left


def echelon_columns(m: Mat) -> list[int]:
    form, rank = m.rref()
    return [next(j for j, e in enumerate(form.tolist()[i]) if e != 0) for i in range(rank)]


def same(x: Jet, y: Jet) -> Jet:
    """``y``, which is x where the rank is the same at every point near."""
    moved = [e for m in (x - y).c[1:] if m is not None for e in m.entries()]
    if any(abs(e) > arb(2) ** -40 if isinstance(e, arb) else e != 0 for e in moved):
        raise Unfit("the pseudo-inverse of a matrix whose rank changes")
    return y


def lyap(ev: Evaluator, a: Jet, q: Jet) -> Jet:
    n = a.shape[0]
    return unvec((kron(ev.eye(n), a) + kron(a.T, ev.eye(n))).inverse() @ vec(q), n, n)


def norm(ev: Evaluator, x: Jet) -> Jet:
    return ev.f("root2", (x * x).sum())


def softmax(ev: Evaluator, x: Jet) -> Jet:
    """Of each row."""
    e = ev.f("exp", x)
    below = ev.f("recip", row_sums(e))
    return below.gather(*x.shape, spread(*x.shape)) * e


def cross(x: Jet, y: Jet) -> Jet:
    def turn(v: Jet, k: int) -> Jet:
        return v.gather(3, 1, ((i + k) % 3 for i in range(3)))

    return turn(x, 1) * turn(y, 2) - turn(x, 2) * turn(y, 1)


def blocks(ev: Evaluator, node: Node, *parts: Jet) -> Jet:
    out: list[Jet] = []
    top = at = 0
    for length in node.params[0]:
        left = 0
        for part in parts[at : at + length]:
            out.append(place(part, ev.shape(node), top, left))
            left += part.shape[1]
        top, at = top + parts[at].shape[0], at + length
    return reduce(Jet.__add__, out)


def commutation(ev: Evaluator, node: Node) -> Jet:
    m, n = (p.value(ev.sizes) for p in node.params)
    return ev.constant(node, lambda i, j: int(i // n + m * (i % n) == j))


def place_of(last: int) -> Callable[[Evaluator, Jet], int]:
    def find(ev: Evaluator, x: Jet) -> int:
        if ev.exact:
            raise Unfit("order")
        return ball.descending(x.first)[last]

    return find


largest, least = place_of(0), place_of(-1)


def indicator(x: Jet, ev: Evaluator, at: int) -> Jet:
    return ev.fixed(x.count, 1, [int(k == at) for k in range(x.count)])


def real(f: Callable[..., Mat]) -> Rule:
    """A function known at points of real numbers alone."""

    def rule(ev: Evaluator, node: Node, *args: Jet) -> Jet:
        if ev.exact:
            raise Unfit(node.op.name)
        if any(m is not None for a in args for m in a.c[1:]):
            raise Rough(node.op.name)
        return Jet([f(*(a.first for a in args))])

    return rule


def analytic(f: Callable[[Mat], Mat]) -> Rule:
    return lambda ev, node, a: along(ev, node, f, a)


def along(ev: Evaluator, node: Node, f: Callable[[Mat], Mat], a: Jet) -> Jet:
    """An analytic function of a matrix of real numbers, with its derivatives."""
    if ev.exact or a.shape[0] > MAX_ANALYTIC:
        raise Unfit(f"{node.op.name} of a matrix of {a.shape[0]} rows")
    if a.shape[0] * len(a.c) > 2 * MAX_ANALYTIC:
        raise Rough(node.op.name)
    return a.analytic(f)


def frechet(f: Callable[[Mat], Mat]) -> Rule:
    """The derivative of a matrix function at X along E: the corner of f([X, E; 0, X])."""

    def rule(ev: Evaluator, node: Node, x: Jet, e: Jet) -> Jet:
        n = x.shape[0]
        both = (2 * n, 2 * n)
        big = place(x, both, 0, 0) + place(e, both, 0, n) + place(x, both, n, n)
        return place(along(ev, node, f, big), (n, n), 0, -n)

    return rule


def column(entries: list[Any]) -> Mat:
    return arb_mat(len(entries), 1, entries)


def cumulated(ev: Evaluator, x: Jet, forward: bool) -> Jet:
    n = x.shape[0]
    sums = ev.fixed(n, n, [int(i >= j if forward else i <= j) for i, j in cells(n, n)])
    return sums @ x


RULES: dict[str, Rule] = {
    "num": lambda ev, n: ev.numbers.number(n.params[0]),
    "size": lambda ev, n: ev.numbers.number(ev.rational[n]),
    "index": lambda ev, n: ev.numbers.number(ev.rational[n]),
    "sym": lambda ev, n: ev.symbols[n.params[0]],
    "const": lambda ev, n: ev.numbers.pi,
    "eye": lambda ev, n: ev.constant(n, lambda i, j: int(i == j)),
    "ones": lambda ev, n: ev.constant(n, lambda i, j: 1),
    "zero": lambda ev, n: ev.constant(n, lambda i, j: 0),
    "unit": lambda ev, n, _: ev.constant(n, lambda i, j: int(i + 1 == ev.rational[n.args[0]])),
    "add": weighted_sum,
    "mul": lambda ev, n, *a: reduce(Jet.__matmul__, a),
    "had": lambda ev, n, *a: reduce(Jet.__mul__, a),
    "scale": lambda ev, n, s, a: s * a,
    "pow": lambda ev, n, a, e: elementwise_power(ev, n, a, e),
    "mpow": lambda ev, n, a, _: matrix_power(ev, n, a),
    "transpose": lambda ev, n, a: a.T,
    "tr": lambda ev, n, a: a.trace(),
    "diagm": lambda ev, n, v: keep(v.gather(*ev.shape(n), spread(*ev.shape(n))), lambda i, j: i == j),
    "diagv": lambda ev, n, a: a.gather(a.shape[0], 1, (i * a.shape[0] + i for i in range(a.shape[0]))),
    "call": lambda ev, n, u, *v: ev.abstract(n, u, v),
    # functions of entries
    "polygamma": lambda ev, n, k, x: ev.f(f"polygamma{ev.exponent(n.args[0])}", x),
    "sum": lambda ev, n, a: a.sum(),
    "mean": lambda ev, n, a: a.sum() * Fraction(1, a.count),
    "var": lambda ev, n, x: variance(x),
    "dot": lambda ev, n, a, b: (a * b).sum(),
    "rowsum": lambda ev, n, a: row_sums(a),
    "colsum": lambda ev, n, a: row_sums(a.T),
    "prod": lambda ev, n, x: product_without(ev, x),
    "prod_others": lambda ev, n, x: stack([product_without(ev, x, i) for i in range(x.count)], x.count, 1),
    "prod_pairs": lambda ev, n, x: pairs(ev, x),
    "softmax": lambda ev, n, x: softmax(ev, x.T).T,
    "softmax_rows": lambda ev, n, x: softmax(ev, x),
    "logsumexp": lambda ev, n, x: ev.f("log", ev.f("exp", x).sum()),
    "logsumexp_rows": lambda ev, n, x: ev.f("log", row_sums(ev.f("exp", x))),
    "cumsum": lambda ev, n, x: cumulated(ev, x, forward=True),
    "revcumsum": lambda ev, n, x: cumulated(ev, x, forward=False),
    "cross": lambda ev, n, x, y: cross(x, y),
    "norm2": lambda ev, n, x: norm(ev, x),
    "normF": lambda ev, n, x: norm(ev, x),
    "norm1": lambda ev, n, x: ev.f("abs", x).sum(),
    "norm_inf": lambda ev, n, x: (a := ev.f("abs", x)).entry(largest(ev, a)),
    "maxentry": lambda ev, n, x: x.entry(largest(ev, x)),
    "minentry": lambda ev, n, x: x.entry(least(ev, x)),
    "argmax": lambda ev, n, x: indicator(x, ev, largest(ev, x)),
    "argmin": lambda ev, n, x: indicator(x, ev, least(ev, x)),
    # functions of matrices
    "det": lambda ev, n, a: a.det_adj()[0],
    "eigprod": lambda ev, n, a: a.det_adj()[0],
    "adj": lambda ev, n, a: a.det_adj()[1],
    "logdet": lambda ev, n, a: ev.f("log", a.det_adj()[0]),
    "inv": lambda ev, n, a: a.inverse(),
    "pinv": lambda ev, n, a: pinv(ev, a),
    "eigsum": lambda ev, n, a: a.trace(),
    "sym_part": lambda ev, n, a: (a + a.T) * HALF,
    "skew_part": lambda ev, n, a: (a - a.T) * HALF,
    "triu": lambda ev, n, a: keep(a, lambda i, j: i <= j),
    "tril": lambda ev, n, a: keep(a, lambda i, j: i >= j),
    "tril_half": lambda ev, n, a: (keep(a, lambda i, j: i >= j) + keep(a, lambda i, j: i > j)) * HALF,
    "lyap": lambda ev, n, a, q: lyap(ev, a, q),
    "vec": lambda ev, n, a: vec(a),
    "unvec": lambda ev, n, v: unvec(v, *ev.shape(n)),
    "comm": commutation,
    "kron": lambda ev, n, a, b: kron(a, b),
    "kron_left": lambda ev, n, g, b: chain_blocks(g, b, left=True),
    "kron_right": lambda ev, n, g, a: chain_blocks(g, a, left=False),
    "block": blocks,
    "sub": lambda ev, n, x, *_: place(x, ev.shape(n), *(1 - int(ev.exponent(k)) for k in n.args[1:])),
    "inv_gaps": lambda ev, n, w: inverse_gaps(ev, w),
    # those that only the real numbers have
    "expm": analytic(arb_mat.exp),
    "expm_frechet": frechet(arb_mat.exp),
    "sqrtm": analytic(ball.sqrtm),
    "logm": analytic(ball.logm),
    "logm_frechet": frechet(ball.logm),
    "chol": real(ball.chol),
    "polar": real(ball.polar),
    "eigvals": real(lambda s: column(ball.eigen(s)[0])),
    "eigvecs": real(lambda s: arb_mat(ball.eigen(s)[1]).transpose()),
    "lambda_max": real(lambda s: column(ball.eigen(s)[0][-1:])),
    "lambda_min": real(lambda s: column(ball.eigen(s)[0][:1])),
    "eigvec_max": real(lambda s: column(ball.eigen(s)[1][-1])),
    "eigvec_min": real(lambda s: column(ball.eigen(s)[1][0])),
    "leftvec_max": real(lambda x: column(ball.top_singular(x)[1])),
    "rightvec_max": real(lambda x: column(ball.top_singular(x)[2])),
    "norm_op": real(lambda x: column([ball.top_singular(x)[0]])),
    "norm_nuc": real(lambda x: column([sum(ball.singular_values(x), start=arb(0))])),
}
"""Functions of entries alone are in ``scalars``."""
