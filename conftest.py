"""What every example in a docstring may use without an import."""

from typing import Any

import pytest

import closedform


@pytest.fixture(autouse=True)
def _the_usual_name(doctest_namespace: dict[str, Any]) -> None:
    doctest_namespace["formula"] = closedform.formula
