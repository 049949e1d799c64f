"""closedform: derivatives of matrix formulas in closed form, checked.

>>> import closedform as cf
>>> f = cf.formula("x'*A*x")
>>> f.grad("x").text
"(A + A')*x"
"""

from closedform._version import __version__
from closedform.answers import Verdict, check, equal
from closedform.argmin.verdict import NoDerivative
from closedform.errors import (
    ClosedformError,
    DeclarationError,
    LimitError,
    MissingRule,
    ReadError,
    ShapeError,
    ValueProblem,
)
from closedform.explain import explain
from closedform.formula import Formula
from closedform.judging import judge
from closedform.limits import time_limit
from closedform.own import argmin, declare, formula, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

__all__ = [
    "ClosedformError",
    "DeclarationError",
    "Formula",
    "LimitError",
    "MissingRule",
    "NoDerivative",
    "ReadError",
    "ShapeError",
    "ValueProblem",
    "Verdict",
    "__version__",
    "argmin",
    "check",
    "declare",
    "equal",
    "explain",
    "formula",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "judge",
    "jvp",
    "time_limit",
    "value_and_grad",
    "vjp",
]
