"""The JSON form: its fields are promised in docs/cli.md."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

FORMS = {"text", "unicode", "latex", "shape", "variables"}
HEAD = {"version", "command", "function", "assumed", "where"}
CERTIFICATE = {
    "level", "ok", "line", "reason", "bound", "sizes", "trials", "heuristics", "every_size", "counterexample",
    "milliseconds", "decided", "degree", "height", "fields", "witnesses", "claim", "reading", "conditions",
    "convention", "layout", "replay", "record",
}  # fmt: skip
DERIVATIVE = FORMS | {"by", "and_by", "op", "where", "assumed", "conditions", "certificate", "kron"}
VERDICT = {
    "verdict", "op", "by", "answer", "right", "difference", "right_if", "remark", "notes", "conditions", "certificate",
}  # fmt: skip
PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
Run = Callable[..., Any]


def test_derivatives(run: Run) -> None:
    found = run("grad", "x'*A*x", "--json")
    record = json.loads(found.out)
    assert record.keys() == HEAD | {"derivatives"}
    assert (record["version"], record["command"], record["where"]) == (1, "grad", "x in R^n, A in R^(n×n)")
    assert record["assumed"] == ["x ∈ ℝⁿ", "A ∈ ℝ^(n×n)"]
    assert record["function"] == {
        "as_read": "xᵀAx", "name": "f", "text": "x'*A*x", "unicode": "xᵀAx", "latex": "x^{\\top} A x",
        "shape": ["1", "1"], "variables": ["x", "A"],
    }  # fmt: skip
    by_x, by_A = record["derivatives"]
    assert by_x.keys() == by_A.keys() == DERIVATIVE
    assert by_x["certificate"].keys() == CERTIFICATE
    assert (by_x["by"], by_x["and_by"], by_x["op"], by_x["kron"]) == ("x", None, "gradient", None)
    assert (by_x["text"], by_x["unicode"], by_x["shape"]) == ("(A + A')*x", "(A + Aᵀ)x", ["n", "1"])
    assert (by_x["certificate"]["level"], by_x["certificate"]["ok"]) == ("A", True)
    assert by_x["certificate"]["bound"] < -60
    assert (by_A["by"], by_A["text"], by_A["shape"]) == ("A", "x*x'", ["n", "n"])


def test_without_a_certificate(run: Run) -> None:
    record = json.loads(run("derivative", "inv(X)", "--json", "--no-check", "--kron").out)
    (found,) = record["derivatives"]
    assert found["certificate"] is None
    assert found["text"] == "-X^-1*dX*X^-1"
    assert found["where"] == "X in R^(n×n), dX in R^(n×n)"
    assert found["kron"].keys() == FORMS
    assert found["conditions"] == ["X is invertible"]


def test_a_verdict(run: Run) -> None:
    found = run("check", "x'*A*x", "2*A*x", "--json")
    record = json.loads(found.out)
    assert found.code == 1
    assert record.keys() == HEAD | VERDICT
    assert record["certificate"].keys() == CERTIFICATE
    assert record["answer"].keys() == record["right"].keys() == record["difference"].keys() == FORMS
    said = {k: record[k] for k in ("command", "verdict", "op", "by", "right_if", "remark", "notes")}
    assert said == {
        "command": "check", "verdict": "wrong", "op": "gradient", "by": "x", "right_if": "A in Sym(n)", "remark": "",
        "notes": [],
    }  # fmt: skip
    equal = json.loads(run("equal", "x", "x", "--json").out)
    assert (equal.keys(), equal["op"], equal["verdict"]) == (HEAD | VERDICT, None, "right")


def test_simplify_and_eval(run: Run) -> None:
    record = json.loads(run("simplify", "x + x", "--json").out)
    assert record.keys() == HEAD | {"simplified", "certificate"}
    assert record["simplified"].keys() == FORMS | {"where", "conditions"}
    record = json.loads(run("eval", "log(x)", "x=[-1,0,1]", "--json").out)
    assert record.keys() == HEAD | {"evaluated", "value", "violated"}
    assert record["value"] == ["nan", "-inf", 0.0]
    assert record["violated"] == ["every entry of x > 0"]


def test_functions(run: Run) -> None:
    record = json.loads(run("functions", "logdet", "--json").out)
    assert record["functions"] == [
        {
            "name": "logdet", "call": "logdet(X)", "what": "The logarithm of the determinant, which must be positive.",
            "family": "Determinants, inverses, symmetric and triangular parts, the equation A*X + X*A = Q",
            "differential": "tr(dX X⁻¹)", "conditions": ["det(X) > 0"], "aliases": [],
        }
    ]  # fmt: skip


def test_an_error(run: Run) -> None:
    found = run("grad", "x'*A*", "--json")
    assert found.code == 2
    assert json.loads(found.out) == {
        "version": 1,
        "error": {
            "kind": "ReadError", "message": "something is missing after *", "span": [4, 5], "source": "x'*A*",
            "hint": "",
        },
    }  # fmt: skip


def test_the_page_names_every_field() -> None:
    for name in HEAD | FORMS | CERTIFICATE | DERIVATIVE | VERDICT | {"simplified", "evaluated", "value", "as_read"}:
        assert f"`{name}`" in PAGE
