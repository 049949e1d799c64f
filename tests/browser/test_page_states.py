"""Between answers: an answer that is not that of the fields is marked, and turning the input loses nothing."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from page_reading import answer, answers, labels, part, until

GREY = "(one) => getComputedStyle(one).color"
MATHEMATICS = "document.querySelector('math-field').getValue('latex-expanded')"


def slowly(page: Any, question: str, seconds: float) -> None:
    """Answers to this question come late from now on."""

    def wait(route: Any) -> None:
        time.sleep(seconds)
        route.continue_()

    page.route(f"**/api/v1/{question}", wait)


def turn(page: Any, word: str) -> None:
    page.get_by_role("button", name=word, exact=True).click()


def pressed(page: Any) -> str:
    return page.inner_text("#inputs [aria-pressed=true]")


def test_text_that_cannot_be_read_stays_text(page: Any, shot: Callable[[Any, str], None]):
    page.fill("#formula", "x'*A*x + logsumxp(B*x")
    page.wait_for_selector("#fault mark")
    turn(page, "math")
    until(page, "document.querySelector('#state-text').textContent.startsWith('Mend the formula first')")
    shot(page, "not-turned")
    assert pressed(page) == "text" and page.input_value("#formula") == "x'*A*x + logsumxp(B*x"
    assert page.locator("math-field:visible").count() == 0


def test_mathematics_that_cannot_be_read_goes_over_and_back(page: Any):
    turn(page, "math")
    page.wait_for_selector("math-field:focus-within")
    page.keyboard.press("Control+a")
    page.keyboard.type("Ax-")
    page.wait_for_selector("#fault p")
    before = page.evaluate(MATHEMATICS)
    turn(page, "text")
    page.wait_for_selector("#formula:visible")
    assert page.input_value("#formula") == f"${before}$"
    page.fill("#formula", f"${before} b$")
    answer(page, "Jacobian of f by x = A")  # two letters in mathematics are two names
    page.fill("#formula", f"${before}$")
    page.wait_for_selector("#fault p")
    turn(page, "math")
    page.wait_for_selector("math-field:visible")
    assert page.evaluate(MATHEMATICS) == before


def test_turning_before_the_first_answer(tab: Callable[..., Any]):
    page = tab()
    slowly(page, "answer", 1.5)
    page.goto(page.url.partition("#")[0] + "#formula=tr(A*exp(X))%20%2B%20logsumexp(X*b)&by=b")
    page.reload()
    turn(page, "math")
    page.wait_for_selector("math-field:visible")
    assert "logsumexp" in page.evaluate(MATHEMATICS) and r"\operatorname" in page.evaluate(MATHEMATICS)
    answer(page, "gradient of f by b = X'*softmax(X*b)")
    turn(page, "text")
    page.wait_for_selector("#formula:visible")
    assert page.input_value("#formula") == "tr(A*exp(X)) + logsumexp(X*b)"


def test_what_is_typed_while_it_turns_stays(page: Any):
    held: list[Any] = []
    page.route("**/api/v1/read", lambda route: held.append(route))
    turn(page, "math")
    while not held:
        page.wait_for_timeout(20)
    page.fill("#formula", "x'*x")
    answer(page, "gradient of f by x = 2*x")
    held[0].continue_()
    page.wait_for_timeout(500)
    assert page.input_value("#formula") == "x'*x" and pressed(page) == "text"


def test_an_example_while_mathematics_is_open(page: Any):
    turn(page, "math")
    page.wait_for_selector("math-field:visible")
    page.get_by_role("tab", name="Examples").click()
    page.get_by_role("button", name="Determinant", exact=False).last.click()
    page.wait_for_selector("#formula:visible")
    formula = page.input_value("#formula")
    assert "det" in formula
    page.wait_for_timeout(600)
    assert page.input_value("#formula") == formula and pressed(page) == "text"


def test_a_mend_in_mathematics_stays_there(page: Any):
    turn(page, "math")
    page.wait_for_selector("math-field:focus-within")
    page.evaluate("""() => { const field = document.querySelector('math-field');
        field.setValue("b + x^{\\\\top} A y"); field.dispatchEvent(new Event("input", { bubbles: true })); }""")
    page.fill("#where", "A in R^(m×n), x in R^n, y in R^m, b in R")
    page.locator("button.mend").first.click()
    page.wait_for_selector("#fault", state="hidden")
    assert pressed(page) == "math" and "top" in page.evaluate(MATHEMATICS)


def test_an_answer_that_is_not_of_the_formula_is_grey(page: Any, shot: Callable[[Any, str], None]):
    own = page.eval_on_selector(".badge", GREY)
    part(page, "numbers")
    page.wait_for_selector("#computed .formula")
    slowly(page, "answer", 1.2)
    page.fill("#formula", "x'*A*x")
    assert page.locator("#answered.old #result .answer").count() == 1
    assert page.locator("#answered.old #further #computed").count() == 1
    assert page.eval_on_selector(".badge", GREY) != own
    page.get_by_role("button", name="Stop").click()
    assert "Stopped. Below, in grey, stands the answer to 1/2 ‖Ax − b‖²" in page.inner_text("#state-text")
    shot(page, "stopped")
    assert page.locator("#answered.old").count() == 1
    page.locator("#again").click()
    answer(page, "gradient of f by x = (A + A')*x")
    until(page, "document.querySelectorAll('.old').length === 0")  # the numbers are computed anew
    assert page.inner_text("#state-text") == ""
    assert page.eval_on_selector(".badge", GREY) == own


def test_under_an_error_the_answer_is_grey_and_so_is_an_error_before(page: Any):
    page.fill("#formula", "1 + logsumxp(A*x)")
    page.wait_for_selector("button.mend")
    assert page.locator("#answered.old").count() == 1 and page.locator("#fault.old").count() == 0
    slowly(page, "answer", 1)
    page.fill("#formula", "2 + logsumxp(A*x) + sum(x)")
    assert page.locator("#fault.old").count() == 1 and page.locator("button.mend:visible").count() == 0


def test_an_empty_place_in_mathematics(page: Any, shot: Callable[[Any, str], None]):
    turn(page, "math")
    page.wait_for_selector("math-field:focus-within")
    page.wait_for_timeout(500)
    page.keyboard.press("End")
    page.keyboard.type("+1/")
    until(page, "document.querySelector('#state-text').textContent.startsWith('Fill the empty places')")
    assert page.locator("#answered.old").count() == 1
    shot(page, "empty-place")


def test_numbers_that_were_changed_since(page: Any, shot: Callable[[Any, str], None]):
    part(page, "numbers")
    page.wait_for_selector("#computed .formula")
    part(page, "backpropagation")
    page.wait_for_selector("#passes table")
    assert page.locator(".old").count() == 0
    page.fill("#values", '{"A": [[1, 2], [3, 4], [5, 6]], "x": [1, -1], "b": [0, 0, 1]}')
    assert page.locator("#computed.old").count() == 1 and page.locator("#passes.old").count() == 1
    assert "press Compute" in page.inner_text("#values-note")
    shot(page, "numbers-old")
    page.get_by_role("button", name="Compute", exact=True).click()
    page.wait_for_selector("#computed .formula[aria-label='gradient by x = [-14, -18]']")
    page.wait_for_selector("#passes:not(.old)")
    assert page.locator("#computed.old").count() == 0 and page.inner_text("#values-note") == ""


def test_a_folded_part_shows_nothing_of_the_formula_before(page: Any):
    summary = part(page, "numbers")
    page.wait_for_selector("#computed .formula >> nth=1")
    summary.click()
    page.fill("#formula", "3*x'*x")
    answer(page, "gradient of f by x = 6*x")
    assert labels(page, "#computed") == []
    summary.click()
    page.wait_for_selector("#computed .formula >> nth=1")
    x = json.loads(page.input_value("#values"))["x"]
    assert labels(page, "#computed")[1].startswith(f"gradient by x = [{6 * x[0]:.6g}, ")


def test_a_verdict_and_a_minimum_of_what_stood_there_before(page: Any):
    page.get_by_role("tab", name="Judge").click()
    page.locator("#derivation").press("Control+Enter")
    page.wait_for_selector("#verdict h2.wrong")
    assert page.locator("#verdict.old").count() == 0
    page.locator("#derivation").press("End")
    page.keyboard.type(" ")
    assert page.locator("#verdict.old").count() == 1 and "changed" in page.inner_text("#judge-note")
    page.get_by_role("tab", name="Argmin").click()
    page.wait_for_selector("#argmin-verdict")
    page.fill("#argmin-values", "{}")
    assert page.locator("#minimum.old").count() == 1 and "changed" in page.inner_text("#argmin-note")


@pytest.mark.parametrize(("formula", "by", "label", "left", "row"), [
    ("tanh(A*x)", "x", "second derivative of f, how its Jacobian moves, by x", r"∂x", "dx1"),
    ("logdet(X)", "X", "second derivative of f, how its gradient moves, by X", "∇", "dX1"),
    ("logsumexp(A*x)", "x", "Hessian of f by x", "∇", ""),
])  # fmt: skip
def test_a_second_derivative_is_called_what_it_is(
    page: Any, shot: Callable[[Any, str], None], formula: str, by: str, label: str, left: str, row: str
):
    page.select_option("#op", "hessian")
    page.fill("#formula", formula)
    page.wait_for_selector("#answered:not(.old)")
    page.wait_for_selector(f".answer[aria-label='{label}']")
    shot(page, f"second-{by}{len(row)}")
    shown = page.inner_text(".answer > .formula .katex-html")
    assert left in shown and ("D" in shown) == (row != "")
    terms = page.locator(".answer > dl dt").all_inner_texts()
    assert terms == ([row, "holds", "size"] if row else ["holds", "size"])
    place = page.locator(".answer > .formula")
    assert place.evaluate("(one) => one.scrollHeight <= one.clientHeight && one.scrollWidth <= one.clientWidth")


def test_another_minimum_is_written_as_a_person_does(page: Any):
    page.get_by_role("tab", name="Argmin").click()
    page.get_by_role("button", name="two minima").click()
    page.wait_for_selector("#argmin-verdict h2.doubt")
    assert "an equal one at x = -2. The global" in page.inner_text("#argmin-verdict")


@pytest.mark.long
def test_a_range_is_asked_for_as_it_is_typed(page: Any):
    part(page, "picture")
    page.wait_for_selector("#picture img")
    for wrong in ("wide", "2 to -2", "1", "0 to 1, 0 to 1, 0 to 1", "1 to", "0 to 1 to 2"):
        page.fill("#span", wrong)
        page.locator("#span").press("Enter")
        page.wait_for_selector("#picture .wrong")
        assert "-2 to 2" in page.inner_text("#picture") and "[" not in page.inner_text("#picture")
        page.fill("#span", "")
        page.locator("#span").press("Enter")
        page.wait_for_selector("#picture img")


def test_the_table_of_functions_fits_a_phone(tab: Callable[..., Any], shot: Callable[[Any, str], None]):
    page = tab("view=functions", viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page.wait_for_selector("#table tr")
    assert page.eval_on_selector(".wide", "(one) => one.scrollWidth <= one.clientWidth")
    page.fill("#filter", "logdet")
    until(page, "document.querySelectorAll('#table tr').length < 10")
    row = page.locator("#table tr").first.inner_text()
    assert "logdet" in row and "tr(dX" in row
    shot(page, "phone-functions-logdet")


def test_nothing_typed_invites(page: Any, shot: Callable[[Any, str], None]):
    page.fill("#formula", "")
    page.wait_for_selector("#result button:has-text('Least squares')")
    assert answers(page) == [] and page.is_hidden("#further") and page.is_hidden("#fault")
    shot(page, "nothing")
    page.locator("#result button", has_text="Quadratic form").click()
    answer(page, "gradient of f by x = (A + A')*x")
    page.get_by_role("tab", name="Judge").click()
    page.fill("#derivation", "")
    page.get_by_role("button", name="Judge", exact=True).click()
    page.wait_for_selector("#verdict:has-text('a line for each step')")


def test_what_is_changed_while_numbers_are_computed(page: Any):
    part(page, "numbers")
    page.wait_for_selector("#computed .formula")
    typed = '{"A": [[1, 2], [3, 4], [5, 6]], "x": [1, -1], "b": [0, 0, 1]}'
    page.fill("#values", typed)
    slowly(page, "eval", 0.3)
    page.click("#compute")
    page.fill("#values", "")
    until(page, "!document.querySelector('#computed[aria-busy]')")
    assert page.input_value("#values") == "" and page.locator("#computed.old").count() == 1
    page.click("#random")
    page.click("#random")
    until(page, "document.querySelector('#values').value && !document.querySelector('#further .old, [aria-busy=true]')")
    assert sorted(json.loads(page.input_value("#values"))) == ["A", "b", "x"]


def test_changing_what_was_assumed_keeps_what_was_declared_since(page: Any):
    page.fill("#formula", "x'*A*x")
    answer(page, "gradient of f by x = (A + A')*x")
    page.fill("#where", "x in R^n")
    page.select_option("[aria-label='A is']", "symmetric")
    answer(page, "gradient of f by x = 2*A*x")
    assert page.input_value("#where") == "x in R^n, A in Sym(n)"


def test_declarations_pasted_in_lines(page: Any):
    page.fill("#formula", "x'*A*x + b'*x")
    page.evaluate("navigator.clipboard.writeText('A in Sym(n),\\n\\n b in R^n\\n')")
    page.focus("#where")
    page.keyboard.press("Control+v")
    answer(page, "gradient of f by x = 2*A*x + b")
    assert page.input_value("#where") == "A in Sym(n), b in R^n"
