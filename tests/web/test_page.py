"""What the page decides by itself, run in V8: mends of errors, and declarations read and rewritten."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from py_mini_racer import MiniRacer
from starlette.testclient import TestClient

from closedform.web.static import pages


def plain(path: str) -> str:
    """A module as a script."""
    source = pages()[path][0].decode()
    return re.sub(r"(?m)^import .*$", "", source).replace("export ", "")


@pytest.fixture(scope="module")
def engine() -> Iterator[MiniRacer]:
    with MiniRacer() as engine:
        engine.eval(plain("/declarations.js"))
        engine.eval("var understoodIn = (where, name) => variables(where).get(name).kind")
        engine.eval(f"var mends = (() => {{ {plain('/mends.js')}; return mends; }})()")
        engine.eval(f"var EXAMPLES = (() => {{ {plain('/examples.js')}; return EXAMPLES; }})()")
        yield engine


def error(client: TestClient, formula: str, where: str) -> dict[str, Any]:
    found = client.post("/api/v1/answer", json={"formula": formula, "where": where})
    assert found.status_code == 422
    return found.json()["error"]


@pytest.mark.parametrize(("formula", "where", "mended"), [
    ("sofmax(A*x)", "", ["softmax(A*x)"]),
    ("1 + 𝔸*sofmax(x)", "", []),
    ("x'*A*y", "x in R^n, A in R^(m×n), y in R^m", ["x'*A'*y"]),
    ("b + A*x", "A in R^(m×n), x in R^m", ["b + A'*x"]),
    ("x*y", "x in R^n, y in R^n", ["x'*y", "x.*y"]),
    ("A + B", "A in R^(m×n), B in R^(n×m)", ["A + B'"]),
    ("x**2", "", ["x^2"]),
    ("tr(inv(A)*B)", "A in R^(m×n)", ["tr(pinv(A)*B)"]),
    ("exp x + y", "", ["exp(x) + y"]),
    ("sin^2(x)", "", ["sin(x)^2"]),
    ("1/2x + y", "", ["1/(2*x) + y", "(1/2)*x + y"]),
    ("A + s - B", "A in R^(m×n), s in R, B in R^(m×n)", ["A + s*ones(m,n) - B"]),
    ("A + s", "A in R^(n×n), s in R", ["A + s*I", "A + s*ones(n,n)"]),
    ("w*x + b", "", ["w'*x + b", "w.*x + b", None, None]),
    ("||X||_F + norm2(X)", "X in R^(m×n)", ["||X||_F + normF(X)", "||X||_F + norm_op(X)"]),
    ("s/x", "x in R^n, s in R", ["s./x"]),
    (r"b+\sum_{i=1^{n}x_{i}^2}", "", [r"b+\sum_{i=1}^{n} x_{i}^2"]),
    (r"\mathrm{tr}(B)+\sum_{i=1^{n}}x_{i}", "", [r"\mathrm{tr}(B)+\sum_{i=1}^{n}x_{i}"]),
    ("1_6*x", "", []),
    (r"b+x^{\top}Ay", "A in R^(m×n), x in R^n, y in R^m, b in R", [r"b+x^{\top} A^\top y"]),
])  # fmt: skip
def test_mends_keep_all_that_was_typed(
    client: TestClient, engine: MiniRacer, formula: str, where: str, mended: list[str]
):
    said = error(client, formula, where)
    found = engine.call("mends", said, {"formula": formula, "where": where})
    assert [one.get("formula") for one in found] == mended, said


def test_a_declaration_that_is_missing_is_offered(client: TestClient, engine: MiniRacer):
    said = error(client, "exp(X) + a'*X", "a in R^n")
    found = engine.call("mends", said, {"formula": "exp(X) + a'*X", "where": "a in R^n"})
    assert [one["where"] for one in found] == ["a in R^n, X in R", "a in R^n, X in R^n"]


def test_a_mend_says_what_it_means(client: TestClient, engine: MiniRacer):
    found = engine.call("mends", error(client, "w*x + b", ""), {"formula": "w*x + b"})
    assert [(one["say"], one["means"]) for one in found] == [
        ("w'*x", "the inner product"), ("w.*x", "the elementwise one"), ("w in R", "w is a number"),
        ("x in R", "x is a number"),
    ]  # fmt: skip
    said = error(client, "x'*A*x", "A in Symm(n)")
    (space,) = engine.call("mends", said, {"formula": "x'*A*x", "where": "A in Symm(n)"})
    assert space["where"] == "A in Sym(n)" and space["means"] == "in place of A in Symm(n)"


@pytest.mark.parametrize(("where", "name", "kind", "sizes", "written"), [
    ("", "A", "symmetric", ["n"], "A in Sym(n)"),
    ("A in R^(m×n), x in R^n", "A", "orthogonal", ["k"], "x in R^n, A in Orth(k)"),
    ("lam in R, lam > 0", "lam", "scalar", ["n"], "lam in R"),
    ("x in R^n, x > 0", "x", "vector", ["k"], "x > 0, x in R^k"),
    ("x in R^n", "x", "scalar > 0", [], "x in R, x > 0"),
    ("A*B = B*A, A1 in R^(n×n)", "A", "matrix", ["m", "n"], "A*B = B*A, A1 in R^(n×n), A in R^(m×n)"),
    ("f: R^n -> R", "x", "vector", ["2*n"], "f: R^n -> R, x in R^(2*n)"),
])  # fmt: skip
def test_declarations_are_rewritten(
    engine: MiniRacer, where: str, name: str, kind: str, sizes: list[str], written: str
):
    assert engine.call("declared", where, name, kind, sizes) == written


def test_every_kind_reads_back_as_itself(client: TestClient, engine: MiniRacer):
    for kind in engine.eval("Object.keys(KINDS).join()").split(","):
        where = engine.call("declared", "", "A", kind, ["n"])
        found = client.post("/api/v1/answer", json={"formula": "sum(A) + y'*y", "where": where, "by": "y"})
        assert found.status_code == 200, found.text
        assert engine.call("understoodIn", found.json()["where"], "A") == kind


def test_every_example_is_answered_and_certified(client: TestClient, engine: MiniRacer):
    examples = json.loads(engine.eval("JSON.stringify(EXAMPLES)"))
    assert len(examples) == 20
    for title, formula, _, more in examples:
        found = client.post("/api/v1/answer", json={"formula": formula, **more})
        assert found.status_code == 200, (title, found.text)
        assert [one["certificate"]["ok"] for one in found.json()["derivatives"]] == [True], title
