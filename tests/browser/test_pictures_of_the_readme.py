"""The two pictures in README.md: ``CLOSEDFORM_SHOTS=docs/pictures ./dev test --web -k pictures_of_the_readme``."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_reading import part
from PIL import Image

pytestmark = pytest.mark.long

LARGEST = 150_000
COLOURS = 160
DERIVE = "formula=log%28sum%28exp%28A*x%29%29%29%20%2B%20lam%2F2*%7C%7Cx%7C%7C%5E2&by=x"


def saved(page: Any, name: str, height: int) -> None:
    """A picture of the top of the page in few colours, kept where CLOSEDFORM_SHOTS says."""
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    page.set_viewport_size({"width": 900, "height": height})
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = io.BytesIO()
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    assert 10_000 < len(small.getvalue()) < LARGEST
    if folder := os.environ.get("CLOSEDFORM_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{name}.png").write_bytes(small.getvalue())


def below(page: Any, selector: str) -> int:
    """A little under where this ends on the page."""
    return int(page.eval_on_selector(selector, "(one) => one.getBoundingClientRect().bottom")) + 8


def test_derive(tab: Callable[..., Any]):
    page = tab(DERIVE, viewport={"width": 900, "height": 900}, color_scheme="light")
    page.wait_for_selector(".answer")
    part(page, "how it is derived")
    page.wait_for_selector(".steps li")
    assert page.locator(".steps li").count() > 3
    saved(page, "page-derive", below(page, ".steps + p"))


def test_argmin(tab: Callable[..., Any]):
    page = tab(viewport={"width": 900, "height": 900}, color_scheme="light")
    page.get_by_role("tab", name="Argmin").click()
    page.wait_for_selector("#argmin-verdict .picture img")
    saved(page, "page-argmin", below(page, "#argmin-verdict .picture"))
