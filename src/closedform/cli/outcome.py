"""How a run ends: exit codes, the time limit, and errors for people."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from closedform.errors import ClosedformError, LimitError, MissingRule

RIGHT, WRONG, INPUT, REFUSED, PIPE, INTERRUPTED = 0, 1, 2, 3, 141, 130


class OutOfTime(BaseException):
    """The time limit. No Exception, so that nothing on the way takes it for a trial that failed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def error(self) -> LimitError:
        return LimitError(
            f"no answer within {self.seconds:g} seconds (limit: time)", hint="Raise it with --time-limit."
        )


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime when the block takes longer; 0 is no limit. Only the main thread can have an alarm."""
    main = threading.current_thread() is threading.main_thread()
    if not seconds or not main or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise OutOfTime(seconds)

    before = signal.signal(signal.SIGALRM, ring)
    timer = (0.0, 0.0)
    try:
        timer = signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *timer)


def exit_code(error: ClosedformError) -> int:
    return REFUSED if isinstance(error, MissingRule | LimitError) else INPUT


def error_json(error: ClosedformError) -> str:
    record = {
        "kind": type(error).__name__,
        "message": error.message,
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
