"""The door for values: what is taken, what is refused and in which words, what comes out."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
import scipy.sparse

import closedform as cf
from closedform.errors import ValueProblem
from closedform.expr.node import Node, make
from closedform.expr.size import size
from closedform.functions.algebra import (
    CALL,
    eye,
    index,
    inv,
    mul,
    ones,
    power,
    size_number,
    sumover,
    sym,
    transpose,
    unit,
)  # fmt: skip
from closedform.functions.elementwise import exp
from closedform.functions.matrix import inverse
from closedform.functions.rearrange import comm, unvec, vec
from closedform.run.needs import needed
from closedform.run.values import array_of_map, value

A, X, S = sym("A", "m", "n"), sym("X", "n", "n"), sym("S", "n", "n", ["sym"])
x, y, s = sym("x", "n"), sym("y", "m"), sym("s")
a = np.arange(12.0).reshape(3, 4) - 5
v = np.array([1.0, -2.0, 0.5, 3.0])
residual = mul(A, x) - y
entry = mul(transpose(unit(index("k"), "n")), x)


def test_a_vector_is_one_dimensional_and_a_scalar_a_float() -> None:
    found = value(residual, {"A": a, "x": v, "y": np.ones(3)})
    assert found.shape == (3,)
    assert np.allclose(found, a @ v - 1)
    square = value(mul(transpose(residual), residual), {"A": a, "x": v, "y": np.ones(3)})
    assert type(square) is float
    assert value(mul(A, transpose(A)), {"A": a}).shape == (3, 3)
    assert value(mul(transpose(y), A), {"A": a, "y": np.ones(3)}).shape == (1, 4)


@pytest.mark.parametrize(
    "given", [[1, -2, 0.5, 3], (1, -2, 0.5, 3), v[:, None], v.astype("f4"), np.matrix(v).T]
)
def test_spellings_of_a_vector(given: Any) -> None:
    assert value(mul(transpose(x), x), {"x": given}) == 14.25


@pytest.mark.parametrize("given", [2, 2.0, np.float32(2), np.array(2), np.int64(2), [2], [[2]], True + 1])
def test_spellings_of_a_number(given: Any) -> None:
    assert value(power(s, 2), {"s": given}) == 4.0


def test_integers_become_floats() -> None:
    assert value(power(x, -1), {"x": np.array([2, 4])}).tolist() == [0.5, 0.25]


def test_nan_passes() -> None:
    assert np.isnan(value(x + 1, {"x": [1, np.nan]})).tolist() == [False, True]
    assert np.isnan(value(mul(S, x), {"S": [[np.nan, 1], [1, 2]], "x": [1, 1]})[0])


def test_what_is_needed() -> None:
    assert needed(residual) == ["A", "x", "y"]
    assert needed(s * eye("n")) == ["s", "n"]
    assert needed(entry + power(size_number("q"), -1)) == ["x", "k", "q"]
    assert needed(sumover("k", 1, "n", entry)) == ["x"]
    assert needed(comm("m", "n")) == ["m", "n"]
    assert needed(mul(comm("m", "n"), vec(A))) == ["A"]
    v2 = sym("v", size("m") * size("n"))
    assert needed(unvec(v2, "m", "n")) == ["v", "m", "n"]
    assert needed(unvec(v2, "m", "n") + mul(y, ones(1, 1), transpose(ones("n")))) == ["v", "y"]
    assert needed(make(CALL, (x,), ("f", "grad"), x.shape)) == ["x", "grad[f]"]


def test_sizes_follow_from_products_and_sums_of_sizes() -> None:
    double = sym("w", size("n") + size("n") + size(1))
    assert value(power(size_number("n"), 1) + mul(transpose(double), double), {"w": np.ones(7)}) == 10.0
    square = sym("u", size("n") * size("n"))
    assert value(unvec(square, "n", "n"), {"u": np.arange(9)}).shape == (3, 3)


def test_sizes_and_indices_are_given_by_name() -> None:
    assert value(s * eye("n"), {"s": 2, "n": 2}).tolist() == [[2, 0], [0, 2]]
    assert value(entry, {"x": v, "k": 2}) == -2.0
    assert value(entry, {"x": v, "k": np.int64(4), "n": 4}) == 3.0


REFUSED: list[tuple[Node, dict[str, Any], str]] = [
    (residual, {"A": a, "x": v}, r"no value was given for y \(a vector of m\)"),
    (
        residual,
        {"A": a, "x": v, "y": np.ones(4)},
        r"y \(m\) is 4, so m is 4, but it is 3 elsewhere \(A \(m×n\) is 3×4\)",
    ),
    (residual, {"A": a.T, "x": v, "y": np.ones(4)}, r"x \(n\) is 4, so n is 4, but it is 3"),
    (
        residual,
        {"A": a, "x": v, "y": np.ones(3), "z": 1},
        "z is no variable of this formula; it needs A, x, y",
    ),
    (residual, {"A": a, "x": v, "y": np.ones(3), "n": 7}, "n=7 was given"),
    (x, {"x": v[None, :]}, r"x has shape \(1, 4\); it is a vector of n entries.*\n.*ravel"),
    (x, {"x": a}, r"x has shape \(3, 4\); it is a vector"),
    (x, {"x": 3.0}, r"x has shape \(\); it is a vector"),
    (s, {"s": v}, r"s has shape \(4,\); it is a number"),
    (A, {"A": v}, r"A has shape \(4,\); it is m×n"),
    (A, {"A": np.ones((2, 3, 4))}, r"A has shape \(2, 3, 4\)"),
    (X, {"X": a}, "n is 4, but it is 3"),
    (x, {"x": [1j, 2]}, "complex"),
    (x, {"x": ["a", "b"]}, "no numbers"),
    (x, {"x": "ab"}, "x is str"),
    (x, {"x": None}, "x is NoneType"),
    (A, {"A": [[1, 2], [3]]}, "different lengths"),
    (x, {"x": np.ma.masked_array(v, v > 0)}, "masked"),
    (x, {"x": []}, "x is empty"),
    (S, {"S": [[1, 2], [3, 4]]}, "S is declared symmetric; the array given is not"),
    (sym("p", "n", 1, ["pos"]), {"p": [1, 0]}, "p is declared positive"),
    (sym("y", "n", 1, ["pm1"]), {"y": [1, 0]}, "y is declared in"),
    (s * eye("n"), {"s": 2}, r"no value was given for n \(a size\)"),
    (s * eye("n"), {"s": 2, "n": 2.5}, "n is 2.5; a whole number"),
    (entry, {"x": v, "k": 0}, "k is 0; a whole number of 1 or more"),
    (entry, {"x": v, "k": 5}, "the index 5 is not in 1..4"),
    (entry, {"x": v}, r"no value was given for k \(an index, from 1\)"),
    (
        unvec(sym("v", size("m") * size("n")), "m", "n"),
        {"v": np.ones(7), "m": 2, "n": 3},
        "m\\*n is 7, but it is 6",
    ),
    (unvec(sym("u", size("n") * size("n")), "n", "n"), {"u": np.ones(8)}, "no whole n"),
    (sym("c", 3), {"c": v}, "3 is wanted, not 4"),
    (inverse(X), {"X": np.zeros((2, 2))}, "singular"),
    (mul(inv(X), x), {"X": np.ones((2, 2)), "x": [1, 2]}, "singular"),
    (exp(A), {"A": scipy.sparse.csr_array(a)}, r"A is sparse, but exp needs all its entries"),
    (make(CALL, (x,), ("f", ""), (size(1), size(1))), {"x": v, "f": 3}, "f is a function in this formula"),
]


if find_spec("torch"):  # an extra; where it is installed, its arrays are refused by name
    import torch

    REFUSED += [
        (x, {"x": torch.ones(4)}, r"x is an array of torch.*\n.*x.detach\(\).cpu\(\).numpy\(\)"),
        (x, {"x": torch.ones(4, requires_grad=True)}, "x is an array of torch"),
    ]


@pytest.mark.parametrize(("node", "given", "message"), REFUSED)
def test_what_is_refused(node: Node, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        value(node, given)
    assert_matches(str(caught.value), message)


def assert_matches(text: str, pattern: str) -> None:
    with pytest.raises(Exception, match=pattern):
        raise Exception(text)


def test_names_that_fell_away_may_be_allowed() -> None:
    assert value(s, {"s": 1, "b": 2}, unused={"b"}) == 1.0


@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.coo_matrix, scipy.sparse.csc_matrix])
def test_sparse_arrays_multiply(kind: Any) -> None:
    given = {"A": kind(a), "x": v, "y": np.ones(3)}
    assert np.allclose(value(mul(A, x), given | {}, unused={"y"}), a @ v)
    assert np.allclose(value(mul(transpose(A), A), {"A": kind(a)}), a.T @ a)
    assert np.allclose(value(mul(transpose(y), A, x), given), np.ones(3) @ a @ v)


def test_functions_take_what_people_write() -> None:
    f = make(CALL, (mul(A, x), s), ("f", ""), (size("k"), size(1)))
    seen: list[Any] = []

    def call(u: Any, t: Any) -> Any:
        seen.extend([u.shape, type(t)])
        return np.append(u, t)

    assert value(f, {"A": a, "x": v, "s": 9, "f": call}).tolist() == [*(a @ v), 9]
    assert seen == [(3,), float]


def test_a_map_as_an_array() -> None:
    dX = sym("dX", "m", "n")
    found = array_of_map(mul(dX, x), dX, {"x": v, "m": 3})
    assert found.shape == (3, 3, 4)
    assert np.allclose(found, np.einsum("ij,k->ijk", np.eye(3), v))
    dx = sym("dx", "n")
    assert np.allclose(array_of_map(mul(A, dx), dx, {"A": a}), a)
    ds = sym("ds")
    assert np.allclose(array_of_map(ds * x, ds, {"x": v}), v)
    dS = sym("dS", "n", "n", ["sym"])
    assert np.allclose(array_of_map(mul(dS, x), dS, {"x": v}), found_symmetric())


def found_symmetric() -> np.ndarray:
    whole = np.einsum("ij,k->ijk", np.eye(4), v)
    return (whole + whole.transpose(0, 2, 1)) / 2


def test_values_that_are_not_named_are_asked_for_by_name() -> None:
    f = cf.formula("x'*A*x")
    for given in ((np.eye(2), [1.0, 2.0]), (np.eye(2),), (3.0,)):
        with pytest.raises(cf.ClosedformError, match="values are given by name"):
            f(*given)
    with pytest.raises(cf.ClosedformError, match=r'a gradient is by one variable: grad."x".*grad."A"'):
        f.grad("x", "A")
