"""closedform explain."""

from __future__ import annotations

import json

import pytest

from closedform.cli import main


def said(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    code = main(["explain", *args])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "product rule")
    assert code == 0
    assert "product rule: d(XY) = dX Y + X dY" in out
    assert "df = dX A Xᵀ + XA dXᵀ" in out and "Magnus and Neudecker" in out
    assert said(capsys, "product", "rule")[1] == out


def test_no_line_of_prose_is_wider_than_the_page(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    out = said(capsys, "symmetric gradients")[1]
    assert all(len(line) <= 60 for line in out.splitlines() if not line.startswith("  $"))


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "logdet", "--markdown")[1]
    assert out.startswith("# logdet\n") and "## Source" in out and "$ closedform grad" in out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads(said(capsys, "inverse rule", "--json")[1])
    page = record["page"]
    assert record["command"] == "explain" and page["title"] == "The inverse"
    assert page["statements"][0]["text"] == "d(X^-1) = -X^-1*dX*X^-1"
    assert page["examples"][0]["level"] == "A"


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys)[1]
    assert "The Rayleigh quotient" in out and "logsumexp" in out
    assert "product rule" in json.loads(said(capsys, "--json")[1])["names"]


def test_an_unknown_name(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "chian rule")
    assert (code, out) == (2, "")
    assert "Did you mean chain rule?" in err
