"""The whole state of the page in its address; the graph as a part of the page; certificates that fail."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from page_reading import answer, part, until

import closedform as cf
from closedform.backprop import drawing, picture

ALL = (
    "#formula=sum(x.^3)&by=x&where=x+in+R%5E2&parts=certificate+steps+code+numbers+backprop+plot&method=coordinates"
    "&target=julia&mode=both&kind=contours&span=-1+to+3&values=%7B%22x%22%3A+%5B1%2C+2%5D%7D"
)


def pressed(page: Any, label: str) -> list[str]:
    return page.locator(f".choice[aria-label={label}] [aria-pressed=true]").all_inner_texts()


def open_parts(page: Any) -> int:
    return page.locator("details[open]").count()


def test_what_is_open_and_chosen_stands_in_the_address(tab: Callable[..., Any], shot: Callable[[Any, str], None]):
    page = tab(ALL[1:])
    page.wait_for_selector("#picture img")
    page.wait_for_selector("#passes svg")
    page.wait_for_selector("pre code")
    assert open_parts(page) == 6
    chosen = [pressed(page, label) for label in ("Method", "Language", "Mode", "Picture")]
    assert chosen == [["coordinates"], ["julia"], ["both"], ["contours"]]
    assert page.input_value("#span") == "-1 to 3" and json.loads(page.input_value("#values")) == {"x": [1, 2]}
    assert page.locator("#passes caption").all_inner_texts() == ["forward pass", "tangents", "backward pass"]
    assert "x[1] from -1 to 3" in page.inner_text("#picture .said")
    shot(page, "restored")
    for _ in range(6):
        page.locator("details[open] > summary").first.click()
    until(page, "!location.hash.includes('parts=')")
    page.locator("summary", has_text="code").click()
    page.get_by_role("button", name="jax", exact=True).click()
    until(page, "location.hash.includes('parts=code&') && location.hash.includes('target=jax')")
    page.goto(page.url.partition("#")[0] + "#formula=sum(x)&by=x")
    answer(page, "gradient of f by x = ones(n)")
    assert open_parts(page) == 0 and page.input_value("#span") == ""


@pytest.mark.parametrize("view", ["judge", "functions"])
def test_the_other_views_come_back_from_their_address(tab: Callable[..., Any], view: str):
    page = tab()
    page.get_by_role("tab", name=view.title()).click()
    if view == "functions":
        page.fill("#filter", "logdet")
        again = tab(page.evaluate("location.hash.slice(1)"))
        again.wait_for_selector("#table tr")
        assert again.locator("#table tr").count() == 1
    else:
        page.fill("#derivation", "f = x'*x\ndf = 2*x'*dx")
        again = tab(page.evaluate("location.hash.slice(1)"))
        again.wait_for_selector("#verdict h2.right")


def test_a_name_is_marked_in_the_graph(page: Any, shot: Callable[[Any, str], None]):
    page.fill("#formula", "sum(exp(A*x)) + lam/2*||x||^2")
    answer(page, "gradient of f by x = A'*exp(A*x) + lam*x")
    part(page, "backpropagation")
    page.wait_for_selector("#passes svg [data-has]")
    of = page.locator(".answer > .formula [data-of]", has_text="exp").first
    of.hover()
    page.wait_for_selector("#passes svg .lit")
    exp = of.get_attribute("data-of")
    lit = page.eval_on_selector_all("#passes svg .lit", "all => all.map((one) => one.dataset.has.split(' '))")
    assert len(lit) == 1 and exp in lit[0]
    page.locator(".answer > .formula [data-of]", has_text="x").last.hover()
    until(page, "document.querySelectorAll('#passes svg .lit').length === 3")  # x, Ax, the norm
    shot(page, "marked-in-the-graph")
    fill = "getComputedStyle(document.querySelector('#passes svg .lit > :is(polygon, path)')).fill"
    assert page.evaluate(fill) == "rgb(219, 232, 251)"
    assert page.evaluate("document.querySelector('#passes svg').getBoundingClientRect().width") > 150


HOSTILE = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" data-of="1">
<style>* { fill: red }</style><script>document.title = "run"</script>
<foreignObject><p id="formula">a</p></foreignObject>
<a href="javascript:x()"><path d="M0 0"/></a><image href="https://example.org/a.png"/>
<g id="box x" href="javascript:x()" class="lit"><path id="p" d="M0 0" style="fill: #fff; stroke: url(https://example.org)"/>
<use xlink:href="#p"/><use href="https://example.org/#p"/><text fill="url(#p)">x &lt;b&gt;</text></g></svg>"""
MADE = """async (svg) => {
    const { inline } = await import("./pictures.js");
    return inline(svg, 'words "<b>', new Map([["x", [3, 5]]])).innerHTML;
}"""


def test_of_a_picture_only_shapes_and_text_become_part_of_the_page(page: Any):
    made = page.evaluate(MADE, HOSTILE).replace("\n", "")
    assert made == (
        '<svg width="9pt" class="drawn" role="img" aria-label="words &quot;&lt;b&gt;"><g data-has="3 5">'
        '<path d="M0 0" fill="#fff" id="drawn-p"></path>'
        '<use href="#drawn-p"></use><use></use><text>x &lt;b&gt;</text></g></svg>'
    )  # fmt: skip
    assert page.title().startswith("closedform")
    assert "<img" in page.evaluate(MADE, "<p>no picture</p>")


