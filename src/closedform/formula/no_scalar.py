"""The error where a scalar is asked for: what was assumed of the names, and which of them to declare otherwise."""

from __future__ import annotations

import re
from contextlib import suppress

from closedform.errors import ClosedformError, ShapeError
from closedform.functions.declare import shape_words
from closedform.read.alphabet import is_greek
from closedform.read.read import Reading, read

TOLD = 6


def no_scalar(reading: Reading) -> ShapeError:
    """That a gradient is of a scalar, with what was assumed of the names and how to say otherwise.

    >>> print(no_scalar(read("log(1 + exp(-y*w'*x))")).hint)
    Read with y ∈ ℝⁿ, w ∈ ℝᵐ, x ∈ ℝᵐ: declare y in R if it is a number.
    """
    assumed = [note for note in reading.assumed if " ∈ " in note]
    head = f"a gradient is of a scalar; this is {shape_words(reading.node.shape)}"
    told = f"Read with {', '.join(assumed[:TOLD])}{_mend(reading, assumed)}" if assumed else ""
    return ShapeError(f"{head}: ask for the Jacobian or the derivative", hint=told)


def _mend(reading: Reading, assumed: list[str]) -> str:
    spaces = [note.partition(" ∈ ")[::2] for note in assumed]
    odd = next((name for name, space in spaces if space == "ℝ" and not is_greek(name)), "")
    if odd:
        return f": declare {odd} in R^n if it is a vector."
    number = next((name for name, _ in spaces[:TOLD] if _scalar_with(reading, name)), "")
    return f": declare {number} in R if it is a number." if number else "."


def _scalar_with(reading: Reading, name: str) -> bool:
    """Whether the formula is a scalar where a name is a number, the others being what they are."""
    where = re.sub(rf"(?<!\w){re.escape(name)} in R\^\w+", f"{name} in R", reading.where)
    with suppress(ClosedformError):
        return where != reading.where and read(reading.source, where, "auto").node.is_scalar
    return False
