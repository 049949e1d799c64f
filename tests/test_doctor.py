"""``closedform doctor``: what it says, what it tries, and that a fault is seen."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from closedform import doctor
from closedform.answers.verdict import Verdict
from closedform.check.certificate import Certificate
from closedform.cli import main
from closedform.formula import Formula


def test_all_is_well_within_three_seconds() -> None:
    report = doctor.examined()
    assert report.ok, report.record()
    assert {"derives", "certifies", "refuses", "reads back", "evaluates"} == {f.name for f in report.findings}
    assert sum(f.milliseconds for f in report.findings) < 3000


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "all well" in out
    assert main(["doctor", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["ok"] is True
    assert {"closedform", "python", "numpy", "scipy", "python-flint", "jax", "torch"} <= record["versions"].keys()


def test_heavy_libraries_are_not_imported() -> None:
    program = "import sys; from closedform.doctor import examined; assert examined().ok; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"jax", "torch", "matplotlib", "sympy"} & set(done.stdout.split())


FAULTS = {
    "derives": ("text", property(lambda self: "0")),
    "certifies": ("check", lambda self: Certificate("X", "no point was found")),
    "evaluates": ("__call__", lambda self, *a, **k: [1.0, 1.0]),
    "reads back": ("__eq__", lambda self, other: False),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    attribute, fault = FAULTS[name]
    monkeypatch.setattr(Formula, attribute, fault)
    report = doctor.examined()
    assert name in {f.name for f in report.findings if not f.ok}
    assert main(["doctor"]) == 1


def test_a_judge_that_accepts_everything_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Right:
        kind = "right"

    assert "kind" in Verdict.__dataclass_fields__
    monkeypatch.setattr(doctor, "check", lambda *a, **k: Right())
    assert [f.name for f in doctor.examined().findings if not f.ok] == ["refuses"]


def test_a_missing_library_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "installed", lambda name: None if name == "scipy" else "1")
    report = doctor.examined()
    assert report.versions["scipy"] is None
    assert not report.ok
