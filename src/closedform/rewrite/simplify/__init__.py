"""The simplifier: from the normal form to the form a book would print, measured in printed tokens."""

from closedform.rewrite.simplify.simplify import simplify, simplify_all

__all__ = ["simplify", "simplify_all"]
