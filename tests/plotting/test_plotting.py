"""Pictures: what they say, where descent goes, what is refused; the pixels are looked at by people."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import numpy as np
import pytest

import closedform as cf
from closedform.cli import main
from closedform.plotting.contours import level_values
from closedform.plotting.plane import descent, plane
from closedform.plotting.words import at_point, curvature, structure

RNG = np.random.default_rng(7)
BANANA = "(1 - x)^2 + 5*(y - x^2)^2"


@pytest.mark.parametrize(
    ("eigenvalues", "word"),
    [([2, 1e-3], "bowl"), ([-2, -1], "dome"), ([2, -1e-3], "saddle"), ([0, 0, 0], "flat"),
     ([2, 0, 0], "trough (flat in 2 of 3 directions)"), ([1, -1, 0], "saddle (flat in 1 of 3 directions)"),
     ([-1, 1e-13], "ridge (flat in 1 of 2 directions)")],
)  # fmt: skip
def test_words_for_curvature(eigenvalues, word):
    assert curvature(np.array(eigenvalues, float)) == word


def test_words_at_a_point():
    assert at_point(np.array([1.0, 2.0]), 1e-9, 2.0) == "bowl: a local minimum"
    assert at_point(np.array([-1.0, -2.0]), 0.0, 2.0) == "dome: a local maximum"
    assert at_point(np.array([1.0, 0.0]), 0.0, 1.0).endswith("that second derivatives do not settle")
    assert "the gradient is not 0 here" in at_point(np.array([1.0, 2.0]), 0.1, 1.0)


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (np.zeros((2, 3)), "zero"),
        (3 * np.eye(3), "a multiple of I, full rank"),
        (np.diag([1.0, 0.0, 2.0]), "diagonal, rank 2 of 3"),
        (np.tril(np.arange(1.0, 10).reshape(3, 3)), "lower triangular, full rank"),
        (np.array([[0.0, 2.0], [-2.0, 0.0]]), "skew-symmetric, full rank"),
        (np.diag(np.ones(7)) + np.diag(np.full(6, 0.3), 1) + np.diag(np.full(6, 0.3), -1),
         "symmetric, banded (1 beside the diagonal), full rank, 61% zeros"),
        (np.outer([1.0, 2.0, 3.0], [1.0, -1.0]), "rank 1 of 2"),
    ],
)  # fmt: skip
def test_words_for_structure(matrix, words):
    assert structure(matrix) == words


def test_descent_reaches_the_minimum():
    """Of a convex quadratic, at the solution of its linear system."""
    A, b = np.array([[3.0, 1.0], [1.0, 2.0]]), np.array([1.0, -2.0])
    on = plane(cf.formula("1/2*x'*A*x - b'*x"), ["x"], {"A": A, "b": b})
    path = descent(on, (2.0, 2.0))
    np.testing.assert_allclose(path.points[-1], np.linalg.solve(A, b), atol=1e-5)
    assert path.reason == "the gradient is nearly 0 there"
    assert (np.diff(path.values) < 0).all()


def test_descent_says_what_went_wrong():
    down = plane(cf.formula("-x^3 - y^2"), ["x", "y"], {})
    assert descent(down, (1.0, 1.0)).reason == "it runs away"
    assert descent(plane(cf.formula("log(x) + y^2", "x in R"), ["x", "y"], {"x": 1.0}), (-1.0, 1.0)).reason == (
        "the gradient is not finite there"
    )


@pytest.mark.parametrize(("formula", "start", "minimum"), [
    ("x^2 + 3*y^2", (1.0, 1.0), True),
    ("62*(x + 2*y)^2 + (2*x - y)^2", (2.0, 2.0), True),  # narrow: descent needs more steps than it has
    ("(x + y)^2", (1.0, 1.0), True),  # a valley: no point of it is lower than another
    ("x^4 + y^4", (1.0, 0.5), True),
    ("log(1 + exp(-x - 2*y)) + log(1 + exp(-2*x - y))", (2.0, 20.0), False),  # separable: it falls for ever
    ("log(1 + exp(-x)) + log(1 + exp(-y))", (800.0, 800.0), False),  # it is 0 around there in floating point
    ("x^2 - y^2", (0.0, 0.0), False),
    ("x^3 + y^2", (1.0, 1.0), False),
])  # fmt: skip
def test_a_star_stands_at_a_minimum_alone(formula: str, start: tuple[float, float], minimum: bool):
    assert descent(plane(cf.formula(formula, "x in R, y in R"), ["x", "y"], {}), start).minimum == minimum
    picture = cf.formula(formula, "x in R, y in R").plot("x", "y", start=start)
    assert ("minimum" in {t.get_text() for t in picture.figure.axes[0].get_legend().get_texts()}) == minimum


def test_levels_stand_close_where_the_function_is_low():
    u, v = np.meshgrid(np.linspace(-2, 2, 50), np.linspace(-1, 3, 50))
    levels = level_values((1 - u) ** 2 + 100 * (v - u**2) ** 2)
    assert (np.diff(levels) > 0).all() and levels[1] - levels[0] < (levels[-1] - levels[-2]) / 5
    assert len(level_values(np.full((5, 5), 2.0))) == 3


def test_contours(tmp_path):
    picture = cf.formula(BANANA).plot("x", "y", span=[(-2, 2), (-1, 3)], start=(-1.5, 2))
    assert "x from -2 to 2, y from -1 to 3" in str(picture)
    (axes,) = picture.figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "y")
    assert {t.get_text() for t in axes.get_legend().get_texts()} == {
        "gradient (uphill)", "descent path", "start", "end",
    }  # fmt: skip
    picture.save(str(tmp_path / "c.svg"))
    assert ElementTree.parse(tmp_path / "c.svg").getroot().tag.endswith("svg")
    assert picture._repr_png_()[:4] == b"\x89PNG"


def test_arrows_point_along_the_gradient():
    picture = cf.formula("3*x + y^2").plot("x", "y", span=[(-1, 1)])
    (quiver,) = [c for c in picture.figure.axes[0].collections if type(c).__name__ == "Quiver"]
    where = quiver.get_offsets()
    slopes = np.column_stack([np.full(len(where), 3.0), 2 * where[:, 1]])
    arrows = np.column_stack([quiver.U, quiver.V])
    cosines = (arrows * slopes).sum(1) / np.linalg.norm(arrows, axis=1) / np.linalg.norm(slopes, axis=1)
    np.testing.assert_allclose(cosines, 1, atol=1e-12)


def test_a_vector_of_two_and_a_domain_that_ends_in_the_window():
    picture = cf.formula("sum(log(x)) - sum(x)", "x in R^n").plot("x", span=[(-1, 4)], start=(3, 0.5))
    assert picture.figure.axes[0].get_xlabel() == "x[1]"


def test_hessian_picture_says_what_the_eigenvalues_are():
    A = RNG.normal(size=(4, 4))
    picture = cf.formula("x'*A*x").plot("x", kind="hessian", A=A, x=np.zeros(4))
    found = np.linalg.eigvalsh(A + A.T)[::-1]
    assert ", ".join(f"{e:.4g}" for e in found) in str(picture)
    assert "saddle" in str(picture) and "symmetric" in str(picture)
    image = picture.figure.axes[0].images[0].get_array()
    np.testing.assert_allclose(image, np.abs(A + A.T))


def test_what_is_proved_is_said_apart_from_what_is_seen():
    A = RNG.normal(size=(5, 3))
    picture = cf.formula("1/2*||A*x - b||^2").plot("x", kind="hessian", A=A, b=np.ones(5), x=np.ones(3))
    assert "symmetric, full rank; for every value positive semidefinite" in str(picture)


def test_jacobian_of_a_vector_and_of_a_matrix():
    x = RNG.normal(size=5)
    picture = cf.formula("tanh(x)").plot("x", x=x)
    assert "5×5, diagonal" in str(picture)
    np.testing.assert_allclose(picture.figure.axes[0].images[0].get_array(), np.diag(1 - np.tanh(x) ** 2))
    X = RNG.normal(size=(2, 3))
    by_matrix = cf.formula("X*c").plot("X", kind="jacobian", X=X, c=[1.0, 2.0, 3.0])
    np.testing.assert_allclose(
        by_matrix.figure.axes[0].images[0].get_array(), np.kron(np.eye(2), [1.0, 2.0, 3.0])
    )  # fmt: skip


def test_hessian_by_a_matrix():
    X = RNG.normal(size=(3, 3)) + 3 * np.eye(3)
    picture = cf.formula("logdet(X)").plot("X", kind="hessian", X=X)
    assert "Hessian of f by X: 9×9" in str(picture)


def test_a_curve():
    picture = cf.formula("x^3 - x", "x in R").plot("x", x=1.0)
    assert "at x = 1: value 0, slope 2" in str(picture)


@pytest.mark.parametrize(
    ("text", "by", "more", "words"),
    [
        ("A*x", ("x",), {"kind": "contours"}, "contours are of a scalar"),
        ("x'*x", ("x",), {"x": [1.0, 2.0, 3.0]}, "x has 3"),
        ("x'*A*x", ("x",), {}, "no value was given for A"),
        ("x'*x", ("x",), {"kind": "hessian"}, "no value was given for x"),
        ("x'*x", ("x",), {"kind": "pie"}, "pictures are"),
        (BANANA, ("x", "y"), {"span": [(2, -2)]}, "from a smaller to a larger"),
        ("log(-1 - x^2 - y^2)", ("x", "y"), {}, "no value anywhere"),
    ],
)
def test_errors(text, by, more, words):
    with pytest.raises(cf.ClosedformError, match=words):
        cf.formula(text).plot(*by, **more)


def test_matplotlib_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(cf.ClosedformError, match="needs matplotlib"):
        cf.formula(BANANA).plot("x", "y")


def test_command(capsys, tmp_path):
    path = str(tmp_path / "banana.png")
    assert main(["plot", BANANA, "--by", "x,y", "--range", "-2:2", "--start", "-1.5,1.5", "-o", path]) == 0
    assert "descent from (-1.5, 1.5)" in capsys.readouterr().out
    assert (tmp_path / "banana.png").read_bytes()[:4] == b"\x89PNG"
    assert main(["plot", BANANA, "--by", "x,y", "--range", "-2,2", "-o", path]) == 2
    assert "2 numbers with :" in capsys.readouterr().err
    assert main(["plot", "x'*A*x", "A=[[2,1],[0,-1]]", "x=[0,0]", "--by", "x", "--kind", "hessian", "-o", path]) == 0
    assert "saddle" in capsys.readouterr().out
    assert main(["plot", BANANA, "--by", "x,y", "-o", str(tmp_path / "banana.gif")]) == 2
