"""The shape rule of products: what stands beside what, on one level from left to right."""

from __future__ import annotations

from closedform.expr.op import Shape
from closedform.expr.size import ONE, size
from closedform.read.infer import SLIGHT, UNLIKELY, Trial, constant
from closedform.read.misfit import Misfit, entry_hint, names_below
from closedform.read.syntax import Group, Index, Name, Product, Stack, Sum, Transpose, Tree
from closedform.read.unify import is_scalar

DOUBTFUL_OUTER = 0.6
"""Of ``y[i]*w'`` as an outer product, where y is not declared: it is sooner a number times a row."""


def product_shape(trial: Trial, tree: Product) -> Shape:
    """The shape of a product of factors."""
    factors = tree.factors
    shape = trial.shape[factors[0][1]]
    for place in range(1, len(factors)):
        operator, factor = factors[place]
        other = trial.shape[factor]
        if operator == "×" and not (is_scalar(shape) or is_scalar(other)):
            shape = _cross(trial, tree, place, shape, other)
        elif operator == "·" and are_columns(shape, other):
            shape = _dot(trial, tree, place, shape, other)
        elif operator in ("*", "", "×", "·"):
            if operator == "·":
                _doubt_entry(trial, tree, place, shape, other)
            shape = _times(trial, tree, place, shape, other)
        elif operator == "/":
            if not is_scalar(other):
                raise _division(trial, tree, place, shape, other)
        elif operator == "⊗":
            shape = _kron(trial, shape, other)
        else:
            shape = _entrywise(trial, tree, place, shape, other)
    if is_scalar(shape):
        _doubt_centre(trial, tree)
    return shape


def _doubt_centre(trial: Trial, tree: Product) -> None:
    """``(x - mu)'*S*(x - mu)``: what is subtracted inside a quadratic form is sooner a vector than a number."""
    inside = [factor for _, factor in tree.factors if not is_scalar(trial.shape[factor])]
    if len(inside) > 1 and isinstance(inside[0], Transpose):
        doubt_subtracted(trial, tree, inside[0].inner)
        doubt_subtracted(trial, tree, inside[-1])


def doubt_subtracted(trial: Trial, whole: Tree, part: Tree) -> None:
    """Doubt that an undeclared name which is subtracted from a vector in ``part`` is a number."""
    while isinstance(part, Group):
        part = part.inner
    if not isinstance(part, Sum) or is_scalar(trial.shape[part]):
        return
    from_scalar = any(sign < 0 and not is_scalar(trial.shape[term]) for sign, term in part.terms)
    for sign, term in part.terms:
        named = isinstance(term, Name) and not trial.declared(term.name)
        if named and (sign < 0 or from_scalar) and is_scalar(trial.shape[term]):
            trial.doubt(whole, UNLIKELY)


def are_columns(*shapes: Shape) -> bool:
    return all(cols is ONE and rows is not ONE for rows, cols in shapes)


def _dot(trial: Trial, tree: Product, place: int, a: Shape, b: Shape) -> Shape:
    r"""LaTeX's ``\\cdot``: of two vectors the inner product, else the product."""
    if not trial.sizes.same(a, b):
        raise _clash(trial, tree, place, a, b)
    return ONE, ONE


def _doubt_entry(trial: Trial, tree: Product, place: int, a: Shape, b: Shape) -> None:
    r"""``w \\cdot x_i`` is sooner a vector times a member of a family than a number times an entry."""
    left, right = tree.factors[place - 1][1], tree.factors[place][1]
    for one, other, shape, beside in ((left, right, b, a), (right, left, a, b)):
        free = isinstance(one, Name) and not trial.declared(one.name) and one.name not in trial.greek
        if is_scalar(shape) and _open_entry(trial, other) and (free or not is_scalar(beside)):
            trial.doubt(tree, UNLIKELY if not is_scalar(beside) else DOUBTFUL_OUTER)


def _doubt_turned(trial: Trial, tree: Product, place: int) -> None:
    """``theta'*x[i]`` and ``x[i]'*theta``: of numbers nothing would be transposed."""
    left, right = tree.factors[place - 1][1], tree.factors[place][1]
    if not isinstance(left, Transpose):
        return
    entry, other = (left.inner, right) if isinstance(left.inner, Index) else (right, left.inner)
    free = isinstance(other, Name) and not trial.declared(other.name)
    if free and _open_entry(trial, entry):
        trial.doubt(tree, DOUBTFUL_OUTER)


def _left(trial: Trial, tree: Product, place: int) -> str:
    return trial.source[tree.span[0] : tree.factors[place - 1][1].span[1]]


def _upto(tree: Product, place: int) -> tuple[int, int]:
    return tree.span[0], tree.factors[place][1].span[1]


