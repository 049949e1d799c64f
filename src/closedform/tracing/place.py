"""Where in the user's own file something happened, and errors that say so."""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Callable
from contextvars import ContextVar
from dis import opmap
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from closedform.errors import ClosedformError, MissingRule

LIBRARIES = {"closedform", "numpy", "scipy", "jax", "jaxlib", "torch", "functools", "contextlib", "inspect"}

ELSEWHERE: ContextVar[Callable[[], tuple[str, int] | None] | None] = ContextVar("elsewhere", default=None)
"""Tells file and line of what is read, where that is recorded and not run."""

LIBRARY: ContextVar[str] = ContextVar("library", default="numpy")
"""What the function that is read is written with: the spelling of what errors say to write."""
SPELLED = {
    "torch": (
        ("np.concatenate", "torch.cat"), ("np.array_split", "torch.tensor_split"), ("np.linalg", "torch.linalg"),
        ("np.repeat", "torch.repeat_interleave"), ("np.ix_", "x[rows][:, columns]"), ("np.array", "torch.stack"),
        ("np.", "torch."), ("axis=", "dim="),
    ),
    "jax": (("np.", "jnp."),),
    "numpy": (),
}  # fmt: skip

HOME: ContextVar[tuple[str, int] | None] = ContextVar("home", default=None)
"""File and line where the function that is read begins."""


def stores() -> bool:
    """Whether the user's code is writing into a part of an array here."""
    frame = user_frame()
    return frame is not None and frame.f_code.co_code[frame.f_lasti] == opmap["STORE_SUBSCR"]


def refuse_whole(message: str, hint: str = "", kind: type[ClosedformError] = MissingRule) -> NoReturn:
    """Refuse what is about the function as a whole: the place is where it begins."""
    here = ELSEWHERE.set(HOME.get)
    try:
        refuse(message, hint, kind)
    finally:
        ELSEWHERE.reset(here)


def in_library(text: str) -> str:
    """Advice that is written for NumPy, in the words of the library that is read."""
    for own, other in SPELLED[LIBRARY.get()]:
        text = re.sub(rf"(?<!\w){re.escape(own)}", other, text)
    return text


def without_values(x: Any) -> bool:
    """Whether an array stands for others, as under ``jax.jit`` and ``jax.vmap``: it has a shape, and no values."""
    jax = sys.modules.get("jax")
    return jax is not None and isinstance(x, jax.core.Tracer)


def user_frame() -> FrameType | None:
    """The innermost frame that is no library's."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_users(frame):
        frame = frame.f_back
    return frame


def is_users(frame: FrameType) -> bool:
    """Whether the code of a frame is no library's."""
    name = str(frame.f_globals.get("__name__", "")).split(".")[0]
    return name not in LIBRARIES or frame.f_code.co_filename.startswith("<doctest")


def refusal(
    message: str, hint: str = "", kind: type[ClosedformError] = MissingRule, frame: FrameType | None = None
) -> ClosedformError:
    """The error that names the user's file and line, with a caret under the expression."""
    message, hint = in_library(message), in_library(hint)
    elsewhere = ELSEWHERE.get()
    spot = elsewhere() if elsewhere is not None and frame is None else None
    if spot is not None:
        text = linecache.getline(*spot).strip()
        return kind(f"{Path(spot[0]).name}, line {spot[1]}: {message}", span=(0, len(text)), source=text, hint=hint)
    frame = frame or user_frame()
    if frame is None:
        return kind(message, hint=hint)
    code, line = frame.f_code, frame.f_lineno
    where = next(islice(code.co_positions(), frame.f_lasti // 2, None), (None,) * 4)
    text = linecache.getline(code.co_filename, line).rstrip("\n")
    name = Path(code.co_filename).name
    said = f"{name}, line {line}: {message}"
    start, end = where[2], where[3]
    if not text or where[0] != line or start is None:
        return kind(said, hint=hint)
    begin = _characters(text, start)
    stop = _characters(text, end) if where[1] == line and end is not None else len(text)
    cut = len(text) - len(text.lstrip())
    return kind(said, span=(begin - cut, stop - cut), source=text[cut:], hint=hint)


def refuse(message: str, hint: str = "", kind: type[ClosedformError] = MissingRule) -> NoReturn:
    """Raise it."""
    raise refusal(message, hint, kind) from None


def _characters(text: str, at: int) -> int:
    """Columns are counted in bytes of UTF-8."""
    return len(text.encode()[:at].decode(errors="ignore"))
