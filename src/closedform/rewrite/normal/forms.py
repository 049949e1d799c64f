"""What a constructor of the normal form did, in words: the names under which the forms report."""

from __future__ import annotations

from collections import Counter

from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.expr.size import ONE
from closedform.functions.algebra import (
    ADD,
    DIAGM,
    DIAGV,
    EYE,
    HAD,
    MPOW,
    MUL,
    NUM,
    ONES,
    POW,
    SCALE,
    SUMOVER,
    SYM,
    TR,
    TRANSPOSE,
    ZERO,
)

NOUNS = {
    ADD: "sum", MUL: "product", SCALE: "multiple", HAD: "entrywise product", POW: "entrywise power", MPOW: "power",
    TRANSPOSE: "transpose", TR: "trace", DIAGM: "diagonal matrix", DIAGV: "diagonal", SUMOVER: "indexed sum",
    EYE: "identity", ZERO: "zero", ONES: "ones", NUM: "number",
    SYM: "matrix",
}  # fmt: skip
OF_ONE = (TRANSPOSE, TR, DIAGM, DIAGV, POW, MPOW, SUMOVER)
"""Operations whose law depends on what their first argument is: the transpose of a product, the trace of a sum."""
NEUTRAL = {MUL: EYE, HAD: ONES}


def law_of_form(before: Node, after: Node) -> str:
    """The name of the law by which a constructor turned ``before`` into ``after``; empty where only order changed."""
    if before is after or not before.args or _bag(before) == _bag(after):
        return ""
    op, kinds = before.op, [a.op for a in before.args]
    if after.op is NUM and all(kind is NUM for kind in kinds):
        return "arithmetic"
    if op in OF_ONE:
        return _of_one(before, after)
    if after.op is ZERO or ZERO in kinds:
        return f"{noun(op)} with zero"
    if op is ADD:
        return "sum of sums" if ADD in kinds and _terms(before) == _terms(after) else "like terms"
    if op not in (MUL, HAD, SCALE):
        return f"{noun(op)} of {noun(kinds[0])}"
    if NEUTRAL.get(op) in kinds:
        return f"{noun(op)} with {noun(NEUTRAL[op])}"
    if op is MUL and before.shape == (ONE, ONE) and not any(a.is_scalar for a in before.args):
        return "a product that is a scalar"
    if NUM in kinds or SCALE in kinds or op is SCALE or (op is MUL and any(a.is_scalar for a in before.args)):
        return "numbers and scalars first"
    return f"product of {noun(op)}s" if op in kinds else f"{noun(op)} of neighbours that join"


def _of_one(before: Node, after: Node) -> str:
    inner = before.args[0]
    if inner.is_scalar and before.op in (TRANSPOSE, TR, DIAGM, DIAGV):
        return f"{noun(before.op)} of a scalar"
    if after.op is before.op and before.op is TR:
        return "trace is cyclic" if inner.op is MUL else "trace of a transpose"
    return f"{noun(before.op)} of {noun(inner.op)}"


def noun(op: Op) -> str:
    return NOUNS.get(op, op.text)


def _bag(a: Node) -> tuple[Op, Counter[object]] | Node:
    """A node up to the order of what it adds or multiplies entrywise."""
    if a.op is ADD:
        if len(a.args) == 1 and a.params[0][0] == 1:
            return a.args[0]
        return a.op, Counter(zip(a.params[0], a.args, strict=True))
    return (a.op, Counter(a.args)) if a.op is HAD else a


def _terms(a: Node) -> int:
    if a.op is not ADD:
        return int(a.op is not ZERO)
    return sum(len(b.args) if b.op is ADD else 1 for b in a.args)
