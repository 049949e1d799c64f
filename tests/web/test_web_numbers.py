"""The questions with numbers in them: compared with the command line, and with NumPy."""

import json
from importlib.util import find_spec

import numpy as np
import pytest
from starlette.testclient import TestClient
from test_api import asked, steady, told

LEAST_SQUARES = "1/2*||A*x - b||^2"
VALUES = {"A": [[1.0, 2.0], [3.0, 4.0], [5.0, -6.0]], "x": [1.0, -1.0], "b": [0.0, 2.0, 1.0]}
GIVEN = [f"{name}={json.dumps(value)}" for name, value in VALUES.items()]


def test_a_value_and_a_derivative_at_numbers(client: TestClient):
    A, x, b = (np.array(value) for value in VALUES.values())
    found = asked(client, "eval", formula=LEAST_SQUARES, values=json.dumps(VALUES))
    assert np.isclose(found["value"], (A @ x - b) @ (A @ x - b) / 2)
    found = asked(client, "eval", formula=LEAST_SQUARES, by="x", values=json.dumps(VALUES))
    assert np.allclose(found["value"], A.T @ (A @ x - b)) and found["evaluated"]["text"] == "A'*(A*x - b)"
    found = asked(client, "eval", formula="inv(X)", by="X", values='{"X": [[2, 1], [0, 4]]}')
    assert np.shape(found["value"]) == (2, 2, 2, 2)


def test_sizes_are_read_off_what_is_pasted(client: TestClient):
    """The Hessian is the identity: only x and t say of which size."""
    values = '{"x": [1, 2, 3], "t": [0, 0, 1]}'
    found = asked(client, "eval", formula="1/2*||x - t||^2", by="x", op="hessian", values=values)
    assert found["value"] == np.eye(3).tolist()


@pytest.mark.parametrize(("formula", "op", "axes"), [
    ("A*inv(X)", "derivative", 4), ("tr(A*X)", "derivative", 2), ("A*X*B", "hessian", 6), ("X", "derivative", 4),
])  # fmt: skip
def test_a_linear_map_has_random_numbers_too(client: TestClient, formula: str, op: str, axes: int):
    drawn = asked(client, "eval", formula=formula, by="X", op=op)
    assert "dX" not in drawn["values"] and np.ndim(drawn["value"]) == axes
    again = asked(client, "eval", formula=formula, by="X", op=op, values=json.dumps(drawn["values"]))
    assert np.array_equal(again["value"], drawn["value"]) and np.isfinite(drawn["value"]).all()


@pytest.mark.parametrize(("formula", "where"), [
    ("tr(A'*X*B)", ""), ("logdet(X)", "X in PD(n)"), ("||Q*x||^2", "Q in Orth(n)"), ("sum(log(x)) + lam", "lam > 0"),
    ("sum(i, exp(a[i]'*x))", ""), ("x'*S*x", "S in Sym(n)"),
])  # fmt: skip
def test_random_numbers_belong_to_the_formula(client: TestClient, formula: str, where: str):
    drawn = asked(client, "eval", formula=formula, where=where)
    again = asked(client, "eval", formula=formula, where=where, values=json.dumps(drawn["values"]))
    assert again["value"] == drawn["value"] and np.isfinite(drawn["value"])
    sizes = {n for value in drawn["values"].values() for n in np.shape(value)}
    if formula == "tr(A'*X*B)":
        assert len(sizes) == 3  # pairwise different


BAD = [
    '{"x": [1', '{"x": NaN}', '{"x": 1e999}', '{"x": Infinity}', "[1, 2]", "3", '{"x": [[1], [2, 3]]}', '{"x": "one"}',
    '{"x": null}', '{"x": {"y": 1}}', '{"x": [true, "no"]}', f'{{"x": {"9" * 6000}}}', "[" * 9000, '{"y": [1]}',
    '{"x": [[[1]]]}', '{"x": []}',
    '{"x": [1, true]}', '{"x": [1, null]}', '{"x": true}', '{"x": [1, 2], "x": [1, 2]}',
]  # fmt: skip


