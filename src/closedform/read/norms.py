"""Norms: which one a mark or a name means, by the shape of what it is taken of."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from closedform.errors import ReadError
from closedform.expr.node import Node, make
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.functions import algebra as a
from closedform.functions.known_facts import facts_of
from closedform.functions.table import by_text
from closedform.read.infer import ABSURD, SCALAR, UNLIKELY, Trial
from closedform.read.latex_pieces import quoted
from closedform.read.misfit import Misfit
from closedform.read.products import doubt_subtracted
from closedform.read.syntax import Call, Group, Index, Name, Norm, Power, Product, Tree
from closedform.read.unify import is_scalar
from closedform.read.vocabulary import operations

if TYPE_CHECKING:
    from closedform.read.elaborate import Elaborator

MARK = {
    "norm2": "2",
    "norm": "",
    "norm1": "1",
    "normF": "F",
    "norm_inf": "inf",
    "norm_nuc": "nuc",
    "norm_op": "op",
}


ENTRYWISE = {"11": "sum", "max": "max"}
"""The norms of all entries of a matrix, by their marks: what is taken of the absolute values."""


def norm_node(to: Elaborator, tree: Norm) -> Node:
    chosen, inner = to.trial.choice[tree], to.node[tree.inner]
    if chosen not in ENTRYWISE:
        return make(chosen, (inner,))
    entries = make(operations("abs")[0], (inner,))
    if chosen == "max" and not entries.is_column:
        entries = make(operations("vec")[0], (entries,))
    ops = by_text[ENTRYWISE[chosen]]
    return make(ops[0] if chosen == "11" else next(op for op in ops if op.name == "maxentry"), (entries,))


def norm_call(trial: Trial, tree: Call) -> Shape:
    """The shape of ``normF(X)`` and its kind, and of ``norm(x, p)`` and ``norm(x, W)``."""
    count = len(tree.args)
    if count == 2 and tree.name == "norm":
        return _norm_by(trial, tree)
    if count != 1:
        raise Misfit(tree, f"{tree.name} takes 1 argument; it was given {count}")
    rows, cols = trial.shape[tree.args[0]]
    mark = MARK[tree.name]
    if tree.name == "norm2" and rows is not ONE and cols is not ONE:
        if not trial.question.frobenius:
            X = trial.typed(tree.args[0])
            head = f"{trial.typed(tree)}: norm2 takes a vector"
            hint = f"Write normF({X}) for the Frobenius norm, norm_op({X}) for the spectral norm."
            raise Misfit(tree, head, [(tree.args[0], (rows, cols))], hint=hint, final=True)
        mark = "F"
    return _norm(trial, tree, tree.args[0], mark)


def norm_shape(trial: Trial, tree: Norm) -> Shape:
    """The shape of ``||x||``, always a scalar; the norm meant goes to ``trial.choice``."""
    inner = tree.inner
    while isinstance(inner, Group):
        inner = inner.inner
    for part in [f for _, f in inner.factors] if isinstance(inner, Product) else [inner]:
        doubt_subtracted(trial, tree, part)
        if isinstance(part, Group) and is_scalar(trial.shape[part]) and ONE not in trial.shape[inner]:
            trial.doubt(tree, UNLIKELY)
    return _norm(trial, tree, tree.inner, tree.mark)


def _norm(trial: Trial, tree: Norm | Call, arg: Tree, mark: str) -> Shape:
    rows, cols = trial.shape[arg]
    X = trial.typed(arg)
    if mark in ENTRYWISE:
        trial.choice[tree] = mark
        return SCALAR
    if rows is ONE and cols is ONE:
        trial.doubt(tree, ABSURD if mark in ("F", "nuc", "op") else UNLIKELY)
        name = "abs"
    elif cols is ONE and mark in ("F", "nuc") and _of_family(trial, arg):
        raise Misfit(tree, f"{trial.typed(tree)} says that {X} is a matrix")
    elif cols is ONE:
        name = {"": "norm2", "2": "norm2", "F": "norm2", "op": "norm2", "1": "norm1", "inf": "norm_inf"}.get(mark, "")
    elif rows is ONE:
        name = {"": "normF", "2": "normF", "F": "normF", "op": "normF"}.get(mark, "")
    else:
        name = {"": "norm_op", "2": "norm_op", "op": "norm_op", "F": "normF", "nuc": "norm_nuc"}.get(mark, "")
        if mark == "":
            typed = trial.typed(tree)
            trial.notes.append(f"{typed} is the spectral norm of the matrix {X}; the Frobenius norm is ||{X}||_F.")
    if not name:
        sums = {
            "1": ("sum(abs({0}))", "max(colsum(abs({0})))"),
            "inf": ("max(vec(abs({0})))", "max(rowsum(abs({0})))"),
        }
        entries, induced = sums.get(mark, ("", ""))
        hint = (
            f"Write {entries.format(X)} over the entries, {induced.format(X)} for the induced norm." if entries else ""
        )
        what = "vector" if cols is ONE or rows is ONE else "matrix"
        head = f"{trial.typed(tree)}: the norm _{'*' if mark == 'nuc' else mark} of a {what} is not clear"
        raise Misfit(tree, head, [(arg, (rows, cols))], hint=hint, final=True)
    trial.choice[tree] = operations(name)[0]
    return SCALAR


def _of_family(trial: Trial, tree: Tree) -> bool:
    base = tree.base if isinstance(tree, Index) and len(tree.at) == 1 else None
    return isinstance(base, Name) and base.name[0].isupper() and not trial.declared(base.name)


def _norm_by(trial: Trial, tree: Call) -> Shape:
    """``norm(x, p)`` is the p-norm, ``norm(x, W)`` the root of ``x'*W*x``."""
    x, by = tree.args
    rows, cols = trial.shape[x]
    doubt_subtracted(trial, tree, x)
    if cols is not ONE or rows is ONE:
        what = "a scalar" if rows is ONE and cols is ONE else "a matrix" if rows is not ONE else "a row"
        head = f"{trial.typed(tree)}: a norm with {trial.typed(by)} takes a vector, not {what}"
        raise Misfit(tree, head, [(x, (rows, cols))], final=rows is not ONE and cols is not ONE)
    shape = trial.shape[by]
    if not is_scalar(shape) and (ONE in shape or not (trial.sizes.unify(*shape) and trial.sizes.unify(rows, shape[0]))):
        head = f"{trial.typed(tree)}: a norm by a matrix takes one that fits the vector"
        raise Misfit(tree, head, [(x, (rows, cols)), (by, shape)])
    return SCALAR


