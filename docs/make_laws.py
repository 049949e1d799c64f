"""docs/laws.md: the index of the pages that ``closedform explain`` shows; ``docs/make.py`` writes it."""

from __future__ import annotations

from closedform.explain.lookup import page_of, written_pages
from closedform.explain.source import Source, sources
from closedform.explain.statement import Statement, statement

PAGES = "../src/closedform/explain/pages"
HEAD = """# Laws

Written by `./dev docs`. `closedform explain "product rule"` shows the page of a law, a function or a question: what it
states, when it holds, why, an example that is run as the page is shown, and a source; in Python
`closedform.explain("product rule")`. The names are those that derivations print. Further: [exercises](exercises.md),
[derivations](derivations.md), [how gradient, Jacobian and Hessian are connected](gradient-jacobian-hessian.md).
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for source in sorted(written_pages(), key=lambda s: s.title.removeprefix("The ").casefold()):
        parts.append(f"## [{source.title}]({PAGES}/{source.file})\n\n{source.words}\n")
        parts += ["\n".join(row(statement(law)) for law in source.laws) + "\n"] if source.laws else []
    return "\n".join([*parts, functions()])


def row(law: Statement) -> str:
    if law.unicode:
        return f"- {law.name}: `{law.unicode}`" if "=" in law.unicode else f"- {law.name}: {law.unicode}"
    return f"- {law.name}"


def functions() -> str:
    rows = ["## Functions\n", "| function | what it is | notes |", "| :-- | :-- | :-- |"]
    for source in sources():
        rows += [function(name, source) for name in source.functions]
    return "\n".join(rows) + "\n"


def function(name: str, source: Source) -> str:
    words = page_of(name).words.split("\n\n")[0].partition(": ")[2].replace("|", r"\|")
    return f"| `{name}` | {words} | [{source.title}]({PAGES}/{source.file}) |"
