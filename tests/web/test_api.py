"""The API says what the command line says."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from closedform.cli import main
from closedform.web.fields import QUESTIONS

TIMES = {"milliseconds", "bound", "sizes", "height", "degree", "line", "trials", "fields", "counterexample"}
"""What differs from run to run: fresh random points, and the clock."""


def asked(client: TestClient, question: str, **given: str) -> dict[str, Any]:
    found = client.post(f"/api/v1/{question}", json=given)
    assert found.status_code == 200, found.text
    return found.json()


def steady(record: Any) -> Any:
    if isinstance(record, dict):
        return {name: steady(value) for name, value in record.items() if name not in TIMES}
    return [steady(one) for one in record] if isinstance(record, list) else record


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    main([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


CASES = [
    (["grad", "x'*A*x"], {"formula": "x'*A*x"}),
    (["grad", "1/2*||A*x - b||^2", "--by", "x"], {"formula": "1/2*||A*x - b||^2", "by": "x", "op": "gradient"}),
    (["grad", "-logdet(X) + tr(S*X)", "--by", "X", "--where", "X in PD(n)", "--symmetric", "free"],
     {"formula": "-logdet(X) + tr(S*X)", "by": "X", "where": "X in PD(n)", "symmetric": "free"}),
    (["jacobian", "softmax(A*x)", "--by", "x"], {"formula": "softmax(A*x)", "by": "x"}),
    (["jacobian", "tanh(A*x)", "--by", "x", "--layout", "denominator"],
     {"formula": "tanh(A*x)", "by": "x", "op": "jacobian", "layout": "denominator"}),
    (["hessian", "logsumexp(A*x)", "--by", "x"], {"formula": "logsumexp(A*x)", "by": "x", "op": "hessian"}),
    (["hessian", "x'*A*y", "--by", "x", "--and-by", "y"],
     {"formula": "x'*A*y", "by": "x", "and_by": "y", "op": "hessian"}),
    (["derivative", "inv(X)"], {"formula": "inv(X)"}),
    (["grad", r"\frac{1}{2}\|Ax-b\|^2", "--by", "x"], {"formula": r"\frac{1}{2}\|Ax-b\|^2", "by": "x"}),
    (["grad", "tr(A*X^2*B)", "--by", "X", "--steps"],
     {"formula": "tr(A*X^2*B)", "by": "X", "method": "differentials"}),
    (["grad", "x'*A*x", "--by", "x", "--method", "coordinates"],
     {"formula": "x'*A*x", "by": "x", "method": "coordinates"}),
    (["hvp", "log(sum(exp(A*x)))", "--by", "x"], {"formula": "log(sum(exp(A*x)))", "by": "x", "op": "hvp"}),
]  # fmt: skip


@pytest.mark.parametrize(("command", "given"), CASES, ids=lambda case: " ".join(case)[:40])
def test_answers_are_those_of_the_command_line(
    client: TestClient, capsys: pytest.CaptureFixture[str], command: list[str], given: dict[str, str]
):
    assert steady(asked(client, "answer", **given)) == steady(told(capsys, *command))


@pytest.mark.parametrize("answer", ["(A + A')*x", "2*A*x", "x'*(A + A')", "A*x"])
def test_verdicts_are_those_of_the_command_line(
    client: TestClient, capsys: pytest.CaptureFixture[str], answer: str
):
    found = asked(client, "check", formula="x'*A*x", answer=answer, by="x")
    assert steady(found) == steady(told(capsys, "check", "x'*A*x", answer, "--by", "x"))


@pytest.mark.parametrize("formula", ["sofmax(x)", "A*x +", "tr(X^99999)", "x where x in Q(", "", "   "])
def test_errors_are_those_of_the_command_line(
    client: TestClient, capsys: pytest.CaptureFixture[str], formula: str
):
    found = client.post("/api/v1/answer", json={"formula": formula})
    if formula.strip():
        assert found.status_code == 422
        assert found.json() == told(capsys, "grad", formula)
    else:
        assert found.status_code == 400 and found.json()["error"]["message"] == "formula is missing"


def test_a_derivation_is_judged(client: TestClient, capsys: pytest.CaptureFixture[str], tmp_path: Any):
    text = "f = x'*A*x\ndf = dx'*A*x + x'*A*dx\n   = 2*x'*A*dx"
    (tmp_path / "way.txt").write_text(text)
    found = asked(client, "judge", derivation=text)
    assert found["first_wrong"] == 3
    assert found == told(capsys, "judge", str(tmp_path / "way.txt"))


def test_code_in_every_language_is_that_of_the_command_line(
    client: TestClient, capsys: pytest.CaptureFixture[str]
):
    for target in ("numpy", "jax", "torch", "julia", "octave", "matlab"):
        found = asked(client, "code", formula="1/2*||A*x - b||^2", by="x", target=target, name="slope")
        main(["code", "1/2*||A*x - b||^2", "--by", "x", "--target", target, "--name", "slope"])
        assert found["code"] == capsys.readouterr().out.rstrip("\n"), target


@pytest.mark.parametrize(("given", "said"), [
    ({"and_by": "y"}, "and_by is for the op hessian"), ({"op": "gradient", "and_by": "y"}, "and_by is for the op"),
    ({"op": "hessian", "layout": "denominator"}, "layout is for the op jacobian; this is hessian"),
    ({"symmetric": "free", "op": "hessian"}, "symmetric is for the op gradient"),
])  # fmt: skip
def test_a_wish_that_does_not_fit_is_refused(client: TestClient, given: dict[str, str], said: str):
    found = client.post("/api/v1/answer", json={"formula": "x'*A*y", "by": "x", **given})
    assert found.status_code in (400, 422) and said in found.json()["error"]["message"]


def test_a_formula_is_read_alone(client: TestClient):
    found = asked(client, "read", formula=r"\frac{1}{2}\|Ax-b\|^2", syntax="latex")
    assert found["function"]["text"] == "||A*x - b||^2/2" and found["where"] == "A in R^(m×n), x in R^n, b in R^m"


def test_a_name_that_is_none_is_refused(client: TestClient):
    found = client.post("/api/v1/code", json={"formula": "x'*x", "name": "f\nimport os"})
    assert found.status_code == 422 and "no name" in found.json()["error"]["message"]


def test_a_certificate_is_replayed_and_a_forged_one_refused(client: TestClient):
    certificate = asked(client, "answer", formula="x'*A*x", by="x")["derivatives"][0]["certificate"]
    again = asked(client, "replay", certificate=json.dumps(certificate))
    assert again["certificate"]["level"] == again["before"] == "A"
    certificate["record"]["answer"] = "2*A*x"
    forged = asked(client, "replay", certificate=json.dumps(certificate))
    assert not forged["certificate"]["ok"] and forged["before"] == "A"


def test_the_table_of_functions(client: TestClient, capsys: pytest.CaptureFixture[str]):
    assert client.get("/api/v1/functions").json() == told(capsys, "functions")


def test_the_document_names_every_question(client: TestClient):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {f"/api/v1/{name}" for name in QUESTIONS} | {"/api/v1/functions", "/healthz"} == set(paths)
    answer = paths["/api/v1/answer"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert answer["required"] == ["formula"] and "hessian" in answer["properties"]["op"]["enum"]


def test_health(client: TestClient):
    found = client.get("/healthz").json()
    assert found["status"] == "ok" and found["processes"] == 3
