"""An answer as one page in HTML that needs nothing else: typeset by KaTeX, which stands inside it with its fonts."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from html import escape

from closedform._version import __version__
from closedform.answers.forms import left_side
from closedform.cli.show import Answer
from closedform.derivations import Derivation
from closedform.formula import Formula, LinearMap
from closedform.web.static import pages
from closedform.write.marks import greek
from closedform.write.render import heading
from closedform.write.tex import letter

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:"
LOOK = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
body { max-width: 52rem; margin: 1rem auto; padding: 0 1rem; }
h1 { font-size: 1.2rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .2rem; }
.tex { overflow-x: auto; overflow-y: hidden; padding: .3rem 0; }
.katex-display, .katex-display > .katex { margin: 0; text-align: left; }
.law, .aside { color: color-mix(in srgb, CanvasText 70%, Canvas); font-size: .9rem; }
ol { list-style: none; padding: 0; } li { border-top: 1px dotted GrayText; padding: .2rem 0; }
@media print { .tex { overflow: visible; } }
"""
TYPESET = """
for (const place of document.querySelectorAll("[data-tex]")) {
  try { katex.render(place.dataset.tex, place, {displayMode: true, trust: false, strict: "ignore"}); }
  catch { /* the text that stands there stays */ }
}
"""


def page(f: Formula, found: list[Answer]) -> str:
    """The function, what was assumed, each derivative with its certificate and the way there.

    >>> from closedform.answers import Asked
    >>> from closedform.formula import formula
    >>> f = formula("x'*A*x")
    >>> text = page(f, [Answer(Asked("gradient", "x"), f.grad("x"), None)])
    >>> "(A + A^{\\\\top}) x" in text, "https://" in text.partition("<script>")[0]
    (True, False)
    """
    name = f._context.whole
    title = f"{greek(name)} = {f.unicode}"
    body = [tex(f"{letter(name)} = {f.latex}", title)]
    if f.assumed:
        body.append(aside("assumed: " + ", ".join(f.assumed)))
    for answer in found:
        body += _answer(answer)
    body.append(aside(f"closedform {__version__}"))
    return document(title, body)


def document(title: str, body: list[str]) -> str:
    return "\n".join([
        "<!doctype html>", '<html lang="en">', '<head>', '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>", f"<style>{_style()}{LOOK}</style>", "</head>", "<body>",
        "<h1>closedform</h1>", *body,
        f"<script>{pages()['/katex/katex.min.js'][0].decode()}</script>", f"<script>{TYPESET}</script>",
        "</body>", "</html>", "",
    ])  # fmt: skip


def _answer(answer: Answer) -> list[str]:
    asked, found = answer.asked, answer.found
    said = left_side(asked, found, True)
    out = [f"<h2>{escape(said)}</h2>", tex(f"{_left(answer)} = {found.latex}", f"{said} = {found.unicode}")]
    out.append(aside("holds " + ("; ".join(found.conditions) or "everywhere")))
    if answer.certificate is not None:
        out.append(aside(f"certificate: {answer.certificate.line()}"))
    return out if answer.derivation is None else [*out, _steps(answer.derivation)]


def _left(answer: Answer) -> str:
    asked, found = answer.asked, answer.found
    name, x = found._whole, letter(asked.by)
    if isinstance(found, LinearMap):
        return rf"\mathrm{{D}} {letter(name)}({x})[{letter(found.direction)}]"
    if asked.op == "hessian" and asked.and_by not in (None, asked.by):
        return rf"\nabla^2 {letter(name)}({x}, {letter(str(asked.and_by))})"
    return heading(asked.op, asked.by, "latex", name)


def _steps(derivation: Derivation) -> str:
    rows, before = [], ""
    for step in derivation.steps:
        lets = [rf"\quad \text{{let }} {letter(name)} = {part.latex}" for name, part in step.let]
        left = step.left("latex")
        line = rf"{left if left != before else chr(92) + 'quad'} = {step.after.latex}"
        before = left
        law = f'<div class="law">{escape(step.reason("unicode"))}</div>'
        mark = "" if step.certified.ok else aside(f"not certified: {step.certified.line()}")
        rows += [f"<li>{tex(one, one)}</li>" for one in lets]
        said = f"{step.left('unicode')} = {step.after.unicode}"
        rows.append(f"<li>{tex(line, said)}{law}{mark}</li>")
    closing = "each line is certified by itself" if derivation.certified else "not every line is certified"
    return "\n".join(["<ol>", *rows, "</ol>", aside(closing)])


def tex(latex: str, text: str) -> str:
    """A place for a formula; its text stands there until it is typeset."""
    return f'<div class="tex" data-tex="{escape(latex)}">{escape(text)}</div>'


def aside(text: str) -> str:
    return f'<p class="aside">{escape(text)}</p>'


@cache
def _style() -> str:
    """KaTeX's style sheet with the fonts in it."""
    def inside(match: re.Match[str]) -> str:
        data = b64encode(pages()[f"/katex/{match[1]}"][0]).decode()
        return f"url(data:font/woff2;base64,{data})"

    css = re.sub(r',url\([^)]+\) format\("(?:woff|truetype)"\)', "", pages()["/katex/katex.min.css"][0].decode())
    return re.sub(r"url\((fonts/[^)]+\.woff2)\)", inside, css)
