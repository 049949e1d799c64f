"""The task script answers without an environment of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TARGETS = ["run", "test", "lint", "bench", "fuzz", "octave", "docs", "site", "env", "help"]


def dev(*args: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(ROOT / "dev"), *args], cwd=cwd, capture_output=True, text=True)


@pytest.mark.parametrize("args", [[], ["help"], ["--help"], ["-h"]])
def test_help_lists_every_target_with_a_description(args: list[str], tmp_path: Path) -> None:
    answer = dev(*args, cwd=tmp_path)
    listed = [line.split(maxsplit=1) for line in answer.stdout.splitlines() if line.startswith("  ")]
    assert [name for name, _ in listed] == TARGETS
    assert answer.returncode == 0


def test_an_unknown_target_is_named_beside_those_there_are() -> None:
    answer = dev("tset")
    assert answer.returncode == 2
    assert "'tset'" in answer.stderr
    assert all(target in answer.stderr for target in TARGETS)
    assert answer.stdout == ""


@pytest.mark.parametrize("there", [False, True])
def test_the_page_is_not_tried_where_no_browser_starts(tmp_path: Path, there: bool) -> None:
    """Nothing can be installed either, without apt-get; .ci/run knows the exit code."""
    if there:
        (tmp_path / "chromium").write_text("#!/bin/sh\nexit 0\n")
        (tmp_path / "chromium").chmod(0o755)
    command = [sys.executable, str(ROOT / "dev"), "test", "--web"]
    answer = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 69 and "these need Chromium" in answer.stderr
    assert ("shows no page" in answer.stderr) == there
    assert "69)" in (ROOT / ".ci" / "run").read_text()
