"""When agreement at some sizes is agreement at every size: how many values of an index one monomial can have.

An entry of a formula is a polynomial in entries of symbols, made by sums over indices. Where each summed index stands
on an entry of a symbol (none is summed for nothing, as in 1'1 = n), a monomial's coefficient does not depend on the
sizes, only on which of its indices are equal; a monomial has at most as many different values of an index as there
are sums over that size, with the free ones. So sizes as large as that number show all monomials there are. Functions
of entries are variables of their own, quotients of scalars are cleared, roots and signs are variables whose squares
are known. ``docs/certificate.md`` has the proof.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from closedform.check.core.sides import Claim
from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.expr.walk import postorder

ENTRIES = {
    "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sigmoid", "softplus", "log1p", "expm1", "atan", "erf",
    "gamma", "loggamma", "digamma", "trigamma", "abs", "sign", "step", "relu", "sqrt", "asin", "acos", "normcdf",
    "normpdf",
}  # fmt: skip
DIVIDING = {"log", "log1p", "atan", "asin", "acos", "sqrt"}
"""Functions whose derivatives divide by what is in their argument: that has to be a scalar, or a variable."""
SPACES = {"sym", "skew", "square", "pos", "nonneg", "nonzero", "diag", "discrete", "pm1", "bit"}
ORDER = {"equal": 0, "hessian": 2}


class Bare(Exception):
    """An index is summed that stands on no symbol, or the argument does not know the operation."""


@dataclass(frozen=True)
class Sums:
    """Sums by size, in the numerators, the denominator, and those that a derivative adds along one path to a symbol;
    whether the row and the column index stand on symbols. ``on`` are the letters that stand on symbols in each term;
    ``left`` and ``right`` those that the row and the column of a unit vector are equal to."""

    num: Counter[str] = field(default_factory=Counter)
    den: Counter[str] = field(default_factory=Counter)
    row: bool = True
    col: bool = True
    path: Counter[str] = field(default_factory=Counter)
    on: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    right: frozenset[str] = frozenset()

    def over(self, *sizes: Size) -> Sums:
        """With more sums."""
        return replace(self, num=self.num + Counter(names(*sizes)))

    def standing(self, row: bool, col: bool) -> Sums:
        return replace(self, row=row, col=col)

    def times(self, k: int) -> Sums:
        return replace(self, num=scaled(self.num, k), den=scaled(self.den, k))


def names(*sizes: Size) -> list[str]:
    """The names of sizes that are one name or a number."""
    if any(s.name is None and s.number is None for s in sizes):
        raise Bare
    return [s.name for s in sizes if s.name is not None]


def scaled(count: Counter[str], k: int) -> Counter[str]:
    return Counter({name: k * v for name, v in count.items()})


def needed(claim: Claim, sizes: set[str]) -> dict[str, int] | None:
    """For each name of a size how large it has to be; None where the argument does not apply."""
    if claim.kind not in ("equal", "gradient", "jacobian", "map", "hessian"):
        return None
    order = ORDER.get(claim.kind, 1)
    found: dict[Node, Sums] = {}
    inner: Counter[str] = Counter()
    try:
        nodes = list(postorder([claim.function, claim.answer]))
        if not letters_are_bound(nodes):
            return None
        for node in nodes:
            args = [found[a] for a in node.args]
            found[node] = sums(node, args, order)
            if node.op.name in ENTRIES or node.op.name in ("softmax", "logsumexp"):
                for a, arg in zip(args, node.args, strict=True):
                    inner |= scaled(a.num + a.den, 2) + Counter(names(*arg.shape))
        f, g = found[claim.function], found[claim.answer]
        parts = [claim.function, claim.answer, *(v for v in (claim.variable, claim.second) if v is not None)]
        free = Counter(name for part in parts for name in names(*part.shape))
    except Bare:
        return None
    moved = f.num + scaled(f.path, order)
    most = (moved + scaled(f.den, 2 * order + 1) + g.den) | (g.num + scaled(f.den, order + 1))
    return {name: max(1, (most + free)[name], inner[name] + free[name]) for name in sizes}


def sums(node: Node, args: list[Sums], order: int) -> Sums:
    name, shape = node.op.name, node.shape
    if name in ("num", "const"):
        return Sums()
    if name == "sym":
        if set(node.params[1]) - SPACES:
            raise Bare
        names(*shape)
        return Sums()
    if name in ("ones", "zero", "eye", "index"):
        return Sums(row=False, col=False)
    if name == "unit":
        return Sums(row=False, col=False, left=frozenset([letter(node.args[0])]))
    if name == "sumover":
        return summed(node, args[0])
    if name == "add":
        return added(args)
    if name in ("had", "scale", "mul", "dot"):
        return multiplied(node, args)
    if name in ENTRIES:
        return of_entries(node, args[0], order)
    if name == "transpose":
        return replace(args[0].standing(args[0].col, args[0].row), left=args[0].right, right=args[0].left)
    if name == "diagm":
        return alone(args[0]).standing(args[0].row, args[0].row)
    if name == "diagv":
        return alone(args[0]).standing(args[0].row or args[0].col, True)
    if name in ("sum", "rowsum", "colsum", "tr", "norm2", "normF", "norm1"):
        return total(node, alone(args[0]), order)
    if name in ("pow", "mpow"):
        return raised(node, [alone(a) for a in args], order)
    if name == "logsumexp" and args[0].row:
        inside = Sums(Counter(names(node.args[0].rows)), path=moving(args[0]))
        return Sums(den=scaled(inside.num, 2 * max(1, order)), path=moving(inside), on=args[0].on)
    if name == "softmax" and node.is_column:
        return Sums(den=Counter(names(node.rows)), row=args[0].row, path=moving(args[0]))
    raise Bare


def alone(a: Sums) -> Sums:
    """Without the letters of unit vectors."""
    return replace(a, left=frozenset(), right=frozenset())


def letter(place: Node) -> str:
    """The letter of a unit vector."""
    if place.op.name != "index":
        raise Bare
    return str(place.params[0])


def summed(node: Node, a: Sums) -> Sums:
    """A sum over all values of a letter, which stands on a symbol in each term."""
    name, low, high = node.params
    if name not in a.on or low.number != 1 or high.name is None:
        raise Bare
    return replace(alone(a).over(high), on=a.on - {name})


def letters_are_bound(nodes: Sequence[Node]) -> bool:
    """Whether letters stand in unit vectors alone, and each is summed."""
    bound = {n.params[0] for n in nodes if n.op.name == "sumover"}
    used = all(n.op.name == "unit" or all(a.op.name != "index" for a in n.args) for n in nodes)
    return used and all(n.params[0] in bound for n in nodes if n.op.name == "index")


def variable(node: Node) -> bool:
    """Whether the entries of a node are variables, or functions of a variable each."""
    return node.op.name == "sym" or (node.op.name in ENTRIES - DIVIDING and node.op.name != "relu")


def moving(a: Sums) -> Counter[str]:
    """The sums that f(u) gets by a derivative, f'(u)·du."""
    return a.num + scaled(a.den, 2) + a.path


