"""The value of a raw node, entry by entry, from the definition of each operation. No rule of calculus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from math import inf
from time import perf_counter
from typing import Any

from closedform.check.field import Field
from closedform.check.jet import Jet, OutOfTime, Unfit
from closedform.check.kinks import Sight
from closedform.check.moves import kron, stack
from closedform.check.scalars import COMPOSED, DERIVATIVE, Numbers, Scalars
from closedform.expr.node import Node
from closedform.expr.walk import postorder

Rule = Callable[..., Jet]
MAX_DEPTH, MAX_TERMS, MAX_POWER, MAX_PARTIALS = 8, 1000, 1000, 20_000


class Evaluator:
    """One point: numbers for sizes, symbols, indices and abstract functions. ``symbols`` may be replaced."""

    def __init__(
        self,
        numbers: Numbers,
        sizes: Mapping[str, int],
        indices: Mapping[str, int],
        rules: Mapping[str, Rule],
        deadline: float = inf,
    ) -> None:
        self.numbers, self.sizes, self.rules = numbers, sizes, rules
        self.deadline, self.f = deadline, Scalars(numbers)
        self.sight: Sight | None = None
        self.indices = dict(indices)
        self.integers: dict[str, int] = {}
        self.symbols: dict[str, Jet] = {}
        self.tables: dict[tuple[Any, ...], Jet] = {}
        self.partials: dict[tuple[Any, ...], Jet] = {}
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
                if perf_counter() > self.deadline:
                    raise OutOfTime
                self.note_rational(node)
                value = memo[node] = self.step(node)
                if self.sight is not None and node in self.sight.kinks:
                    self.sight.note(node, [], value)
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
            self.look(node, args)
            return self.f(name, *args)
        self.look(node, args)
        rule = self.rules.get(name)
        if rule is None:
            raise Unfit(f"the checker does not know {name}")
        return rule(self, node, *args)

    def look(self, node: Node, args: list[Jet]) -> None:
        if self.sight is not None and node in self.sight.kinks:
            self.sight.note(node, args)

    def shape(self, node: Node) -> tuple[int, int]:
        return node.rows.value(self.sizes), node.cols.value(self.sizes)

    def constant(self, node: Node, entry: Callable[[int, int], int]) -> Jet:
        rows, cols = self.shape(node)
        return self.fixed(rows, cols, [entry(i, j) for i in range(rows) for j in range(cols)])

    def fixed(self, rows: int, cols: int, entries: list[int]) -> Jet:
        return self.numbers.constant(rows, cols, entries)

    def eye(self, n: int) -> Jet:
        return self.fixed(n, n, [int(i == j) for i in range(n) for j in range(n)])

    def random(self, rows: int, cols: int, kind: str = "") -> Jet:
        return self.numbers.random(rows, cols, kind)

    def sum_over(self, node: Node) -> Jet:
        name, low, high = node.params
        (body,) = node.args
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unfit(f"sums are nested deeper than {MAX_DEPTH} (limit: nested sums)")
        first, last = low.value(self.sizes), high.value(self.sizes)
        if last - first > MAX_TERMS:
            raise Unfit(f"a sum has over {MAX_TERMS} terms (limit: terms checked)")
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
                terms = zip(node.params[0], values, strict=True)
                known[node] = sum((c * v for c, v in terms), start=Fraction(0))
            elif name in ("had", "mul", "scale"):
                out = Fraction(1)
                for v in values:
                    out *= v
                known[node] = out
            elif name == "pow" and values[1].denominator == 1 and values[0] and small(*values):
                known[node] = values[0] ** int(values[1])

    def exponent(self, node: Node) -> Fraction:
        value = self.rational.get(node)
        if value is None:
            raise Unfit("a power of a matrix with an exponent that is no number")
        if abs(value) > MAX_POWER:
            raise Unfit(f"an exponent is over {MAX_POWER} (limit: exponents checked)")
        return value

    def abstract(self, node: Node, u: Jet, directions: tuple[Jet, ...]) -> Jet:
        """An unknown function by its Taylor polynomial, of free coefficients: at the value of u, or at 0."""
        function, kind = node.params
        order = derivative_order(str(kind))
        rows, cols = self.shape(node)
        n = u.shape[0] * u.shape[1]
        outputs = (
            rows * cols if str(kind).startswith("diff") else rows * cols // n ** (order - len(directions))
        )
        centre = tuple(int(e) for e in u.first.entries()) if self.exact else ()
        delta = u.gather(n, 1, range(n))
        if self.exact:
            delta = Jet([delta.first * 0, *delta.c[1:]], None if delta.q is None else delta.q * 0)
        power = self.fixed(1, 1, [1])
        total, below = self.table((function, centre), outputs, n, order, 0), Fraction(1)
        for d in range(1, len(u.c).bit_length() if self.exact else max(2, 5 - order)):
            power, below = kron(power, delta), below / d
            total = total + self.table((function, centre), outputs, n, order, d) @ power * below
        for v in reversed(directions):
            k = total.shape[0]
            total = total.gather(k // n, n, range(k)) @ v.gather(n, 1, range(n))
        return total.gather(rows, cols, range(rows * cols))

    def table(self, key: tuple[Any, ...], outputs: int, n: int, order: int, d: int) -> Jet:
        """Partial derivatives of order ``order`` + d at the centre: a row an output, a column a monomial."""
        found = self.tables.get((key, outputs, order, d))
        if found is None:
            if outputs * n ** (order + d) > MAX_PARTIALS:
                raise Unfit("an abstract function of so many variables")
            rows = [(i, j) for i in range(outputs) for j in product(range(n), repeat=order)]
            columns = list(product(range(n), repeat=d))
            entries = [self.partial((key, i, tuple(sorted(j + k)))) for i, j in rows for k in columns]
            found = self.tables[key, outputs, order, d] = stack(entries, len(rows), len(columns))
        return found

    def partial(self, key: tuple[Any, ...]) -> Jet:
        """A free number, the same each time: mixed partial derivatives are equal."""
        if key not in self.partials:
            self.partials[key] = self.numbers.random(1, 1)
        return self.partials[key]


def small(base: Fraction, exponent: Fraction) -> bool:
    return abs(exponent) * max(base.numerator.bit_length(), base.denominator.bit_length()) <= 4 * MAX_POWER


def derivative_order(kind: str) -> int:
    """The order of the derivative that a kind of abstract function names."""
    named = {"": 0, "grad": 1, "jac": 1, "hess": 2, "diff": 1}
    if kind in named:
        return named[kind]
    if kind.startswith("diff") and kind[4:].isdigit() and int(kind[4:]) <= 6:
        return int(kind[4:])
    raise Unfit(f"the checker does not know {kind} of an abstract function")


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
