"""The documentation, as ``./dev site`` built it: typeset, searchable, and asking nobody, served and from the disk."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_reading import until

from closedform.web.static import built

SITE = built() or Path()
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.glob("*.html"))
WHOLE = "[...document.querySelectorAll('.arithmatex')].every((one) => one.querySelector('.katex'))"


@pytest.fixture
def documentation(page: Any) -> Any:
    page.get_by_role("link", name="Documentation").click()
    page.wait_for_selector("h1")
    return page


def test_the_page_leads_there(documentation: Any, shot: Callable[[Any, str], None]):
    assert documentation.url.endswith("/docs/")
    documentation.locator("article").get_by_role("link", name="derivations").first.click()
    until(documentation, "document.querySelectorAll('.arithmatex .katex').length > 20")
    shot(documentation, "documentation")
    assert documentation.locator(".katex-error").count() == 0


@pytest.mark.long
def test_every_page_is_typeset(documentation: Any, address: str):
    assert len(PAGES) > 20
    for name in PAGES:
        documentation.goto(f"{address}docs/{name}")
        documentation.emulate_media(media="print")
        documentation.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert documentation.evaluate(WHOLE), name
        assert documentation.locator(".katex-error").count() == 0, name
        assert documentation.evaluate("[...document.images].every((one) => one.complete && one.naturalWidth)"), name


def search(page: Any) -> None:
    """Search as a reader does, and open what is found first."""
    page.locator(".md-search__button").first.click()
    page.keyboard.type("Cholesky factor", delay=20)
    page.get_by_text(re.compile(r"^\d+ results$")).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/functions-chol.html*")


def test_it_is_searched(documentation: Any):
    search(documentation)


def test_it_reads_from_the_disk(browser: Any):
    context = browser.new_context(offline=True)
    said: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: said.append(request.url))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((SITE / "derivations.html").as_uri())
    until(page, "document.querySelectorAll('.arithmatex .katex').length > 20")
    search(page)
    assert [one for one in said if not one.startswith(("file:", "data:", "blob:"))] == []
    context.close()
