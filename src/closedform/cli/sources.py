"""Where formulas and values come from: arguments, standard input, files."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from closedform.errors import LimitError, ReadError, ValueProblem
from closedform.read.alphabet import canonical

MAX_BYTES = 1_000_000
"""A formula from a file or standard input; the reader has its own, lower limit of characters."""
MAX_VALUE_BYTES = 1_000_000_000


def formula_text(argument: str | None, file: str | None = None) -> str:
    """The formula that an argument gives: itself, ``-`` for standard input, ``@path`` for a file."""
    if file is not None:
        if argument is not None:
            raise ReadError("a formula is given twice: as an argument and by --file")
        argument = "@" + file
    if argument is None:
        raise ReadError("the formula is missing", hint="Give it in quotes, or - for standard input, or --file.")
    if argument == "-":
        return _decoded(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")
    if argument.startswith("@"):
        return _decoded(file_bytes(argument[1:], MAX_BYTES), argument[1:])
    return _decoded(argument.encode("utf-8", "surrogateescape"), "the formula")


def formula_texts(arguments: Iterable[str]) -> list[str]:
    """Several formulas, of which at most one stands on standard input."""
    given = list(arguments)
    if given.count("-") > 1:
        raise ReadError("standard input (-) can give one formula only")
    return [formula_text(a) for a in given]


def _decoded(data: bytes, source: str) -> str:
    if len(data) > MAX_BYTES:
        raise LimitError(f"{source} has over {MAX_BYTES} bytes (limit: length)")
    try:
        return data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ReadError(f"{source} is not text in UTF-8") from None


def file_bytes(path: str, limit: int) -> bytes:
    """What stands in a file, one byte over the limit at most."""
    try:
        with Path(path).open("rb") as stream:
            return stream.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ReadError(f"{path} cannot be read: {reason}") from None


def values(assignments: Iterable[str], file: str | None) -> dict[str, Any]:
    """The values typed as ``A=[[1,2],[3,4]]`` or ``A=@A.npy``, and those of a .json or .npz file."""
    found: dict[str, Any] = {} if file is None else _of_file(file)
    for assignment in assignments:
        name, _, text = assignment.partition("=")
        found[canonical(name.strip())] = _value(name.strip(), text.strip())
    return found


def _value(name: str, text: str) -> Any:
    if not text.startswith("@"):
        return _parsed(_LEADING_POINT.sub("0", text), f"{name}={text if len(text) < 40 else text[:36] + ' …'}")
    path = text[1:]
    if Path(path).suffix == ".npy":
        return _numpy(path)
    return _parsed(_decoded_values(path), path)


def _of_file(path: str) -> dict[str, Any]:
    if Path(path).suffix == ".npz":
        found: Any = _numpy(path)
    else:
        found = _parsed(_decoded_values(path), path)
    if not isinstance(found, Mapping):
        raise ValueProblem(f'{path} holds no values by name, such as {{"x": [1, 2]}}')
    return {canonical(name): found[name] for name in found}


def _decoded_values(path: str) -> str:
    data = file_bytes(path, MAX_VALUE_BYTES)
    if len(data) > MAX_VALUE_BYTES:
        raise LimitError(f"{path} has over {MAX_VALUE_BYTES} bytes (limit: length)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        mend = "Values are read from .json, .npy and .npz."
        raise ValueProblem(f"{path} is not text in UTF-8", hint=mend) from None


_LEADING_POINT = re.compile(r"(?<![0-9\w\"])(?=\.[0-9])")
"""Before the point of ``.5``, which JSON does not read."""


def _parsed(text: str, shown: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        mend = "Write x=[1,2], A=[[1,2],[3,4]], lam=0.1 or A=@A.npy."
        raise ValueProblem(f"{shown} is no value that can be read", hint=mend) from None


def _numpy(path: str) -> Any:
    import numpy as np

    try:
        found = np.load(path, allow_pickle=False)
        return dict(found) if isinstance(found, np.lib.npyio.NpzFile) else found
    except (OSError, ValueError, EOFError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise ReadError(f"{path} cannot be read: {reason or 'no file of NumPy arrays'}") from None
