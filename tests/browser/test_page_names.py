"""Names in formulas: marked wherever they stand; and all that LaTeX may do to the page."""

import re
from collections.abc import Callable
from typing import Any

from page_reading import answer, part


def test_a_name_is_marked_wherever_it_stands(page: Any, shot: Callable[[Any, str], None]):
    page.fill("#formula", "log(sum(exp(A*x))) + lam/2*||x||^2")
    answer(page, "gradient of f by x = A'*softmax(A*x) + lam*x")
    part(page, "how it is derived")
    page.wait_for_selector(".steps li")
    part(page, "code")
    page.wait_for_selector("pre code")

    def lit(name: str) -> list[str]:
        page.locator(".answer > .formula [data-of]", has_text=name).first.hover()
        page.wait_for_selector(".lit")
        return page.locator(".lit").all_inner_texts()

    def origin() -> str:
        return page.locator(".steps li.origin .formula").get_attribute("aria-label")

    found = lit("λ")
    assert set(found) == {"λ", "lam"} and len(found) > 8
    assert origin().startswith("f = log(sum(exp(A*x)))")
    shot(page, "marked")
    assert set(lit("softmax")) == {"softmax"} and "softmax" in origin()
    assert not origin().startswith("f = ")
    page.locator("#formula").hover()
    assert page.locator(".lit, .origin").count() == 0


UNTRUSTED = [
    r"\htmlData{of=1, bad=2}{a}", r"\htmlData{of=a}{a}", r"\htmlClass{lit}{a}", r"\htmlId{formula}{a}",
    r"\htmlStyle{color: red}{a}", r"\href{https://example.org}{a}", r"\url{javascript:alert(1)}",
    r"\includegraphics{https://example.org/x.png}",
]  # fmt: skip
MADE = """async (all) => {
    const { typeset } = await import("./dom.js");
    return all.map((tex) => typeset(tex, "a").querySelectorAll("[data-of], [data-bad], .lit, [id], a, img").length);
}"""


def test_latex_may_carry_the_number_of_a_name_and_nothing_else(page: Any):
    assert page.evaluate(MADE, [r"\htmlData{of=1}{a}", *UNTRUSTED]) == [1] + [0] * len(UNTRUSTED)


NAMED = """async ([tex, variables]) => {
    const { named } = await import("./naming.js");
    return named(tex, variables);
}"""


def test_longer_names_go_first_and_words_stay_whole(page: Any):
    tex = r"\lambda x_{1}^{\top} x_{i} \operatorname{softmax}(x) \text{x} \lambdax"
    found = re.sub(r"of=\d+", "", page.evaluate(NAMED, [tex, ["lam", "x", "x_1"]]))
    lam, first, x = (rf"{{\htmlData{{}}{{{name}}}}}" for name in (r"\lambda", "x_{1}", "x"))
    call = r"\htmlData{}{\operatorname{softmax}}"
    assert found == rf"{lam} {first}^{{\top}} {x}_{{i}} {call}({x}) \text{{x}} \lambdax"
