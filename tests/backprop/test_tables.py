"""The tables: line by line as in lecture notes, and the same however they are printed."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

import closedform as cf
from closedform.backprop import Backprop

TYPED = "1/2*(sigmoid(w*x + b) - t)^2 + lam/2*w^2"
NOTES = "L + lam*R where L = 1/2*(y - t)^2, y = sigmoid(z), z = w*x + b, R = 1/2*w^2"


def lines(found: Backprop, form: str = "unicode") -> dict[str, list[str]]:
    return {title: [line.written(form) for line in part] for title, part in found.sections}


def test_lecture_notes_line_by_line():
    """The univariate logistic least-squares example; z̄ = ȳ σ'(z), with ∂z/∂b = 1."""
    assert lines(cf.formula(NOTES).backprop("w", "b")) == {
        "forward pass": ["z = wx + b", "y = sigmoid(z)", "L = 1/2 (y − t)²", "R = 1/2 w²", "f = L + λ R"],
        "backward pass": [
            "f̄ = 1", "R̄ = f̄ λ", "L̄ = f̄", "ȳ = L̄(y − t)", "z̄ = ȳ y(1 − y)", "w̄ = z̄ x + R̄ w", "b̄ = z̄",
        ],
    }  # fmt: skip


def test_as_typed_every_operation_is_a_row():
    assert lines(cf.formula(TYPED).backprop("w", "b"), "text") == {
        "forward pass": [
            "v_1 = w*x", "v_2 = v_1 + b", "v_3 = sigmoid(v_2)", "v_4 = v_3 - t", "v_5 = v_4^2", "v_6 = 1/2*v_5",
            "v_7 = w^2", "v_8 = lam/2*v_7", "f = v_6 + v_8",
        ],
        "backward pass": [
            "fbar = 1", "vbar_8 = fbar", "vbar_7 = vbar_8*lam/2", "vbar_6 = fbar", "vbar_5 = vbar_6/2",
            "vbar_4 = 2*vbar_5*v_4", "vbar_3 = vbar_4", "vbar_2 = vbar_3*v_3*(1 - v_3)", "vbar_1 = vbar_2",
            "wbar = vbar_1*x + 2*vbar_7*w", "bbar = vbar_2",
        ],
    }  # fmt: skip


def test_forward_mode():
    assert lines(cf.formula("(y - t)^2 where y = tanh(w*x)").backprop("w", mode="forward"))["tangents"] == [
        "ẇ = given", "ẏ = ẇ x(1 − y²)", "ḟ = 2 ẏ(y − t)"
    ]  # fmt: skip


def test_matrix_level_nodes():
    found = cf.formula("1/2*||A*x - b||^2").backprop("x", "A")
    assert lines(found)["backward pass"] == [
        "f̄ = 1", "v̄₃ = f̄/2", "v̄₂ = 2 v̄₃ v₂", "v̄₁ = v̄₂", "x̄ = Aᵀv̄₁", "Ā = v̄₁ xᵀ"
    ]  # fmt: skip
    assert [line.shape for line in found.adjoints][2:] == ["a vector (m×1)"] * 2 + ["a vector (n×1)", "m×n"]
    assert found.adjoints[-1].through == ("v_1",)


def test_a_shared_part_has_one_row_and_its_adjoint_one_summand_a_child():
    found = lines(cf.formula("sum(z.*z) + b'*z where z = exp(A*x)").backprop("x", grain="operations"))
    assert sum(line.endswith("= exp(v₁)") for line in found["forward pass"]) == 1
    assert "z̄ = 2 v̄₃ ⊙ z + v̄₅ b" in found["backward pass"]


def test_names_that_are_taken():
    """Rows, adjoints and the result never have the name of a variable."""
    text = "v*vbar + f*u*exp(v*xbar*x)"
    f = cf.formula(text, ", ".join(f"{n} in R" for n in ("v", "vbar", "f", "u", "xbar", "x")))
    found = f.backprop("v", "x")
    names = [line.name for line in (*found.values, *found.adjoints)]
    assert len(set(names)) == len(names)
    assert not {"v", "vbar", "f", "u", "xbar", "x"} & set(names)
    data = {"v": 0.3, "vbar": 0.7, "f": 1.1, "u": -0.4, "xbar": 0.9, "x": 1.3}
    numbers = found.at(data).numbers
    for name in ("v", "x"):
        bar = next(line.name for line in found.adjoints if line.of == name)
        assert numbers[bar] == pytest.approx(f.grad(name)(data), rel=1e-12)


def test_forms():
    found = cf.formula(NOTES).backprop("w").at(w=0.5, x=2.0, b=-0.3, t=1.0, lam=0.1)
    assert r"\bar{z} &= \bar{y} y (1 - y) && -0.073567" in found.latex
    assert r"| $\bar{z}$ | $= \bar{y} y (1 - y)$ | a scalar | -0.073567 |" in found.markdown
    assert "<td" in found.html and ">z̄</td>" in found.html and "-0.073567" in found.html
    assert "  zbar = ybar*y*(1 - y)    -0.073567\n" in found.text
    assert found._repr_html_().startswith(found.html) and "<svg" in found._repr_html_()


def test_html_is_well_formed():
    root = ElementTree.fromstring(cf.formula("<x, y>^2").backprop("x").html)
    assert [t.text for t in root.iter("caption")] == ["forward pass", "backward pass"]


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda f: f.backprop("q"), "there is no variable q"),
        (lambda f: f.backprop("w", grain="scalars"), "grain is"),
        (lambda f: f.backprop("w", mode="backward"), "mode is"),
        (lambda f: f.backprop("w", grain="named"), "no parts with names"),
        (lambda f: f.backprop("w").at(w=1.0), "no value was given for x"),
        (lambda f: f.backprop("w").at(w=1.0, x=1.0, b=1.0, t=0.0, lam=[1.0, 2.0]), "lam"),
        (lambda f: f.backprop("w").save("graph.gif"), ".svg, .png or .dot"),
    ],
)
def test_errors(ask, words):
    with pytest.raises(cf.ClosedformError, match=words):
        ask(cf.formula(TYPED))


def test_discrete_variables_are_refused():
    with pytest.raises(cf.DeclarationError, match="no derivative by it"):
        cf.formula("s*x", "s in {-1,1}").backprop("s")


def test_a_missing_rule_is_an_error_that_names_itself():
    with pytest.raises(cf.MissingRule, match="polygamma"):
        str(cf.formula("polygamma(s, t)^2", "s in R, t in R").backprop("s"))


def test_deep_formulas_need_no_recursion():
    text = "x" + "".join(f" + sin(x^{k})" for k in range(2, 40))
    deep = "sin(" * 300 + "x" + ")" * 300
    assert len(cf.formula(text, "x in R").backprop("x").adjoints) > 70
    found = cf.formula(deep, "x in R").backprop("x").at(x=0.5)
    value, slope = 0.5, 1.0
    for _ in range(300):
        value, slope = math.sin(value), slope * math.cos(value)
    assert found.numbers["xbar"] == pytest.approx(slope, rel=1e-12)
    assert "no closed form by x: a product has over 300 different factors" in str(found)
