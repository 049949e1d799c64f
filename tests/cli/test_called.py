"""What the whole function is called: f, or where that is a name in it, another; the same at every door."""

import json

import pytest

from closedform.answers import Asked
from closedform.cli import main
from closedform.cli.standalone import page
from closedform.cli.work import answers, questions
from closedform.formula import formula
from closedform.write.render import heading

ABSTRACT = ("f(A*x + b)", "f: R^n -> R")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(("text", "where", "name"), [
    ("x'*A*x", None, "f"), ("f'*A*f", None, "h"), (*ABSTRACT, "h"), ("f(h*x)", "f: R^n -> R, h in R", "g"),
    ("f'*x", "f in R^h, x in R^h", "g"), ("sum(f) + h*g*F*phi", "F in R, h in R, g in R", "f1"),
])  # fmt: skip
def test_no_name_of_the_formula_is_that_of_the_whole(text: str, where: str | None, name: str):
    assert formula(text, where)._context.whole == name
    assert name not in formula(text, where).variables


@pytest.mark.parametrize(("command", "left"), [
    ("grad", "∇h(x) = "), ("hessian", "∇²h(x) = "), ("derivative", "D h(x)[dx] = "), ("taylor", "h(x + dx) ≈ f("),
])  # fmt: skip
def test_the_command_line(capsys: pytest.CaptureFixture[str], command: str, left: str):
    said = printed(capsys, command, ABSTRACT[0], "--where", ABSTRACT[1], "--by", "x")
    assert "function     h = f(Ax + b)" in said and left in said


@pytest.mark.parametrize("method", ["differentials", "coordinates"])
def test_the_lines_of_a_derivation(method: str):
    steps = formula("f'*A*f").grad("f").derivation(method)
    assert [step.left("text") for step in steps][:: len(steps) - 1] == ["h", "grad h"]
    assert {step.left("unicode") for step in steps} <= {"h", "dh", "∂h/∂fₖ", "∇h"}
    assert all(step.left("latex").count("f") <= 1 + step.left("latex").count(r"\frac") for step in steps)
    assert steps.certified


def test_no_shared_part_has_its_name():
    """Where the whole is f, the part that two terms share is h."""
    sizes = "R^n -> R, s in R, t in R, r in R, c in R, g in R"
    shared = "(x)*tanh(s*t*r*c*g*(a'*x) + b'*x)^2"
    assert " where h = tanh(" in formula(f"q{shared}", f"q: {sizes}").grad("x").text
    found = formula(f"f{shared}", f"f: {sizes}").grad("x")
    assert found._whole == "h" and " where k = tanh(" in found.text and found.check().ok


def test_the_page_and_its_json(capsys: pytest.CaptureFixture[str]):
    f = formula(*ABSTRACT)
    html = page(f, answers(f, questions(f, ["x"], Asked("gradient", "")), named=True, check=True, steps=None))
    assert "<title>h = f(Ax + b)</title>" in html and "∇h(x)" in html and "f = f" not in html
    said = json.loads(printed(capsys, "grad", ABSTRACT[0], "--where", ABSTRACT[1], "--by", "x", "--json"))
    assert said["function"]["name"] == "h"


def test_left_sides_in_latex():
    kinds = ("gradient", "jacobian", "hessian", "derivative")
    assert [heading(kind, "f", "latex", "h").count("h") for kind in kinds] == [1, 1, 1, 2]  # \mathrm has one
