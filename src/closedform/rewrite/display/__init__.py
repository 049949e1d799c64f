"""From node to paper: what a book would print, and how many tokens it takes."""

from closedform.expr.node import Node
from closedform.rewrite.display.arrange import arrange
from closedform.rewrite.display.build import cost, structure
from closedform.rewrite.display.context import PLAIN, Context
from closedform.rewrite.display.written import written
from closedform.rewrite.show import Show

__all__ = ["PLAIN", "Context", "cost", "display"]


def display(node: Node, context: Context = PLAIN) -> Show:
    """What is printed of ``node``, in the order of the context.

    >>> from closedform.functions.algebra import num, sym
    >>> display(sym("x") + num(1)).tokens
    3
    """
    return written(node) if context.as_written else arrange(structure(node), context)
