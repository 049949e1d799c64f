"""The language page and the table of functions agree."""

import re
from pathlib import Path

import pytest

from closedform.formula import formula
from closedform.functions.table import UNTYPED, functions
from closedform.read.spaces import SPACES
from closedform.read.vocabulary import APPLIED, REFUSED, SYNONYMS, is_function

PAGE = (Path(__file__).parents[1] / "docs" / "language.md").read_text("utf-8")
CODE = " ".join(re.findall(r"`([^`]*)`", PAGE))
WORDS = set(re.findall(r"[A-Za-z]\w*", CODE))
LISTED = PAGE[PAGE.index("## Constants and functions") : PAGE.index("## Declarations")]
TYPED = sorted({name for op in functions() if op.name not in UNTYPED for name in (op.text, *op.aliases)})
NAMED = sorted(set(re.findall(r"(?<!\\)\b([A-Za-z]\w+)\(", CODE)))


@pytest.mark.parametrize("name", [*TYPED, *SYNONYMS, *SPACES])
def test_a_name_of_the_table_is_on_the_page(name: str) -> None:
    assert name in WORDS


@pytest.mark.parametrize("name", NAMED)
def test_a_name_of_the_page_is_known(name: str) -> None:
    known = is_function(name) or name in {*SYNONYMS, *SPACES, *APPLIED, *REFUSED}
    assert known or name in {"left", "operatorname"}  # LaTeX


ELEMENTWISE = re.search(r"elementwise: `([^`]*)`", LISTED)
assert ELEMENTWISE is not None


@pytest.mark.parametrize("name", ELEMENTWISE[1].replace("(=ln)", "").split())
def test_an_elementwise_function_reads(name: str) -> None:
    found = formula(f"{name}(x)", "x in R^n")
    assert found.shape == ("n", "1")
    assert formula(f"{name}(s)", "s in R").shape == ("1", "1")


def test_the_page_names_no_other_elementwise_function_than_the_table() -> None:
    table = {op.text for op in functions() if op.elementwise and op.signature and len(op.signature.args) == 1}
    assert table == set(ELEMENTWISE[1].replace("(=ln)", "").split()) | {"trigamma", "normpdf"}
