"""Shapes of all parts of a formula, once each name has been given a kind: one trial of the search.

Works through the parts, inner ones first, and unifies sizes as the operations demand. ``cost`` counts what fits
but is unlikely to be meant; ``doubts`` are the parts it came from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from closedform.expr.op import Shape
from closedform.expr.size import ONE, Size
from closedform.read.declarations import Arrow
from closedform.read.latex_pieces import quoted
from closedform.read.masks import masks
from closedform.read.misfit import Misfit, Operand, is_norm, root_mend
from closedform.read.syntax import (
    Call,
    Group,
    Index,
    Inner,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
    Tree,
)  # fmt: skip
from closedform.read.unify import Unknowns, is_scalar

SCALAR: Shape = (ONE, ONE)
UNLIKELY = 1.5
ABSURD = 5.0
"""More than any search goes from habit: a sum or a mean of what had to become a scalar."""
SLIGHT = 0.1


@dataclass(frozen=True)
class Unit:
    """One parsed text: the formula, or what a name is bound to (``bound``)."""

    source: str
    root: Tree
    trees: list[Tree]
    bound: str = ""


@dataclass(frozen=True)
class Question:
    """What is given to every trial."""

    units: list[Unit]
    shapes: dict[str, Shape]  # declared
    functions: dict[str, Arrow]
    families: frozenset[str]
    stacks: dict[str, Shape]  # declared families of matrices: the shapes of their members
    differentials: dict[str, str]
    sizes: frozenset[str]  # names that are sizes, whatever the trial
    indices: frozenset[str]  # summed names
    shifted: frozenset[str]  # those that stand as i+1 somewhere, or run from 0
    bound: dict[str, Tree]
    commuting: tuple[tuple[str, str], ...] = ()
    square: frozenset[str] = frozenset()  # said to be square, of whatever size
    frobenius: bool = False  # norm2 of a matrix is the Frobenius norm
    reserved: frozenset[str] = frozenset()  # letters that no size is to be called by
    typeset: bool = False  # LaTeX, where |X| of a matrix is its determinant
    from_zero: frozenset[str] = frozenset()  # names whose entries are counted from 0


@dataclass(frozen=True)
class Near:
    """An entry such as ``x[i+1]``: its tree, which of its indices, the length there, and the shift."""

    tree: Index
    place: int
    length: Size
    shift: int


@dataclass
class Trial:
    """One assignment of kinds: S scalar, V vector, M matrix, F family of vectors, G of matrices, Z a size."""

    question: Question
    kinds: dict[str, str]
    greek: frozenset[str]  # undeclared names that are scalars by habit
    sizes: Unknowns = field(default_factory=Unknowns)
    names: dict[str, Shape] = field(default_factory=dict)
    shape: dict[Tree, Shape] = field(default_factory=dict)
    choice: dict[Tree, Any] = field(default_factory=dict)
    ranges: dict[str, Size] = field(default_factory=dict)
    near: dict[str, list[Near]] = field(default_factory=dict)  # of indices that are shifted somewhere
    stacks: dict[str, Shape] = field(default_factory=dict)  # families of matrices found: the shapes of their members
    fixed: dict[str, Size] = field(default_factory=dict)  # names of entries, and the length that each is within
    notes: list[str] = field(default_factory=list)
    cost: float = 0.0
    doubts: list[Tree] = field(default_factory=list)
    source: str = ""

    def run(self) -> None:
        """Find all shapes. Raises Misfit where the kinds do not fit."""
        for a, b in self.question.commuting:
            rows, cols = self.name_shape(a)
            self.sizes.unify(rows, cols)
            self.sizes.same((rows, cols), self.name_shape(b))
        for name in sorted(self.question.square):
            self.sizes.unify(*self.name_shape(name))
        for unit in self.question.units:
            self.source = unit.source
            for tree in unit.trees:
                self.shape[tree] = RULES[type(tree)](self, tree)
            if unit.bound:
                self.names[unit.bound] = self.shape[unit.root]

    # -- words
    def typed(self, tree: Tree) -> str:
        typed = self.source[tree.span[0] : tree.span[1]]
        return quoted(self.source, *tree.span) if "}" in typed or "{" in typed else typed

    def doubt(self, tree: Tree, cost: float) -> None:
        if cost:
            self.cost += cost
            self.doubts.append(tree)

    def name_shape(self, name: str) -> Shape:
        """The shape of a variable, made when first asked for."""
        found = self.names.get(name)
        if found is None:
            found = self.names[name] = self._new_shape(name)
        return found

    def _new_shape(self, name: str) -> Shape:
        question = self.question
        if name in question.shapes:
            if name in question.stacks:
                self.stacks[name] = question.stacks[name]
            return question.shapes[name]
        if name in question.differentials:
            return self.name_shape(question.differentials[name])
        kind = self.kinds.get(name, "S")
        if kind in "SZ":
            return SCALAR
        rows = self.sizes.fresh()
        if kind == "G":
            self.stacks[name] = (self.sizes.fresh(), self.sizes.fresh())
            return rows, self.stacks[name][0]  # the length of a row is known at the end
        return (rows, ONE) if kind == "V" else (rows, self.sizes.fresh())

    def is_family(self, name: str) -> bool:
        base = self.question.differentials.get(name, name)
        return base in self.question.families or self.kinds.get(base) == "F"

    def member(self, name: str) -> Shape | None:
        """The shape of the members of a family of matrices; None for what is none."""
        return self.stacks.get(self.question.differentials.get(name, name))

    def declared(self, name: str) -> bool:
        question = self.question
        known = (question.shapes, question.sizes, question.indices, question.bound)
        return any(name in k for k in known) or self.kinds.get(name) is None


def constant(tree: Tree) -> Fraction | None:
    """The number that a tree of numbers alone is."""
    while isinstance(tree, Group):
        tree = tree.inner
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Negative):
        inner = constant(tree.inner)
        return None if inner is None else -inner
    if isinstance(tree, Sum) and len(tree.terms) == 1:
        inner = constant(tree.terms[0][1])
        return None if inner is None else tree.terms[0][0] * inner
    if isinstance(tree, Product) and len(tree.factors) == 2 and tree.factors[1][0] in ("*", "/"):
        (_, a), (operator, b) = tree.factors
        if isinstance(a, Number | Negative) and isinstance(b, Number) and (operator == "*" or b.value):
            left = constant(a)
            assert left is not None
            return left * b.value if operator == "*" else left / b.value
    return None


def _number(trial: Trial, tree: Number) -> Shape:
    return SCALAR


def _name(trial: Trial, tree: Name) -> Shape:
    name = tree.name
    if name in trial.question.indices and name not in trial.question.shapes:
        return SCALAR
    if name in ("I", "eye", "ones", "zeros", "pi") and name not in trial.question.shapes and name not in trial.names:
        if name == "pi":
            return SCALAR
        n = trial.sizes.fresh()
        return (n, n) if name in ("I", "eye") else (n, ONE)
    return trial.name_shape(name)


def _inside(trial: Trial, tree: Group | Negative) -> Shape:
    return trial.shape[tree.inner]


def _turned_by_letter(trial: Trial, tree: Transpose, letter: Tree) -> None:
    """``x^T`` where T is also the name of something: of a number it is the power, of the rest the transpose."""
    what, scalar = trial.typed(tree), is_scalar(trial.shape[tree.inner])
    if scalar and not is_scalar(trial.shape[letter]):
        raise Misfit(tree, f"{what} is the transpose of a number, or its power with an exponent that is none")
    if not scalar and "T" in trial.question.shapes and is_scalar(trial.shape[letter]):
        x = trial.typed(tree.inner)
        hint = f"Write {x}^\\top" if trial.question.typeset else f"Write {x}'"
        head = f"{what} may be the transpose or the power of the number T"
        free = isinstance(tree.inner, Name) and not trial.declared(tree.inner.name)
        power = f"; for the power declare {x} in R." if free else "."
        raise Misfit(tree, head, hint=f"{hint} for the transpose{power}", final=True)
    trial.notes.append(f"{what} is read as the {'power' if scalar else 'transpose'}.")


def _transpose(trial: Trial, tree: Transpose) -> Shape:
    rows, cols = trial.shape[tree.inner]
    if tree.letter is not None:
        _turned_by_letter(trial, tree, tree.letter)
    if rows is ONE and cols is ONE:
        inner = tree.inner
        if isinstance(inner, Name | Index):
            base = inner.base if isinstance(inner, Index) else inner
            if isinstance(base, Name) and not trial.declared(base.name):
                trial.doubt(tree, UNLIKELY if base.name in trial.greek else 2.5 * UNLIKELY)
        elif isinstance(inner, Group) and isinstance(inner.inner, Sum):
            terms = [t for _, t in inner.inner.terms if isinstance(t, Name) and not trial.declared(t.name)]
            trial.doubt(tree, SLIGHT if terms else 0.0)
            if _of_entries(trial, [t for _, t in inner.inner.terms]):
                trial.doubt(tree, 2 * UNLIKELY)  # (x_i - mu_k)^T is of vectors
    return cols, rows


def _of_entries(trial: Trial, terms: list[Tree]) -> bool:
    """Whether the terms are undeclared or bound names and entries of undeclared ones, and nothing else."""
    names = [t.base if isinstance(t, Index) else t for t in terms]
    bound = trial.question.bound
    return any(isinstance(t, Index) for t in terms) and all(
        isinstance(t, Name) and (t.name in bound or not trial.declared(t.name)) for t in names
    )


def _sum(trial: Trial, tree: Sum) -> Shape:
    terms = [t for _, t in tree.terms]
    shapes = [trial.shape[t] for t in terms]
    whole: Operand | None = None
    for term, shape in zip(terms, shapes, strict=True):
        if is_scalar(shape):
            continue
        if whole is None:
            whole = (term, shape)
        elif not trial.sizes.same(whole[1], shape):
            raise _unequal(trial, tree, whole, (term, shape))
    if whole is None:
        return SCALAR
    for term, shape in zip(terms, shapes, strict=True):
        if is_scalar(shape):
            _promote(trial, tree, term, whole, terms)
    return whole[1]


def _unequal(trial: Trial, tree: Sum, a: Operand, b: Operand) -> Misfit:
    sign = next(s for s, t in tree.terms if t is b[0])
    head = f"{trial.typed(a[0])} {'+' if sign > 0 else '-'} {trial.typed(b[0])}: shapes differ"
    flipped = (b[1][1], b[1][0])
    fits = trial.sizes.shape(flipped) == trial.sizes.shape(a[1])
    hint = f"Did you mean {trial.typed(b[0])}' ?" if fits else ""
    return Misfit(tree, head, (a, b), hint=hint, span=(a[0].span[0], b[0].span[1]))


def _promote(trial: Trial, tree: Sum, term: Tree, whole: Operand, terms: list[Tree]) -> None:
    """A scalar beside a vector is added to every entry; beside a matrix if that is an elementwise expression."""
    matrices = [t for t in terms if not is_scalar(trial.shape[t])]
    of_matrix = whole[1][1] is not ONE and whole[1][0] is not ONE and not any(entrywise(trial, t) for t in matrices)
    if of_matrix and not masks(trial, tree, term):
        s, X = trial.typed(term), trial.typed(whole[0])
        head = f"{s} is a scalar and {X} a matrix: they cannot be added"
        rows, columns = (size.text for size in trial.sizes.shape(whole[1]))
        identity = f"{s}*I for multiples of the identity, " if rows == columns else ""
        hint = f"Write {identity}{s}*ones({rows},{columns}) for every entry."
        raise Misfit(tree, head, (whole,), hint=hint)
    if isinstance(term, Name) and not trial.declared(term.name) and term.name != "pi":
        done = "subtracted from" if (-1, term) in tree.terms else "added to"
        trial.notes.append(f"{term.name} is a number, {done} every entry of {trial.typed(whole[0])}.")
    trial.doubt(tree, _promotion_cost(trial, term) + SLIGHT * is_norm(term))


def _promotion_cost(trial: Trial, term: Tree) -> float:
    todo, cost = [term], 0.0
    while todo:
        tree = todo.pop()
        if isinstance(tree, Name) and not trial.declared(tree.name) and tree.name != "pi":
            habit = tree.name in trial.greek and trial.kinds.get(tree.name) == "S"
            cost = max(cost, SLIGHT if habit else UNLIKELY)
        todo.extend(tree.parts)
    return cost


def entrywise(trial: Trial, tree: Tree) -> bool:
    """Whether a tree is an elementwise expression, so that adding a scalar to it has one meaning."""
    todo = [tree]
    while todo:
        tree = todo.pop()
        if isinstance(tree, Power) and tree.entrywise:
            return True
        if isinstance(tree, Call) and getattr(trial.choice.get(tree), "elementwise", False):
            return True
        if isinstance(tree, Product):
            if any(operator in (".*", "./") for operator, _ in tree.factors):
                return True
            large = [t for _, t in tree.factors if not is_scalar(trial.shape[t])]
            todo += large if len(large) == 1 else []
        elif isinstance(tree, Group | Negative | Sum | Transpose):
            todo.extend(tree.parts)
        elif isinstance(tree, Name) and tree.name in trial.question.bound:
            todo.append(trial.question.bound[tree.name])
    return False


def _inner(trial: Trial, tree: Inner) -> Shape:
    a, b = (tree.left, trial.shape[tree.left]), (tree.right, trial.shape[tree.right])
    if not trial.sizes.same(a[1], b[1]):
        raise Misfit(tree, f"{trial.typed(tree)}: shapes differ", (a, b))
    if is_scalar(a[1]) and any(isinstance(t, Name) and not trial.declared(t.name) for t, _ in (a, b)):
        trial.doubt(tree, UNLIKELY)
    return SCALAR


def _power(trial: Trial, tree: Power) -> Shape:
    base, exponent = trial.shape[tree.base], trial.shape[tree.exponent]
    operands = ((tree.base, base), (tree.exponent, exponent))
    typed = trial.typed(tree)
    if tree.entrywise:
        if is_scalar(exponent) or is_scalar(base):
            return exponent if is_scalar(base) else base
        if not trial.sizes.same(base, exponent):
            raise Misfit(tree, f"{typed}: shapes differ", operands)
        return base
    if not is_scalar(exponent):
        what = "write .^ for elementwise powers" if exponent[1] is ONE else "an exponent is a number"
        hint = f"For elementwise powers write {trial.typed(tree.base)}.^{trial.typed(tree.exponent)}."
        raise Misfit(tree, f"{typed}: the exponent is not a scalar", operands, hint=hint if what[0] == "w" else "")
    if is_scalar(base):
        return base
    _matrix_power(trial, tree, base)
    return base


def _matrix_power(trial: Trial, tree: Power, base: Shape) -> None:
    x, p = trial.typed(tree.base), trial.typed(tree.exponent)
    typed, number = trial.typed(tree), constant(tree.exponent)
    if base[1] is ONE or base[0] is ONE:
        hint = f"Write {x}.^{p} for the elementwise power, {x}'*{x} for the square of the norm"
        hint = hint if p == "2" else f"Write {x}.^{p} for the elementwise power"
        if trial.question.typeset and p.isalpha():
            hint += f", {x}^{{({p})}} for a name of its own"
        hint += f", or declare {x} in R." if isinstance(tree.base, Name) else "."
        raise Misfit(tree, f"{typed}: a vector has no power", ((tree.base, base),), hint=hint)
    if not trial.sizes.unify(*base):
        hint = f"Write {x}.^{p} for the elementwise power, {x}'*{x} for the product with the transpose."
        if number is not None and number < 0:
            hint = f"Write pinv({x}) for the pseudo-inverse."
        raise Misfit(tree, f"{typed}: {x} is not square", ((tree.base, base),), hint=hint)
    if number is not None and number.denominator != 1:
        head = f"{typed}: the power of a matrix takes a whole number"
        root = root_mend(x, number, isinstance(tree.base, Group))
        raise Misfit(tree, head, hint=f"Write {x}.^{p} for the elementwise power, {root}", final=True)


Rule = Callable[[Trial, Any], Shape]
RULES: dict[type[Tree], Rule] = {
    Number: _number, Name: _name, Group: _inside, Negative: _inside, Transpose: _transpose, Sum: _sum,
    Inner: _inner, Power: _power,
}  # fmt: skip
"""The rule of each kind of tree; products, calls, blocks and indices add theirs from their own files."""
