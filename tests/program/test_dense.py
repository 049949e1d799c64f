"""Arrays of linear maps: right against the map applied to a basis, made of few products, nothing formed in between."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from backends import TARGETS, called, relative

import closedform as cf
from closedform.errors import MissingRule, ValueProblem
from closedform.program.dense import dense
from closedform.program.ir import dims
from closedform.program.plan import plan

RNG = np.random.default_rng(5)


def normal(*shape: int) -> Any:
    return RNG.standard_normal(shape)


NET = "sum((tanh(X*W' + ones(m)*b')*v + c*ones(m) - y).^2)/2"
SPACES = "X in R^(m×d), W in R^(h×d), b in R^h, v in R^h, c in R, y in R^m"
M, H, D = 7, 4, 3
DATA = {"X": normal(M, D), "W": normal(H, D), "b": normal(H), "v": normal(H), "c": 0.3, "y": normal(M)}
PAIRS = [a + b for a in "Wbvc" for b in "Wbvc" if a + b != "cc"]
SYMMETRIC, POSITIVE = normal(4, 4), normal(4, 4)
SYMMETRIC, POSITIVE = SYMMETRIC + SYMMETRIC.T, POSITIVE @ POSITIVE.T + np.eye(4)
MAPS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "softmax regression": ("sum(logsumexp_rows(X*W)) - tr(Y'*X*W)", "", "W",
                           {"X": normal(6, 4), "Y": normal(6, 3), "W": normal(4, 3)}),
    "a factorisation": ("sum((U*V' - T).^2)", "", "U", {"U": normal(5, 2), "V": normal(6, 2), "T": normal(5, 6)}),
    "an inverse": ("tr(A*inv(X))", "", "X", {"A": normal(4, 4), "X": POSITIVE + normal(4, 4) / 9}),
    "of a symmetric matrix": ("tr(S*X*X) - logdet(X)", "X in PD(n), S in Sym(n)", "X", {"S": SYMMETRIC, "X": POSITIVE}),
    "of a triangular matrix": ("sum((L*L' - A).^2)", "L in Lower(n)", "L", {"L": np.tril(normal(4, 4)), "A": POSITIVE}),
    "of a diagonal matrix": ("sum((D*A - B).^3)", "D in Diag(n)", "D",
                             {"D": np.diag(normal(4)), "A": normal(4, 5), "B": normal(4, 5)}),
    "with weights": ("sum(w.*(X*u).^4)*tr(X'*X)", "w in R^m, X in R^(m×n), u in R^n", "X",
                     {"w": normal(5), "X": normal(5, 3), "u": normal(3)}),
    "a determinant": ("logdet(X)", "", "X", {"X": POSITIVE + normal(4, 4) / 9}),
    "a rectangle twice": ("tr(A*X*B*X)", "", "X", {"A": normal(5, 3), "X": normal(3, 5), "B": normal(5, 3)}),
    "a mean": ("mean(exp(A*X*B))", "", "X", {"A": normal(5, 3), "X": normal(3, 2), "B": normal(2, 4)}),
}  # fmt: skip


def compare(hessian: cf.Formula, values: dict[str, Any], target: str) -> None:
    """The compiled array, twice, beside the map applied to every unit."""
    want = hessian.array({n: v for n, v in values.items() if n in hessian._allowed()})  # type: ignore[attr-defined]
    program = hessian.compile(target, dense=True)
    sizes = {name: len(values["U"]) for name in program.arguments if name not in values}
    for _ in range(2):
        assert relative(called(program, {**values, **sizes}), want) < 1e-12


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("pair", PAIRS)
def test_the_blocks_of_a_net(pair: str, target: str) -> None:
    map_ = cf.formula(NET, SPACES).grad(pair[0]).derivative(pair[1])
    compare(map_, {name: DATA[name] for name in map_.variables if name in DATA}, target)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", MAPS)
def test_a_hessian(name: str, target: str) -> None:
    text, where, by, values = MAPS[name]
    map_ = cf.formula(text, where or None).grad(by).derivative(by)
    compare(map_, values, target)


def test_the_hessian_of_a_net_is_the_slope_of_its_gradient() -> None:
    X, W, b, v, c, y = (DATA[name] for name in ("X", "W", "b", "v", "c", "y"))

    def gradient(W: Any) -> Any:
        T = np.tanh(X @ W.T + b)
        return (v * (1 - T * T) * (T @ v + c - y)[:, None]).T @ X

    want = np.zeros((H, D, H, D))
    for a, k in np.ndindex(H, D):
        step = np.zeros((H, D), complex)
        step[a, k] = 1e-30j
        want[:, :, a, k] = gradient(W + step).imag / 1e-30
    program = cf.formula(NET, SPACES).hessian("W").compile(dense=True)
    assert relative(called(program, DATA), want) < 1e-12


def test_it_is_one_symmetric_product_and_one_for_the_blocks() -> None:
    for text, where, by, sizes in (
        (NET, SPACES, "W", {"m": 1000, "h": 20, "d": 10}),
        (MAPS["softmax regression"][0], "", "W", {"m": 1000, "n": 50, "k": 10}),
    ):
        map_ = cf.formula(text, where or None).hessian(by)
        program = plan((dense(map_._raw, map_._origin.directions[0]),), sizes)
        ops = [s.op for s in program.steps]
        assert ops.count("gram") == 1
        assert ops[-1] == "dense"
        largest = max(np.prod(dims(s.shape, sizes)) for s in program.steps if s.op != "dense")
        assert largest <= 1000 * 500, "no more than one matrix of all products of two entries of a row"


def test_what_is_fixed_is_not_written_over() -> None:
    map_ = cf.formula("sum((U*V' - T).^2) + t*sum(U.^4)", "T in R^(m,n), U in R^(m,k)").hessian("U")
    values = MAPS["a factorisation"][3]
    program = map_.compile(dense=True, fixed={"V": values["V"]})
    first = program(U=values["U"], t=0.5)
    kept = first.copy()
    first[:] = np.nan
    assert np.array_equal(program(U=values["U"], t=0.5), kept)


def test_a_map_through_another_operation_is_refused() -> None:
    with pytest.raises(MissingRule, match="no program through kron"):
        cf.formula("kron(X, X)").derivative("X").compile(dense=True)
    with pytest.raises(MissingRule, match=r"Julia"):
        cf.formula("X*A*X").derivative("X").code("julia", dense=True)


def test_bad_arrays_are_refused() -> None:
    program = cf.formula("tr(A*inv(X))").hessian("X").compile(dense=True)
    with pytest.raises(ValueProblem, match="Singular"):
        program(normal(3, 3), np.ones((3, 3)))
    with pytest.raises(ValueProblem, match="n"):
        program(normal(3, 3), normal(4, 4))
