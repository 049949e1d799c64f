"""The value of a raw node, entry by entry, from the definition of each operation. No rule of calculus is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from closedform.check import ball
from closedform.check.field import Field, Unfit
from closedform.check.jet import Jet, Mat, like
from closedform.check.scalars import COMPOSED, DERIVATIVE, HALF, Scalars
from closedform.errors import LimitError
from closedform.expr.node import Node
from closedform.expr.walk import postorder

MAX_DEPTH, MAX_TERMS, MAX_POWER = 8, 64, 64


class Evaluator:
    """One point: numbers for sizes, symbols, fixed indices and abstract functions. ``symbols`` may be replaced."""

    def __init__(self, numbers: Any, sizes: Mapping[str, int], indices: Mapping[str, int]) -> None:
        self.numbers, self.sizes = numbers, sizes
        self.f = Scalars(numbers)
        self.indices = dict(indices)
        self.integers: dict[str, int] = {}
        self.symbols: dict[str, Jet] = {}
        self.tensors: dict[tuple[Any, ...], Any] = {}
        self.exact = isinstance(numbers, Field)
        self.depth = 0

    def evaluate(self, root: Node) -> Jet:
        """The value of ``root``; symbols keep what they have, all else is computed anew."""
        self.memo: dict[Node, Jet] = {}
        self.rational: dict[Node, Fraction] = {}
        return self.run(root)

    def run(self, root: Node) -> Jet:
        memo = self.memo
        for node in postorder(root, stop=lambda n: n in memo or n.op.name == "sumover"):
            if node not in memo:
                self.note_rational(node)
                memo[node] = self.step(node)
        return memo[root]

    def step(self, node: Node) -> Jet:
        name = node.op.name
        if name == "sumover":
            return self.sum_over(node)
        args = [self.memo[a] for a in node.args]
        if name in COMPOSED or name in DERIVATIVE:
            rows, cols = self.shape(node)
            if len(args) > 1:
                args = [a if a.shape == (rows, cols) else a.fill(rows, cols) for a in args]
            return self.f(name, *args)
        rule = RULES.get(name)
        if rule is None:
            raise Unfit(f"the checker does not know {name}")
        return rule(self, node, *args)

    def shape(self, node: Node) -> tuple[int, int]:
        return node.rows.value(self.sizes), node.cols.value(self.sizes)

    def constant(self, node: Node, entry: Callable[[int, int], int]) -> Jet:
        rows, cols = self.shape(node)
        return self.numbers.constant(rows, cols, [entry(i, j) for i in range(rows) for j in range(cols)])

    def sum_over(self, node: Node) -> Jet:
        name, low, high = node.params
        (body,) = node.args
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LimitError(f"sums are nested deeper than {MAX_DEPTH} (limit: nested sums)")
        first, last = low.value(self.sizes), high.value(self.sizes)
        if last - first > MAX_TERMS:
            raise LimitError(f"a sum has over {MAX_TERMS} terms (limit: terms checked)")
        inside = [n for n in postorder(body) if depends(n, name)]
        before = self.indices.get(name)
        total: Jet | None = None
        for k in range(first, last + 1):
            self.indices[name] = k
            for n in inside:
                self.memo.pop(n, None)
                self.rational.pop(n, None)
            term = self.run(body)
            total = term if total is None else total + term
        for n in inside:
            self.memo.pop(n, None)
        if before is None:
            self.indices.pop(name, None)
        else:
            self.indices[name] = before
        self.depth -= 1
        return total if total is not None else self.constant(node, lambda i, j: 0)

    def note_rational(self, node: Node) -> None:
        """Remember scalars that are numbers: exponents and indices are read from them."""
        known, name = self.rational, node.op.name
        if not node.is_scalar:
            return
        if name == "num":
            known[node] = node.params[0]
        elif name == "size":
            known[node] = Fraction(node.params[0].value(self.sizes))
        elif name == "index":
            known[node] = Fraction(self.indices[node.params[0]])
        elif name == "sym" and node.params[0] in self.integers:
            known[node] = Fraction(self.integers[node.params[0]])
        elif node.args and all(a in known for a in node.args):
            values = [known[a] for a in node.args]
            if name == "add":
                known[node] = sum((c * v for c, v in zip(node.params[0], values, strict=True)), start=Fraction(0))
            elif name in ("had", "mul", "scale"):
                out = Fraction(1)
                for v in values:
                    out *= v
                known[node] = out
            elif name == "pow" and values[1].denominator == 1 and abs(values[1]) <= MAX_POWER and values[0]:
                known[node] = values[0] ** int(values[1])

    def exponent(self, node: Node) -> Fraction:
        value = self.rational.get(node)
        if value is None:
            raise Unfit("a power of a matrix with an exponent that is no number")
        if abs(value) > MAX_POWER:
            raise LimitError(f"an exponent is over {MAX_POWER} (limit: exponents checked)")
        return value

    def real(self, name: str, f: Callable[..., Mat], *args: Jet) -> Jet:
        """A function of values that only the real numbers have."""
        if self.exact:
            raise Unfit(name)
        return Jet([f(*(a.c[0] for a in args))])

    def abstract(self, node: Node, u: Jet, directions: tuple[Jet, ...]) -> Jet:
        """An unknown function by its Taylor polynomial, of free coefficients: at the value of u, or at 0."""
        function, kind = node.params[0], str(node.params[1])
        order = {"": 0, "grad": 1, "jac": 1, "hess": 2}.get(kind)
        if order is None:
            if not kind.startswith("diff"):
                raise Unfit(f"{kind} of an abstract function")
            order = int(kind[4:] or 1)
        rows, cols = self.shape(node)
        n = u.shape[0] * u.shape[1]
        outputs = rows * cols // n ** (order - len(directions)) if kind in ("grad", "jac", "hess") else rows * cols
        centre = tuple(int(e) for e in u.c[0].entries()) if self.exact else ()
        delta = u.gather(n, 1, range(n))
        if self.exact:
            delta = Jet([delta.c[0] * 0, *delta.c[1:]], None if delta.q is None else delta.q * 0)
        total, power, below = None, self.numbers.constant(1, 1, [1]), Fraction(1)
        for d in range((len(u.c).bit_length()) if self.exact else 5 - order):
            table = self.table((function, outputs, centre), outputs, n, order, d)
            term = (table @ power) * below
            total = term if total is None else total + term
            power, below = kron(power, delta), below / (d + 1)
        assert total is not None
        for v in reversed(directions):
            k = total.shape[0]
            total = total.gather(k // n, n, range(k)) @ v.gather(n, 1, range(n))
        return total.gather(rows, cols, range(rows * cols))

    def table(self, key: tuple[Any, ...], outputs: int, n: int, order: int, d: int) -> Jet:
        """Partial derivatives of order ``order`` + d at the centre: one row an output, one column a monomial."""
        if (key, order, d) not in self.tensors:
            rows = [(i, j) for i in range(outputs) for j in product(range(n), repeat=order)]
            entries = [
                self.tensors.setdefault((key, i, tuple(sorted(j + k))), None) or self.free((key, i, tuple(sorted(j + k))))
                for i, j in rows
                for k in product(range(n), repeat=d)
            ]
            self.tensors[key, order, d] = stack(entries, len(rows), n**d)
        out: Jet = self.tensors[key, order, d]
        return out

    def free(self, key: tuple[Any, ...]) -> Jet:
        self.tensors[key] = self.numbers.random(1, 1)
        out: Jet = self.tensors[key]
        return out


def depends(node: Node, index: str) -> bool:
    """Whether the index occurs below the node (memoised; bound ones count too, which only costs time)."""
    found: frozenset[str] | None = node.memo.get("check indices")
    if found is None:
        for n in postorder(node):
            if "check indices" not in n.memo:
                own = frozenset([n.params[0]]) if n.op.name == "index" else frozenset()
                n.memo["check indices"] = own.union(*(a.memo["check indices"] for a in n.args))
        found = node.memo["check indices"]
    return index in found


def stack(entries: list[Jet], rows: int, cols: int) -> Jet:
    """A matrix of 1×1 jets."""
    length = max(len(e.c) for e in entries)
    first = entries[0].c[0]
    c = [like(first, rows, cols, [e.part(s)[0, 0] for e in entries]) for s in range(length)]
    q = None
    if all(e.q is not None for e in entries):
        q = like(entries[0].q, rows, cols, [e.q[0, 0] for e in entries])  # type: ignore[index]
    return Jet(c, q)


def kron(a: Jet, b: Jet) -> Jet:
    def one(x: Mat, y: Mat) -> Mat:
        p, q = x.tolist(), y.tolist()
        rows, cols = len(p) * len(q), x.ncols() * y.ncols()
        return like(x, rows, cols, [s * t for r in p for u in q for s in r for t in u])

    return a.bilinear(b, one)


def vec(a: Jet) -> Jet:
    rows, cols = a.shape
    return a.gather(rows * cols, 1, (i * cols + j for j in range(cols) for i in range(rows)))


def unvec(v: Jet, rows: int, cols: int) -> Jet:
    return v.gather(rows, cols, (j * rows + i for i in range(rows) for j in range(cols)))


def keep(a: Jet, test: Callable[[int, int], bool]) -> Jet:
    """The matrix with 0 where ``test`` fails."""
    rows, cols = a.shape
    return a.gather(rows, cols, (i * cols + j if test(i, j) else None for i in range(rows) for j in range(cols)))


def place(a: Jet, rows: int, cols: int, top: int, left: int) -> Jet:
    """``a`` within a matrix of zeros."""
    m, n = a.shape

    def where(i: int, j: int) -> int | None:
        return i * n + j if 0 <= i < m and 0 <= j < n else None

    return a.gather(rows, cols, (where(i - top, j - left) for i in range(rows) for j in range(cols)))


def row_sums(a: Jet) -> Jet:
    rows, cols = a.shape
    ones = a.value.gather(cols, 1, [0] * cols)
    return a @ ones.linear(lambda m: like(m, cols, 1, [1] * cols))


def chain(factors: list[Jet], combine: Callable[[Jet, Jet], Jet]) -> Jet:
    out = factors[0]
    for x in factors[1:]:
        out = combine(out, x)
    return out


def products(ev: Evaluator, x: Jet, without: Callable[[int], bool]) -> Jet:
    """The product of the entries but those left out."""
    factors = [x.entry(k) for k in range(x.shape[0]) if not without(k)]
    return chain(factors, Jet.__mul__) if factors else ev.numbers.constant(1, 1, [1])


def pairs(ev: Evaluator, x: Jet) -> Jet:
    n = x.shape[0]
    zero = ev.numbers.constant(1, 1, [0])
    cells = [
        zero if i == j else products(ev, x, lambda k, i=i, j=j: k in (i, j)) for i in range(n) for j in range(n)  # type: ignore[misc]
    ]
    return stack(cells, n, n)


def matrix_power(ev: Evaluator, node: Node, a: Jet) -> Jet:
    exponent = ev.exponent(node.args[1])
    if exponent == HALF or exponent == -HALF:
        root = ev.real("sqrtm", ball.sqrtm, a)
        return root if exponent > 0 else root.inverse()
    if exponent.denominator != 1:
        raise Unfit("a fractional power of a matrix")
    base = a.inverse() if exponent < 0 else a
    if not exponent:
        return ev.constant(node, lambda i, j: i == j)
    return chain([base] * abs(exponent.numerator), Jet.__matmul__)


def elementwise_power(ev: Evaluator, node: Node, a: Jet, e: Jet) -> Jet:
    exponent = ev.rational.get(node.args[1])
    if exponent is not None and abs(exponent.numerator) <= MAX_POWER:
        return ev.f.rational_power(a, exponent)
    rows, cols = a.shape
    return ev.f("power", a, e if e.shape == a.shape else e.fill(rows, cols))


def weighted_sum(ev: Evaluator, node: Node, *terms: Jet) -> Jet:
    return chain([t * c for c, t in zip(node.params[0], terms, strict=True)], Jet.__add__)


def pinv(x: Jet) -> Jet:
    rows, cols = x.shape
    return (x.T @ x).inverse() @ x.T if rows >= cols else x.T @ (x @ x.T).inverse()


def lyap(ev: Evaluator, a: Jet, q: Jet) -> Jet:
    n = a.shape[0]
    eye = ev.numbers.constant(n, n, [int(i == j) for i in range(n) for j in range(n)])
    return unvec((kron(eye, a) + kron(a.T, eye)).inverse() @ vec(q), n, n)


def norm(ev: Evaluator, x: Jet) -> Jet:
    return ev.f("root2", (x * x).sum())


def softmax(ev: Evaluator, x: Jet) -> Jet:
    """Of each row."""
    e = ev.f("exp", x)
    below = ev.f("recip", row_sums(e))
    return below.gather(*x.shape, (i for i in range(x.shape[0]) for _ in range(x.shape[1]))) * e


def cross(x: Jet, y: Jet) -> Jet:
    def turn(v: Jet, k: int) -> Jet:
        return v.gather(3, 1, ((i + k) % 3 for i in range(3)))

    return turn(x, 1) * turn(y, 2) - turn(x, 2) * turn(y, 1)


def blocks(ev: Evaluator, node: Node, *parts: Jet) -> Jet:
    rows, cols = ev.shape(node)
    lengths, out, top, at = node.params[0], [], 0, 0
    for length in lengths:
        left = 0
        for part in parts[at : at + length]:
            out.append(place(part, rows, cols, top, left))
            left += part.shape[1]
        top, at = top + parts[at].shape[0], at + length
    return chain(out, Jet.__add__)


def commutation(ev: Evaluator, node: Node) -> Jet:
    m, n = (p.value(ev.sizes) for p in node.params)
    return ev.constant(node, lambda i, j: int(i // n + m * (i % n) == j))


def pick(entries: Callable[[list[Any], list[int]], list[Any]]) -> Callable[..., Jet]:
    """A function of a vector that needs the order of its entries."""

    def rule(ev: Evaluator, node: Node, x: Jet) -> Jet:
        def f(m: Mat) -> Mat:
            out = entries(m.entries(), ball.descending(m))
            return like(m, len(out), 1, out)

        return ev.real(node.op.name, f, x)

    return rule


def real(f: Callable[..., Mat]) -> Callable[..., Jet]:
    return lambda ev, node, *args: ev.real(node.op.name, f, *args)


def column(entries: list[Any]) -> Mat:
    return ball.arb_mat(len(entries), 1, entries)


RULES: dict[str, Callable[..., Jet]] = {
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
    "mul": lambda ev, n, *a: chain(list(a), Jet.__matmul__),
    "had": lambda ev, n, *a: chain(list(a), Jet.__mul__),
    "scale": lambda ev, n, s, a: s * a,
    "pow": lambda ev, n, a, e: elementwise_power(ev, n, a, e),
    "mpow": lambda ev, n, a, _: matrix_power(ev, n, a),
    "transpose": lambda ev, n, a: a.T,
    "tr": lambda ev, n, a: a.trace(),
    "diagm": lambda ev, n, v: v.gather(*ev.shape(n), (i if i == j else None for i in range(v.shape[0]) for j in range(v.shape[0]))),
    "diagv": lambda ev, n, a: a.gather(a.shape[0], 1, (i * a.shape[0] + i for i in range(a.shape[0]))),
    "call": lambda ev, n, u, *v: ev.abstract(n, u, v),
    # entries
    "polygamma": lambda ev, n, k, x: ev.f(f"polygamma{ev.exponent(n.args[0])}", x),
    "sum": lambda ev, n, a: a.sum(),
    "mean": lambda ev, n, a: a.sum() * Fraction(1, a.shape[0] * a.shape[1]),
    "var": lambda ev, n, x: (x * x).sum() * Fraction(1, x.shape[0]) - x.sum() * x.sum() * Fraction(1, x.shape[0] ** 2),
    "dot": lambda ev, n, a, b: (a * b).sum(),
    "rowsum": lambda ev, n, a: row_sums(a),
    "colsum": lambda ev, n, a: row_sums(a.T),
    "prod": lambda ev, n, x: products(ev, x, lambda k: False),
    "prod_others": lambda ev, n, x: stack([products(ev, x, lambda k, i=i: k == i) for i in range(x.shape[0])], x.shape[0], 1),
    "prod_pairs": lambda ev, n, x: pairs(ev, x),
    "softmax": lambda ev, n, x: softmax(ev, x.T).T,
    "softmax_rows": lambda ev, n, x: softmax(ev, x),
    "logsumexp": lambda ev, n, x: ev.f("log", ev.f("exp", x).sum()),
    "logsumexp_rows": lambda ev, n, x: ev.f("log", row_sums(ev.f("exp", x))),
    "cumsum": lambda ev, n, x: cumulated(ev, x, True),
    "revcumsum": lambda ev, n, x: cumulated(ev, x, False),
    "cross": lambda ev, n, x, y: cross(x, y),
    "norm2": lambda ev, n, x: norm(ev, x),
    "normF": lambda ev, n, x: norm(ev, x),
    "norm1": lambda ev, n, x: ev.f("abs", x).sum(),
    "norm_inf": pick(lambda e, order: [max((abs(x) for x in e), key=ball.key)]),
    "maxentry": pick(lambda e, order: [e[order[0]]]),
    "minentry": pick(lambda e, order: [e[order[-1]]]),
    "argmax": pick(lambda e, order: [int(k == order[0]) for k in range(len(e))]),
    "argmin": pick(lambda e, order: [int(k == order[-1]) for k in range(len(e))]),
    # matrices
    "det": lambda ev, n, a: a.det_adj()[0],
    "eigprod": lambda ev, n, a: a.det_adj()[0],
    "adj": lambda ev, n, a: a.det_adj()[1],
    "logdet": lambda ev, n, a: ev.f("log", a.det_adj()[0]),
    "inv": lambda ev, n, a: a.inverse(),
    "pinv": lambda ev, n, a: pinv(a),
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
    "block": blocks,
    "expm": real(lambda x: x.exp()),
    "expm_frechet": real(ball.expm_frechet),
    "sqrtm": real(ball.sqrtm),
    "logm": real(ball.logm),
    "chol": real(ball.chol),
    "eigvals": real(lambda s: column(ball.eigen(s)[0])),
    "lambda_max": real(lambda s: column(ball.eigen(s)[0][-1:])),
    "lambda_min": real(lambda s: column(ball.eigen(s)[0][:1])),
    "eigvec_max": real(lambda s: column(ball.eigen(s)[1][-1])),
    "eigvec_min": real(lambda s: column(ball.eigen(s)[1][0])),
    "leftvec_max": real(lambda x: column(ball.singular(x)[1][0])),
    "rightvec_max": real(lambda x: column(ball.singular(x)[2][0])),
    "norm_op": real(lambda x: column(ball.singular(x)[0][:1])),
    "norm_nuc": real(lambda x: column([sum(ball.singular(x)[0], start=ball.arb(0))])),
}
"""What each operation means, by name. Functions of entries alone are in ``scalars``."""


def cumulated(ev: Evaluator, x: Jet, forward: bool) -> Jet:
    n = x.shape[0]
    sums = ev.numbers.constant(n, n, [int(i >= j if forward else i <= j) for i in range(n) for j in range(n)])
    return sums @ x
