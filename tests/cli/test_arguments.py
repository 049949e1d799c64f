"""Arguments, sources of formulas and values, exit codes, errors."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from closedform import limits
from closedform.answers.page import Page
from closedform.answers.shown import show_certificate
from closedform.check.certificate import Certificate
from closedform.formula import Formula

Run = Callable[..., Any]
VALUES = "Write x=[1,2], A=[[1,2],[3,4]], lam=0.1 or A=@A.npy."


@pytest.mark.parametrize(
    ("args", "answer"),
    [
        (["-x'*A*x", "--by", "x"], "-(A + A')*x"),
        (["--by", "x", "-x'*A*x"], "-(A + A')*x"),
        (["--by=x", "--", "-x'*A*x"], "-(A + A')*x"),
        (["-tr(X)"], "-I"),
        (["--t^2"], "2*t"),
        (["-s", "--where", "s in R"], "-1"),
        (["--where", "s in R", "--where", "c in R", "-c*s", "s"], "-c"),
    ],
)
def test_a_formula_may_begin_with_a_minus_sign(run: Run, args: list[str], answer: str) -> None:
    where = [] if "--where" in args else ["--where", "t in R"] if "t" in args[-1] and "tr" not in args[-1] else []
    found = run("grad", "--text", *where, *args)
    assert found.out.strip().replace("eye(n)", "I") == answer
    assert found.code == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["grad", "--latx", "x'*x"], "No such option '--latx'. Did you mean '--latex'?\nSee closedform grad --help."),
        (["grad", "x", "+", "y"],
         "'+' is one argument too many. Put the formula in quotes.\nSee closedform grad --help."),
        (["gard", "x"], "there is no command 'gard'. Did you mean grad?\nSee closedform --help."),
        (["x'*A*x"], "there is no command \"x'*A*x\". For a formula: closedform grad \"x'*A*x\"\n"
                     "See closedform --help."),
        (["grad"], "the formula is missing\nGive it in quotes, or - for standard input, or --file."),
        (["grad", "x'*x", "--by", "z"], "there is no variable z in this formula; it has x"),
        (["grad", "sum(y*log(p))", "--by", "p"],
         "there is no variable p in this formula; it has y\n"
         "Here p is a size; declare p in R for a number, p in R^n for a vector."),
        (["grad", "sum(sort(x))"],
         "order statistics are not supported: sort(…)\n  sum(sort(x))\n      ^^^^"),
        (["eval", "x", "x=1..5"], "x=1..5 is no value that can be read\n" + VALUES),
        (["grad", "A*x"],
         "a gradient is of a scalar; this is a vector (m×1): ask for the Jacobian or the derivative\n"
         "Read with A ∈ ℝ^(m×n), x ∈ ℝⁿ."),
        (["grad", "3"], "there is no variable in this formula to differentiate by"),
        (["grad", "@no/such/file"], "no/such/file cannot be read: No such file or directory"),
        (["eval", "x", "x=[1,2"], "x=[1,2 is no value that can be read\n" + VALUES),
        (["eval", "x", "x=" + "[" * 100_000], "x=" + "[" * 36 + " … is no value that can be read\n" + VALUES),
        (["eval", "x'*x"], "no value was given for x (a vector of n)"),
        (["functions", "logdte"], "there is no function logdte\nDid you mean logdet?"),
        (["equal", "-", "-"], "standard input (-) can give one formula only"),
        (["grad", "x'*A*"], "something is missing after *\n  x'*A*\n      ^"),
    ],
)  # fmt: skip
def test_input_at_fault(run: Run, args: list[str], words: str) -> None:
    found = run(*args)
    assert (" ".join(found.err.split()), found.out, found.code) == ("error: " + " ".join(words.split()), "", 2)


def test_a_formula_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfx'*A*x\n")))
    assert run("grad", "-", "x", "--text").out == "(A + A')*x\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
    assert run("grad", "-").err == "error: standard input is not text in UTF-8\n"


def test_a_formula_from_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_text("x'*A*x\n  where A in Sym(n)\n", "utf-8")
    assert run("grad", f"@{path}", "x", "--text").out == "2*A*x\n"
    assert run("grad", "--file", str(path), "--by", "x", "--text").out == "2*A*x\n"
    assert run("eval", "--file", str(path), "A=[[2]]", "x=[3]", "--text").out == "18.0\n"
    assert run("grad", "x", "y", "--file", str(path)).code == 2
    assert run("check", f"@{path}", "2*A*x").code == 0


def test_values_from_files(run: Run, tmp_path: Path) -> None:
    A, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 2.0])
    np.save(tmp_path / "A.npy", A)
    np.savez(tmp_path / "all.npz", A=A, x=x)
    (tmp_path / "all.json").write_text('{"A": [[1, 2], [3, 4]], "x": [1, 2]}')
    (tmp_path / "list.json").write_text("[1, 2]")
    for args in (
        [f"A=@{tmp_path}/A.npy", "x=[1,2]"],
        ["--values", f"{tmp_path}/all.npz"],
        ["--values", f"{tmp_path}/all.json"],
        ["--values", f"{tmp_path}/all.npz", f"x=@{tmp_path}/list.json"],
    ):
        assert run("eval", "x'*A*x", "--text", *args).out == "27.0\n"
    assert "holds no values by name" in " ".join(run("eval", "x", "--values", f"{tmp_path}/list.json").err.split())
    np.save(tmp_path / "object.npy", np.array([{}], dtype=object), allow_pickle=True)
    assert run("eval", "x", f"x=@{tmp_path}/object.npy").code == 2


def test_what_is_refused(run: Run) -> None:
    found = run("derivative", "polar(X)", "--by", "X", "--where", "X in R^(m×n)")
    assert found.code == 3
    assert found.err.startswith("error: the derivative of polar(X)")
    assert run("grad", "x+" * 60_000 + "x").code == 3


def test_a_number_may_begin_with_its_point(run: Run) -> None:
    found = run("eval", "--text", "x'*y + s", "x=[.5,-.25]", "y=[2,1.5]", "s=-.125")
    assert float(found.out) == 1 - 0.375 - 0.125


def test_the_time_limit(run: Run) -> None:
    before = signal.getsignal(signal.SIGALRM)
    found = run("grad", "x'*A*x", "--time-limit", "1e-6")
    assert found.code == 3
    assert found.err == "error: no answer within 1e-06 seconds (limit: time)\nRaise it with --time-limit.\n"
    assert signal.getsignal(signal.SIGALRM) == before
    with pytest.raises(limits.OutOfTime), limits.alarm(0.01):
        while True:
            try:
                time.sleep(1)
            except Exception:  # noqa: BLE001 - a trial that takes all for a failure
                continue


def test_an_uncertified_answer_is_never_right(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Formula, "check", lambda self: Certificate("X", "no point was found"))
    found = run("grad", "x'*x")
    assert found.code == 3
    assert "NOT CERTIFIED, do not rely on it: no point was found" in found.out
    alone = run("grad", "x'*x", "--text")
    assert (alone.out, alone.err, alone.code) == ("2*x\n", "NOT CERTIFIED: no point was found\n", 3)
    page = Page(coloured=True)
    show_certificate(page, Certificate("X", "no point was found"))
    assert "\x1b[31m\x1b[1mNOT CERTIFIED" in page.text


def test_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Page().style("x", bold=True) == "\x1b[1mx\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Page().style("x", bold=True) == "x"


def test_a_process(process: Run) -> None:
    found = process("grad", "-", "--by", "x", "--text", stdin=b"-x'*A*x")
    assert (found.out, found.err, found.code) == ("-(A + A')*x\n", "", 0)
    assert process("--version").out == "closedform 0.1.0\n"
    assert process("check", "x'*x", "x").code == 1
    assert process("grad", "x'*").code == 2


def test_an_output_without_mathematical_signs(process: Run) -> None:
    found = process("grad", "lam*x'*A*x", "x", "--no-check", PYTHONIOENCODING="ascii")
    assert found.code == 0
    assert "grad f(x) = lam*(A + A')*x" in found.out
    assert found.out.isascii()


def test_a_closed_pipe_is_silent() -> None:
    command = f"{sys.executable} -m closedform functions | head -n 1"
    found = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (found.stdout, found.stderr) == ("Built into the language\n", "")


def test_an_interrupt() -> None:
    def heard() -> None:
        """Also where these tests run in the background, which has interrupts ignored."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    running = subprocess.Popen([sys.executable, "-m", "closedform", "grad", "-"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heard)  # fmt: skip
    time.sleep(2)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=20)
    assert (said.strip(), running.returncode) == ("interrupted", 130)


@pytest.mark.parametrize(
    ("line", "found"),
    [("closedform gr", "grad"), ("closedform grad --la", "--latex"), ("closedform check x y --op he", "hessian")],
)
def test_completion(process: Run, line: str, found: str) -> None:
    count = str(len(line.split()) - 1)
    shown = process(COMP_WORDS=line, COMP_CWORD=count, _CLOSEDFORM_COMPLETE="bash_complete").out
    assert f"plain,{found}" in shown.splitlines()


@pytest.mark.parametrize("command", ["grad", "jacobian", "hessian", "derivative", "simplify", "eval", "check", "equal"])
def test_help_has_an_example(run: Run, command: str) -> None:
    found = run(command, "--help")
    assert f"closedform {command} " in found.out.split("Options:")[0].split("\n\n", 1)[1]
    assert max(map(len, found.out.splitlines())) <= 80