@pytest.mark.parametrize("values", BAD, ids=lambda text: text[:12])
def test_numbers_that_are_none_are_refused(client: TestClient, values: str):
    for question, more in (("eval", {"by": "x"}), ("argmin", {"over": "z"}), ("backprop", {}), ("plot", {"by": "x"})):
        given = {"formula": "sum((x - z).^2)", "where": "x in R^n, z in R^n", "values": values, **more}
        found = client.post(f"/api/v1/{question}", json=given)
        assert found.status_code == 422, (question, found.text[:300])
        assert found.json()["error"]["kind"] != "InternalError" and found.json()["error"]["message"]


@pytest.mark.parametrize(("values", "said"), [
    ('{"x": [1, true, 2]}', "x has true"), ('{"x": [null, 1]}', "x has null"), ('{"x": ["1"]}', 'x has "1"'),
    ('{"lam": 1, "lambda": 2, "x": [1]}', "lam is given twice"), ('{"x": [1], "x": [2]}', "x is given twice"),
    ('{"x": [[1], [2, 3]]}', "rows are not of one length"),
])  # fmt: skip
def test_what_is_no_number_is_named(client: TestClient, values: str, said: str):
    found = client.post("/api/v1/eval", json={"formula": "lam*sum(x)", "where": "x in R^n", "values": values})
    assert found.status_code == 422 and said in found.json()["error"]["message"]


def test_what_a_point_and_a_range_cannot_hold(client: TestClient):
    well = {"formula": "(x^2 - a)^2", "where": "x in R, a in R", "over": "x", "values": '{"a": 4}'}
    for name in ("point", "start"):
        found = client.post("/api/v1/argmin", json={**well, name: "true"})
        assert found.status_code == 422 and f"the {name} has true" in found.json()["error"]["message"]
    curve = {"formula": "x^2", "where": "x in R"}
    for span, said in (("[[-1, 1], [0, 1]]", "one range; here are 2"), ("[[false, true]]", "two numbers")):
        found = client.post("/api/v1/plot", json={**curve, "span": span})
        assert found.status_code == 422 and said in found.json()["error"]["message"]
    plane = {"formula": "x*y", "where": "x in R, y in R", "span": "[[0, 1], [0, 1], [0, 1]]"}
    found = client.post("/api/v1/plot", json=plane)
    assert found.status_code == 422 and "at most two ranges; here are 3" in found.json()["error"]["message"]


def test_an_argmin_is_that_of_the_command_line(client: TestClient, capsys: pytest.CaptureFixture[str]):
    formula, where = "||A*x - b||^2 + lam*||x||^2", "lam > 0"
    values = {"A": VALUES["A"], "b": VALUES["b"], "lam": 0.5}
    found = asked(client, "argmin", formula=formula, over="x", by="lam", where=where, values=json.dumps(values))
    given = [f"{name}={json.dumps(value)}" for name, value in values.items()]
    right = told(capsys, "argmin", formula, *given, "--over", "x", "--by", "lam", "--where", where)
    assert steady(found) == steady(right)
    A, b = np.array(values["A"]), np.array(values["b"])
    H = A.T @ A + 0.5 * np.eye(2)
    assert np.allclose(found["solution"]["x"], np.linalg.solve(H, A.T @ b))
    assert np.allclose(found["solution"]["jacobians"]["lam"], -np.linalg.solve(H, np.linalg.solve(H, A.T @ b)))


def test_an_argmin_without_numbers_by_every_parameter(client: TestClient):
    found = asked(client, "argmin", formula="1/2*x'*Q*x - b'*x", where="Q in PD(n)", over="x")
    assert {one["by"]: one["text"] for one in found["derivatives"]}["b"] == "Q^-1"
    assert found["solution"] is None and found["closed_form"]["text"] == "Q^-1*b"
    assert all(one["certificate"]["ok"] for one in found["derivatives"])


