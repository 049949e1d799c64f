"""The command ``implicit``, and abstract functions at the other commands."""

import json

import pytest

from closedform.cli import main
from closedform.read.equation import equation

ABSTRACT = ("--where", "f: R^n -> R")


def test_page(capsys):
    assert main(["implicit", "A*y + exp(y) = B*x", "--of", "y", "--by", "x", "--steps"]) == 0
    page = capsys.readouterr().out
    assert "∂y/∂x = (A + diag(exp(y)))⁻¹B" in page
    assert "where A + diag(exp(y)) is invertible" in page
    assert "implicit function:" in page and "certified by itself, level A" in page


def test_json(capsys):
    where = "F: R^n x R^m -> R^m"
    assert main(["implicit", "F(x,y)", "--of", "y", "--by", "x", "--where", where, "--json", "--steps"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["derivatives"]
    assert (found["of"], found["by"], found["order"]) == ("y", "x", 1)
    assert found["text"] == "-jac2[F](x, y)^-1*jac1[F](x, y)"
    assert found["certificate"]["level"] == "A"
    assert found["steps"][-1]["left"] == "∂y/∂x"


@pytest.mark.parametrize("form", ["--text", "--latex"])
def test_answer_alone(capsys, form):
    assert main(["implicit", "r^2 + s^2 = 1", "--of", "s", "--by", "r", "--where", "r in R, s in R", form]) == 0
    assert capsys.readouterr().out.strip() == {"--text": "-r/s", "--latex": r"-\frac{r}{s}"}[form]


def test_map_and_second_order(capsys):
    assert main(["implicit", "S*y = x", "--of", "y", "--by", "S"]) == 0
    assert "D y(S)[dS] = −S⁻¹dS y" in capsys.readouterr().out
    assert main(["implicit", "A*y = lam*b", "--of", "y", "--by", "lam", "--order", "2"]) == 0
    assert "∂²y/∂λ² = " in capsys.readouterr().out


@pytest.mark.parametrize(("text", "wanted"), [
    ("A*y - b", "A*y - b"), ("A*y = b", "(A*y) - (b)"), ("A*y - b = 0", "A*y - b "),
    ("y = p where p = A*x", "(y) - (p) where p = A*x"), ("sum(i=1..m, x[i]) = t", "(sum(i=1..m, x[i])) - (t)"),
])  # fmt: skip
def test_equations(text, wanted):
    assert equation(text) == wanted


@pytest.mark.parametrize(("args", "code", "message"), [
    (["a=b=c", "--of", "a", "--by", "b"], 2, "two sides"),
    (["A*Y = B", "--of", "Y", "--by", "A"], 3, "Y is n×k"),
    (["x'*A*y", "--of", "y", "--by", "x"], 2, "as many equations as unknowns"),
    (["A*y = b", "--of", "y"], 2, "--by"),
])  # fmt: skip
def test_refusals(capsys, args, code, message):
    assert main(["implicit", *args]) == code
    assert message in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(("answer", "code", "said"), [
    ("A'*grad[f](A*x)", 0, "Right: this is the gradient by x."),
    ("2*A'*grad[f](A*x)", 1, "a factor 1/2 is missing"),
    ("A'*grad[f](x)", 2, "is declared on"),
    ("A'*hess[f](A*x)*A", 0, "Right: this is the Hessian by x."),
])  # fmt: skip
def test_answers_with_abstract_functions(capsys, answer, code, said):
    assert main(["check", "f(A*x)", answer, *ABSTRACT]) == code
    out = capsys.readouterr()
    assert said in out.out + out.err


def test_equal_with_abstract_functions(capsys):
    assert main(["equal", "f(A*x)", "f(A*x + 0*x)", *ABSTRACT, "--where", "A in R^(n×n)"]) == 0
    assert main(["equal", "f(A*x)", "f(B*x)", *ABSTRACT]) == 1
    assert "f(Bx) − f(Ax)" in capsys.readouterr().out


def test_declared_twice_alike(capsys):
    assert main(["check", "f(A*x) where f: R^n -> R", "A'*grad[f](A*x) where f: R^n -> R"]) == 0
    assert "Right" in capsys.readouterr().out
