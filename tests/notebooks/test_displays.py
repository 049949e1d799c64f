"""What a notebook is shown: every object in HTML that is well formed, with its badge."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import closedform as cf


def parsed(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{html}</div>")


F = cf.formula("1/2*||A*x - b||^2")


def test_a_typed_formula():
    text = "".join(parsed(F._repr_html_()).itertext())
    assert text == f"$\\displaystyle {F.latex}$" and F._repr_markdown_() == text


def test_a_derivative_has_where_it_holds_its_badge_and_its_steps():
    g = cf.formula("||A*x||").grad("x")
    found = parsed(g._repr_html_())
    text = "".join(found.itertext())
    assert "where Ax ≠ 0" in text and f"$\\displaystyle {g.latex}$" in text
    (badge,) = found.iter("span")
    assert badge.text == g.check().level
    (fold,) = found.iter("details")
    assert "open" not in fold.attrib and fold.find("summary").text == f"{len(g.derivation())} steps"
    assert len(list(fold.iter("tr"))) >= len(g.derivation())


def test_signs_that_html_takes_for_its_own():
    assert "$" in "".join(parsed(cf.formula("max(x, 0)'*y")._repr_html_()).itertext())
    g = cf.formula("F(x)", "F: R^n -> R").grad("x")
    assert parsed(g._repr_html_()) is not None


def test_a_derivation():
    found = parsed(F.grad("x").derivation()._repr_html_())
    rows = list(found.iter("tr"))
    assert all("✓ A" in "".join(row.itertext()) for row in rows[1:])
    assert F.grad("x").derivation()._repr_markdown_().startswith("| line | law |")


@pytest.mark.parametrize(
    ("answer", "kind"), [("A'*(A*x - b)", "right"), ("A*(A*x - b)", "wrong"), ("(A*x - b)'*A", "convention")]
)
def test_a_verdict(answer, kind):
    where = "A in R^(n×n)" if kind == "wrong" else None
    verdict = cf.check(F.text, answer, where, by="x")
    found = parsed(verdict._repr_html_())
    text = "".join(found.itertext())
    assert verdict.kind == kind and found.find(".//b").text == kind
    assert ("right is" in text) == (kind != "right")
    assert next(iter(found.iter("span"))).text == verdict.certificate.level
    assert verdict._repr_markdown_().startswith(f"**{kind}**")


def test_a_certificate():
    good, bad = F.grad("x").check(), cf.check("x'*A*x", "2*A*x", by="x").certificate
    assert "solid" in good._repr_html_() and "dashed" in bad._repr_html_()
    assert good._repr_markdown_().startswith("**[A]** level A")
    assert parsed(bad._repr_html_()).find("span").text == "X"
