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
WEIGHING = "softmax of rows"
"""In LaTeX, a softmax that something stands behind as a factor: of a matrix it is that of each row."""
CONSTANTS = {"I", "eye", "ones", "zeros", "pi"}
SYNONYMS = {
    "trace": "tr", "Tr": "tr", "inner": "dot", "zero": "zeros", "arcsin": "asin", "arccos": "acos",
    "arctan": "atan", "ln": "log", "sgn": "sign", "norm": "norm2", "logistic": "sigmoid",
}  # fmt: skip
OVER = ("sum", "prod", "max_over", "min_over")
"""Functions that may begin with an index: ``sum(i, x[i]^2)``."""
INDEX_LETTERS = frozenset("ijklmnpqrst")
"""Letters that are indices where they stand below."""
WEIGHTS = "pi_vec"
"""The vector that has the entries ``pi_k``: weights, frequencies."""
APPLIED = {"sigma": "sigmoid", "Phi": "normcdf"}
"""Greek letters that are functions where they are applied to something."""
REFUSED = {
    "E": "expected values", "Pr": "probabilities",
    "conj": "complex numbers", "Re": "complex numbers", "Im": "complex numbers", "real": "complex numbers",
    "imag": "complex numbers", "ctranspose": "complex numbers", "hermitian": "complex numbers",
    **dict.fromkeys(("sort", "argsort", "median", "quantile", "percentile", "rank"), "order statistics"),
    **dict.fromkeys(("floor", "ceil", "round", "mod", "rem", "fmod"), "functions that round"),
}  # fmt: skip


ELSEWHERE = {
    "corr": "dot(x - mean(x), y - mean(y))/(||x - mean(x)||*||y - mean(y)||)", "Var": "var(x)",
    "cov": "dot(x - mean(x), y - mean(y))/n", "Cov": "dot(x - mean(x), y - mean(y))/n", "Std": "std(x)",
    "nucl": "||X||_*", "nuc": "||X||_*", "nuclear_norm": "||X||_*", "sumsq": "x'*x", "sum_squares": "x'*x",
    "log10": "log(x)/log(10)", "log2": "log(x)/log(2)", "log1p": "log(1 + x)", "expm1": "exp(x) - 1",
    "erfc": "1 - erf(x)", "sinc": "sin(x)./x", "exp2": "exp(log(2)*x)", "cot": "1./tan(x)", "sec": "1./cos(x)",
    "csc": "1./sin(x)", "coth": "1./tanh(x)", "cbrt": "x.^(1/3)", "square": "x.^2", "logit": "log(x./(1 - x))",
    "softsign": "x./(1 + abs(x))", "mish": "x.*tanh(softplus(x))", "logsigmoid": "-softplus(-x)",
    "mse": "mean((x - y).^2)", "cosine": "x'*y/(||x||*||y||)", "cosine_similarity": "x'*y/(||x||*||y||)",
}  # fmt: skip
"""Functions of other languages, as they are written here."""


def operations(name: str) -> tuple[Op, ...]:
    """The operations a name may stand for."""
    return by_text.get(name) or by_text.get(SYNONYMS.get(name, name), ())


def is_function(name: str) -> bool:
    return name in STRUCTURAL or name in by_text


def suggestion(name: str) -> str:
    """The nearest function name as a hint, or ``""``."""
    if name in ELSEWHERE:
        return f"Write {ELSEWHERE[name]}."
    from difflib import get_close_matches

    near = get_close_matches(name, [*by_text, *STRUCTURAL], 1, 0.7)
    return f"Did you mean {near[0]}(…)?" if near else ""
