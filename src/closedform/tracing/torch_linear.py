"""What reads PyTorch's products and torch.linalg."""

from __future__ import annotations

from typing import Any, NamedTuple

from closedform.tracing.ops import basic, linear, products, reduce, shape
from closedform.tracing.place import refuse
from closedform.tracing.torch_array import Tensor, lift
from closedform.tracing.torch_functions import reads, scaled, simple
from closedform.tracing.value import Trace

for _name in ("matmul", "mm", "mv", "bmm"):
    simple(_name, products.matmul, 2)
simple("dot", products.dot, 2)
simple("vdot", products.dot, 2)
simple("inner", products.inner_product, 2)
for _name in ("outer", "ger"):
    simple(_name, products.outer, 2)
simple("kron", products.kron, 2)
simple("trace", products.trace_of, 1)
for _name in ("inverse", "linalg_inv"):
    simple(_name, lambda x: linear.of_square("inv", x), 1)
for _name in ("det", "linalg_det"):
    simple(_name, linear.det, 1)
simple("logdet", linear.logdet, 1)
simple("linalg_solve", linear.solve, 2)
simple("linalg_pinv", linear.pinv, 1)
simple("pinverse", linear.pinv, 1)
for _name in ("matrix_exp", "linalg_matrix_exp"):
    simple(_name, lambda x: linear.of_square("expm", x), 1)
simple("linalg_eigvalsh", linear.eigvalsh, 1)
simple("linalg_cross", linear.cross_product, 2)


@reads("einsum")
def _einsum(trace: Trace, text: str, *operands: Any) -> Tensor:
    many = operands[0] if len(operands) == 1 and isinstance(operands[0], list | tuple) else operands
    labels, out = products.subscripts(text, len(many))
    return Tensor(products.einsum(labels, out, [lift(trace, x) for x in many]))


@reads("linalg_multi_dot", "chain_matmul")
def _multi_dot(trace: Trace, arrays: Any) -> Tensor:
    out = lift(trace, arrays[0])
    for other in arrays[1:]:
        out = products.matmul(out, lift(trace, other))
    return Tensor(out)


@reads("addmm", "baddbmm", "addmv")
def _addmm(trace: Trace, c: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    product = products.matmul(lift(trace, a), lift(trace, b))
    return Tensor(basic.plus(scaled(lift(trace, c), beta), scaled(product, alpha)))


@reads("addr")
def _addr(trace: Trace, c: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    product = products.outer(lift(trace, a), lift(trace, b))
    return Tensor(basic.plus(scaled(lift(trace, c), beta), scaled(product, alpha)))


@reads("linalg_vecdot")
def _vecdot(trace: Trace, a: Any, b: Any, *, dim: int = -1) -> Tensor:
    x, y = lift(trace, a), lift(trace, b)
    if dim % x.rank != x.rank - 1:
        refuse("torch.linalg.vecdot is read along the last axis")
    return Tensor(products.rowdot(x, y))


@reads("linalg_solve_triangular")
def _triangular(
    trace: Trace, A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Tensor:  # fmt: skip
    if unitriangular:
        refuse("solve_triangular with ones on the diagonal is not read")
    return Tensor(linear.solve_triangular(lift(trace, A), lift(trace, B), not upper, left))


@reads("cholesky_solve")
def _cholesky_solve(trace: Trace, b: Any, L: Any, upper: bool = False) -> Tensor:
    v = lift(trace, L)
    factors = (shape.transposed(v), v) if upper else (v, shape.transposed(v))
    return Tensor(linear.solve(products.matmul(*factors), lift(trace, b)))


class LeastSquares(NamedTuple):
    """What lstsq gives, of which the solution is read."""

    solution: Tensor
    residuals: Any = None
    rank: Any = None
    singular_values: Any = None


@reads("linalg_lstsq")
def _lstsq(trace: Trace, a: Any, b: Any, rcond: Any = None, *, driver: Any = None) -> LeastSquares:
    return LeastSquares(Tensor(linear.least_squares(lift(trace, a), lift(trace, b))))


@reads("cdist")
def _cdist(trace: Trace, a: Any, b: Any, p: float = 2.0, compute_mode: Any = None) -> Tensor:
    x, y = lift(trace, a), lift(trace, b)
    if x.rank != 2 or y.rank != 2:
        refuse("cdist is read of the rows of two matrices")
    apart = basic.minus(shape.expanded(x, 1), shape.expanded(y, 0))
    return Tensor(reduce.norm_of(apart, p, 2, False, entries=True))


class Slogdet(NamedTuple):
    """What slogdet gives."""

    sign: Tensor
    logabsdet: Tensor


@reads("slogdet", "linalg_slogdet")
def _slogdet(trace: Trace, x: Any) -> Slogdet:
    return Slogdet(*map(Tensor, linear.slogdet(lift(trace, x))))


@reads("linalg_cholesky", "cholesky")
def _cholesky(trace: Trace, x: Any, *, upper: bool = False) -> Tensor:
    return Tensor(linear.cholesky(lift(trace, x), upper))


@reads("linalg_eigh")
def _eigh(trace: Trace, x: Any) -> tuple[Tensor, Tensor]:
    values, vectors = linear.eigh(lift(trace, x))
    return Tensor(values), Tensor(vectors)


@reads("matrix_power", "linalg_matrix_power")
def _matrix_power(trace: Trace, x: Any, n: int) -> Tensor:
    return Tensor(linear.matrix_power(lift(trace, x), n))


@reads("tensordot")
def _tensordot(trace: Trace, a: Any, b: Any, dims: Any = 2, out: Any = None) -> Tensor:
    x, y = lift(trace, a), lift(trace, b)
    left, right = (range(x.rank - dims, x.rank), range(dims)) if isinstance(dims, int) else dims
    return Tensor(products.tensordot(x, y, [k % x.rank for k in left], [k % y.rank for k in right]))
