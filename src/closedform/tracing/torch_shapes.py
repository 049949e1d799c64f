"""What reads PyTorch's functions that move entries about, put tensors together and choose of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from closedform.expr.size import size as as_size
from closedform.functions.algebra import ones, zeros
from closedform.tracing.dims import Dim
from closedform.tracing.ops import basic, indexing, labels, repeat, shape
from closedform.tracing.place import refuse
from closedform.tracing.torch_array import HANDLERS, Tensor, lift, looked_at
from closedform.tracing.torch_functions import Handler, reads, simple
from closedform.tracing.value import Trace, Value, shape_of

simple("t", shape.transposed, 1, views=True)
simple("numpy_T", shape.transposed, 1, views=True)
simple("ravel", shape.raveled, 1, views=True)


def _size(n: Any) -> Any:
    return n.size if isinstance(n, Dim) else int(n)


def _listed(new: tuple[Any, ...]) -> list[Any]:
    return [_size(n) for n in (new[0] if len(new) == 1 and isinstance(new[0], tuple | list) else new)]


def _view(x: Any, value: Value) -> Tensor:
    if isinstance(x, Tensor):
        x._fresh = False
    return Tensor(value, fresh=False)


@reads("reshape", "view")
def _reshape(trace: Trace, x: Any, *new: Any) -> Tensor:
    return _view(x, shape.reshaped(lift(trace, x), _listed(new)))


@reads("view_as", "reshape_as")
def _view_as(trace: Trace, x: Any, other: Any) -> Tensor:
    return _view(x, shape.reshaped(lift(trace, x), lift(trace, other).dims))


@reads("flatten")
def _flatten(trace: Trace, x: Any, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    v = lift(trace, x)
    start, end = (k % max(v.rank, 1) for k in (start_dim, end_dim))
    if start >= end:
        return _view(x, v)
    whole = as_size(1)
    for d in v.dims[start : end + 1]:
        whole = whole * d
    return _view(x, shape.reshaped(v, [*v.dims[:start], whole, *v.dims[end + 1 :]]))


@reads("transpose", "swapaxes", "swapdims")
def _transpose(trace: Trace, x: Any, i: int, j: int) -> Tensor:
    v = lift(trace, x)
    return _view(x, shape.exchanged(v, i % v.rank, j % v.rank))


@reads("permute")
def _permute(trace: Trace, x: Any, *axes: Any) -> Tensor:
    return _view(x, shape.transposed(lift(trace, x), _listed(axes)))


@reads("squeeze")
def _squeeze(trace: Trace, x: Any, dim: Any = None) -> Tensor:
    return _view(x, shape.squeezed(lift(trace, x), dim))


@reads("unsqueeze")
def _unsqueeze(trace: Trace, x: Any, dim: int) -> Tensor:
    return _view(x, shape.expanded(lift(trace, x), dim))


@reads("expand", "broadcast_to")
def _expand(trace: Trace, x: Any, *new: Any) -> Tensor:
    v = lift(trace, x)
    wanted = _listed(new)
    pad = len(wanted) - v.rank
    dims = tuple(v.dims[k - pad] if n == -1 else as_size(n) for k, n in enumerate(wanted))
    return _view(x, shape.broadcast_to(v, dims))


@reads("broadcast_tensors")
def _broadcast_tensors(trace: Trace, *tensors: Any) -> tuple[Tensor, ...]:
    many = [lift(trace, x) for x in (tensors[0] if isinstance(tensors[0], list | tuple) else tensors)]
    dims = basic.broadcast_dims("broadcast_tensors", *many)
    return tuple(Tensor(shape.broadcast_to(x, dims), fresh=False) for x in many)


@reads("expand_as")
def _expand_as(trace: Trace, x: Any, other: Any) -> Tensor:
    return _view(x, shape.broadcast_to(lift(trace, x), lift(trace, other).dims))


@reads("cat", "concat", "concatenate")
def _cat(trace: Trace, arrays: Any, dim: int = 0) -> Tensor:
    return Tensor(shape.joined([lift(trace, x) for x in arrays], dim))


@reads("vstack", "row_stack")
def _vstack(trace: Trace, arrays: Any) -> Tensor:
    parts = [lift(trace, x) for x in arrays]
    return Tensor(shape.joined([shape.expanded(p, 0) if p.rank == 1 else p for p in parts], 0))


@reads("hstack")
def _hstack(trace: Trace, arrays: Any) -> Tensor:
    parts = [lift(trace, x) for x in arrays]
    parts = [shape.expanded(p, 0) if p.rank == 0 else p for p in parts]
    return Tensor(shape.joined(parts, 0 if parts[0].rank == 1 else 1))


@reads("column_stack")
def _column_stack(trace: Trace, arrays: Any) -> Tensor:
    parts = [lift(trace, x) for x in arrays]
    return Tensor(shape.joined([shape.expanded(p, 1) if p.rank == 1 else p for p in parts], 1))


@reads("block_diag")
def _block_diag(trace: Trace, *arrays: Any) -> Tensor:
    return Tensor(shape.beside_diagonal([lift(trace, x) for x in arrays]))


@reads("vander")
def _vander(trace: Trace, x: Any, N: Any = None, increasing: bool = False) -> Tensor:
    return Tensor(repeat.powers(lift(trace, x), N, increasing))


@reads("stack")
def _stack(trace: Trace, arrays: Any, dim: int = 0) -> Tensor:
    return Tensor(shape.stacked([lift(trace, x) for x in arrays], dim))




@reads("diag")
def _diag(trace: Trace, x: Any, diagonal: int = 0) -> Tensor:
    return Tensor(repeat.diagonal_at(lift(trace, x), diagonal))


simple("diag_embed", shape.diag, 1)
simple("diagonal", shape.diagonal, 1, views=True)


@reads("tril")
def _tril(trace: Trace, x: Any, diagonal: int = 0) -> Tensor:
    return Tensor(shape.triangle(lift(trace, x), True, diagonal))


@reads("triu")
def _triu(trace: Trace, x: Any, diagonal: int = 0) -> Tensor:
    return Tensor(shape.triangle(lift(trace, x), False, diagonal))


def _like(build: Callable[..., Any]) -> Handler:
    def handler(trace: Trace, a: Any, **_: Any) -> Tensor:
        x = lift(trace, a)
        return Tensor(trace.value(build(*shape_of(x.dims)), x.dims))

    return handler


HANDLERS["zeros_like"], HANDLERS["ones_like"] = _like(zeros), _like(ones)


@reads("full_like")
def _full_like(trace: Trace, a: Any, fill: Any, **_: Any) -> Tensor:
    x = lift(trace, a)
    return Tensor(trace.value(basic.spread(lift(trace, fill), x.dims), x.dims))


# entries chosen, and smaller ones


@reads("flip")
def _flip(trace: Trace, x: Any, *dims: Any) -> Tensor:
    v = lift(trace, x)
    chosen = {int(k) % v.rank for k in _listed(dims)}
    return Tensor(indexing.item(v, tuple(slice(None, None, -1) if k in chosen else slice(None) for k in range(v.rank))))


simple("fliplr", lambda x: indexing.item(x, (slice(None), slice(None, None, -1))), 1)
simple("flipud", lambda x: indexing.item(x, slice(None, None, -1)), 1)


@reads("roll")
def _roll(trace: Trace, x: Any, shifts: Any, dims: Any = None) -> Tensor:
    v = lift(trace, x)
    one, at = (k[0] if isinstance(k, tuple | list) and len(k) == 1 else k for k in (shifts, dims))
    if isinstance(one, int) and (isinstance(at, int) or (at is None and v.rank == 1)):
        return Tensor(repeat.rolled(v, one, 0 if at is None else at % v.rank))
    return Tensor(repeat.rearranged(v, lambda p: torch.roll(torch.as_tensor(p), shifts, dims), "roll"))


@reads("rot90")
def _rot90(trace: Trace, x: Any, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    return Tensor(repeat.rearranged(lift(trace, x), lambda p: np.rot90(p, k, tuple(dims)), "rot90"))


@reads("unfold")
def _unfold(trace: Trace, x: Any, dimension: int, size: int, step: int) -> Tensor:
    v = lift(trace, x)
    return Tensor(repeat.rearranged(v, lambda p: torch.as_tensor(p).unfold(dimension, size, step), "unfold"))


@reads("repeat")
def _repeat(trace: Trace, x: Any, *times: Any) -> Tensor:
    return Tensor(repeat.tiled(lift(trace, x), _listed(times)))


@reads("tile")
def _tile(trace: Trace, x: Any, *dims: Any) -> Tensor:
    return Tensor(repeat.tiled(lift(trace, x), _listed(dims)))


@reads("repeat_interleave")
def _repeat_each(trace: Trace, x: Any, repeats: Any, dim: Any = None, *, output_size: Any = None) -> Tensor:
    times = repeats.numpy() if isinstance(repeats, torch.Tensor) else _size(repeats)
    return Tensor(repeat.repeated(lift(trace, x), times, dim))


@reads("movedim", "moveaxis")
def _movedim(trace: Trace, x: Any, source: Any, destination: Any) -> Tensor:
    return _view(x, repeat.moved(lift(trace, x), source, destination))


@reads("unflatten")
def _unflatten(trace: Trace, x: Any, dim: int, sizes: Any) -> Tensor:
    v = lift(trace, x)
    return _view(x, repeat.unflattened(v, dim % v.rank, _listed(tuple(sizes))))


@reads("pad")
def _pad(trace: Trace, x: Any, pad: Any, mode: str = "constant", value: Any = None) -> Tensor:
    v = lift(trace, x)
    if mode != "constant" or value:
        refuse("pad is read with zeros", "Write torch.cat.")
    pairs = [(pad[k], pad[k + 1]) for k in range(0, len(pad), 2)]
    return Tensor(repeat.padded(v, [(0, 0)] * (v.rank - len(pairs)) + pairs[::-1]))


@reads("gather")
def _gather(trace: Trace, x: Any, dim: int, index: Any, *, sparse_grad: bool = False) -> Tensor:
    return Tensor(_gathered(lift(trace, x), dim, index))


def _gathered(v: Value, dim: int, index: Any) -> Value:
    if isinstance(index, Tensor):
        return labels.picked_along(v, index._value, dim % v.rank)
    return repeat.rearranged(v, lambda p: torch.gather(torch.as_tensor(p), dim, index), "gather")


@reads("take_along_dim")
def _take_along(trace: Trace, x: Any, indices: Any, dim: Any = None) -> Tensor:
    v = lift(trace, x)
    v, at = (shape.raveled(v), 0) if dim is None else (v, dim)
    return Tensor(_gathered(v, at, indices))


@reads("masked_select")
def _masked_select(trace: Trace, x: Any, mask: Any) -> Tensor:
    if isinstance(mask, Tensor):
        refuse("choosing by truth values that are computed is not read", "Write torch.where.")
    return Tensor(repeat.rearranged(lift(trace, x), lambda p: torch.as_tensor(p)[mask], "masked_select"))


@reads("index_select")
def _index_select(trace: Trace, x: Any, dim: int, index: Any) -> Tensor:
    v = lift(trace, x)
    places = looked_at(index._value) if isinstance(index, Tensor) else index.numpy()
    return Tensor(indexing.item(v, (*[slice(None)] * (dim % v.rank), places)))


@reads("select")
def _select(trace: Trace, x: Any, dim: int, index: int) -> Any:
    v = lift(trace, x)
    return _view(x, indexing.item(v, (*[slice(None)] * (dim % v.rank), index)))


@reads("narrow")
def _narrow(trace: Trace, x: Any, dim: int, start: int, length: int) -> Tensor:
    v = lift(trace, x)
    return _view(x, indexing.item(v, (*[slice(None)] * (dim % v.rank), slice(start, start + length))))


@reads("unbind")
def _unbind(trace: Trace, x: Any, dim: int = 0) -> Any:
    v = lift(trace, x)
    count = trace.sizes.pin(v.dims[dim % v.rank], "unbind")
    return tuple(_select(trace, x, dim, k) for k in range(count))


@reads("split")
def _split(trace: Trace, x: Any, size: Any, dim: int = 0) -> tuple[Tensor, ...]:
    v = lift(trace, x)
    number = trace.sizes.pin(v.dims[dim % v.rank], "split")
    lengths = list(size) if isinstance(size, list | tuple) else [min(size, number - k) for k in range(0, number, size)]
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    return tuple(_narrow(trace, x, dim, at, n) for at, n in zip(starts, lengths, strict=True))


@reads("chunk")
def _chunk(trace: Trace, x: Any, chunks: int, dim: int = 0) -> Any:
    v = lift(trace, x)
    number = trace.sizes.pin(v.dims[dim % v.rank], "chunk")
    return _split(trace, x, -(-number // chunks), dim)


