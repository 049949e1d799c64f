"""Printing: one precedence table, three forms."""

from closedform.write.plain import text, unicode

__all__ = ["text", "unicode"]