def of_entries(node: Node, a: Sums, order: int) -> Sums:
    """A function of each entry: a variable, whose derivative is a variable times that of the argument."""
    if node.op.name in ("abs", "relu"):
        return alone(a)
    if node.op.name not in DIVIDING or variable(node.args[0]):
        return Sums(row=a.row, col=a.col, path=moving(a), on=a.on)
    if not node.is_scalar:
        raise Bare
    root = a.num if node.op.name == "sqrt" else Counter[str]()
    return Sums(root, scaled(a.num + a.den, 2 * max(1, order)), path=moving(a))


def joint(args: list[Sums]) -> Sums:
    num, den, path, on = Counter[str](), Counter[str](), Counter[str](), frozenset[str]()
    for a in args:
        num, den, path, on = num + a.num, den + a.den, path | a.path, on | a.on
    return Sums(num, den, path=path, on=on)


def added(args: list[Sums]) -> Sums:
    both, num = joint(args), Counter[str]()
    den = both.den
    for a in args:
        num |= a.num + (den - a.den)
    on = frozenset.intersection(*(a.on for a in args))
    return Sums(num, den, all(a.row for a in args), all(a.col for a in args), both.path, on)


def multiplied(node: Node, args: list[Sums]) -> Sums:
    both, none = joint(args), frozenset[str]()
    met = none
    if node.op.name == "mul":
        for left, right, arg in zip(args, args[1:], node.args, strict=False):
            if names(arg.cols) and not (left.col or right.row):
                raise Bare
            met |= (left.right if right.row else none) | (right.left if left.col else none)
        out = both.over(*(a.cols for a in node.args[:-1])).standing(args[0].row, args[-1].col)
        return replace(out, on=out.on | met, left=args[0].left, right=args[-1].right)
    large = [a for a, arg in zip(args, node.args, strict=True) if not arg.is_scalar] or args
    row, col = any(a.row for a in large), any(a.col for a in large)
    if node.op.name != "dot":
        return both.standing(row, col)
    if not (row and col):
        raise Bare
    return both.over(*node.args[0].shape).standing(True, True)


def total(node: Node, a: Sums, order: int) -> Sums:
    (arg,), name = node.args, node.op.name
    twice = 2 if name in ("norm2", "normF") else 1
    if name == "tr":
        if not (a.row or a.col):
            raise Bare
        return a.over(arg.rows).standing(True, True)
    summed = {"rowsum": (False, True), "colsum": (True, False)}.get(name, (True, True))
    if (summed[0] and names(arg.rows) and not a.row) or (summed[1] and names(arg.cols) and not a.col):
        raise Bare
    sizes = [s for s, used in zip(arg.shape, summed, strict=True) if used]
    row = a.row if name == "rowsum" else a.col if name == "colsum" else True
    out = a.times(twice).over(*sizes).standing(row, True)
    return replace(out, den=out.den + scaled(out.num, order)) if twice > 1 else out


def raised(node: Node, args: list[Sums], order: int) -> Sums:
    a, exponent = args[0], node.args[1]
    if exponent.op.name != "num":
        raise Bare
    k, root = exponent.params[0].numerator, exponent.params[0].denominator
    if node.op.name == "mpow":
        if k < 1 or root > 1 or not (a.row or a.col):
            raise Bare
        return a.times(k).over(*[node.rows] * (k - 1)).standing(a.row, a.col)
    if k == 0:
        return Sums(row=False, col=False)
    whole = a.times(abs(k))
    if k > 0 and root == 1:
        return whole
    if variable(node.args[0]) and not node.is_scalar:
        return whole
    if not node.is_scalar:
        raise Bare
    broken = whole.num + whole.den
    return Sums(broken, broken + scaled(a.num, order), path=a.path)


def for_every_size(least: Mapping[str, int] | None, proven: Sequence[Mapping[str, int]]) -> bool:
    """Whether agreement at the sizes proven is agreement at every size, by what is ``needed``."""
    if least is not None and not least:
        return True
    return least is not None and any(all(s[name] >= n for name, n in least.items()) for s in proven)
