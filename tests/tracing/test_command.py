"""A function in a file, on the command line."""

from pathlib import Path

import pytest

from closedform.cli import main

FILE = """import numpy as np

def loss(w, X, y, lam):
    return np.sum((X @ w - y) ** 2) / 2 + lam * w @ w
"""


def test_the_gradient_of_a_function_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "losses.py"
    file.write_text(FILE, "utf-8")
    assert main(["grad", f"{file}:loss", "--by", "w", "--text"]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == "X'*(X*w - y) + 2*lam*w"
    assert f"running {file} to read loss" in said.err


def test_a_function_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "losses.py"
    file.write_text(FILE, "utf-8")
    assert main(["grad", f"{file}:los"]) == 2
    assert "has no function los; it has loss" in capsys.readouterr().err
    assert main(["grad", f"{tmp_path / 'other.py'}:loss"]) == 2
