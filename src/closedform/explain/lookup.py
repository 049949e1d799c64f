"""From a name to its page."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from closedform.calculus.derivation.laws import law_names
from closedform.errors import DeclarationError
from closedform.explain.example import Example
from closedform.explain.functions import function_names, function_page, named_so
from closedform.explain.page import Page
from closedform.explain.source import Source, sources
from closedform.explain.statement import statement


def page_of(name: str) -> Page:
    """The page of this name; see ``closedform.explain``."""
    asked = " ".join(name.split())
    written = _by_name().get(asked.casefold())
    if written is not None:
        return _page(written, asked)
    for word in ("", "derivative of ", "adjoint of "):
        if asked.startswith(word) and named_so(asked.removeprefix(word)):
            return function_page(asked.removeprefix(word))
    near = get_close_matches(asked.casefold(), [n.casefold() for n in page_names()], 1, 0.5)
    mend = f"Did you mean {near[0]}? " if near else ""
    raise DeclarationError(f"there is no page on {asked!r}", hint=f"{mend}closedform explain lists all pages.")


def page_names() -> tuple[str, ...]:
    """Every name that has a page: titles, laws and functions.

    >>> "product rule" in page_names(), "logdet" in page_names()
    (True, True)
    """
    written = [n for s in written_pages() for n in (s.title, *s.also)]
    return tuple(dict.fromkeys((*written, *law_names(), *function_names())))


def written_pages() -> list[Source]:
    """The hand-written pages of laws and questions; notes on functions are parts of their pages."""
    return [source for source in sources() if not source.functions]


@cache
def _by_name() -> dict[str, Source]:
    return {n.casefold(): s for s in written_pages() for n in (s.title, *s.also, *s.laws)}


def _page(source: Source, asked: str) -> Page:
    """A hand-written page, the law that was asked for first."""
    laws = sorted(source.laws, key=lambda law: law.casefold() != asked.casefold())
    return Page(
        asked, source.title, tuple(map(statement, laws)), source.words, source.when, source.why,
        tuple(map(Example, source.commands)), source.sources, source.see, source.file,
    )  # fmt: skip
