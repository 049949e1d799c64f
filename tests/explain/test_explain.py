"""Every law and function has a page; what the pages show is run, and what they name is there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import closedform as cf
from closedform.calculus.derivation.laws import law_names
from closedform.check.certificate import Claim
from closedform.check.certify import certify
from closedform.errors import DeclarationError
from closedform.explain.example import Example
from closedform.explain.functions import function_names
from closedform.explain.lookup import page_names, page_of, written_pages
from closedform.explain.page import Page
from closedform.explain.source import PAGES, Source, parsed, sources
from closedform.explain.statement import statement
from closedform.expr.walk import leaves
from closedform.functions.algebra import SYM
from closedform.read.declarations import Declarations
from closedform.read.outcome import where_text
from closedform.read.read import read
from closedform.rewrite.laws.law import Law, all_laws

PROPERTIES = re.compile(r" \((\w+ [a-z -]+(, )?)+\)$")
COMMANDS = [command for s in sources() for command in s.commands]


def complete(page: Page) -> bool:
    return all((page.words, page.when, page.why, page.sources))


@pytest.mark.parametrize("name", [*law_names(), *function_names()])
def test_every_law_and_function_has_a_page(name: str) -> None:
    page = page_of(name)
    assert complete(page)
    short = name.removeprefix("derivative of ").removeprefix("adjoint of ")
    assert {name, short} & {page.name, *(s.name for s in page.statements)}


@pytest.mark.parametrize("source", written_pages(), ids=lambda s: s.file)
def test_a_written_page_is_complete(source: Source) -> None:
    page = page_of(source.title)
    assert complete(page) and page.examples
    assert page.unicode and page.markdown.startswith(f"# {page.title}")


def test_what_the_pages_cover_is_there_and_covered_once() -> None:
    laws, functions = set(law_names()), set(function_names())
    assert {law for s in sources() for law in s.laws} <= laws
    assert {name for s in sources() for name in s.functions} == functions
    named = [s.functions or {s.title, *s.also, *s.laws} for s in sources()]
    names = Counter(name.casefold() for each in named for name in each)
    assert [name for name, count in names.items() if count > 1] == []


def test_see_also_leads_somewhere() -> None:
    for name in {name for source in sources() for name in source.see}:
        assert page_of(name)


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_of_written_pages_are_certified(command: str) -> None:
    example = Example(command)
    assert example.level in "ABC" or " ≠ " in example.text


@pytest.mark.parametrize("name", function_names())
def test_examples_of_functions_are_certified(name: str) -> None:
    for example in page_of(name).examples:
        assert example.level in "ABC" or " ≠ " in example.text


@pytest.mark.parametrize("law", all_laws(), ids=lambda law: law.name)
def test_the_printed_statement_of_a_rewriting_law_holds(law: Law) -> None:
    _, _, right = PROPERTIES.sub("", statement(law.name).text).partition(" = ")
    names = {n.params[0]: n for n in leaves(law.example) if n.op is SYM}
    answer = read(right, where_text(names, frozenset(), Declarations(), {}), "text").node
    assert certify(Claim("equal", law.example, answer)).ok


def test_the_law_asked_for_stands_first() -> None:
    assert cf.explain("product rule for entries").statements[0].unicode == "d(u ⊙ v) = du ⊙ v + u ⊙ dv"
    assert cf.explain("  Product   RULE ").statements[0].text == "d(X*Y) = dX*Y + X*dY"


def test_an_alias_leads_to_its_function() -> None:
    assert cf.explain("ln").title == "log"
    assert cf.explain("derivative of logdet").title == cf.explain("logdet").title == "logdet"


@pytest.mark.parametrize(
    ("name", "near"),
    [("prodct rule", "product rule"), ("logdte", "logdet"), ("Rayleigh quotiant", "rayleigh quotient"), ("???", "")],
)
def test_another_name_suggests_the_nearest(name: str, near: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        cf.explain(name)
    mend = f"Did you mean {near}? " if near else ""
    assert caught.value.hint == f"{mend}closedform explain lists all pages."


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("z̄ = ȳJ", "as a row"),
        ("bounds of the Rayleigh quotient", "largest eigenvalue"),
        ("e^{A+B}", "commute"),
        ("∂W²/∂W", "n⁴ entries"),
        ("symmetric gradients convention", "free variables"),
        ("layout conventions", "denominator layout"),
        ("Schwarz", "J∇f"),
    ],
)
def test_the_questions_of_the_notes_have_pages(name: str, words: str) -> None:
    assert words in cf.explain(name).unicode


def test_a_page_is_read_into_its_parts() -> None:
    head = "# T\n\nlaws: a; b\nsee: c\n\nWords.\n\n"
    page = parsed(head + '## Example\n\nclosedform grad "x"\n\n## Source\n\n- B, *T*\n')
    assert (page.laws, page.see, page.words) == (("a", "b"), ("c",), "Words.")
    assert (page.commands, page.sources) == (('closedform grad "x"',), ("B, *T*",))


def test_the_pages_lie_in_the_package() -> None:
    assert PAGES.parent.parent == Path(cf.__file__).parent
    assert len(list(PAGES.glob("*.md"))) == len(sources()) >= 60


def test_every_name_is_listed() -> None:
    assert {*law_names(), *function_names(), "The Rayleigh quotient"} <= set(page_names())
