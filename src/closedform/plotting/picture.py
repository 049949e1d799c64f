"""A picture with its words."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from closedform.errors import ClosedformError

FORMATS = ("png", "svg", "pdf")
STYLE = {"svg.hashsalt": "closedform", "svg.fonttype": "path", "font.size": 9}


@dataclass(frozen=True)
class Picture:
    """A figure of matplotlib, with the words for what it shows; a notebook displays it.

    >>> from closedform.formula import formula
    >>> print(formula("x^2 - y^2").plot("x", "y"))  # doctest: +ELLIPSIS
    f = x² − y² over x from -3 to 3, y from -3 to 3
    descent from ...
    """

    figure: Any
    words: tuple[str, ...]

    def encoded(self, form: str = "png") -> bytes:
        """The picture as PNG, SVG or PDF."""
        if form not in FORMATS:
            raise ClosedformError(f"a picture is written to .png, .svg or .pdf; this is .{form}")
        import matplotlib

        out = BytesIO()
        dated: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
        with matplotlib.rc_context(STYLE):
            self.figure.savefig(out, format=form, dpi=150, metadata=dated.get(form))
        return out.getvalue()

    def save(self, path: str) -> None:
        """Write it to a file; the ending of the path tells the format."""
        Path(path).write_bytes(self.encoded(Path(path).suffix.removeprefix(".").lower()))

    def __str__(self) -> str:
        return "\n".join(self.words)

    def __repr__(self) -> str:
        return f"<Picture {self.words[0]}>"

    def _repr_png_(self) -> bytes:
        return self.encoded("png")


def figure(width: float, height: float) -> Any:
    """An empty figure. Raises ClosedformError where matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ClosedformError("a picture needs matplotlib", hint="Install closedform[plot].") from None
    return Figure(figsize=(width, height), layout="constrained")
