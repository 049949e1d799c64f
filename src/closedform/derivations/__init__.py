"""Derivations as people read them: each line with its law, printed in every form, and certified."""

from closedform.calculus.derivation.derive import Asked
from closedform.derivations.derivation import Derivation
from closedform.derivations.expression import FORMS, Expression
from closedform.derivations.make import derive
from closedform.derivations.step import Step

__all__ = ["FORMS", "Asked", "Derivation", "Expression", "Step", "derive"]
