"""Whether each expression of a chain follows from the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from closedform.calculus.adjoint import adjoint
from closedform.calculus.differential import differential
from closedform.calculus.spaces import direction, project
from closedform.check.certificate import Claim
from closedform.errors import ClosedformError, ReadError, ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import ADD, SYM, sub, sym, total, transpose, zeros
from closedform.judging.atoms import Atom
from closedform.judging.book import Book, Moving, Unproved, certified, multiple, same, short
from closedform.judging.numbers import example
from closedform.judging.records import Step
from closedform.judging.slips import FACTORS, Slip, find
from closedform.rewrite.engine_units import UNITY  # type: ignore[import-not-found]
