"""Formulas as people type them in plain text, against derivatives from automatic differentiation written apart."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import closedform as cf
from closedform.cli import main
from closedform.errors import ClosedformError

VALUES = Path(__file__).parents[1] / "data" / "wild_text_values.jsonl"
FORMULAS = [json.loads(line) for line in VALUES.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("f", FORMULAS, ids=lambda f: f["text"])
def test_is_read_as_what_was_meant(f: dict[str, Any]) -> None:
    answer = getattr(cf.formula(f["text"], where=f.get("where")), f["kind"])(f["by"])
    found = np.asarray(answer(**{name: np.array(v) for name, v in f["point"].items() if name in answer.variables}))
    assert found.shape == np.shape(f["value"])
    np.testing.assert_allclose(found, f["value"], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize(
    ("text", "said", "mend"),
    [
        ("sum((y - X*beta)^2)", "shapes differ", "sum((y - X*beta).^2) or ||y - X*beta||^2"),
        ("np.dot(a, b)", "np.dot belongs to a library", "Write dot(x, y), or A*x."),
        ("np.linalg.norm(A @ x - b)", "belongs to a library", "norm(x), or ||X||_F of a matrix"),
        ("torch.exp(x)", "belongs to a library", "Write exp("),
        ("||x||_p", "the norm _p is not known", "norm(x, p), where p in R"),
        ("corr(x, y)", "corr is no known function", "dot(x - mean(x), y - mean(y))"),
        ("Var(x)", "Var is no known function", "Write var(x)."),
        ("E[x]", "expected values are not supported", "mean(x)"),
        ("E[(y - X*b)^2]", "expected values are not supported", "mean(x)"),
        ("E(x)", "expected values are not supported", ""),
        ("lam[x'*x + 1]", "an index is", "what belongs together stands in ( )"),
        ("||A*X - B||_F^2 + lam*nucl(X)", "nucl is no known function", "||X||_*"),
    ],
)
def test_what_is_not_read_has_a_mend(text: str, said: str, mend: str) -> None:
    with pytest.raises(ClosedformError) as caught:
        cf.formula(text)
    assert said in caught.value.message and mend in caught.value.hint


@pytest.mark.parametrize(
    ("text", "same", "note"),
    [
        ("minimize 1/2*x'*P*x", "1/2*x'*P*x", "minimize is left out: what it is taken of is read."),
        ("min_x ||A*x - b||^2", "||A*x - b||^2", "min_x is left out: what it is taken of is read."),
        ("norm(X, 'fro')^2", "||X||_F^2", ""),
        ("norm(A*x - b, inf)", "||A*x - b||_inf", ""),
        ("norm(x, Inf) + norm(X, 'nuc')", "||x||_inf + ||X||_*", ""),
        ("||A.*(1 - M)||_F^2", "||A.*(ones(m,n) - M)||_F^2",
         "1 - M beside the elementwise product is read entry by entry."),
    ],
)  # fmt: skip
def test_what_stands_around_is_understood(text: str, same: str, note: str) -> None:
    formula = cf.formula(text)
    assert formula == cf.formula(same, where=formula.where)
    assert not note or note in formula.assumed


def test_names_that_are_declared_are_names() -> None:
    assert cf.formula("minimize*x'*x where minimize in R").variables[0] == "minimize"
    assert "inf" in cf.formula("norm(x, inf) where inf in R").variables
    assert cf.formula("E[i]'*x where E[i] in R^n for i = 1..m").text == "E[i,:]'*x"


def test_doubtful_squares_are_said() -> None:
    said = cf.formula("1/n * sum(y - X*w)^2").assumed
    assert "sum(y - X*w)^2 is the square of the sum; the sum of the squares is ||y - X*w||^2." in said
    said = cf.formula("(y - X*b)^2").assumed
    assert "X is read as a number; of a matrix and vectors write ||y - X*b||^2." in said
    assert not any("squares" in s for s in cf.formula("n*sum(x.^2) - sum(x)^2").assumed)


def test_an_option_of_other_tools_has_a_mend(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grad", "x'*x", "--wrt", "x"]) == 2
    assert "Write --by, the variable." in capsys.readouterr().err
