r"""Sums over some pairs, ``\sum_{i<j} 1/\|r_i - r_j\|``, and cases: what has no value elsewhere gets one there.

Such a sum runs over all pairs and is multiplied by a mask, 1 for those that are meant and 0 elsewhere. Where that
leaves a pole or a kink, as on the diagonal, ``0*(1/0)`` would be no number. So whatever stands below a quotient, a
logarithm, a root or in a norm and depends on both indices is taken as ``u*mask + (1 - mask)``: it is the same where
the mask is 1, and 1 elsewhere; a difference that is 0 on the diagonal alone gets 1 there and nothing else. The same is
done of ``x \log x`` in a case that holds for ``x > 0``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from closedform.read.applied import over
from closedform.read.infer import Unit, constant
from closedform.read.syntax import Call, Group, Index, Name, Norm, Number, Over, Power, Product, Span, Sum, Tree, below

PARTIAL = {"log", "ln", "sqrt", "inv", "loggamma", "gamma", "acos", "asin", "arccos", "arcsin"}
LENGTHS = {"|", "abs"}
OF_VECTORS = {"", "2"}


def with_guards(unit: Unit) -> Unit:
    """The unit with masked terms that have a value for every pair."""
    masked = {t: found for t in unit.trees if isinstance(t, Product) and (found := _masked(t, unit.source))}
    masks: dict[Tree, list[_Mask]] = {}
    for mask, value in reversed(masked.values()):  # what is outside stands later
        for tree in below(value):
            masks.setdefault(tree, []).append(mask)
    if not masks:
        return unit
    out: list[Tree] = []
    new: dict[Tree, Tree] = {}
    guarded, early = set[Tree](), set[Tree]()
    conditions = {t for mask, _ in masked.values() if mask.cases for t in below(mask.tree)}
    squares = {t.base for t in unit.trees if isinstance(t, Power) and _even(t.exponent)}
    for tree in unit.trees:
        if tree in early:
            continue
        made = over(tree, new)
        for mask in masks.get(tree, ()):
            made = made if tree in squares else mask.guard(made, guarded, out)
        if made in guarded:
            early.update(t for t in out if t in conditions)
        new[tree] = made
        out.append(made)
    return Unit(unit.source, new[unit.root], out, unit.bound)


def _masked(tree: Product, source: str) -> tuple[_Mask, Tree] | None:
    """The mask of a product that a sum over pairs or a case was made into, and what is masked.

    What was made stands where the sign of the sum, or the beginning of the cases, does.
    """
    if len(tree.factors) != 2:
        return None
    (_, first), (sign, second) = tree.factors
    start, end = first.span
    if sign == "*" and isinstance(first, Group) and source[start:end] in ("\\sum", "\\prod"):
        return _Mask(first), second
    made = sign == ".*" and source[start:end].startswith(("\\begin{cases}", "\\begin{dcases}"))
    return (_Mask(second, cases=True), first) if made and second.span[0] == start else None


@dataclass(frozen=True, eq=False)
class _Mask:
    """1 for the pairs that are summed over, or where a case holds; 0 elsewhere."""

    tree: Tree
    cases: bool = False

    @property
    def indices(self) -> frozenset[str]:
        return frozenset(i for t in below(self.tree) if isinstance(t, Index) for i in t.at if isinstance(i, str))

    def guard(self, tree: Tree, guarded: set[Tree], out: list[Tree]) -> Tree:
        """``tree`` with what may have no value guarded; new trees go to ``out``."""
        made: Tree
        if isinstance(tree, Norm) and not self.cases and tree.mark in OF_VECTORS and self._both(tree.inner):
            made = self._length(tree, out)
        elif isinstance(tree, Call) and tree.name in PARTIAL and self._open(tree.args[0], guarded):
            made = replace(tree, args=(self._put(tree.args[0], out, signed=False), *tree.args[1:]))
        elif isinstance(tree, Power) and not _natural(tree.exponent) and self._open(tree.base, guarded):
            made = replace(tree, base=self._put(tree.base, out, signed=_whole(tree.exponent)))
        elif isinstance(tree, Product) and (below := {f for s, f in tree.factors if s.endswith("/")}):
            below = {f for f in below if self._open(f, guarded)}
            if not below:
                return tree
            made = replace(tree, factors=tuple((s, self._put(f, out) if f in below else f) for s, f in tree.factors))
        else:
            return tree
        guarded.add(made)
        return made

    def _both(self, tree: Tree) -> bool:
        """Whether it depends on both indices, or on something that the case does."""
        if self.cases:
            return not _names(self.tree).isdisjoint(_names(tree))
        return self.indices <= _indices(tree)

    def _open(self, tree: Tree, guarded: set[Tree]) -> bool:
        """Whether it depends on both indices and is not known to have a value other than 0."""
        return self._both(tree) and not self._safe(tree, guarded)

    def _safe(self, tree: Tree, guarded: set[Tree]) -> bool:
        todo = [tree]
        while todo:
            part = todo.pop()
            if not self._both(part) or (part in guarded and (isinstance(part, Norm) or _is_root(part))):
                continue
            if isinstance(part, Group | Power | Product) or (isinstance(part, Call) and part.name == "sqrt"):
                todo.append(part.base) if isinstance(part, Power) else todo.extend(part.parts)
            elif not _above_zero(part):
                return False
        return True

    def _length(self, norm: Norm, out: list[Tree]) -> Tree:
        """``sqrt(||u||^2 + I[i,j])``, which becomes products of matrices, where ``u`` is 0 on the diagonal alone."""
        if not self._vanishes(norm, signed=True):
            return replace(norm, inner=self._put(norm.inner, out))
        two = Number(norm.span, Fraction(2))
        square = Power(norm.span, norm, two, False)
        out += [norm, two, square]
        return Call(norm.span, "sqrt", (self._put(square, out),))

    def _vanishes(self, tree: Tree, signed: bool) -> bool:
        """Whether it is 0 where both indices are one and nowhere else: ``x_i - x_j``, its length and powers of that.

        ``signed``: it may be negative for other pairs.
        """
        while isinstance(tree, Group | Norm | Power) or (isinstance(tree, Call) and tree.name in LENGTHS):
            signed = signed or not isinstance(tree, Group)
            tree = tree.parts[0]
        ends = [t for _, t in tree.terms if isinstance(t, Index)] if isinstance(tree, Sum) else []
        names = {t.base.name for t in ends if isinstance(t.base, Name)}
        return (
            signed and isinstance(tree, Sum) and len(ends) == len(tree.terms) == 2 and len(names) == 1
            and sum(sign for sign, _ in tree.terms) == 0 and {t.at[0] for t in ends} == self.indices
            and all(at is None for t in ends for at in t.at[1:])
        )  # fmt: skip

    def _put(self, tree: Tree, out: list[Tree], signed: bool = True) -> Tree:
        """``tree*mask + (1 - mask)``, or ``tree + I[i,j]`` where that is the same."""
        span: Span = tree.span
        if not self.cases and self._vanishes(tree, signed):
            unit = Name(span, "I")
            entry = Index(span, unit, tuple(sorted(self.indices)))
            apart = Sum(span, ((1, tree), (1, entry)))
            out += [unit, entry, apart, Group(span, apart)]
            return out[-1]
        if self.cases and self.tree not in out:  # the condition stands behind what it is of
            out += reversed(list(below(self.tree)))
        one = Number(span, Fraction(1))
        inner = tree if isinstance(tree, Group) else Group(span, tree)
        kept = Product(span, (("", inner), (".*" if self.cases else "*", self.tree)))
        left = Sum(span, ((1, one), (-1, self.tree)))
        rest = Group(span, left)
        whole = Sum(span, ((1, kept), (1, rest)))
        made = Group(span, whole)
        out += [*([] if inner is tree else [inner]), one, kept, left, rest, whole, made]
        return made


def _above_zero(tree: Tree) -> bool:
    """Whether it is a positive number and squares of norms: ``1 + \\|x_i - x_j\\|^2``."""
    if not isinstance(tree, Sum) or any(sign < 0 for sign, _ in tree.terms):
        return False
    numbers = [t for _, t in tree.terms if isinstance(t, Number) and t.value > 0]
    rest = [t for _, t in tree.terms if t not in numbers]
    return bool(numbers) and all(isinstance(t, Power) and isinstance(t.base, Norm) and _even(t.exponent) for t in rest)


def _is_root(tree: Tree) -> bool:
    return isinstance(tree, Call) and tree.name == "sqrt"


def _even(tree: Tree) -> bool:
    number = constant(tree)
    return number is not None and number > 0 and number.denominator == 1 and number.numerator % 2 == 0


def _whole(tree: Tree) -> bool:
    number = constant(tree)
    return number is not None and number.denominator == 1


def _natural(tree: Tree) -> bool:
    number = constant(tree)
    return number is not None and number >= 0 and number.denominator == 1


def _names(root: Tree) -> set[str]:
    return {t.name for t in below(root) if isinstance(t, Name)}


def _indices(root: Tree) -> frozenset[str]:
    """The names of indices that stand in a tree."""
    summed = {t.index for t in below(root) if isinstance(t, Over)}
    at = {i for t in below(root) if isinstance(t, Index) for i in t.at if isinstance(i, str)}
    names = {t.name for t in below(root) if isinstance(t, Name)}
    return frozenset((at | names) - summed)


