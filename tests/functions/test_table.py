"""Every function of the table against its own value: a new row is tested with no test written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from points import Point, distance, point, slope

from closedform.errors import ClosedformError, ValueProblem
from closedform.expr.op import Op
from closedform.expr.size import Size
from closedform.functions.algebra import num, sym, zeros
from closedform.functions.define import cotangent
from closedform.functions.table import by_text, extras, functions
from closedform.run.conditions import holds
from closedform.run.numeric import LIBRARY

Array = Any
OPS = functions()
SEEDS = (1, 2, 3)
TIGHT = 1e-7

every = pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)


def array(value: Any) -> Array:
    """As in ``known``: a number is a scalar, a list a vector, a list of lists a matrix."""
    out = np.asarray(value, float)
    return out.reshape(-1, 1) if out.ndim < 2 else out


def linear_arguments(at: Point) -> list[int]:
    return [k for k in at.node.op.adjoint if k < len(at.node.args)]


def differential_error(at: Point, value: Array) -> float:
    """How far ``value`` is from the slope of the operation along the directions."""
    true, error = slope(at.moved)
    assert error < TIGHT / 10, "the numerical derivative is not sharp enough to judge"
    return distance(value, true)


def adjoint_error(at: Point, k: int, seed: int, change: Callable[[Array], Array] = lambda v: v) -> float:
    """|<G, f(…dX…)> - <adjoint(G), dX>|, relative."""
    G = sym("G", at.node.rows, at.node.cols)
    shape = tuple(s.value(at.sizes) for s in at.node.shape)
    at.env["G"] = np.random.default_rng(seed + 7).standard_normal(shape)
    back = change(at.value(cotangent(at.node, k, G)))
    alone = Point(
        at.node, at.env, at.sizes, [d if i == k else zeros(*d.shape) for i, d in enumerate(at.directions)]
    )
    forward, error = slope(alone.moved)
    assert error < TIGHT
    direction = at.env[at.directions[k].params[0]]
    left, right = float(np.sum(at.env["G"] * forward)), float(np.sum(back * direction))
    return abs(left - right) / (1 + abs(left))


@every
def test_the_known_value(op: Op) -> None:
    assert op.known is not None
    assert op.numeric is not None
    args, value = op.known
    node = point(op, 1).node
    sized = len(extras(node))
    arrays = [array(a) for a in args[: len(args) - sized]]
    found = op.numeric(LIBRARY, *arrays, *args[len(args) - sized :])
    assert found.shape == array(value).shape
    assert np.allclose(found, array(value), rtol=1e-14, atol=1e-14)


@every
@pytest.mark.parametrize("seed", SEEDS)
def test_the_value_is_its_meaning(op: Op, seed: int) -> None:
    at = point(op, seed)
    value = at.value(at.node)
    assert value.shape == tuple(s.value(at.sizes) for s in at.node.shape)
    assert np.all(np.isfinite(value))
    if op.means is not None:
        assert distance(value, at.value(op.means(*at.node.args))) < 1e-13


@every
@pytest.mark.parametrize("seed", SEEDS)
def test_the_differential_is_the_slope(op: Op, seed: int) -> None:
    at = point(op, seed)
    if op.piecewise_constant:
        assert np.all(slope(at.moved)[0] == 0)
    elif op.means is None:
        assert at.differential.shape == at.node.shape
        assert differential_error(at, at.value(at.differential)) < TIGHT


@every
@pytest.mark.parametrize("seed", SEEDS)
def test_the_adjoint_is_the_transpose(op: Op, seed: int) -> None:
    at = point(op, seed)
    for k in linear_arguments(at):
        assert cotangent(at.node, k, sym("G", *at.node.shape)).shape == at.node.args[k].shape
        assert adjoint_error(at, k, seed) < TIGHT


CHANGES: dict[str, Callable[[Array], Array]] = {
    "doubled": lambda v: 2 * v,
    "negated": lambda v: -v,
    "transposed": lambda v: v.T,
}


def changes(value: Array) -> list[Array]:
    """Wrong answers that a test of the table must see; a symmetric value is its own transpose."""
    out = [change(value) for change in CHANGES.values()]
    return [v for v in out if v.shape == value.shape and not np.allclose(v, value, rtol=1e-12)]


@every
def test_a_wrong_rule_is_seen(op: Op) -> None:
    at = point(op, 1)
    if op.means is None and not op.piecewise_constant:
        wrong = changes(at.value(at.differential))
        assert len(wrong) >= 2
        assert all(differential_error(at, value) > 1e3 * TIGHT for value in wrong)
    for k in linear_arguments(at):
        assert all(adjoint_error(at, k, 1, change) > 1e3 * TIGHT for change in turning(at, k))


def turning(at: Point, k: int) -> list[Callable[[Array], Array]]:
    square = at.node.args[k].is_square and not at.node.args[k].is_scalar
    return [c for name, c in CHANGES.items() if square or name != "transposed"]


@every
@pytest.mark.parametrize("seed", SEEDS)
def test_samples_are_inside(op: Op, seed: int) -> None:
    at = point(op, seed)
    for condition in (*op.domain(*at.node.args), *op.smooth(*at.node.args)):
        assert holds(condition, at.env, at.sizes), condition.kind


def outside_points(op: Op) -> list[Point]:
    arity = len(point(op, 1).node.args)
    several = [(kind,) for kind in op.outside] if arity == 1 else ([op.outside] if op.outside else [])
    return [point(op, seed, kinds) for kinds in several for seed in SEEDS]


@every
def test_points_outside_are_refused(op: Op) -> None:
    for at in outside_points(op):
        conditions = op.domain(*at.node.args)
        assert not conditions or not all(holds(c, at.env, at.sizes) for c in conditions)
        if not conditions:
            assert np.all(np.isnan(at.value(at.node)))


@pytest.mark.parametrize("op", [op for op in OPS if op.domain is not OPS[0].domain], ids=lambda op: op.name)
def test_a_domain_has_points_outside_it(op: Op) -> None:
    open_everywhere = {"tan"}  # undefined on a set of measure zero only
    assert op.outside or op.name in open_everywhere


NAMES = [
    "exp",
    "log",
    "ln",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "abs",
    "sign",
    "step",
    "sigmoid",
    "softplus",
    "relu",
    "erf",
    "normcdf",
    "gamma",
    "loggamma",
    "digamma",
    "max",
    "min",
    "clip",
    "huber",
    "silu",
    "swish",
    "gelu",
    "elu",
    "leaky_relu",
    "sum",
    "mean",
    "prod",
    "softmax",
    "logsumexp",
    "diag",
    "cumsum",
    "var",
    "std",
    "cross",
    "tr",
    "det",
    "logdet",
    "inv",
    "pinv",
    "adj",
    "vec",
    "kron",
    "rowsum",
    "colsum",
    "softmax_rows",
    "logsumexp_rows",
    "expm",
    "sqrtm",
    "logm",
    "chol",
    "eigvals",
    "eigsum",
    "eigprod",
    "lambda_max",
    "lambda_min",
    "eigvec_max",
    "eigvec_min",
    "leftvec_max",
    "rightvec_max",
    "sym",
    "triu",
    "tril",
    "unvec",
    "comm",
    "argmax",
    "trigamma",
    "normpdf",
    "revcumsum",
    "lyap",
    "expm_frechet",
    "norm",
    "norm1",
    "norm2",
    "normF",
    "norm_inf",
    "norm_nuc",
    "norm_op",
    "dot",
    "trace",
    "arcsin",
    "arccos",
    "arctan",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_the_language_is_there(name: str) -> None:
    assert by_text[name]


def test_a_name_may_mean_several() -> None:
    assert [op.name for op in by_text["diag"]] == ["diagm", "diagv"]
    assert {op.name for op in by_text["max"]} == {"max2", "maxentry"}
    assert {op.name for op in by_text["norm"]} == {"norm2", "norm_op"}
    assert all(len({op.text for op in ops}) <= 2 for ops in by_text.values())


@every
def test_shapes_that_do_not_fit_are_refused(op: Op) -> None:
    node = point(op, 1).node
    if node.args:
        wrong = [sym("w", Size({("w",): 1, (): 1}), "v"), *node.args[1:], num(1)]
        with pytest.raises((ClosedformError, TypeError)):
            op.shape(tuple(wrong), node.params)


def test_singular_matrices_have_no_inverse() -> None:
    at = point(by_text["inv"][0], 1)
    at.env["X0"] = np.zeros((4, 4))
    with pytest.raises(ValueProblem, match="inv has no value"):
        at.value(at.node)
