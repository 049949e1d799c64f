"""Typing, assumptions, steps, code, errors and their mends."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from page_reading import answer, answers, labels, part, press, until


def test_the_answer_follows_typing(page: Any, shot: Callable[[Any, str], None]):
    answer(page, "gradient of f by x = A'*(A*x - b)")
    shot(page, "derive")
    page.fill("#formula", "")
    page.locator("#formula").press_sequentially("x'*A*x")
    answer(page, "gradient of f by x = (A + A')*x")


def test_latex_is_read_in_the_same_field(page: Any):
    page.fill("#formula", r"\frac{1}{2}\|Ax-b\|_2^2 + \lambda \|x\|_1")
    answer(page, "gradient of f by x = A'*(A*x - b) + lam*sign(x)")


def test_mathematics_is_typed_as_it_looks(page: Any, shot: Callable[[Any, str], None]):
    page.get_by_role("button", name="math", exact=True).click()
    page.wait_for_selector("math-field:focus-within")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    press(page, "1/2 ||Ax-b||^2 +lam||x||_1 ")
    answer(page, "gradient of f by x = A'*(A*x - b) + lam*sign(x)")
    shot(page, "math")
    page.keyboard.press("Control+a")
    press(page, "logdet(X)+tr(S'X)")
    page.select_option("#by", "")
    answer(page, "gradient of f by X = X^-T + S")


def test_both_inputs_hold_the_same_formula(page: Any):
    page.fill("#formula", "tr(A*exp(X)) + logsumexp(X*b)")
    page.select_option("#by", "")
    answer(page, "gradient of f by b = X'*softmax(X*b)")
    before = answers(page)
    page.get_by_role("button", name="math", exact=True).click()
    page.wait_for_selector("math-field")
    until(page, "location.hash.includes('input=math')")
    page.wait_for_timeout(600)
    assert answers(page) == before
    page.get_by_role("button", name="text", exact=True).click()
    page.wait_for_selector("#formula:visible")
    page.wait_for_timeout(600)
    assert answers(page) == before
    assert page.input_value("#formula") == "tr(A*exp(X)) + logsumexp(X*b)"


def test_an_assumption_is_changed_by_click(page: Any):
    page.fill("#formula", "x'*A*x")
    answer(page, "gradient of f by x = (A + A')*x")
    page.get_by_label("A is", exact=True).select_option("symmetric")
    answer(page, "gradient of f by x = 2*A*x")
    assert page.input_value("#where") == "A in Sym(n)"


def test_steps_fold_out_and_each_law_is_explained(page: Any, shot: Callable[[Any, str], None]):
    part(page, "how it is derived")
    page.wait_for_selector(".steps li")
    lines = labels(page, ".steps")
    assert lines[0] == "f = 1/2*||A*x - b||^2" and lines[-1] == "∇f = A'*(A*x - b)" and len(lines) >= 3
    page.get_by_role("button", name="coordinates").click()
    until(page, "document.querySelector('.steps')?.textContent.includes('sums over entries')")
    page.get_by_role("button", name="differentials").click()
    page.get_by_role("button", name="squared norm").click()
    page.wait_for_selector("dialog[open] .formula")
    assert page.inner_text("#explained-title") == "The square of a norm"
    shot(page, "law")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="hidden")


def test_steps_are_copied_as_latex_and_markdown(page: Any):
    part(page, "how it is derived")
    for word, begins in (("LaTeX", "\\begin{align*}"), ("Markdown", "| line | law |")):
        page.get_by_role("button", name=f"Copy steps as {word}").click()
        until(page, "(begins) => navigator.clipboard.readText().then((text) => text.startsWith(begins))", begins)


def test_code_that_is_copied_computes_the_gradient(page: Any, tmp_path: Path):
    page.fill("#formula", "tr(A'*X*B*X')")
    page.select_option("#by", "X")
    answer(page, "gradient of f by X = A*X*B' + A'*X*B")
    part(page, "code")
    page.get_by_role("button", name="Copy code").click()
    page.get_by_role("button", name="Copied").wait_for()
    (tmp_path / "copied.py").write_text(page.evaluate("navigator.clipboard.readText()"))
    spec = importlib.util.spec_from_file_location("copied", tmp_path / "copied.py")
    assert spec is not None and spec.loader is not None
    copied = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copied)
    rng = np.random.default_rng(5)
    A, X, B, E = rng.normal(size=(3, 3)), rng.normal(size=(3, 4)), rng.normal(size=(4, 4)), rng.normal(size=(3, 4))

    def f(Y: Any) -> float:
        return float(np.trace(A.T @ Y @ B @ Y.T))

    along = (f(X + 1e-6 * E) - f(X - 1e-6 * E)) / 2e-6
    assert np.isclose((copied.f(A=A, X=X, B=B) * E).sum(), along, rtol=1e-6)


def test_an_error_has_its_place_and_its_mend(page: Any, shot: Callable[[Any, str], None]):
    page.fill("#formula", "1 + logsumxp(A*x)")
    page.wait_for_selector("#fault mark")
    assert page.inner_text("#fault mark") == "logsumxp"
    assert page.get_attribute("#formula", "aria-invalid") == "true"
    assert answers(page) == ["gradient of f by x = A'*(A*x - b)"]  # the last good one stays
    shot(page, "error")
    page.get_by_role("button", name="logsumexp", exact=True).click()
    answer(page, "gradient of f by x = A'*softmax(A*x)")
    assert page.input_value("#formula") == "1 + logsumexp(A*x)" and page.is_hidden("#fault")


HOSTILE = (
    "<img src=x onerror=alert(1)>", "\\text{<script>alert(1)</script>} + x'x", "x'*x where x = <svg/onload=alert(1)>",
)  # fmt: skip


def test_what_was_typed_is_never_markup(page: Any):
    for hostile in HOSTILE:
        page.fill("#formula", hostile)
        page.wait_for_timeout(500)
    assert page.locator("main script, main svg[onload], main img").count() == 0


def test_a_long_one_can_be_stopped(page: Any):
    hard = "+".join(f"sum(exp(A{k}*tanh(B{k}*softmax(C{k}*x))))" for k in range(80))
    page.select_option("#op", "hessian")
    page.fill("#formula", hard)
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector("#stop", state="hidden")
    assert "Stopped. Below, in grey" in page.inner_text("#state-text")
    page.select_option("#op", "")
    page.fill("#formula", "x'*x")
    answer(page, "gradient of f by x = 2*x")
