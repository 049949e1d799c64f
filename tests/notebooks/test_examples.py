"""The notebooks of ``examples/`` run from the first cell to the last."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTEBOOKS = sorted(path.name for path in EXAMPLES.glob("*.ipynb"))


def test_there_are_three() -> None:
    assert NOTEBOOKS == ["explaining_a_network.ipynb", "first_steps.ipynb", "logistic_regression.ipynb"]


RUN = [pytest.param(n, marks=pytest.mark.needs("torch")) if "network" in n else n for n in NOTEBOOKS]


@pytest.mark.parametrize("name", RUN)
def test_it_runs(name: str) -> None:
    notebook = nbformat.read(EXAMPLES / name, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "notebooks are kept without outputs"
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    html = "".join(o.data.get("text/html", "") for o in shown if o.output_type in ("display_data", "execute_result"))
    assert "closedform-badge" in html
    assert "<details>" in html
    assert any("image/png" in o.get("data", {}) for o in shown)
