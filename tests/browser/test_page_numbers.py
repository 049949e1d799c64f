"""Numbers, the passes of backpropagation, pictures, argmins: compared with NumPy."""

import json
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from page_reading import drawn, labels, part


def numbers_after(text: str) -> Any:
    return np.array(json.loads(text.rpartition(" = ")[2]))


def test_random_numbers_and_pasted_ones(page: Any, shot: Callable[[Any, str], None]):
    part(page, "numbers")
    page.wait_for_selector("#computed .formula >> nth=1")
    at = {name: np.array(value) for name, value in json.loads(page.input_value("#values")).items()}
    assert at["A"].shape == (3, 4)
    f, gradient = labels(page, "#computed")
    r = at["A"] @ at["x"] - at["b"]
    assert np.isclose(numbers_after(f), r @ r / 2, rtol=1e-4)
    assert np.allclose(numbers_after(gradient), at["A"].T @ r, rtol=1e-4)
    page.fill("#values", '{"A": [[1, 2], [3, 4], [5, 6]], "x": [1, -1], "b": [0, 0, 1]}')
    page.get_by_role("button", name="Compute").click()
    page.wait_for_selector("#computed .formula[aria-label='gradient by x = [-14, -18]']")
    shot(page, "numbers")


@pytest.mark.long
def test_automatic_differentiation_beside_it(page: Any):
    part(page, "numbers")
    page.get_by_role("button", name="Compare with automatic differentiation").click()
    there = [name for name, module in (("JAX", "jax"), ("PyTorch", "torch")) if find_spec(module)]
    for name in there or ["Neither JAX nor PyTorch"]:
        page.wait_for_selector(f"#computed p:has-text('{name}')", timeout=60_000)
    assert page.locator("#computed p:has-text('at most')").count() == len(there)


def test_numbers_that_do_not_fit_are_refused(page: Any):
    part(page, "numbers")
    page.wait_for_selector("#computed .formula")
    for text, said in (('{"x": [1', "cannot be read"), ('{"x": [1, 2]}', "no value was given"), ("[1]", "no names")):
        page.fill("#values", text)
        page.get_by_role("button", name="Compute").click()
        page.wait_for_selector(f"#computed .wrong:has-text('{said}')")


def test_the_passes_and_the_graph(page: Any, shot: Callable[[Any, str], None]):
    part(page, "numbers")
    page.wait_for_selector("#computed .formula")
    page.fill("#values", '{"A": [[1, 2], [3, 4], [5, 6]], "x": [1, -1], "b": [0, 0, 1]}')
    part(page, "backpropagation")
    page.wait_for_selector("#passes table >> nth=1")
    rows = page.locator("#passes tr").all_inner_texts()
    assert any("-14" in row and "-18" in row for row in rows)  # the last adjoint is the gradient
    width, height = page.eval_on_selector("#passes svg.drawn", "(one) => [one.clientWidth, one.clientHeight]")
    assert width > 100 and height > 100
    shot(page, "backprop")
    page.get_by_role("button", name="forward", exact=True).click()
    page.wait_for_selector("caption:has-text('tangents')")


def test_a_picture_of_two_variables(page: Any, shot: Callable[[Any, str], None]):
    page.fill("#where", "x in R, y in R")
    page.fill("#formula", "(1-x)^2 + 5*(y-x^2)^2")
    page.wait_for_selector(".answer .formula[aria-label*='x^2 - y']")
    part(page, "picture")
    assert min(drawn(page, "#picture")) > 200
    assert "descent from" in page.inner_text("#picture")
    shot(page, "picture")


def test_an_argmin_with_a_verdict_in_words(page: Any, shot: Callable[[Any, str], None]):
    page.get_by_role("tab", name="Argmin").click()
    page.wait_for_selector("#argmin-verdict")
    A, b, lam = np.array([[1, 2], [3, 4], [0, 1.0]]), np.array([1, 0, 2.0]), 0.5
    H = A.T @ A + lam * np.eye(2)
    x = np.linalg.solve(H, A.T @ b)
    said = labels(page, "#argmin-verdict")
    assert np.allclose(numbers_after(said[0]), x, rtol=1e-5)
    assert np.allclose(numbers_after(said[2]), -np.linalg.solve(H, x), rtol=1e-5)
    verdict = page.inner_text("#argmin-verdict")
    assert "a strict minimum" in verdict and "proved (f is convex)" in verdict
    page.wait_for_selector("#argmin-verdict .picture")
    drawn(page, "#argmin-verdict")
    shot(page, "argmin")


def test_an_argmin_that_is_none_and_one_with_constraints(page: Any):
    page.get_by_role("tab", name="Argmin").click()
    page.get_by_role("button", name="none", exact=True).click()
    page.wait_for_selector("#argmin-verdict h2.wrong")
    assert page.inner_text("#argmin-verdict h2") == "no minimum"
    page.get_by_role("button", name="on a simplex").click()
    page.wait_for_selector("#argmin-verdict h2.right")
    assert np.allclose(numbers_after(labels(page, "#argmin-verdict")[0]), [0.65, 0.35, 0])
    page.fill("#argmin-over", "q")
    page.keyboard.press("Enter")
    page.wait_for_selector("#minimum .wrong")
    assert "q" in page.inner_text("#minimum .wrong")


def test_a_derivation_is_judged(page: Any, shot: Callable[[Any, str], None]):
    page.get_by_role("tab", name="Judge").click()
    page.locator("#derivation").press("Control+Enter")
    page.wait_for_selector("#verdict h2.wrong")
    assert page.inner_text("#verdict h2") == "Line 3 does not follow."
    assert "A is symmetric" in page.inner_text("#verdict")
    shot(page, "judge")
    page.fill("#judge-where", "A in Sym(n)")
    page.get_by_role("button", name="Judge", exact=True).click()
    page.wait_for_selector("#verdict h2.right")
