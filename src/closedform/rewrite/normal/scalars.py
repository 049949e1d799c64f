"""Products that are scalars: canonical under transposition, ``a'*(b.*c)`` held as the sum of ``a.*b.*c``."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.functions import eigen, elementwise, matrix, matrix_functions, vectors
from closedform.functions.algebra import ADD, DIAGV, HAD, MUL, NUM, ONES, POW, SCALE, UNIT, size_number
from closedform.rewrite.normal.blocks import BLOCK, block_product
from closedform.rewrite.normal.columns import column, two_factors
from closedform.rewrite.normal.engine import (
    NOTHING,
    UNITY,
    build,
    content,
    is_zero,
    ndiagv,
    nhad,
    nmul,
    nones,
    npow,
    ntr,
    ntranspose,
    number,
    times,
)
from closedform.rewrite.normal.split import chain, rank_of, turned_around

SOFTMAX = vectors.softmax.op
LOG = elementwise.log.op
EIGVALS = eigen.eigvals.op
CHOL = matrix_functions.chol.op
LOGDET = matrix.logdet.op


def scalar_chain(piece: list[Node]) -> Node:
    """The scalar that a chain from a row to a column is."""
    scalars: list[Node] = []
    left, rest = ntranspose(piece[0]), list(piece[1:])
    while left.op is ONES and rest and (pair := two_factors(rest[0])) is not None:
        left = ndiagv(nmul(ntranspose(pair[0]), pair[1]))
        rest = rest[1:]
    right = column(rest, scalars) if rest else nones(left.rows)
    core = _row_column(left, right)
    for s in scalars:
        core = nhad(s, core)
    return core


def _row_column(left: Node, right: Node) -> Node:
    if is_zero(left) or is_zero(right):
        return NOTHING
    if right.op is MUL or left.op is MUL:
        return canonical([*_turned(left), *_factors(right)])
    return inner(left, right)


def inner(a: Node, b: Node) -> Node:
    """a'*b of two columns that are no products."""
    if a.op is BLOCK and b.op is BLOCK and (product := block_product(ntranspose(a), b)) is not None:
        return product
    if a.op is UNIT or b.op is UNIT:
        entry = _entry(a, b) if a.op is UNIT else _entry(b, a)
        if entry is not None:
            return entry
    elif ADD in (a.op, b.op) and a is not b and ONES not in (a.op, b.op):
        return canonical([ntranspose(a), b])
    return sum_of_entries(nhad(a, b))


def sum_of_entries(v: Node) -> Node:
    """ones'*v for a normal column v."""
    c, core = content(v)
    if c == 0 or is_zero(core):
        return NOTHING
    if core.op is SCALE:
        return times(c, nhad(core.args[0], sum_of_entries(core.args[1])))
    return times(c, _sum_of_core(core))


def _sum_of_core(core: Node) -> Node:
    if core.op is ONES:
        return size_number(core.rows)
    if core.op in (UNIT, SOFTMAX):
        return UNITY
    if core.op is LOG and (whole := _log_det(core.args[0])) is not None:
        return whole
    if core.op is DIAGV:
        return ntr(core.args[0])
    if core.op is MUL:
        return canonical([ntranspose(nones(core.rows)), *core.args])
    if core.op is HAD and len(core.args) == 2:
        a, b = core.args
        return canonical([*_turned(a), *_factors(b)])
    if core.op is POW and number(core.args[1]) == 2:
        base = core.args[0]
        return canonical([*_turned(base), *_factors(base)])
    return canonical([ntranspose(nones(core.rows)), core])


def _log_det(a: Node) -> Node | None:
    """The sum of log(a) where the product of the entries of ``a`` is a determinant, and all are positive."""
    if a.op is EIGVALS:
        return build(LOGDET, a.args, (), (ONE, ONE))
    if a.op is DIAGV and a.args[0].op is CHOL:
        return times(Fraction(1, 2), build(LOGDET, a.args[0].args, (), (ONE, ONE)))
    return None


def _entry(e: Node, v: Node) -> Node | None:
    """e'*v for a unit vector e, where it is something simpler."""
    if v is e or v.op is ONES:
        return UNITY
    if v.op is UNIT and e.args[0].op is NUM and v.args[0].op is NUM:
        return NOTHING
    row = ntranspose(e)
    if v.op is HAD:
        return nhad(*(nmul(row, f) for f in v.args))
    if v.op is POW:
        exponent = v.args[1]
        return npow(nmul(row, v.args[0]), exponent if exponent.is_scalar else nmul(row, exponent))
    return canonical([row, v])


def _turned(a: Node) -> list[Node]:
    return _factors(ntranspose(a))


def _factors(a: Node) -> list[Node]:
    return list(a.args) if a.op is MUL else [a]


def canonical(factors: list[Node]) -> Node:
    """The scalar chain or its transpose, whichever sorts first."""
    if len(factors) == 1:
        return factors[0]
    sign, other = turned_around(factors)
    if other == factors and sign < 0:
        return NOTHING
    if rank_of(other) < rank_of(factors):
        factors = other
    else:
        sign = Fraction(1)
    if factors[0].rows is not ONE:
        raise AssertionError("a scalar chain starts with a row")
    return times(sign, chain(tuple(factors)))


