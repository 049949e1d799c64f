"""Each script of docs/disagreements shows another library wrong and our answer certified; the page lists them all."""

import runpy
from importlib.util import find_spec
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
SCRIPTS = sorted((DOCS / "disagreements").glob("*.py"))
HERE = [s for s in SCRIPTS if find_spec(s.name.partition("_")[0])]
"""Those whose library is installed: SymPy comes with the benchmarks, JAX and PyTorch with the frameworks."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("script", HERE, ids=lambda s: s.stem)
def test_the_other_library_is_still_wrong(script: Path) -> None:
    shown = runpy.run_path(str(script))
    assert shown["proven"], "our answer is not the truth, or not certified"
    assert shown["wrong"], "the other library has mended this: update the page"


def test_the_page_lists_every_script() -> None:
    page = (DOCS / "disagreements.md").read_text("utf-8")
    assert len(SCRIPTS) >= 12
    for script in SCRIPTS:
        title = docstring(script)
        assert f"(disagreements/{script.name})" in page and title.count("\n") == 0


def docstring(script: Path) -> str:
    return script.read_text("utf-8").split('"""')[1]
