"""When agreement at some sizes is agreement at every size: how many values of an index one monomial can have.

An entry of a formula is a polynomial in entries of symbols, made by sums over indices. Where each summed index stands
on an entry of a symbol (none is summed for nothing, as in 1'1 = n), a monomial's coefficient does not depend on the
sizes, only on which of its indices are equal; a monomial has at most as many different values of an index as there
are sums over that size, with the free ones. So sizes as large as that number show all monomials there are. Functions
of entries are variables of their own, quotients of scalars are cleared, roots and signs are variables whose squares
are known. ``docs/certificate.md`` has the proof.

Σ (sin²xᵢ + cos²xᵢ) = n: where functions of entries stand in a sum, their relations may leave nothing that stands on its
index. The coefficients are then polynomials in the sizes, of a degree in each that is counted too (``idle``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

import flint

from closedform.check.bounds import whole
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
MADE = ENTRIES | {"softmax", "logsumexp"}
SUMMING = {"sum", "rowsum", "colsum", "tr", "dot", "norm1", "norm2", "normF", "logsumexp", "softmax", "sumover", "mpow"}
PRODUCT = {"sym", "mul", "scale", "transpose"}
ALGEBRAIC = {"abs", "sign", "step", "relu", "sqrt"}
ZEROED = {"skew", "diag"}
"""Facts by which some entries are 0, so that a function of them is a number: tr exp(K) = n."""
LOGS, EXPS = {"log", "log1p", "softplus", "logsumexp"}, MADE - {"log", "log1p", "atan", "gamma"} - ALGEBRAIC
ORDER = {"equal": 0, "hessian": 2}
IDLE, MOST_IDLE = "~", 12
"""A sum over a size n, of terms that may cancel to a number, is counted as a sum and as one over ``~n``; so many sizes
may be asked for on account of these."""


NONE: Counter[str] = Counter()


class Bare(Exception):
    """An index is summed that stands on no symbol, or the argument does not know the operation."""


class Sums(NamedTuple):
    """Sums by size, in the numerators, the denominator, and those that a derivative adds along one path to a symbol;
    whether the row and the column index stand on symbols (``row``, ``col``), and on such as stand in no function of
    entries (``held``). ``on`` are the letters that stand on symbols in each term; ``left`` and ``right`` those that the
    row and the column of a unit vector are equal to."""

    num: Counter[str] = NONE
    den: Counter[str] = NONE
    row: bool = True
    col: bool = True
    path: Counter[str] = NONE
    on: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    right: frozenset[str] = frozenset()
    held: tuple[bool, bool] = (True, True)
    wild: bool = False
    """Whether functions of entries are among the factors."""

    def over(self, *sizes: Size, held: bool) -> Sums:
        """With more sums."""
        return self._replace(num=self.num + counted(names(*sizes), held or not self.wild))

    def standing(self, row: bool, col: bool) -> Sums:
        return self._replace(row=row, col=col)

    def times(self, k: int) -> Sums:
        return self._replace(num=scaled(self.num, k), den=scaled(self.den, k))


def names(*sizes: Size) -> list[str]:
    """The names of sizes that are one name or a number."""
    if any(s.name is None and s.number is None for s in sizes):
        raise Bare
    return [s.name for s in sizes if s.name is not None]


def counted(found: Iterable[str], held: bool) -> Counter[str]:
    return Counter([key for name in found for key in ((name,) if held else (name, IDLE + name))])


def scaled(count: Counter[str], k: int) -> Counter[str]:
    return Counter({name: k * v for name, v in count.items()})


def needed(claim: Claim, sizes: set[str]) -> dict[str, int] | None:
    """For each name of a size how large it has to be; None where the argument does not apply.

    Beside them, with ``~`` before the name, the degree that coefficients may have in a size, where they may have one.
    """
    if claim.kind not in ("equal", "gradient", "jacobian", "map", "hessian"):
        return None
    order = ORDER.get(claim.kind, 1)
    found: dict[Node, Sums] = {}
    inner: Counter[str] = Counter()
    try:
        nodes = list(postorder([claim.function, claim.answer]))
        if not letters_are_bound(nodes) or any(undone(n) for n in nodes):
            return None
        functions = [n for n in nodes if made(n)]
        loose, alike = in_functions(functions), tame(functions)
        for node in nodes:
            args = [found[a] for a in node.args]
            found[node] = sums(node, args, order)
            if node.op.name == "sym" and node.params[0] in loose:
                found[node] = found[node]._replace(held=(False, False))
            elif not node.is_scalar:
                wild = not alike and (made(node) or any(a.wild for a in args))
                found[node] = found[node]._replace(held=(False, False) if made(node) else found[node].held, wild=wild)
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
    least = {name: max(1, (most + free)[name], inner[name] + free[name]) for name in sizes}
    idle = {IDLE + name: 0 if alike else max(most[IDLE + name], inner[IDLE + name]) for name in sizes}
    return least | {name: degree for name, degree in idle.items() if degree}


def undone(node: Node) -> bool:
    """Whether a function may undo another around sums: exp(k·log Σ) is (Σ)ᵏ, log(exp(Σ)·s) is Σ + log s."""
    if node.op.name in EXPS:
        below = postorder(node.args)
    elif node.op.name in LOGS:
        below = postorder(node.args, stop=lambda n: n.op.name not in PRODUCT | {"had", "pow", "exp"})
    else:
        return False
    inverse = LOGS if node.op.name in EXPS else {"exp"}
    return any(n.op.name in inverse and any(summing(a) for a in postorder([n])) for n in below)


def summing(node: Node) -> bool:
    """Whether it is a sum over a size."""
    inner = any(names(a.cols) for a in node.args[:-1]) if node.op.name == "mul" else node.op.name in SUMMING
    return inner and any(names(*a.shape) for a in node.args)


def tame(found: Sequence[Node]) -> bool:
    """Whether the functions are one transcendental function of one product of symbols, so that no relation holds.

    Not where entries of a symbol are 0, or are others with a sign: exp(-x) = 1/exp(x).
    """
    one = {n.op.name for n in found} <= {"exp", "softmax", "logsumexp"} or len({n.op for n in found}) == 1
    plain = all(n.op.name not in ALGEBRAIC and n.op.name != "pow" for n in found)
    below = {a for n in found for a in n.args}
    zeroed = any(n.op.name == "sym" and ZEROED.intersection(n.params[1]) for n in postorder(below))
    return one and plain and not zeroed and len(below) == 1 and all(n.op.name in PRODUCT for n in postorder(below))


def in_functions(found: Sequence[Node]) -> set[str]:
    """The symbols in functions of entries that have relations with their arguments: |x| = x·sign(x), x·x⁻¹ = 1."""
    ops = {n.op.name for n in found}
    inverse = bool(ops & LOGS and ops & EXPS)
    roots = [n for n in found if inverse or n.op.name == "pow" or n.op.name in ALGEBRAIC]
    return {n.params[0] for n in postorder(roots) if n.op.name == "sym"}


def made(node: Node) -> bool:
    raised = node.op.name == "pow" and not (whole(node.args[1]) and node.args[1].params[0] > 0)
    return node.op.name in MADE or (raised and not node.is_scalar)


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
        return Sums(row=False, col=False, held=(False, False))
    if name == "unit":
        return Sums(row=False, col=False, left=frozenset([letter(node.args[0])]), held=(False, False))
    if name == "sumover":
        return summed(node, args[0])
    if name == "add":
        return added(args)
    if name in ("had", "scale", "mul", "dot"):
        return multiplied(node, args)
    if name in ENTRIES:
        return of_entries(node, args[0], order)
    if name == "transpose":
        a = args[0].standing(args[0].col, args[0].row)
        return a._replace(left=a.right, right=a.left, held=a.held[::-1])
    if name == "diagm":
        return alone(args[0]).standing(args[0].row, args[0].row)._replace(held=(args[0].held[0],) * 2)
    if name == "diagv":
        return alone(args[0]).standing(args[0].row or args[0].col, True)._replace(held=(any(args[0].held), True))
    if name in ("sum", "rowsum", "colsum", "tr", "norm2", "normF", "norm1"):
        return total(node, alone(args[0]), order)
    if name in ("pow", "mpow"):
        return raised(node, [alone(a) for a in args], order)
    if name == "logsumexp" and args[0].row:
        inside = Sums(counted(names(node.args[0].rows), False), path=moving(args[0]))
        return Sums(den=scaled(inside.num, 2 * max(1, order)), path=moving(inside), on=args[0].on)
    if name == "softmax" and node.is_column:
        return Sums(den=counted(names(node.rows), False), row=args[0].row, path=moving(args[0]))
    raise Bare


def alone(a: Sums) -> Sums:
    """Without the letters of unit vectors."""
    return a._replace(left=frozenset(), right=frozenset())


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
    return alone(a).over(high, held=False)._replace(on=a.on - {name})


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
    return Sums(num, den, path=path, on=on, wild=any(a.wild for a in args))


def added(args: list[Sums]) -> Sums:
    both, num = joint(args), Counter[str]()
    den = both.den
    for a in args:
        num |= a.num + (den - a.den)
    on = frozenset.intersection(*(a.on for a in args))
    held = all(a.held[0] for a in args), all(a.held[1] for a in args)
    return both._replace(num=num, row=all(a.row for a in args), col=all(a.col for a in args), on=on, held=held)


def multiplied(node: Node, args: list[Sums]) -> Sums:
    both, none = joint(args), frozenset[str]()
    met = none
    if node.op.name == "mul":
        out = both
        for left, right, arg in zip(args, args[1:], node.args, strict=False):
            if names(arg.cols) and not (left.col or right.row):
                raise Bare
            met |= (left.right if right.row else none) | (right.left if left.col else none)
            out = out.over(arg.cols, held=left.held[1] or right.held[0])
        ends = args[0].held[0], args[-1].held[1]
        out = out._replace(on=out.on | met, left=args[0].left, right=args[-1].right, held=ends)
        return out.standing(args[0].row, args[-1].col)
    large = [a for a, arg in zip(args, node.args, strict=True) if not arg.is_scalar] or args
    row, col = any(a.row for a in large), any(a.col for a in large)
    held = any(a.held[0] for a in large), any(a.held[1] for a in large)
    if node.op.name != "dot":
        return both.standing(row, col)._replace(held=held)
    if not (row and col):
        raise Bare
    return over_all(both, node.args[0].shape, held).standing(True, True)


def over_all(a: Sums, sizes: Sequence[Size], held: Sequence[bool]) -> Sums:
    """Summed over several indices, each of which is held or not; of a vector the other is none."""
    for size, one in zip(sizes, held, strict=True):
        a = a.over(size, held=one)
    return a


def total(node: Node, a: Sums, order: int) -> Sums:
    (arg,), name = node.args, node.op.name
    twice = 2 if name in ("norm2", "normF") else 1
    if name == "tr":
        if not (a.row or a.col):
            raise Bare
        return a.over(arg.rows, held=any(a.held)).standing(True, True)._replace(held=(True, True))
    summed = {"rowsum": (False, True), "colsum": (True, False)}.get(name, (True, True))
    if (summed[0] and names(arg.rows) and not a.row) or (summed[1] and names(arg.cols) and not a.col):
        raise Bare
    chosen = [(s, held) for s, used, held in zip(arg.shape, summed, a.held, strict=True) if used]
    row = a.row if name == "rowsum" else a.col if name == "colsum" else True
    out = over_all(a.times(twice), *zip(*chosen, strict=True)).standing(row, True)
    kept = a.held[0] if name == "rowsum" else a.held[1] if name == "colsum" else True
    out = out._replace(held=(kept, True))
    return out._replace(den=out.den + scaled(out.num, order)) if twice > 1 else out


def raised(node: Node, args: list[Sums], order: int) -> Sums:
    a, exponent = args[0], node.args[1]
    if exponent.op.name != "num":
        raise Bare
    k, root = exponent.params[0].numerator, exponent.params[0].denominator
    if node.op.name == "mpow":
        if k < 1 or root > 1 or not (a.row or a.col):
            raise Bare
        return a.times(k).over(*[node.rows] * (k - 1), held=any(a.held)).standing(a.row, a.col)
    if k == 0:
        return Sums(row=False, col=False)
    whole = a.times(abs(k))
    if k > 0 and root == 1:
        return whole
    if variable(node.args[0]) and not node.is_scalar:
        return whole._replace(held=(False, False))
    if not node.is_scalar:
        raise Bare
    broken = whole.num + whole.den
    return Sums(broken, broken + scaled(a.num, order), path=a.path)


def for_every_size(least: Mapping[str, int] | None, proven: Sequence[Mapping[str, int]]) -> bool:
    """Whether agreement at the sizes proven is agreement at every size, by what is ``needed``."""
    if least is None:
        return False
    idle = degrees(least)
    large = [s for s in proven if all(s[name] >= n for name, n in least.items() if name in s)]
    return not least or (bool(large) and (not idle or telling(idle, large)))


def degrees(least: Mapping[str, int]) -> dict[str, int]:
    """The degree in each size that coefficients may have, for those that they may have one in."""
    return {name.removeprefix(IDLE): n for name, n in least.items() if name.startswith(IDLE)}


def telling(idle: Mapping[str, int], sizes: Sequence[Mapping[str, int]]) -> bool:
    """Whether a polynomial of these degrees that is 0 at all these sizes is 0: by the rank of the monomials there."""
    powers = list(product(*(range(d + 1) for d in idle.values())))
    if len(powers) > min(MOST_IDLE, len(sizes)):
        return False
    rows = [[prod(s[n] ** e for n, e in zip(idle, one, strict=True)) for one in powers] for s in sizes]
    return bool(flint.fmpz_mat(rows).rank() == len(powers))


def spanning(least: Mapping[str, int]) -> bool:
    """Whether a few sizes tell polynomials of the degrees that coefficients may have."""
    return prod(d + 1 for d in degrees(least).values()) <= MOST_IDLE


def grid(least: Mapping[str, int] | None, low: int) -> Iterator[dict[str, int]]:
    """Those sizes."""
    idle, names = degrees(least or {}), sorted(n for n in least or {} if not n.startswith(IDLE))
    if idle:
        for steps in product(*(range(idle.get(n, 0) + 1) for n in names)):
            yield {n: low + k + step for k, (n, step) in enumerate(zip(names, steps, strict=True))}
