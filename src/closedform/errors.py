"""Every error raised on purpose. The base class is public as ``closedform.ClosedformError``."""

from __future__ import annotations


class ClosedformError(Exception):
    """Base of every error this library raises on purpose.

    ``span`` is the (start, end) place in the typed text, when there is one; ``source`` that text; ``hint`` the
    suggested mend. ``str(error)`` is what a person should read, with a caret line when the place is known.
    """

    def __init__(
        self, message: str, *, span: tuple[int, int] | None = None, source: str | None = None, hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.source = source
        self.hint = hint

    def at(self, span: tuple[int, int] | None, source: str | None) -> ClosedformError:
        """The same error with its place filled in where it had none; returns itself."""
        if self.span is None:
            self.span = span
        if self.source is None:
            self.source = source
        return self

    def __str__(self) -> str:
        lines = [self.message]
        if self.span is not None and self.source is not None:
            lines += caret(self.source, self.span)
        if self.hint:
            lines.append(self.hint)
        return "\n".join(lines)


class ReadError(ClosedformError):
    """The typed text is not a formula of the language."""


class ShapeError(ClosedformError):
    """Sizes do not match, or a function was given something of the wrong shape."""


class DeclarationError(ClosedformError):
    """A declaration contradicts itself, the formula, or is not understood."""


class MissingRule(ClosedformError):
    """A derivative, form or value that this library does not have. Never answered by a zero."""


class LimitError(ClosedformError):
    """The input is over a limit; the message names the limit."""


class ValueProblem(ClosedformError):
    """The arrays given do not fit the formula."""


def caret(source: str, span: tuple[int, int], width: int = 76) -> list[str]:
    """The source line with carets under ``span``, cut around it when long."""
    start, end = span
    start = max(0, min(start, len(source)))
    line_start = source.rfind("\n", 0, start) + 1
    line_end = source.find("\n", start)
    line = source[line_start : line_end if line_end >= 0 else len(source)]
    column, length = start - line_start, max(1, min(end, line_start + len(line)) - start)
    if len(line) > width:
        left = max(0, min(column - width // 2, len(line) - width))
        line, column = line[left : left + width], column - left
        length = min(length, width - column)
    return ["  " + line, "  " + " " * column + "^" * max(1, length)]
