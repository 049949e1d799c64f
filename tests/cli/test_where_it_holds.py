"""Pages say where an answer holds, what was declared in vain, and what a letter of theirs stands for."""

import json

from conftest import Run


def test_a_value_outside_its_domain_is_said_to_be_that(run: Run) -> None:
    page = run("eval", "logdet(A)", "A=[[1,2],[3,4]]")
    assert (page.code, "at these values it does not hold that det(A) > 0" in page.out) == (3, True)
    slope = run("eval", "||x||", "x=[0,0]", "--by", "x", "--text")
    assert (slope.code, slope.err.strip()) == (3, "at these values it does not hold that x ≠ 0")
    record = json.loads(run("eval", "1/s", "s=0", "--json").out)
    assert (record["value"], record["violated"]) == ("inf", ["s ≠ 0"])


def test_a_value_by_convention_is_an_answer_with_a_word(run: Run) -> None:
    page = run("eval", "sum(relu(x))", "x=[0,1]", "--by", "x")
    assert (page.code, "outside" in page.out) == (0, True)
    assert "outside" not in run("eval", "sum(relu(x))", "x=[-1,1]", "--by", "x").out


def test_taylor_says_where_it_holds(run: Run) -> None:
    assert "holds        where x ≠ 0" in run("taylor", "||x||", "--by", "x").out
    assert "holds        where X is invertible" in run("taylor", "tr(inv(X))", "--by", "X", "--order", "1").out
    assert "holds        everywhere" in run("taylor", "x'*x", "--by", "x").out


def test_batch_says_what_its_rows_are(run: Run) -> None:
    assert "row i of W ∈ ℝ^(N×n) is the i-th w" in run("batch", "log(w'*w)", "--by", "w").out


def test_what_is_declared_in_vain_is_named(run: Run) -> None:
    assert "unused       y: declared, but not in the formula" in run("grad", "x'*x", "--where", "y in R^n").out
    assert "unused" not in run("grad", "x'*x", "--by", "y", "--where", "y in R^n").out


def test_names_in_headings_are_spelled_one_way(run: Run) -> None:
    assert "∇f(Σ) =" in run("grad", r"x^T \Sigma x", "--by", r"\Sigma").out
    assert "∂x*/∂λ =" in run("argmin", "||A*x - b||^2 + lam*x'*x", "--over", "x", "--by", "lam").out


def test_code_of_a_declared_function_says_why_there_is_none(run: Run) -> None:
    refused = run("code", "f(A*x)", "--where", "f: R^n -> R")
    assert "f is declared, not given: there is no program for its values" in refused.err
