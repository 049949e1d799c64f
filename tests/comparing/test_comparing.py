"""The comparison: the numbers agree, what fails says so, what is interrupted keeps what was measured."""

from __future__ import annotations

import json

import numpy as np
import pytest

import closedform as cf
from closedform.cli import main
from closedform.comparing import compare, contenders, parsed
from closedform.comparing.contenders import CONTENDERS, FUNCTION
from closedform.comparing.data import arrays
from closedform.comparing.measure import Cell, error, measured
from closedform.comparing.question import question
from closedform.comparing.report import Comparison, Row

NAMES = [c.name for c in CONTENDERS]
SQUARES = "1/2*||A*x - b||^2"
CASES = [
    (SQUARES, None, "x", "gradient"),
    ("sum(log(1 + exp(A*x))) + lam/2*x'*x", None, "x", "hessian"),
    ("tanh(A*x + b)", None, "x", "jacobian"),
    ("logdet(X) + c'*X*d", None, "X", "gradient"),
    ("s^3*sum(exp(x))", None, "s", "gradient"),
]


@pytest.mark.needs("jax", "torch")
@pytest.mark.parametrize(("text", "where", "by", "op"), CASES, ids=[f"{op} {text}" for text, _, _, op in CASES])
def test_every_way_gives_the_same(text, where, by, op):
    """Sizes that differ from each other, so that a transposed answer cannot pass."""
    f = cf.formula(text, where)
    fixed = {"m": 4, "n": 7} if "A" in f.variables else {}
    found = compare(f, by, op, [5], fixed=fixed, runs=3)
    assert [row.name for row in found.rows] == [FUNCTION.name, *NAMES]
    for row in found.rows[1:]:
        (cell,) = row.cells
        assert not cell.refused, (row.name, cell.refused)
        assert cell.error < (1e-6 if row.name == "finite differences" else 1e-12), row.name
        assert len(cell.seconds) >= 3 and min(cell.seconds) > 0 and cell.spread >= 0
    assert found.certificate is not None and found.certificate.ok


def test_a_wrong_contender_is_seen():
    """The column of errors can fail: half the gradient is wrong by a half."""
    q = question(cf.formula(SQUARES), "x")
    data = arrays(q.function, q.derivative, 6, {}, 0)
    truth = q.derivative({n: data[n] for n in q.derivative.variables})
    right = contenders.closed_numpy(q, data)
    assert measured(6, right, 0.0, 3, truth).error < 1e-14
    assert measured(6, lambda: right() / 2, 0.0, 3, truth).error == pytest.approx(0.5)
    assert error(np.zeros(3), np.zeros(3)) == 0


def test_units_and_growth():
    """Times that are known: the square of the size, and three calls of the function."""
    q = question(cf.formula(SQUARES), "x")
    sizes = (10, 100, 1000)
    own = [Cell(n, (1e-6 * n,) * 3) for n in sizes]
    squared = [Cell(n, (3e-6 * n**2,) * 3) for n in sizes]
    found = Comparison(q, sizes, [], {FUNCTION.name: own, "squared": squared})
    assert [row.growth for row in found.rows] == pytest.approx([1, 2])
    assert found.ratio(squared[0]) == pytest.approx(30)
    assert Row("once", (Cell(10, (1.0, 1.0, 1.0)),)).growth is None
    assert Row("refused", (Cell(10, refused="no"), Cell(20, refused="no"))).growth is None


