"""README and the pages of docs/ say what is so: examples are run, links lead somewhere, the API page is current."""

import doctest
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from closedform.check.core.scalars import COMPOSED, DEFINED
from closedform.cli import main
from closedform.expr.op import registered
from closedform.functions.table import by_text

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
DRAWN = re.compile(r"2\^-\d+|(?<=at sizes)(?:[\s|]+\w+=\d+,?)+")
"""What differs from run to run in a certificate: the points are random."""


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> str:
    return "\n".join(body for kind, body in BLOCK.findall(page.read_text("utf-8")) if kind == language)


def commands(page: Path) -> list[tuple[str, str]]:
    """The command lines of a page, each with the output shown for it."""
    parts = re.split(r"^\$ ", blocks(page, "console"), flags=re.MULTILINE)
    return [(command, shown) for command, _, shown in (part.partition("\n") for part in parts[1:])]


def settled(output: str) -> str:
    return " ".join(DRAWN.sub("…", output).split())


COMMANDS = [
    pytest.param(command, shown, id=f"{page_id(page)}: {command}")
    for page in PAGES
    for command, shown in commands(page)
]


@pytest.fixture
def tables_restored() -> Iterator[None]:
    """What a page declares is gone after it."""
    tables = (registered(), by_text, COMPOSED, DEFINED)
    before = [dict(table) for table in tables]
    yield
    for table, content in zip(tables, before, strict=True):
        table.clear()
        table.update(content)


def needs(page: Path) -> set[str]:
    """The extras that its examples import."""
    return set(re.findall(r"^>>> (?:import|from) (jax|torch)\b", blocks(page, "python"), re.M))


EXAMPLES = [
    pytest.param(page, marks=pytest.mark.needs(*needs(page)), id=page_id(page))
    for page in PAGES
    if ">>>" in blocks(page, "python")
]


@pytest.mark.usefixtures("tables_restored")
@pytest.mark.parametrize("page", EXAMPLES)
def test_python_examples(page: Path) -> None:
    said: list[str] = []
    test = doctest.DocTestParser().get_doctest(blocks(page, "python"), {}, page.name, str(page), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    assert runner.run(test, out=said.append).failed == 0, "".join(said)
    assert test.examples


@pytest.mark.parametrize(("command", "shown"), COMMANDS)
def test_console_examples(
    command: str, shown: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words = shlex.split(command)
    assert words[0] == "closedform" or words[:2] == ["./dev", "run"], "only the command line is run here"
    main(words[1:] if words[0] == "closedform" else words[2:])
    said = capsys.readouterr()
    assert settled(said.out + said.err) == settled(shown)


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_somewhere(page: Path) -> None:
    prose = CODE.sub("", page.read_text("utf-8"))
    targets = [link for link in LINK.findall(prose) if "://" not in link]
    assert [link for link in targets if not (page.parent / link).exists()] == []


def test_a_wrong_example_is_seen() -> None:
    assert settled("at sizes m=5, n=6 | m=1,\n  n=1\n\nf = x") == settled("at sizes m=4, n=6\nf = x")
    assert settled("∇f(x) = 2 Ax, below 2^-108") != settled("∇f(x) = Ax, below 2^-108")
    assert settled("at sizes m=4, n=6\nf = x") != settled("at sizes m=4, n=6\nf = y")


@pytest.mark.parametrize("page", ["api.md", "laws.md", "gradient-jacobian-hessian.md", "exercises.md"])
def test_a_page_that_the_library_makes_is_current(page: str) -> None:
    command = [sys.executable, str(ROOT / "docs" / "make.py"), "--check", page]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
