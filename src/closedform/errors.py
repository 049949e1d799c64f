"""Every error raised on purpose. The base class is public as ``closedform.ClosedformError``."""

from __future__ import annotations


class ClosedformError(Exception):
    """Base of every error this library raises on purpose.

    ``span`` is the (start, end) place in the typed text, when there is one; ``source`` that text; ``hint`` the
    suggested mend. ``str(error)`` is what a person should read, with a caret line when the place is known.

    >>> import closedform as cf
    >>> try:
    ...     cf.formula("sofmax(x)")
    ... except cf.ClosedformError as error:
    ...     print(error, error.span)
    sofmax is no known function
      sofmax(x)
      ^^^^^^
    Did you mean softmax(…)? (0, 6)
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
    """The typed text is not a formula of the language.

    >>> import closedform as cf
    >>> cf.formula("x + * y")
    Traceback (most recent call last):
    closedform.errors.ReadError: * stands where a number, a name or a bracket must stand
      x + * y
          ^
    """


class ShapeError(ClosedformError):
    """Sizes do not match, or a function was given something of the wrong shape.

    >>> import closedform as cf
    >>> cf.formula("A*x", "A in R^(m×n), x in R^k")
    Traceback (most recent call last):
    closedform.errors.ShapeError: A*x: sizes do not match
    A is m×n, x is k×1: inner sizes n and k differ
      A*x
      ^^^
    """


class DeclarationError(ClosedformError):
    """A declaration contradicts itself, the formula, or is not understood.

    >>> import closedform as cf
    >>> cf.formula("x'*A*x").grad("z")
    Traceback (most recent call last):
    closedform.errors.DeclarationError: there is no variable z in this formula; it has A, x
    """


class MissingRule(ClosedformError):
    """A derivative, form or value that this library does not have. Never answered by a zero.

    >>> import closedform as cf
    >>> cf.formula("polygamma(s, t)", "s in R, t in R").grad("s")
    Traceback (most recent call last):
    closedform.errors.MissingRule: the derivative of polygamma by its order is not known to this library
    """


class LimitError(ClosedformError):
    """The input is over a limit; the message names the limit.

    >>> import closedform as cf
    >>> cf.formula("tr(X^99999)")
    Traceback (most recent call last):
    closedform.errors.LimitError: an exponent is over 1000 (limit: exponent)
      tr(X^99999)
         ^^^^^^^
    Use a name for it: x^p where p in R.
    """


class ValueProblem(ClosedformError):
    """The arrays given do not fit the formula.

    >>> import closedform as cf
    >>> cf.formula("A*x")(A=[[1.0, 2.0]], x=[1.0, 2.0, 3.0])
    Traceback (most recent call last):
    closedform.errors.ValueProblem: sizes do not match: x (n) is 3, so n is 3, but it is 2 elsewhere (A (m×n) is 1×2)
    """


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