def _times(trial: Trial, tree: Product, place: int, a: Shape, b: Shape) -> Shape:
    _check_ones(trial, tree, place, a, b)
    if is_scalar(a):
        if is_scalar(b):
            _doubt_turned(trial, tree, place)
        elif place > 1 and isinstance(tree.factors[place - 2][1], Transpose):
            _doubt_row(trial, tree, tree.factors[place - 1][1])
        return b
    if is_scalar(b):
        if a[0] is ONE and _open_entry(trial, tree.factors[place][1]):
            trial.doubt(tree, UNLIKELY)
        if a[0] is not ONE and _open_entry(trial, tree.factors[place - 1][1]) and not _is_number(tree, place):
            trial.doubt(tree, DOUBTFUL_OUTER)  # y_i <u_i, x>: a number stands before a number
        return a
    if a[1] is ONE and a[0] is not ONE and _open_entry(trial, tree.factors[place - 1][1]):
        trial.doubt(tree, DOUBTFUL_OUTER)
    _conform(trial, tree.factors[place - 1][1], tree.factors[place][1])
    if not trial.sizes.unify(a[1], b[0]):
        raise _clash(trial, tree, place, a, b)
    return a[0], b[1]


def _is_number(tree: Product, place: int) -> bool:
    return isinstance(tree.factors[place][1], Name) or constant(tree.factors[place][1]) is not None


def _doubt_row(trial: Trial, tree: Product, middle: Tree) -> None:
    """``x'*A[k]*x`` of an undeclared A: its members are sooner matrices than vectors."""
    if _open_entry(trial, middle) and any(n[0].isupper() for n in names_below([middle])):
        trial.doubt(tree, UNLIKELY)


def _check_ones(trial: Trial, tree: Product, place: int, a: Shape, b: Shape) -> None:
    """``X*1`` and ``1*1'`` are asked about: nobody multiplies by the number 1 there."""
    left, right = tree.factors[place - 1][1], tree.factors[place][1]
    behind = is_scalar(b) and a[1] is not ONE and constant(right) == 1
    before = is_scalar(a) and isinstance(right, Transpose) and trial.typed(right.inner) == "1" and constant(left) == 1
    if behind or before:
        head = f"{_both(trial, tree, place)}: 1 may be the number or the vector of ones"
        raise Misfit(tree, head, hint="Write ones(n) for the vector.", span=_upto(tree, place), final=True)


def _open_entry(trial: Trial, tree: Tree) -> bool:
    """``x[i]`` of an undeclared x: behind a row it is sooner a member of a family than an entry."""
    return isinstance(tree, Index) and isinstance(tree.base, Name) and not trial.declared(tree.base.name)


def has_open_entry(trial: Trial, tree: Tree) -> bool:
    """Whether ``x[i]`` of an undeclared x stands in a tree: it may be a member of a family."""
    todo = [tree]
    while todo:
        part = todo.pop()
        if _open_entry(trial, part):
            return True
        todo.extend(part.parts)
    return False


def _cross(trial: Trial, tree: Product, place: int, a: Shape, b: Shape) -> Shape:
    r"""LaTeX's ``\times``: of two vectors the cross product, else the product."""
    if a[1] is not ONE or b[1] is not ONE:
        return _times(trial, tree, place, a, b)
    three = (size(3), ONE)
    if not (trial.sizes.same(a, three) and trial.sizes.same(b, three)):
        factor = tree.factors[place][1]
        operands = ((Tree((tree.span[0], tree.factors[place - 1][1].span[1])), a), (factor, b))
        raise Misfit(tree, f"{_both(trial, tree, place)}: the cross product takes two vectors of 3", operands)
    return a


def _both(trial: Trial, tree: Product, place: int) -> str:
    """Two factors as they stand."""
    start, end = _upto(tree, place)
    return " ".join(trial.source[start:end].split())


def _conform(trial: Trial, left: Tree, right: Tree) -> None:
    """Blocks times blocks: where their numbers agree, each column of blocks meets its row of blocks."""
    if isinstance(left, Stack) and isinstance(right, Stack) and len(left.rows[0]) == len(right.rows):
        for part, row in zip(left.rows[0], right.rows, strict=True):
            trial.sizes.unify(trial.shape[part][1], trial.shape[row[0]][0])


