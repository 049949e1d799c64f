"""What is typed by hand in mathematics, what a mend says of itself, and what must never be cut off."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from page_reading import answer, part, until

MATHEMATICS = "document.querySelector('math-field').getValue('latex-expanded')"


def mathematics(page: Any) -> None:
    page.get_by_role("button", name="math", exact=True).click()
    page.wait_for_selector("math-field:focus-within")
    page.wait_for_timeout(500)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")


@pytest.mark.parametrize(("typed", "latex"), [
    ("sum_i=1^n x_i^2", r"\sum_{i=1}^{n}x_{i}^2"),
    ("sum_i=1^n-1(x_i-y_i)^2+z", r"\sum_{i=1}^{n-1}\left(x_{i}-y_{i}\right)^2+z"),
    ("prod_i x_i", r"\prod_{i}x_{i}"), ("x_1-y_2/z_3", r"x_1-\frac{y_2}{z_3}"), ("e^x_i+1", r"e^{x_{i}+1}"),
    ("||y-X beta||^2", r"\left\Vert y-X\beta\right\Vert^2"), ("log|x'A x|", r"\log\left|x^{\top}Ax\right|"),
    ("x_i'b", r"x_{i}^{\top}b"), ("w'mu/2", r"\frac{w^{\top}\mu}{2}"), ("epsilon+A'tau", r"\epsilon+A^{\top}\tau"),
])  # fmt: skip
def test_indices_and_sums_are_typed_as_in_text(page: Any, typed: str, latex: str):
    mathematics(page)
    page.keyboard.type(typed, delay=10)
    until(page, f"(latex) => {MATHEMATICS} === latex", latex)


def test_a_sum_that_stands_below_its_sign_is_mended(page: Any, shot: Callable[[Any, str], None]):
    mathematics(page)
    page.evaluate(r"""() => { const field = document.querySelector('math-field');
        field.setValue("\\sum_{i=1^{n}x_{i}^2}"); field.dispatchEvent(new Event("input", { bubbles: true })); }""")
    page.wait_for_selector("button.mend")
    shot(page, "sum-below")
    page.locator("button.mend").click()
    answer(page, "gradient of f by x = 2*x")
    assert page.evaluate(MATHEMATICS) == r"\sum_{i=1}^{n}x_{i}^2"


def test_each_mend_says_what_it_means(page: Any, shot: Callable[[Any, str], None]):
    page.fill("#formula", "w*x + b")
    page.wait_for_selector("button.mend")
    shot(page, "mends")
    assert page.locator(".mends li").all_inner_texts() == [
        "w'*x\nthe inner product; f is then a number", "w.*x\nthe elementwise one; f is then a vector of size n",
        "w in R\nw is a number; f is then a vector of size n", "x in R\nx is a number; f is then a vector of size n",
    ]  # fmt: skip
    boxes = [one.bounding_box() for one in page.locator("button.mend").all()]
    assert all(b["y"] - a["y"] - a["height"] >= 4 for a, b in pairwise(boxes))
    page.get_by_role("button", name="w in R").click()
    page.wait_for_selector(".answer")
    assert page.input_value("#where") == "w in R" and page.input_value("#formula") == "w*x + b"


@pytest.mark.parametrize("width", [1280, 390])
def test_no_value_of_a_pass_is_cut_off(tab: Callable[..., Any], width: int):
    state = "formula=logdet(A*A%27%2BX)%2B%7C%7CW*tanh(V*x)-y%7C%7C%5E2&by=V"
    page = tab(state, viewport={"width": width, "height": 850})
    page.wait_for_selector(".answer")
    part(page, "numbers")
    page.wait_for_selector("#computed .formula")
    part(page, "backpropagation")
    page.wait_for_selector("#passes td code")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = """(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length"""
    assert page.eval_on_selector_all("#passes td, #passes td code", cut) == 0
    if width > 1000:
        assert page.eval_on_selector_all("#passes .wide", cut) == 0


def test_names_are_marked_in_the_passes_too(page: Any):
    part(page, "backpropagation")
    page.wait_for_selector("#passes [data-of]")
    page.hover(".answer > .formula [data-of] >> nth=0")
    assert page.locator("#passes .lit").count() > 0


def test_a_picture_belongs_to_the_numbers_that_were_drawn(page: Any):
    for name in ("picture", "numbers"):
        part(page, name)
    page.wait_for_selector("#computed .formula")
    page.wait_for_selector("#picture:not(.old) img")
    until(page, "document.querySelectorAll('.old, #answered [aria-busy=true]').length === 0")


def test_what_is_declared_in_its_own_way_is_shown(tab: Callable[..., Any]):
    page = tab("formula=sum(i%2C%20(a%5Bi%5D%27*x)%5E2)", viewport={"width": 390, "height": 844})
    page.wait_for_selector(".answer")
    assert page.locator(".assumed > code").all_inner_texts() == ["a[i] in R^n for i = 1..m"]


def test_every_key_of_a_phone_is_whole(tab: Callable[..., Any]):
    page = tab("formula=x&input=math", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page.wait_for_selector("math-field")
    page.wait_for_timeout(400)
    page.tap("math-field")
    page.wait_for_selector(".ML__keyboard.is-visible")
    page.wait_for_timeout(600)
    keys = page.eval_on_selector_all(
        ".MLK__layer.is-visible .MLK__keycap, .MLK__layer.is-visible .action",
        "(all) => all.map((one) => one.getBoundingClientRect()).map((box) => [box.left, box.right, box.bottom])",
    )
    assert len(keys) > 30 and all(left >= 0 and right <= 390 and bottom <= 844 - 4 for left, right, bottom in keys)
