"""How a run ends: exit codes, the time limit, and errors for people."""

from __future__ import annotations

import json
import os
import sys

from closedform.answers.page import width, wrapped
from closedform.errors import ClosedformError, LimitError, MissingRule, caret

RIGHT, WRONG, INPUT, REFUSED, PIPE, INTERRUPTED = 0, 1, 2, 3, 141, 130
UNSAID = "this was refused without a reason given ({})"


def exit_code(error: ClosedformError) -> int:
    return REFUSED if isinstance(error, MissingRule | LimitError) else INPUT


def error_page(error: ClosedformError) -> str:
    """An error for people, wrapped; the line with the caret stays as it is."""
    shown = f"error: {error.message or UNSAID.format(type(error).__name__)}"
    place = caret(error.source, error.span) if error.span is not None and error.source is not None else []
    hint = error.hint.split("\n") if error.hint else []
    return "\n".join([*_narrow(shown.split("\n")), *place, *_narrow(hint)])


def _narrow(lines: list[str]) -> list[str]:
    return [part for line in lines for part in (wrapped(line, width(), 2) if len(line) > width() else [line])]


def error_json(error: ClosedformError) -> str:
    record = {
        "kind": type(error).__name__,
        "message": error.message or UNSAID.format(type(error).__name__),
        "span": error.span,
        "source": error.source,
        "hint": error.hint,
    }
    return json.dumps({"version": 1, "error": record}, ensure_ascii=False, indent=2)


def write(text: str, *, to_stderr: bool = False) -> None:
    """Print; ends silently where the reader of a pipe has gone."""
    stream = sys.stderr if to_stderr else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    if not encoding.lower().startswith("utf"):
        text = text.translate(PLAIN)
    text = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        stream.write(text if text.endswith("\n") else text + "\n")
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise SystemExit(PIPE) from None


PLAIN = str.maketrans({
    "∈": "in", "ℝ": "R", "×": "x", "≠": "!=", "≥": ">=", "≤": "<=", "−": "-", "ⁿ": "^n", "ᵐ": "^m", "ᵏ": "^k",
    "λ": "lam", "Σ": "Sigma", "μ": "mu", "θ": "theta", "…": "...", "→": "->", "·": "*", "≈": "~", "ᵖ": "^p",
})  # fmt: skip
"""Signs as they are typed, for a terminal that has only ASCII."""
