"""One value at the door: what a person gives for a variable, as a 2-d float array."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from closedform.errors import ValueProblem
from closedform.expr.facts import WORDS, Facts
from closedform.expr.op import Shape

Array = Any
CLOSE = 1e-8  # relative: what an array that was declared symmetric (…) may miss by
OTHER_LIBRARIES = {
    "torch": "x.detach().cpu().numpy()",
    "jax": "numpy.asarray(x)",
    "jaxlib": "numpy.asarray(x)",
}


def is_sparse(value: Any) -> bool:
    """Whether a value is an array of scipy.sparse, which is not imported to find out."""
    module = sys.modules.get("scipy.sparse")
    return module is not None and bool(module.issparse(value))


def as_matrix(name: str, value: Any, shape: Shape) -> Array:
    """The 2-d array for a variable; ValueProblem naming it where the value is none, or has another rank.

    >>> from closedform.expr.size import size
    >>> as_matrix("x", [1, 2], (size("n"), size(1)))
    array([[1.],
           [2.]])
    """
    if is_sparse(value):
        out = value.astype(float)
        if out.ndim != 2:
            raise _misfit(name, np.shape(value), shape)
        return sys.modules["scipy.sparse"].csr_array(out)
    array = _floats(name, value)
    return _two(name, array, shape)


def _floats(name: str, value: Any) -> Array:
    library = type(value).__module__.split(".")[0]
    if library in OTHER_LIBRARIES:
        mend = OTHER_LIBRARIES[library].replace("x", name, 1)
        raise ValueProblem(f"{name} is an array of {library}; give a NumPy array", hint=f"Give {mend}.")
    if isinstance(value, np.ma.MaskedArray):
        raise ValueProblem(f"{name} is a masked array; fill it first")
    if value is None or isinstance(value, str | bytes | dict | set):
        raise ValueProblem(f"{name} is {type(value).__name__}, not a number or an array")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueProblem(f"{name} is no array: its rows have different lengths") from error
    if array.dtype.kind == "c":
        raise ValueProblem(f"{name} has complex entries; formulas here are over the real numbers")
    if array.dtype.kind not in "biuf":
        raise ValueProblem(f"{name} has entries that are no numbers ({array.dtype})")
    return array.astype(float)


def _two(name: str, array: Array, shape: Shape) -> Array:
    scalar, column, row = _ranks(shape)
    if scalar and array.size == 1:
        return array.reshape(1, 1)
    if array.ndim == 1 and not scalar and (column or row):
        array = array.reshape(-1, 1) if column else array.reshape(1, -1)
    if array.ndim != 2 or scalar or (column and array.shape[1] != 1) or (row and array.shape[0] != 1):
        raise _misfit(name, array.shape, shape)
    if array.size == 0:
        raise ValueProblem(f"{name} is empty: it has shape {array.shape}")
    return array


def _ranks(shape: Shape) -> tuple[bool, bool, bool]:
    rows, cols = (s.number == 1 for s in shape)
    return rows and cols, cols, rows


def _misfit(name: str, given: tuple[int, ...], shape: Shape) -> ValueProblem:
    scalar, column, _ = _ranks(shape)
    rows, cols = shape
    want = f"a vector of {rows} entries, shape ({rows},)" if column else f"{rows}×{cols}"
    hint = ""
    if column and len(given) == 2 and given[0] == 1:
        hint = f"Give {name}.ravel() for a row that is meant as a vector."
    return ValueProblem(f"{name} has shape {given}; it is {'a number' if scalar else want}", hint=hint)


def check_facts(name: str, value: Array, facts: Facts) -> None:
    """ValueProblem where an array is not what its variable was declared to be. NaN passes."""
    for fact, test in TESTS.items():
        if fact in facts and not is_sparse(value) and not test(value):
            raise ValueProblem(f"{name} is declared {WORDS[fact]}; the array given is not")


def _equal(A: Array, B: Array) -> bool:
    scale = np.nanmax(np.abs(A), initial=0.0)
    return not np.any(np.abs(A - B) > CLOSE * scale)


def _semidefinite(A: Array) -> bool:
    """Whether no eigenvalue is negative beyond rounding, by Cholesky's factorisation."""
    scale = np.max(np.abs(A), initial=0.0)
    if not np.isfinite(scale) or scale == 0:
        return True
    try:
        np.linalg.cholesky(A / scale + CLOSE * len(A) * np.eye(len(A)))
    except np.linalg.LinAlgError:
        return False
    return True


TESTS: dict[str, Callable[[Array], bool]] = {
    "diag": lambda A: _equal(A, np.tril(np.triu(A))),
    "sym": lambda A: _equal(A, A.T),
    "psd": _semidefinite,
    "skew": lambda A: _equal(A, -A.T),
    "lower": lambda A: _equal(A, np.tril(A)),
    "upper": lambda A: _equal(A, np.triu(A)),
    "orth": lambda A: _equal(np.eye(A.shape[0]), A.T @ A),
    "pm1": lambda A: not np.any((np.abs(A) != 1) & ~np.isnan(A)),
    "bit": lambda A: not np.any((A != 0) & (A != 1) & ~np.isnan(A)),
    "pos": lambda A: not np.any(A <= 0),
    "nonneg": lambda A: not np.any(A < 0),
    "nonzero": lambda A: not np.any(A == 0),
}