def _clash(trial: Trial, tree: Product, place: int, a: Shape, b: Shape) -> Misfit:
    left, right = _left(trial, tree, place), trial.typed(tree.factors[place][1])
    last = tree.factors[place - 1][1]
    both = _both(trial, tree, place) if trial.question.typeset else f"{left}*{right}"
    head = f"{both}: sizes do not match"
    hint = ""
    shape = trial.sizes.shape
    rows, cols = shape(b)
    if a[1] is ONE and b[1] is ONE:
        hint = f"Write {_par(left)}'*{right} for the inner product, {left}.*{right} for the elementwise one"
        names = [t.name for t in (last, tree.factors[place][1]) if isinstance(t, Name) and not trial.declared(t.name)]
        hint += f", or declare {names[0]} in R." if names else "."
    elif cols is shape(a)[1]:
        turned = right.removesuffix("'") if right.endswith("'") else f"{_par(right)}'"
        hint = f"Did you mean {left}*{turned} ?"
    elif shape(a)[0] is rows:
        hint = f"Did you mean {_par(left)}'*{right} ?"
    elif a[1] is ONE and trial.question.typeset and isinstance(last, Name) and isinstance(tree.factors[place][1], Name):
        hint = rf"Where {trial.typed(last)} is a row, write {right}^\top {trial.typed(last)}: vectors are columns."
    if _is_form(tree, place) and not hint:
        hint = "A quadratic form takes a square matrix."
    hint = entry_hint([tree]) + hint
    operands = ((Tree((tree.span[0], last.span[1])), a), (tree.factors[place][1], b))
    return Misfit(tree, head, operands, "inner sizes {0} and {1} differ", (a[1], b[0]), hint, _upto(tree, place))


def _is_form(tree: Product, place: int) -> bool:
    """``x'*A*x``, up to the factor that does not fit."""
    first, last = tree.factors[0][1], tree.factors[place][1]
    turned = first.inner if isinstance(first, Transpose) else None
    return isinstance(turned, Name) and isinstance(last, Name) and turned.name == last.name and place > 1


def _par(text: str) -> str:
    return text if text.replace("_", "").isalnum() or (text.endswith(")") and text.startswith("(")) else f"({text})"


def _division(trial: Trial, tree: Product, place: int, a: Shape, b: Shape) -> Misfit:
    left, factor = _left(trial, tree, place), tree.factors[place][1]
    right = trial.typed(factor)
    what = "vector" if b[1] is ONE or b[0] is ONE else "matrix"
    hint = f"Write {left}./{right} for the elementwise quotient"
    if what == "matrix":
        hint += f", {left}*{right}^-1 for the inverse"
    if isinstance(factor, Name) and not trial.declared(factor.name):
        hint += f", or declare {right} in R"
    head = f"{left}/{right}: nothing is divided by a {what}"
    final = what == "matrix" and not is_scalar(a) and a[1] is not ONE
    return Misfit(tree, head, ((factor, b),), hint=hint + ".", span=_upto(tree, place), final=final)


def _kron(trial: Trial, a: Shape, b: Shape) -> Shape:
    (m, n), (p, q) = trial.sizes.shape(a), trial.sizes.shape(b)
    return m * p, n * q


def _entrywise(trial: Trial, tree: Product, place: int, a: Shape, b: Shape) -> Shape:
    if is_scalar(a) or is_scalar(b):
        _check_joined(trial, tree, place, a, b)
        if not (is_scalar(a) and is_scalar(b)) and isinstance(tree.factors[place][1], Name) and is_scalar(b):
            trial.doubt(tree, 3 * SLIGHT)
        return b if is_scalar(a) else a
    if not trial.sizes.same(a, b):
        operator, factor = tree.factors[place]
        left, right = _left(trial, tree, place), trial.typed(factor)
        operands = ((Tree((tree.span[0], tree.factors[place - 1][1].span[1])), a), (factor, b))
        both = _both(trial, tree, place) if trial.question.typeset else f"{left}{operator}{right}"
        hint = _scaled(trial, (left, a), (right, b)) if operator == ".*" else ""
        raise Misfit(tree, f"{both}: shapes differ", operands, hint=hint, span=_upto(tree, place))
    return a


def _scaled(trial: Trial, a: tuple[str, Shape], b: tuple[str, Shape]) -> str:
    """A vector times the rows or columns of a matrix is a product with its diagonal matrix."""
    for (v, (length, one)), (X, (rows, cols)) in ((a, b), (b, a)):
        if one is not ONE or cols is ONE or rows is ONE:
            continue
        d = f"diag{v}" if v.startswith("(") and v.endswith(")") else f"diag({v})"
        by_rows, by_columns = (trial.sizes.resolve(length) is trial.sizes.resolve(s) for s in (rows, cols))
        if by_rows or by_columns:
            return f"To scale the {'rows' if by_rows else 'columns'} write {f'{d}*{X}' if by_rows else f'{X}*{d}'}."
    return ""


def _check_joined(trial: Trial, tree: Product, place: int, a: Shape, b: Shape) -> None:
    r"""In LaTeX ``x^\top y \odot z`` is asked about: what stands before ``\odot`` would be a scalar."""
    if not trial.question.typeset or (is_scalar(a) and is_scalar(b)):
        return
    part = tree.factors[place - 1 if is_scalar(a) else place][1]
    if not (isinstance(part, Group) and isinstance(part.inner, Product) and part.span == part.inner.span):
        return
    if any(not is_scalar(trial.shape[t]) for t in part.inner.parts):
        head = f"{_both(trial, tree, place)}: what stands beside the elementwise product is not clear"
        hint = "Put brackets around what belongs together."
        raise Misfit(tree, head, ((part, trial.shape[part]),), hint=hint, final=True)
