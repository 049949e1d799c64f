"""Lagrange multipliers: what the Lagrangian holds to be zero, though no line says so."""

from __future__ import annotations

import re

from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM
from closedform.judging.atoms import Atom
from closedform.judging.section import Section

_SPOKEN = re.compile(r"lagrang", re.IGNORECASE)
_BOUND = re.compile(r"\\(?:leq?|geq?|leqslant|geqslant)(?![A-Za-z])|[≤≥<>]=?|KKT|Kuhn")
_MULTIPLIER = re.compile(r"(?:lam|mu|nu|eta|gamma|alpha|kappa|rho|Lambda|Gamma)(?:_?\w+)?")


def constraints(section: Section) -> list[Node]:
    """The derivatives of a Lagrangian by its multipliers, in which it is linear; none where there are bounds."""
    source, found = section.outline.document.source, list[Node]()
    if not _SPOKEN.search(source) or _BOUND.search(re.sub(r"=+>|<=>", " ", source)):
        return found
    for name in (n for n, c in section.outline.defined.items() if c.defines == n):
        try:
            full = section.book.full(section.book.defined[name])
            symbols = [n for n in postorder(full) if n.op is SYM and _MULTIPLIER.fullmatch(str(n.params[0]))]
            slopes = [(s, section.book.derivative(Atom("partial", name, str(s.params[0])))) for s in symbols]
        except (ClosedformError, KeyError):
            continue
        found += [slope for s, slope in slopes if full.is_scalar and not any(n is s for n in postorder(slope))]
    return found