def test_ctrl_c_keeps_what_was_measured():
    def told(what: str, done: int, of: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    found = compare(cf.formula(SQUARES), "x", sizes=[4, 8], only=["closed form (N", "finite"], told=told)
    assert found.stopped == "interrupted"
    assert [len(row.cells) for row in found.rows] == [2, 2, 1]
    assert "interrupted: this is what was measured until then" in found.text


def test_what_a_library_cannot_do_is_said(monkeypatch):
    def fails(q, data):
        raise NotImplementedError("no rule for this")

    broken = contenders.Contender("broken", "", fails, contenders._no_memory)
    absent = contenders.Contender("absent", "no_such_library_here", fails, contenders._no_memory)
    monkeypatch.setattr("closedform.comparing.running.CONTENDERS", (broken, absent))
    found = compare(cf.formula(SQUARES), "x", sizes=[4, 6])
    assert "not measured: NotImplementedError: no rule for this" in found.text
    assert found.missing == ["absent"] and "not installed: absent" in found.text


def test_slow_ones_are_not_tried_at_larger_sizes(monkeypatch):
    monkeypatch.setattr("closedform.comparing.running.PATIENCE", 0.0)
    found = compare(cf.formula(SQUARES), "x", sizes=[4, 6], only=["closed form (N"])
    assert found.rows[1].cells[1].refused.startswith("the size before took")


def test_sizes_that_do_not_fit_into_memory():
    found = compare(cf.formula(SQUARES), "x", sizes=[4, 10**6], only=["closed form (N"])
    assert "limit: memory" in found.rows[0].cells[1].refused
    assert found.rows[0].cells[0].seconds


def test_data_lie_in_the_domain_and_keep_the_facts():
    f = cf.formula("logdet(S) + sum(log(x)) + tr(D*S)", "S in PD(n), D in Diag(n)")
    data = arrays(f, f.grad("x"), 5, {}, 3)
    assert np.linalg.eigvalsh(data["S"]).min() > 0 and (data["x"] > 0).all()
    np.testing.assert_array_equal(data["D"], np.diag(np.diag(data["D"])))
    with pytest.raises(cf.ClosedformError, match="no random point"):
        g = cf.formula("log(-1 - x'*x)")
        arrays(g, g.grad("x"), 3, {}, 0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10:10000:log", (10, 32, 100, 316, 1000, 3162, 10000)), ("7", (7,)), ("3:3", (3,)),
        ("2:10:lin", (2, 4, 6, 8, 10)),
    ],
)
def test_sizes(text, found):
    assert parsed(text) == found


@pytest.mark.parametrize("text", ["10:x", "0:10", "10:5", "1:10:cubic", "", "1:2:log:3:4", "1:100000:lin:60"])
def test_sizes_that_are_none(text):
    with pytest.raises(cf.ClosedformError, match="size"):
        parsed(text)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: compare(cf.formula(SQUARES), "q"), "no variable q"),
        (lambda: compare(cf.formula("A*x"), "x", "hessian"), "Hessians of a scalar"),
        (lambda: compare(cf.formula(SQUARES), "x", "third"), "compared are"),
        (lambda: compare(cf.formula(SQUARES), "x", sizes=[3], fixed={"k": 4}), "k is no size"),
    ],
)
def test_errors(ask, words):
    with pytest.raises(cf.ClosedformError, match=words):
        ask()


def test_command(capsys, tmp_path):
    picture = tmp_path / "times.svg"
    args = ["compare", SQUARES, "--by", "x", "--sizes", "4,8", "--only", "closed form (N", "--only", "finite"]
    assert main([*args, "--plot", str(picture)]) == 0
    page = capsys.readouterr().out
    assert "closed form: A'*(A*x - b)" in page and "time grows with the size" in page
    assert picture.read_text().startswith("<?xml")
    assert main([*args, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in record["rows"]] == [FUNCTION.name, "closed form (NumPy)", "finite differences"]
    assert record["rows"][1]["cells"][0]["error"] < 1e-12
    assert main(["compare", SQUARES, "--by", "q"]) == 2


def test_command_on_a_function_in_a_file(capsys, tmp_path):
    path = tmp_path / "losses.py"
    path.write_text("import numpy as np\ndef loss(w, X, y):\n    return np.mean(np.log(1 + np.exp(-y * (X @ w))))\n")
    assert main(["compare", f"{path}:loss", "--by", "w", "--sizes", "6", "--only", "closed form (N"]) == 0
    out = capsys.readouterr()
    assert "gradient by w" in out.out and "running" in out.err
    assert main(["compare", f"{path}:cost", "--by", "w"]) == 2
    assert "has no function cost" in capsys.readouterr().err
    assert main(["compare", f"{tmp_path}/none.py:cost", "--by", "w"]) == 2
