"""The matching exercise: which of four matrices is the gradient of which of four functions, each pair certified."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import closedform as cf
from closedform.check.certificate import Certificate
from closedform.check.certify import certify
from closedform.errors import ShapeError
from closedform.read.read import read

FUNCTIONS = ("tr(X)", "tr(X^-1)", "det(X)", "log(det(X))")
GRADIENTS = {"a": "X^-1", "b": "eye(n)", "c": "det(X)*(X^-1)'", "d": "-(X^-2)'"}
SPACES = {"General X": "X in R^(n×n)", "Symmetric X": "X in Sym(n)"}


def table() -> str:
    """A table for each kind of matrix; yes and no are the checker's, with the level of the certificate."""
    head = "| function | " + " | ".join(f"({k}) `{answer}`" for k, answer in GRADIENTS.items()) + " |"
    rule = "| :-- |" + " :-- |" * len(GRADIENTS)
    parts = []
    for title, where in SPACES.items():
        rows = [f"| `{source}` | " + " | ".join(cells(source, where)) + " |" for source in FUNCTIONS]
        parts.append("\n".join([f"{title} (`{where}`):\n", head, rule, *rows]) + "\n")
    return "\n".join(parts) + NOTE


NOTE = """
A *no* is a point at which the two sides differ. For symmetric $X$ the gradient is the one in the space of symmetric
matrices, where $X^{-\\top} = X^{-1}$: all four match.
"""


def cells(source: str, where: str) -> list[str]:
    g = cf.formula(source, where).grad("X")
    return [cell(certified(g, answer), source, answer) for answer in GRADIENTS.values()]


def cell(found: Certificate, source: str, answer: str) -> str:
    if found.ok:
        return f"**yes** (level {found.level})"
    if not found.decided or found.counterexample is None:
        sys.exit(f"docs: whether {answer} is the gradient of {source} is not decided: {found.line()}")
    return "no"


def certified(g: cf.Formula, answer: str) -> Certificate:
    """Whether ``answer`` is the derivative that ``g`` is."""
    try:
        node = read(answer, g.where, "text").node
    except ShapeError:  # I alone, whose size the function shows
        node = read(re.sub(r"\bI\b(?!\[)", f"eye({g.shape[0]})", answer), g.where, "text").node
    return certify(replace(g.claim(), answer=node))