def test_an_argmin_with_constraints_a_start_a_point_and_a_picture(client: TestClient):
    simplex = {"formula": "1/2*||x - t||^2", "over": "x", "subject_to": "x >= 0, sum(x) = 1"}
    found = asked(client, "argmin", **simplex, values='{"t": [0.9, 0.6, -0.3]}', picture="yes")
    assert np.allclose(found["solution"]["x"], [0.65, 0.35, 0]) and found["picture"]["svg"].startswith("<svg")
    refused = client.post("/api/v1/argmin", json=simplex)
    assert refused.status_code == 422 and "give numbers" in refused.json()["error"]["message"]
    well = {"formula": "(x^2 - a)^2", "where": "x in R, a in R", "over": "x", "values": '{"a": 4}'}
    assert np.isclose(asked(client, "argmin", **well, start="-1")["solution"]["x"], -2)
    assert asked(client, "argmin", **well, point="1.5")["solution"]["verdict"]["kind"] == "not-converged"
    assert client.post("/api/v1/argmin", json={**well, "start": "here"}).status_code == 422


def test_the_passes_are_those_of_the_command_line(client: TestClient, capsys: pytest.CaptureFixture[str]):
    found = asked(client, "backprop", formula=LEAST_SQUARES, by="x", values=json.dumps(VALUES))
    graph = found.pop("graph")
    assert graph.startswith("<svg") and found.pop("no_graph") == ""
    assert steady(found) == steady(told(capsys, "backprop", LEAST_SQUARES, *GIVEN, "--by", "x"))
    A, x, b = (np.array(value) for value in VALUES.values())
    assert np.allclose(found["backward_pass"][-1]["value"], A.T @ (A @ x - b))
    assert "tangents" in asked(client, "backprop", formula=LEAST_SQUARES, mode="both")


def test_a_graph_that_nobody_could_read_is_not_drawn(client: TestClient):
    found = asked(client, "backprop", formula=" + ".join(f"sum(exp({k}*x))" for k in range(1, 50)), by="x")
    assert found["graph"] is None and "limit: size" in found["no_graph"] and len(found["forward_pass"]) > 120


def test_pictures(client: TestClient):
    found = asked(client, "plot", formula="x^2 - 3*y^2", where="x in R, y in R", span="[[-2, 2]]")
    assert found["svg"].startswith("<svg") and "x from -2 to 2" in found["words"][0]
    values = '{"A": [[1, 0], [4, -1]], "x": [0, 0]}'
    found = asked(client, "plot", formula="x'*A*x", by="x", kind="hessian", values=values)
    assert "saddle" in " ".join(found["words"])
    for span in ("[1, 2]", "[[2, 1]]", "[[1]]", "here", '[["a", "b"]]', "[[1, 1e999]]", "[[-1e308, 1e308]]"):
        assert client.post("/api/v1/plot", json={"formula": "x^2", "where": "x in R", "span": span}).status_code == 422


def test_automatic_differentiation_beside_it_in_a_process_of_its_own(client: TestClient):
    """As many as are installed; each agrees."""
    found = asked(client, "witness", formula=LEAST_SQUARES, by="x", op="hessian", values=json.dumps(VALUES))
    A = np.array(VALUES["A"])
    assert len(found["witnesses"]) == sum(find_spec(name) is not None for name in ("jax", "torch"))
    assert all(np.allclose(one["value"], A.T @ A) and one["difference"] < 1e-12 for one in found["witnesses"])
    scalar = asked(client, "witness", formula="x^3", by="x", where="x in R", values='{"x": 2}')
    assert [one["value"] for one in scalar["witnesses"]] == [12] * len(found["witnesses"])
    bad = client.post("/api/v1/witness", json={"formula": LEAST_SQUARES, "by": "x", "values": '{"x": [1]}'})
    assert bad.status_code == 422 and "no value" in bad.json()["error"]["message"]
    assert client.get("/healthz").json()["processes"] == 3
