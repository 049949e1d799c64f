"""Blocks put together, and parts cut out of a matrix: text that depends on which axes the values have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from closedform.expr.op import Shape
from closedform.expr.size import ONE, Size, size
from closedform.program.ir import Ref, Step, rank

if TYPE_CHECKING:
    from closedform.program.spell import Speller

ATOM = 5


def block_rows(step: Step) -> Iterator[tuple[tuple[Ref, Shape], ...]]:
    """The blocks and their shapes, a row at a time: a row is held as the column it is the transpose of."""
    rest = iter(zip(step.args, step.attrs[2], strict=True))
    for length in step.attrs[1]:
        yield tuple(next(rest) for _ in range(length))


def blocks(speller: Speller, step: Step) -> str:
    """``[[A, b[:, None]], [c, d]]``."""
    rows = (", ".join(two_axes(speller, *part) for part in row) for row in block_rows(step))
    return f"[{', '.join(f'[{row}]' for row in rows)}]"


def two_axes(speller: Speller, ref: Ref, shape: Shape) -> str:
    if rank(shape) == 2:
        return speller.argument(ref, 0)
    text = speller.argument(ref, ATOM)
    if rank(shape) == 0:
        return speller.backend.scalar_block.format(text)
    return f"{text}[:, None]" if shape[1] is ONE else f"{text}[None, :]"


def spans(speller: Speller, step: Step) -> str:
    """``i - 1:i - 1 + m, j - 1``: from 0, and a length of one is no axis."""
    whole = step.attrs[-1][0]
    axes = zip(step.args[1:], step.attrs[1:3], whole, strict=True)
    texts = [_span(speller, at, length, have) for at, length, have in axes if have is not ONE]
    return ", ".join(texts) or "()"


def _span(speller: Speller, at: Ref, length: Size, have: Size) -> str:
    if length is have:
        return ":"
    start = known(speller.steps[at])
    if start is not None:
        low, high = start - ONE, start - ONE + length
        if length is ONE:
            return speller.size(low)
        return f"{'' if low.number == 0 else speller.size(low)}:{'' if high is have else speller.size(high)}"
    text = speller.bound(at, 2)
    return f"{text} - 1" if length is ONE else f"{text} - 1:{text} - 1 + {speller.size(length)}"


def known(step: Step) -> Size | None:
    """The size that a step is, where it is one."""
    return size(step.attrs[0]) if step.op == "size" else size(int(step.attrs[0])) if step.op == "number" else None