WITHOUT = """async (svg) => {
    const { inline } = await import("./pictures.js");
    document.querySelector("#result").replaceChildren(inline(svg, "graph", new Map([["w", [1]], ["v_2", [1, 2]]])));
    return Array.from(document.querySelectorAll("#result [data-has]"), (one) => one.dataset.has).join();
}"""
DRAWN = """[...document.querySelectorAll('#result svg use')].filter((one) => one.getBBox().width > 0).length > 40
    && getComputedStyle(document.querySelector('#result [data-has] > path')).stroke === 'rgb(0, 0, 0)'"""


def test_the_graph_drawn_without_graphviz(page: Any, shot: Callable[[Any, str], None]):
    found = cf.formula("1/2*(sigmoid(w*x + b) - t)^2").backprop("w", "b")
    boxes = list(picture.boxes(found))
    svg = drawing.draw(boxes, list(picture.edges(found)), "svg").decode()
    assert sorted(page.evaluate(WITHOUT, svg[svg.index("<svg") :]).split(",")) == [""] * (len(boxes) - 2) + ["1", "1 2"]
    assert page.evaluate(DRAWN)
    shot(page, "graph-without-graphviz")


def failing(page: Any, **change: Any) -> None:
    """Answers come with a certificate that says this."""

    def worse(route: Any) -> None:
        found = json.loads((said := route.fetch()).text())
        for one in found.get("derivatives", []):
            one["certificate"] |= {"level": "X", "ok": False, **change}
        route.fulfill(response=said, body=json.dumps(found))

    page.route("**/api/v1/answer", worse)


@pytest.mark.parametrize(("decided", "colour"), [(True, "wrong"), (False, "doubt")])
def test_an_answer_that_is_not_certified_says_so(
    page: Any, shot: Callable[[Any, str], None], decided: bool, colour: str
):
    failing(page, decided=decided, line="not certified", reason="the two sides differ")
    page.fill("#formula", "x'*B*x")
    page.wait_for_selector(f".certificate .badge.{colour}")
    assert page.inner_text(".certificate summary").split() == ["X", "certificate:", "not", "certified"]
    part(page, "certificate")
    assert "the two sides differ" in page.inner_text(".certificate")
    shot(page, f"not-certified-{colour}")


def test_a_declared_f_is_not_the_whole_function(page: Any):
    page.fill("#formula", "f(A*x)")
    page.fill("#where", "f: R^m -> R")
    answer(page, "gradient of h by x = A'*grad[f](A*x)")
    assert page.get_attribute("#result .formula", "aria-label") == "h = f(A*x)"
    part(page, "how it is derived")
    page.wait_for_selector(".steps li")
    lines = page.eval_on_selector_all(".steps li annotation", "all => all.map((one) => one.textContent)")
    assert lines[0].startswith("h = ") and any(one.startswith("dh = ") for one in lines) and "nabla h" in lines[-1]


def whole(page: Any) -> str:
    return page.evaluate("document.querySelector('math-field').getValue('latex-expanded')")


def mathematics(page: Any) -> None:
    page.get_by_role("button", name="math", exact=True).click()
    page.wait_for_selector("math-field:focus-within")
    page.wait_for_timeout(100)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")


def test_a_space_between_brackets_leaves_them_not(page: Any):
    mathematics(page)
    page.keyboard.type("log(1+exp(-y x'w))", delay=10)
    assert whole(page) == r"\log\left(1+\exp\left(-yx^{\top}w\right)\right)"


def test_signs_without_a_key_are_typed_by_the_same_rules(page: Any):
    """As a keyboard with dead keys, or on a phone, gives them."""
    mathematics(page)
    for sign in ["x", "_", "i", "^", "2", "-y", "_", "i"]:
        page.keyboard.insert_text(sign)
    assert whole(page) == "x_{i}^2-y_{i}"


@pytest.mark.parametrize(("state", "left"), [
    ("formula=x'*x&op=none&layout=none&by=x", "gradient of f by x = 2*x"),
    ("formula=x'*x&by=x&view=constructor", "gradient of f by x = 2*x"),
    ("formula=x'*x&by=x&view=__proto__&parts=__proto__", "gradient of f by x = 2*x"),
    ("formula=x'*A*x&by=x&where=x%20in%20R%5En%0AA%20in%20Sym(n)", "gradient of f by x = 2*A*x"),
])  # fmt: skip
def test_an_address_that_asks_for_what_there_is_not(tab: Callable[..., Any], state: str, left: str):
    page = tab(state)
    answer(page, left)
    assert page.evaluate("[...document.querySelectorAll('select')].every((one) => one.selectedIndex >= 0)")
    assert page.get_by_role("tab", selected=True).inner_text() == "Derive"


def test_an_address_of_nothing_typed(tab: Callable[..., Any]):
    page = tab("formula=&by=x")
    page.wait_for_selector("#result button:has-text('Least squares')")
    page.get_by_role("tab", name="Judge").click()
    page.fill("#derivation", "")
    again = tab(page.evaluate("location.hash.slice(1)"))
    again.wait_for_selector("#verdict:has-text('a line for each step')")
    assert again.input_value("#formula") == again.input_value("#derivation") == ""


def test_two_addresses_while_mathematics_is_loaded(page: Any):
    page.route("**/mathlive.min.mjs", lambda route: (time.sleep(0.5), route.continue_()))
    for formula in ("x", "y'*y"):
        page.evaluate(f'location.hash = "#input=math&formula={formula}"')
        page.wait_for_timeout(100)
    answer(page, "gradient of f by y = 2*y")
    assert page.locator("math-field").count() == 1
