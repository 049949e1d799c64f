"""Printing: one precedence table, three forms."""

from closedform.write.plain import text, unicode
from closedform.write.render import render, render_equation
from closedform.write.tex import latex

__all__ = ["latex", "render", "render_equation", "text", "unicode"]
