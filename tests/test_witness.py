"""Witnesses are shown beside the certificate; one that differs says so, and no level rests on any."""

import re

import pytest

import closedform as cf
from closedform.cli import main
from closedform.comparing import contenders
from closedform.witness import witnessed

HALF = ["closed form (N", "finite"]


@pytest.mark.parametrize(
    ("formula", "where", "op"),
    [
        ("log(det(A*X))", "", "grad"),
        ("softmax(A*x)", "", "jacobian"),
        ("sum(log(1 + exp(A*x))) + x'*B*x", "", "hessian"),
        ("s^3 + s*t", "s in R, t in R", "grad"),
    ],
)
def test_all_agree(formula: str, where: str, op: str) -> None:
    by = "X" if "X" in formula else "s" if "s^3" in formula else "x"
    found = witnessed(getattr(cf.formula(formula, where or None), op)(by))
    assert found.level == "A" and len(found.witnesses) >= 2
    for line in found.witnesses:
        assert re.match(r"[^:]+: agrees, \d\.\de[-+]\d\d apart", line), line


def test_a_wrong_answer_is_not_what_others_find() -> None:
    f = cf.formula("x'*A*x")
    right = f.grad("x")
    wrong = right._new(cf.formula("2*A*x", "A in R^(n×n), x in R^n")._raw, right._origin)
    found = witnessed(wrong, only=HALF)
    assert not found.ok
    mine, differences = found.witnesses
    assert mine.startswith("closed form (NumPy): agrees") and differences.startswith("finite differences: DISAGREES")


def test_what_a_library_does_not_take_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> contenders.Call:
        raise NotImplementedError("no such thing\nat all")

    other = contenders.Contender("other", "", refuse, contenders._no_memory)
    monkeypatch.setattr("closedform.witness.CONTENDERS", (other,))
    assert witnessed(cf.formula("x'*x").grad("x")).witnesses == ("other: does not take it (no such thing)",)


@pytest.mark.parametrize("make", [lambda f: f, lambda f: f.hvp("x", "v")])
def test_of_other_answers_it_is_refused(make) -> None:
    with pytest.raises(cf.ClosedformError, match="witnesses are of a gradient, jacobian or hessian"):
        witnessed(make(cf.formula("x'*A*x")))


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grad", "x'*A*x", "--by", "x", "--witness"]) == 0
    said = capsys.readouterr().out
    assert "witnesses    closed form (NumPy): agrees" in said and "finite differences: agrees" in said
