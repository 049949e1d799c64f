r"""What LaTeX shows of numbers and vectors beyond habit: sums, what is applied or moved, names with one letter.

The h of ``h \sum_i s_i`` is a number, since the sum is one; ``q_1`` and ``q_2`` are both numbers or both vectors.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.read.alphabet import base_letters, is_greek
from closedform.read.infer import Trial, Unit
from closedform.read.misfit import Misfit
from closedform.read.products import doubt_subtracted
from closedform.read.syntax import (
    Call,
    Group,
    Index,
    Name,
    Negative,
    Norm,
    Number,
    Over,
    Power,
    Product,
    Sum,
    Transpose,
    Tree,
)
from closedform.read.unify import is_scalar
from closedform.read.vocabulary import INDEX_LETTERS

ANGLES = {"sin", "cos", "tan"}
LARGE = {"I", "eye", "ones", "zeros"}
SCALED_SUM = 1.2
"""Of a vector times a sum of numbers: more than a number instead of it is from habit, less than one in bold type."""
WEIGHTED = 0.5
r"""Of the x_i in a neuron, ``\sum_i w_i x_i + b``, as vectors: both letters are of numbers or of vectors."""
MEMBER = 1.5
"""Of capitals such as ``E_i`` as vectors where numbers are meant."""
NO_MAP = 2.0
"""Of ``A (x - b)`` as a matrix times a number."""
TURNED = 2.5
"""Of a sum of entries that is transposed, as a number."""
NO_ROW = 4.6
"""Of ``x W`` as a product with a number, which is so far from habit that it is asked about."""
COEFFICIENTS, NO_NUMBER = {"beta", "theta", "gamma", "delta", "alpha"}, 3.2
"""Of ``Y - X \\beta`` as matrices, of which one is multiplied by a number behind it."""
DATA, WEIGHTS = {"x", "h", "z"}, {"W", "U", "V", "A"}
TOGETHER = 200
"""Parts of a formula that are looked at together."""
APART = 1.6
"""Of ``q_1`` and ``q_2`` as a number and a vector."""


def lean(trial: Trial) -> None:
    """Doubt what fits and is not what LaTeX shows."""
    for unit in trial.question.units:
        for tree in unit.trees:
            if isinstance(tree, Product):
                _doubt_turned(trial, tree)
                _doubt_behind(trial, tree)
            if isinstance(tree, Product | Sum | Norm):
                _check_marks(trial, tree)
            if is_scalar(trial.shape[tree]):
                continue
            if isinstance(tree, Product):
                _doubt_scaled_sum(trial, tree)
                _doubt_moved(trial, tree)
                _doubt_members(trial, tree)
            elif isinstance(tree, Sum):
                _doubt_first(trial, tree)
                _doubt_weighted(trial, tree)
            elif isinstance(tree, Call):
                _doubt_members(trial, tree)
            elif isinstance(tree, Over):
                _doubt_still(trial, tree)
        _unify_same(trial, unit)
    _doubt_apart(trial)


def _leaves(*parts: Tree) -> list[Tree]:
    """The names and entries in parts; none where these are larger than what a person looks at together."""
    todo, leaves = list(parts), list[Tree]()
    for _ in range(TOGETHER):
        if not todo:
            return leaves
        part = todo.pop()
        if isinstance(part, Name | Index):
            leaves.append(part)
        else:
            todo.extend(part.parts)
    return []


def _unify_same(trial: Trial, unit: Unit) -> None:
    """What stands in brackets twice, I or ones in it, is of one shape: ``(I - 1 1'/n) K (I - 1 1'/n)``."""
    seen: dict[str, Shape] = {}
    for tree in unit.trees:
        if isinstance(tree, Group) and any(isinstance(t, Name) and t.name in LARGE for t in _leaves(tree)):
            shape = trial.shape[tree]
            first = seen.setdefault("".join(unit.source[slice(*tree.span)].split()), shape)
            for one, other in zip(first, shape, strict=True):
                trial.sizes.unify(one, other)


def _doubt_scaled_sum(trial: Trial, tree: Product) -> None:
    factors = [f for _, f in tree.factors]
    columns = [f for f in factors if trial.shape[f][1] is ONE and not is_scalar(trial.shape[f])]
    free = [f for f in columns if _is_free(trial, f)]
    kinds = (Over, Norm) if any(f.name not in INDEX_LETTERS for f in free if isinstance(f, Name)) else (Over,)
    if free and any(_has(f, kinds) and is_scalar(trial.shape[f]) for f in factors):
        trial.doubt(tree, SCALED_SUM)
    elif any(_is_moved_number(trial, f) for f in columns):
        behind = [f for sign, f in tree.factors if sign in ("", "*")]
        if any(is_scalar(trial.shape[f]) and _has(f, (Call, Norm, Over)) for f in behind):
            trial.doubt(tree, SCALED_SUM)


def _is_moved_number(trial: Trial, tree: Tree) -> bool:
    r"""Whether it adds free small names to numbers, as ``\frac{\nu + d}{2}`` does, and nothing else."""
    todo, added = [tree], False
    for _ in range(TOGETHER):
        if not todo:
            return added
        part = todo.pop()
        if isinstance(part, Name) and not is_scalar(trial.shape[part]):
            if not (_is_free(trial, part) and _is_small(part)):
                return False
        elif not isinstance(part, Group | Negative | Product | Sum | Number | Name):
            return False
        if isinstance(part, Sum):  # \nu + d, d + 1; not x - \mu, of which the vector comes first
            terms = [t for _, t in part.terms]
            added = added or is_scalar(trial.shape[terms[0]]) or any(isinstance(t, Number) for t in terms)
        todo.extend(part.parts)
    return False


def _doubt_first(trial: Trial, tree: Sum) -> None:
    r"""``\theta - \eta g`` and ``\mu + L z``: what parameters are changed by, and what is moved, is of their kind."""
    sign, first = tree.terms[0]
    if sign < 0 or not (isinstance(first, Name) and _is_free(trial, first) and is_scalar(trial.shape[first])):
        return
    moved = any(isinstance(t, Product) and _maps(trial, t) for _, t in tree.terms[1:])
    if is_greek(first.name) and (moved or base_letters(first.name) == "theta"):
        trial.doubt(tree, APART)


STEPS = {"k", "t", "l", "i", "j", "s"}
"""Letters that number steps, ``x^k``, as well as they count factors."""


def _check_marks(trial: Trial, tree: Product | Sum | Norm) -> None:
    r"""``\|A x - b + u^k\|``: where a vector must stand, the k above a small letter is no power."""
    if isinstance(tree, Sum):
        suspects = [t for _, t in tree.terms] if not is_scalar(trial.shape[tree]) else []
    elif isinstance(tree, Norm):
        suspects = _added(tree.parts[0]) if is_scalar(trial.shape[tree.parts[0]]) else []
    else:
        turned = [f.inner for _, f in tree.factors if isinstance(f, Transpose) and is_scalar(trial.shape[f])]
        mapped = [f for (_, b), (_, f) in pairwise(tree.factors) if isinstance(b, Name) and b.name[0].isupper()]
        suspects = [t for part in turned for t in _added(part)] + mapped
    for power in (t for t in suspects if isinstance(t, Power) and not t.entrywise):
        base, above = power.base, power.exponent.inner if isinstance(power.exponent, Group) else power.exponent
        above = above.terms[0][1] if isinstance(above, Sum) else above
        step = isinstance(above, Name) and above.name in STEPS and _is_free(trial, above)
        if step and isinstance(base, Name) and _is_small(base) and _is_free(trial, base):
            typed, name = trial.typed(power), trial.typed(base)
            step_typed = trial.typed(power.exponent).strip("{}")
            hint = f"Write {name}^{{({step_typed})}} for a name of its own, or declare {base.name} in R for the power."
            raise Misfit(power, f"{typed} would be the power of a number, and stands where a vector must", hint=hint,
                         final=True)  # fmt: skip


def _added(tree: Tree) -> list[Tree]:
    while isinstance(tree, Group):
        tree = tree.inner
    return [t for _, t in tree.terms] if isinstance(tree, Sum) else [tree]


def _doubt_weighted(trial: Trial, tree: Sum) -> None:
    r"""``\sum_i w_i x_i + b``: where two small letters have the index and a third is added, all are numbers."""
    terms = [t for _, t in tree.terms]
    for body in (t.body for t in terms if isinstance(t, Over) and isinstance(t.body, Product)):
        factors = [f for _, f in body.factors]
        entries = [f for f in factors if isinstance(f, Index) and _is_member(trial, f) and _is_small(f.base)]
        mixed = len({is_scalar(trial.shape[f]) for f in entries}) > 1
        if len(entries) == len(factors) and mixed and any(_is_free(trial, t) and _is_small(t) for t in terms):
            trial.doubt(tree, WEIGHTED)


def _doubt_turned(trial: Trial, tree: Product) -> None:
    r"""``\bigl(\sum_i z_i u_i\bigr)^\top W``: of numbers nothing would be transposed."""
    for inner in (f.inner for _, f in tree.factors if isinstance(f, Transpose) and isinstance(f.inner, Group)):
        entries = [t for t in _leaves(inner) if isinstance(t, Index) and _is_member(trial, t)]
        if is_scalar(trial.shape[inner]) and entries and _has(inner, (Over,)):
            trial.doubt(tree, TURNED)


def _doubt_behind(trial: Trial, tree: Product) -> None:
    r"""``x W + b`` of a row x: W is no number, and x neither."""
    for (_, before), (sign, factor) in pairwise(tree.factors):
        if sign or not (isinstance(before, Name) and isinstance(factor, Name)):
            continue
        data = base_letters(before.name) in DATA and _is_free(trial, before)
        weights = base_letters(factor.name) in WEIGHTS and _is_free(trial, factor)
        coefficients = base_letters(factor.name) in COEFFICIENTS and is_scalar(trial.shape[factor])
        regressors = before.name[0].isupper() and before.name not in LARGE and ONE not in trial.shape[before]
        if coefficients and regressors and tree.factors[-1][1] is factor and _is_free(trial, factor):
            trial.doubt(tree, NO_NUMBER)
        if data and weights and (is_scalar(trial.shape[before]) or ONE in trial.shape[factor]):
            trial.doubt(tree, NO_ROW)


def _doubt_moved(trial: Trial, tree: Product) -> None:
    r"""``A (x - \mu)``: what is subtracted before a matrix is applied is a vector."""
    if not _maps(trial, tree):
        return
    for (_, before), (sign, factor) in pairwise(tree.factors):
        doubt_subtracted(trial, tree, factor)
        vectors = [t for t in _leaves(factor) if _is_free(trial, t) and _is_small(t)]
        mapped = isinstance(before, Name) and ONE not in trial.shape[before] and sign in ("", "*")
        if mapped and vectors and isinstance(factor, Group) and is_scalar(trial.shape[factor]):
            trial.doubt(tree, NO_MAP)


def _is_small(tree: Tree) -> bool:
    return isinstance(tree, Name) and tree.name[0].islower() and not is_greek(tree.name)


def _maps(trial: Trial, tree: Product) -> bool:
    """Whether a matrix by name stands in a product."""
    return any(isinstance(f, Name) and ONE not in trial.shape[f] for _, f in tree.factors)


def _doubt_still(trial: Trial, tree: Over) -> None:
    r"""``\sum_i x_i \log p``: of numbers, where nothing with the index is a vector and names without it are."""
    large = [t for t in _leaves(tree.body) if not is_scalar(trial.shape[t])]
    if large and all(_is_free(trial, t) and trial.shape[t][1] is ONE for t in large):
        trial.doubt(tree, SCALED_SUM)


def _doubt_members(trial: Trial, tree: Product | Call) -> None:
    r"""``e^{-\beta E_i}`` and ``N_i E_i``: members in capitals are numbers, not vectors, below functions of numbers
    and beside one another."""
    leaves = _leaves(*tree.parts)
    angles = isinstance(tree, Call) and tree.name in ANGLES
    is_number = _is_member if angles else _is_capital
    capitals = [t for t in leaves if isinstance(t, Index) and is_number(trial, t)]
    large = [t for t in leaves if not is_scalar(trial.shape[t])]
    op = trial.choice.get(tree) if isinstance(tree, Call) else None
    called = op is not None and (op.elementwise or op.name == "expm")
    if large and set(large) <= set(capitals) and (called or len(capitals) > len(large)):
        trial.doubt(tree, MEMBER)


def _is_member(trial: Trial, entry: Index) -> bool:
    return _is_free(trial, entry.base) and len(entry.at) == 1


def _is_capital(trial: Trial, entry: Index) -> bool:
    base = entry.base
    return isinstance(base, Name) and base.name[0].isupper() and _is_member(trial, entry)


def _is_free(trial: Trial, tree: Tree) -> bool:
    return isinstance(tree, Name) and not trial.declared(tree.name)


def _has(tree: Tree, kinds: tuple[type[Tree], ...]) -> bool:
    """Whether it holds a sum over an index or a norm, terms, factors and brackets of it looked into."""
    todo = [tree]
    for _ in range(TOGETHER):
        if not todo:
            break
        part = todo.pop()
        if isinstance(part, kinds):
            return True
        if isinstance(part, Group | Negative | Product | Sum | Power):
            todo.extend(part.parts)
    return False


def _doubt_apart(trial: Trial) -> None:
    """Doubt that names which differ in a number alone are a number and a vector."""
    seen: dict[str, bool] = {}
    for stem, tree in _numbered(trial):
        scalar = is_scalar(trial.shape[tree])
        if seen.setdefault(stem, scalar) != scalar:
            trial.doubt(tree, APART)
            trial.doubts += [other for name, other in _numbered(trial) if name == stem]
            seen[stem] = scalar


def _numbered(trial: Trial) -> Iterator[tuple[str, Tree]]:
    for unit in trial.question.units:
        for tree in unit.trees:
            if isinstance(tree, Name) and _is_free(trial, tree):
                stem, _, number = tree.name.rpartition("_")
                if stem and number.isdigit() and number != "0":
                    yield stem, tree
