"""Lagrange multipliers: what the Lagrangian holds to be zero, though no line says so."""

from __future__ import annotations

import re
from contextlib import suppress

from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM, zeros
from closedform.judging.atoms import Atom
from closedform.judging.book import same
from closedform.judging.names import cleaned
from closedform.judging.section import Section

_SPOKEN = re.compile(r"lagrang|multiplier", re.IGNORECASE)
_BOUND = re.compile(r"\\(?:leq?|geq?|leqslant|geqslant)(?![A-Za-z])|[≤≥<>]=?|KKT|Kuhn")
_ARGUMENTS = re.compile(r"L\}?\s*\(.*(?:λ|ν|μ|\\?lambda|\\?nu|\\?mu)")
"""``L(x, ν)``"""
_MULTIPLIER = re.compile(r"(?:lam|mu|nu|eta|gamma|alpha|kappa|rho|Lambda|Gamma)(?:_?\w+)?")


def constraints(section: Section) -> list[Node]:
    """The derivatives of a Lagrangian by its multipliers, in which it is linear; none where there are bounds."""
    source, found = section.outline.document.source, list[Node]()
    if _BOUND.search(re.sub(r"=+>|<=>", " ", source)):
        return found
    spoken = _SPOKEN.search(source) is not None
    for name, chain in section.outline.defined.items():
        if chain.defines == name and (spoken or _ARGUMENTS.search(cleaned(chain.members[0].text))):
            with suppress(ClosedformError, KeyError):
                found += _of_function(section, name)
    return found


def _of_function(section: Section, name: str) -> list[Node]:
    full = section.book.full(section.book.defined[name])
    if not full.is_scalar:
        return []
    multipliers = [n for n in postorder(full) if n.op is SYM and _MULTIPLIER.fullmatch(str(n.params[0]))]
    slopes = [(s, section.book.derivative(Atom("partial", name, str(s.params[0])))) for s in multipliers]
    linear = [slope for s, slope in slopes if not any(n is s for n in postorder(slope))]
    return [slope for slope in linear if not _homogeneous(section, slope)]


def _homogeneous(section: Section, slope: Node) -> bool:
    """Whether it is zero where the variables are, as a penalty is: no constraint."""
    moving = {n for n in postorder(slope) if n.op is SYM and n.params[0] in section.book.variables}
    return same(rebuild(slope, lambda n, _: zeros(*n.shape) if n in moving else None), zeros(*slope.shape))