def norm_by(to: Elaborator, tree: Call, args: tuple[Node, ...]) -> Node:
    """The node of ``norm(x, p)`` or ``norm(x, W)``."""
    x, by = args
    if by.op is a.NUM and by.params[0] in (1, 2):
        return make(operations(f"norm{by.params[0]}")[0], (x,))
    if by.is_scalar:
        return a.power(_sum_of_powers(x, by), a.power(by, -1) if by.op is not a.NUM else a.num(1 / by.params[0]))
    if not {"psd", "pd"} & facts_of(by):
        typed = quoted(to.source, *tree.args[1].span)
        typed = typed[1:-1] if typed.startswith("{") and typed.endswith("}") else typed
        other = f" (not with its inverse, as a covariance in {typed} would)" if typed.endswith("Sigma") else ""
        to.trial.notes.append(f"The norm by {typed} is the root of the quadratic form with {typed}{other}.")
    return a.power(_quadratic(x, by), Fraction(1, 2))


def _quadratic(x: Node, by: Node) -> Node:
    return a.mul(a.transpose(x), by, x)


def _sum_of_powers(x: Node, p: Node) -> Node:
    if p.op is a.NUM and p.params[0] < 1:
        raise ReadError(f"the norm _{p.params[0]} is none: p is at least 1", hint="Write sum(abs(x).^p) for the sum.")
    even = p.op is a.NUM and p.params[0].denominator == 1 and p.params[0].numerator % 2 == 0
    whole = x if even else make(operations("abs")[0], (x,))
    return make(operations("sum")[0], (a.power(whole, p),))


def power_of_norm(to: Elaborator, tree: Power) -> Node | None:
    """``||x||_W^2`` as ``x'*W*x``, ``||x||_p^p`` as the sum: no root that the power takes away."""
    call = tree.base
    if not isinstance(call, Call) or call.name != "norm" or len(call.args) != 2 or call.abstract:
        return None
    x, by = (to.node[t] for t in call.args)
    exponent = to.node[tree.exponent]
    if by.is_scalar:
        return _sum_of_powers(x, by) if exponent is by else None
    even = exponent.op is a.NUM and exponent.params[0].denominator == 1 and exponent.params[0].numerator % 2 == 0
    return a.power(_quadratic(x, by), exponent.params[0] / 2) if even else None
