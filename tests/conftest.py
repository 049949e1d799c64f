"""Makes the modules that several folders of tests share importable from each of them.

JAX and PyTorch are extras: where one is not installed, what needs it is left out: the test files that import it, the
examples that do, and the tests marked ``needs("jax")``. The run says how many. CI installs both.
"""

import gc
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
MISSING = [name for name in ("jax", "torch") if find_spec(name) is None]
IMPORTS = re.compile(r"^(?:import|from) (jax|torch)\b", re.M)
NEEDS = {path: set(IMPORTS.findall(path.read_text("utf-8"))) for path in TESTS.rglob("*.py")}
PATIENCE = 3
"""Tests ask what is certified, not how fast: where a machine does other things, a check is given more time."""
TIMES = {
    "certify": ("SECONDS",), "search": ("EXTREME_SECONDS", "PERIOD_SECONDS", "ORDER_SECONDS"),
}  # fmt: skip


def pytest_configure() -> None:
    for name, constants in TIMES.items():
        module = import_module(f"closedform.check.{name}")
        for constant in constants:
            setattr(module, constant, PATIENCE * getattr(module, constant))


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if NEEDS.get(collection_path, set()) & set(MISSING) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left = [item for item in items if wanted(item) & set(MISSING)]
    if left:
        items[:] = [item for item in items if item not in set(left)]
        config.hook.pytest_deselected(items=left)


def wanted(item: pytest.Item) -> set[str]:
    """The libraries that a test is marked to need, or that an example imports."""
    marked = {name for mark in item.iter_markers("needs") for name in mark.args}
    if isinstance(item, pytest.DoctestItem) and item.dtest is not None:
        marked |= imported("".join(example.source for example in item.dtest.examples))
    return marked


def imported(text: str) -> set[str]:
    return set(IMPORTS.findall(text))


def pytest_report_header() -> str:
    left = [p for p, needs in NEEDS.items() if needs & set(MISSING)]
    return f"without {' and '.join(MISSING)}: {len(left)} files of tests are left out" if MISSING else ""


@pytest.fixture
def alone() -> Iterator[None]:
    """What other tests left in memory is not gone through by the collector: the time is that of one process."""
    gc.freeze()
    yield
    gc.unfreeze()
