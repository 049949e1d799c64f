"""Makes the modules that several folders of tests share importable from each of them.

JAX and PyTorch are extras: where one is not installed, the test files that import it are left out, and the header of
the run says so. CI installs both.
"""

import gc
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
MISSING = [name for name in ("jax", "torch") if find_spec(name) is None]
NEEDS = {path: set(re.findall(r"^(?:import|from) (jax|torch)\b", path.read_text("utf-8"), re.M))
         for path in TESTS.rglob("*.py")}  # fmt: skip


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if NEEDS.get(collection_path, set()) & set(MISSING) else None


def pytest_report_header() -> str:
    left = [p for p, needs in NEEDS.items() if needs & set(MISSING)]
    return f"without {' and '.join(MISSING)}: {len(left)} files of tests are left out" if MISSING else ""


@pytest.fixture
def alone() -> Iterator[None]:
    """What other tests left in memory is not gone through by the collector: the time is that of one process."""
    gc.freeze()
    yield
    gc.unfreeze()
