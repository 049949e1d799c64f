"""The names the language knows: functions of the table, structural ones, constants, refused words."""

from __future__ import annotations

from closedform.expr.op import Op
from closedform.functions.table import by_text

STRUCTURAL = {
    "tr", "trace", "Tr", "diag", "inv", "transpose", "eye", "ones", "zeros", "zero", "dot", "inner", "abs",
    "unvec", "comm", "vector", "matrix", "norm", "norm2", "norm1", "normF", "norm_inf", "norm_nuc", "norm_op",
    "max", "min", "max_over", "min_over", "sub", "polygamma", "sum", "e^", "|.|",
}  # fmt: skip
"""Functions that the reader builds itself, or whose arguments it reads in its own way."""
DETERMINANT = "|.|"
"""What ``|`` opens directly behind ``log``: of a matrix the determinant."""
CONSTANTS = {"I", "eye", "ones", "zeros", "pi"}
SYNONYMS = {
    "trace": "tr", "Tr": "tr", "inner": "dot", "zero": "zeros", "arcsin": "asin", "arccos": "acos",
    "arctan": "atan", "ln": "log", "sgn": "sign", "norm": "norm2", "logistic": "sigmoid",
}  # fmt: skip
APPLIED = {"sigma": "sigmoid", "Phi": "normcdf"}
"""Greek letters that are functions where they are applied to something."""
REFUSED = {
    "conj": "complex numbers", "Re": "complex numbers", "Im": "complex numbers", "real": "complex numbers",
    "imag": "complex numbers", "ctranspose": "complex numbers", "hermitian": "complex numbers",
}  # fmt: skip


def operations(name: str) -> tuple[Op, ...]:
    """The operations a name may stand for."""
    return by_text.get(name) or by_text.get(SYNONYMS.get(name, name), ())


def is_function(name: str) -> bool:
    return name in STRUCTURAL or name in by_text


def suggestion(name: str) -> str:
    """The nearest function name as a hint, or ``""``."""
    from difflib import get_close_matches

    near = get_close_matches(name, [*by_text, *STRUCTURAL], 1, 0.7)
    return f"Did you mean {near[0]}(…)?" if near else ""
