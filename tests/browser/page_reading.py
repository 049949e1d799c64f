"""What the page says, read as a screen reader would."""

import json
import time
from typing import Any

PATIENCE = 20.0


def until(page: Any, condition: str, given: Any = None) -> None:
    """Wait until JavaScript says so; the policy of the page forbids the browser to do so itself."""
    ends = time.monotonic() + PATIENCE
    while not page.evaluate(condition, given):
        assert time.monotonic() < ends, condition
        page.wait_for_timeout(50)


def answer(page: Any, text: str) -> None:
    """Wait until the page shows this as an answer, the label of its formula."""
    page.wait_for_selector(f".answer .formula[aria-label={json.dumps(text)}]")


def answers(page: Any) -> list[str]:
    return page.eval_on_selector_all(".answer > .formula", "all => all.map((one) => one.getAttribute('aria-label'))")


def labels(page: Any, within: str) -> list[str]:
    return page.eval_on_selector_all(f"{within} .formula", "all => all.map((one) => one.getAttribute('aria-label'))")


def part(page: Any, name: str) -> Any:
    """Open the part of this name."""
    summary = page.locator("summary", has_text=name).first
    summary.click()
    return summary


def drawn(page: Any, within: str) -> tuple[int, int]:
    """The size of a picture that has been read."""
    page.wait_for_selector(f"{within} img")
    until(page, "(where) => document.querySelector(where).complete", f"{within} img")
    return tuple(page.eval_on_selector(f"{within} img", "(image) => [image.naturalWidth, image.naturalHeight]"))


def press(page: Any, text: str) -> None:
    """Type on a keyboard: the bar is a shifted key."""
    for sign in text:
        page.keyboard.press("Shift+Backslash") if sign == "|" else page.keyboard.type(sign)
