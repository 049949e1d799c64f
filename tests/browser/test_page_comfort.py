"""Keyboard, phone, dark, print, screen readers, sharing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_reading import answer, answers, part, until

WIDTH = "document.documentElement.scrollWidth"
AXE = Path(__file__).parent / "axe" / "axe.min.js"
VIEWS = ("Derive", "Argmin", "Judge", "Functions", "Examples")
READY = {
    "Derive": ".answer", "Argmin": "#argmin-verdict .picture", "Judge": "#verdict h2", "Functions": "#table tr",
    "Examples": "#gallery .formula",
}  # fmt: skip


def grave(page: Any, where: str) -> list[tuple[str, str]]:
    """The findings of axe-core that are serious or worse, each with a place."""
    found = page.evaluate(f"axe.run({where}).then((found) => found.violations)")
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")]


def go(page: Any, view: str) -> None:
    """A view with all that it may show open."""
    page.get_by_role("tab", name=view).click()
    if view == "Judge":
        page.locator("#derivation").press("Control+Enter")
    page.wait_for_selector(READY[view])
    for summary in page.locator("summary:visible").all():
        if not summary.evaluate("(one) => one.parentElement.open"):
            summary.click()
    if view == "Derive":
        page.wait_for_selector("#passes svg.drawn")
        page.wait_for_selector("#picture img")
        page.wait_for_selector("#computed .formula")
        page.wait_for_selector("pre code")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_no_serious_finding_of_axe(tab: Callable[..., Any], shot: Callable[[Any, str], None], colours: str):
    page = tab(color_scheme=colours)
    page.evaluate(AXE.read_text("utf-8"))
    for view in VIEWS:
        go(page, view)
        shot(page, f"{colours}-{view.lower()}")
        assert grave(page, "document") == [], view


def test_the_input_of_mathematics_has_no_serious_finding(page: Any):
    page.get_by_role("button", name="math", exact=True).click()
    page.wait_for_selector("math-field")
    page.evaluate(AXE.read_text("utf-8"))
    assert grave(page, "document.querySelector('#question')") == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_what_is_old_has_no_serious_finding(tab: Callable[..., Any], colours: str):
    page = tab(color_scheme=colours)
    part(page, "numbers")
    page.wait_for_selector("#computed .formula")
    page.fill("#formula", "1 + logsumxp(A*x)")
    page.wait_for_selector("#answered.old")
    page.wait_for_selector("button.mend")
    page.evaluate(AXE.read_text("utf-8"))
    assert grave(page, "document") == []


def test_everything_by_keyboard(page: Any):
    def reach(what: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(what) => document.activeElement.matches(what)", what):
                return
        raise AssertionError(f"{what} is not reached by Tab")

    reach("#tab-derive")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-argmin" and page.is_visible("#minimising")
    page.keyboard.press("Home")
    reach("#formula")
    page.keyboard.press("Control+a")
    page.keyboard.type("x'*A*x")
    answer(page, "gradient of f by x = (A + A')*x")
    reach("select[aria-label='A is']")
    page.keyboard.type("sym")
    answer(page, "gradient of f by x = 2*A*x")
    reach(".answer summary")
    reach(".answer summary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".steps li")
    reach(".steps button.link")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] .formula")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.steps button.link')")


def test_a_phone(tab: Callable[..., Any], shot: Callable[[Any, str], None]):
    page = tab(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True, device_scale_factor=2)
    for view in VIEWS:
        go(page, view)
        assert page.evaluate(WIDTH) == 360, view  # innerWidth grows with what does not fit
        shot(page, f"phone-{view.lower()}")


LONG = "a_name_that_is_long_and_that_goes_on_and_on_without_end"


@pytest.mark.parametrize("formula", [f"x'*{LONG}*x", f"x'*A*{LONG}(x)"])
def test_long_names_on_a_phone(tab: Callable[..., Any], formula: str):
    """In the declarations, and in an error."""
    page = tab(f"formula={formula}", viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page.wait_for_selector(".answer, #fault p")
    assert page.evaluate(WIDTH) == 360


def test_mathematics_on_a_phone_has_keys_of_its_own(tab: Callable[..., Any], shot: Callable[[Any, str], None]):
    page = tab("formula=x&input=math", viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page.wait_for_selector("math-field")
    page.tap("math-field")
    page.wait_for_selector(".ML__keyboard.is-visible")
    page.wait_for_timeout(500)
    for key in ("+", "‖□‖", "A", "x", "b"):
        page.locator(".MLK__layer.is-visible .MLK__keycap", has_text=key).first.tap()
    shot(page, "phone-math")
    page.wait_for_selector(".answer .formula[aria-label*='||']")


@pytest.mark.long
def test_dark_is_dark(tab: Callable[..., Any]):
    def ground(colours: str) -> int:
        page = tab(color_scheme=colours)
        return sum(map(int, page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g)")))

    assert ground("dark") < 120 < 600 < ground("light")


def test_paper_shows_the_answer_and_no_controls(page: Any):
    part(page, "how it is derived")
    page.wait_for_selector(".steps li")
    page.emulate_media(media="print")
    assert page.is_visible(".answer > .formula") and page.is_visible(".steps li >> nth=0")
    assert not page.is_visible("nav") and page.locator("main button:visible:not(.link)").count() == 0


def test_a_link_holds_the_whole_question(page: Any, tab: Callable[..., Any]):
    page.fill("#formula", "softmax(A*x) + b")
    page.fill("#where", "A in R^(3×n)")
    page.select_option("#op", "jacobian")
    page.select_option("#layout", "denominator")
    page.select_option("#by", "x")
    page.wait_for_selector(".answer[aria-label='Jacobian of f by x']")
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    other = tab(link.partition("#")[2])
    other.wait_for_selector(".answer")
    assert answers(other) == answers(page)
    assert other.input_value("#layout") == "denominator" and other.input_value("#where") == "A in R^(3×n)"


def test_a_link_to_an_argmin(page: Any, tab: Callable[..., Any]):
    page.get_by_role("tab", name="Argmin").click()
    page.get_by_role("button", name="two minima").click()
    page.wait_for_selector("#argmin-verdict h2.doubt")
    other = tab(page.url.partition("#")[2])
    other.wait_for_selector("#argmin-verdict h2.doubt")
    assert other.inner_text("#argmin-verdict h2") == "several minima"


def test_the_saved_page_reads_offline(page: Any, browser: Any, tmp_path: Path):
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a page").click()
    download.value.save_as(tmp_path / "derivative.html")
    context = browser.new_context(offline=True)
    asked: list[str] = []
    saved = context.new_page()
    saved.on("request", lambda request: asked.append(request.url))
    saved.on("console", lambda said: asked.append(said.text))
    saved.goto((tmp_path / "derivative.html").as_uri())
    assert saved.locator(".katex").count() >= 4 and saved.locator(".katex-error").count() == 0
    assert saved.evaluate("document.fonts.ready.then(() => document.fonts.check('16px KaTeX_Main'))")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()


@pytest.mark.long
def test_every_example_is_one_click(page: Any):
    for k in range(page.locator("#gallery button").count()):
        page.get_by_role("tab", name="Examples").click()
        button = page.locator("#gallery button").nth(k)
        formula = button.locator("code").inner_text()
        button.click()
        until(page, "(text) => document.querySelector('#formula').value === text", formula)
        page.wait_for_timeout(100)
        page.wait_for_selector("#answered:not(.old) #result[aria-busy=false] .answer .badge.right")
        assert page.is_hidden("#fault")
    assert k == 19


def test_the_table_of_functions_is_filtered_and_explained(page: Any):
    page.get_by_role("tab", name="Functions").click()
    page.fill("#filter", "logdet")
    until(page, "document.querySelectorAll('#table tr').length < 10")
    page.locator("#table button.link").first.click()
    page.wait_for_selector("dialog[open] .formula")
    assert "logdet" in page.inner_text("dialog").lower()
