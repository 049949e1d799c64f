"""Derivations by coordinates: sums over entries, Kronecker deltas, and the matrix form read off again."""

from closedform.calculus.coordinates.paper import Spelling
from closedform.calculus.coordinates.question import Question
from closedform.calculus.coordinates.steps import CoordinateStep, coordinates

__all__ = ["CoordinateStep", "Question", "Spelling", "coordinates"]
