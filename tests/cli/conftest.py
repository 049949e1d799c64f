"""The command line, run in this process or as one of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from closedform.cli import main

BOUND = re.compile(r"below 2\^-\d+")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def page(self) -> str:
        """What was printed, without what is drawn at random."""
        return re.sub(r"at sizes .*?(?=\n\S|\n\n|\Z)", "at sizes …", BOUND.sub("below 2^-…", self.out), flags=re.DOTALL)


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "80")

    def inside(*args: str) -> Ran:
        code = main(list(args))
        found = capsys.readouterr()
        return Ran(code, found.out, found.err)

    return inside


@pytest.fixture
def process() -> Run:
    def outside(*args: str, stdin: bytes = b"", **environment: str) -> Ran:
        found = subprocess.run(
            [sys.executable, "-m", "closedform", *args], input=stdin, capture_output=True, check=False,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "80", **environment},
        )  # fmt: skip
        return Ran(found.returncode, found.stdout.decode(), found.stderr.decode())

    return outside
