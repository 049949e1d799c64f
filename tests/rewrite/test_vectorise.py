"""Sums over an index: the matrix form, the kept form and the sum term by term have one value."""

from collections.abc import Callable

import numpy as np
import pytest

from closedform.calculus.adjoint import adjoint
from closedform.calculus.differential import differential
from closedform.errors import LimitError
from closedform.expr.node import Node
from closedform.expr.size import size
from closedform.expr.walk import postorder
from closedform.functions.algebra import (
    SUMOVER,
    SYM,
    add,
    diagm,
    diagv,
    index,
    inner,
    inv,
    mul,
    num,
    ones,
    power,
    size_number,
    sumover,
    sym,
    tr,
    transpose,
    unit,
    zeros,
)
from closedform.functions.elementwise import exp, log, sigmoid, tanh
from closedform.functions.matrix import logdet, triu
from closedform.functions.norms import norm1, norm2
from closedform.functions.piecewise import clip, huber, max2, maxentry
from closedform.functions.rearrange import kron
from closedform.functions.special import polygamma
from closedform.functions.vectors import logsumexp, softmax
from closedform.functions.vectors import total as entries
from closedform.rewrite import keep_sums, normal
from closedform.run.numeric import evaluate

SIZES = {"n": 4, "m": 5, "k": 3, "p": 6}
i, j = index("i"), index("j")


def row(a: Node, at: Node = i) -> Node:
    """a[i], a row of a family, as a column."""
    return mul(transpose(a), unit(at, a.rows))


def entry(a: Node, *at: Node) -> Node:
    if len(at) == 1:
        return mul(transpose(a), unit(at[0], a.rows))
    return mul(transpose(unit(at[0], a.rows)), a, unit(at[1], a.cols))


def over(n: str, body: Node, name: str = "i", low: int = 1) -> Node:
    return sumover(name, low, n, body)


a, X, A = sym("a", "m", "n"), sym("X", "m", "n"), sym("A", "n", "n")
Y, W, T = sym("Y", "m", "k"), sym("W", "k", "n"), sym("T", "n", "k")
x, z, u, v = sym("x", "n"), sym("z", "n"), sym("u", "n"), sym("v", "n")
b, y, w = sym("b", "m"), sym("y", "m"), sym("w", "m", 1, ["pos"])
s, t, M, K = sym("s"), sym("t", facts=["pos"]), sym("M", "m", "m"), sym("K", "n", "n", ["sym"])
U, V, R = sym("U", "m", "k"), sym("V", "n", "k"), sym("R", "m", "n")
P, pos = sym("P", "n", "n", ["pd"]), sym("q", "n", 1, ["pos"])
gap = x - row(a)
pair = row(a, i) - row(a, j)
ratio = exp(row(X).T @ v) / (exp(row(X).T @ u) + exp(row(X).T @ v))

MATRIX_FORMS: dict[str, Node] = {
    "rows, quadratic": over("m", row(X).T @ A @ row(X)),
    "linear": over("n", entry(z, i) * entry(x, i)),
    "squares": over("n", entry(x, i) ** 2),
    "quadratic form": over("n", over("n", entry(A, i, j) * entry(x, i) * entry(x, j), "j")),
    "trace": over("n", entry(A, i, i)),
    "log-sum-exp of a family": log(over("m", exp(row(a).T @ x + entry(b, i)))),
    "two logits": -over("m", (1 - entry(y, i)) * log(1 - ratio) + entry(y, i) * log(ratio)),
    "logistic": -over("m", (1 - entry(y, i)) * log(1 - sigmoid(x.T @ row(X)))
                      + entry(y, i) * log(sigmoid(x.T @ row(X)))),
    "classes": over("m", logsumexp(T.T @ row(X)) - row(Y).T @ T.T @ row(X)),
    "softplus mean": size_number("m") ** -1 * over("m", log(1 + exp(row(a).T @ x))) + s * inner(x, x),
    "double and single": over("n", over("n", entry(K, i, j) * entry(x, i) * entry(x, j), "j"))
    - 2 * over("n", entry(x, i) * entry(z, i)),
    "graph energy": over("n", over("n", entry(K, i, j) * (entry(x, i) - entry(x, j)) ** 2, "j")),
    "family squares": over("m", gap.T @ gap),
    "entropy": over("n", entry(pos, i) * log(entry(pos, i))),
    "divergence": over("n", entry(pos, i) * log(entry(pos, i) / exp(entry(z, i)))),
    "power": over("n", entry(pos, i) ** s),
    "power of the index's own": over("n", entry(pos, i) ** entry(z, i)),
    "number to an entry": over("n", t ** entry(z, i)),
    "soft minimum": log(over("n", exp(-s * entry(x, i)))),
    "mixture": log(over("m", entry(w, i) * exp(entry(b, i)))),
    "softmax rows": over("m", row(Y).T @ softmax(W @ row(X))),
    "softmax, a column": over("m", softmax(W @ row(X) + row(Y))),
    "hinge": over("m", max2(num(0), 1 - entry(y, i) * (x.T @ row(X))) ** 2),
    "clipped": over("m", clip(row(X).T @ x, num(-1), t)),
    "clipped at entries": over("m", clip(s, -entry(w, i), entry(w, i))),
    "huber": over("m", huber(row(X).T @ x - entry(y, i), t)),
    "huber, its own width": over("m", huber(s, entry(w, i))),
    "polygamma": over("n", polygamma(num(1), entry(pos, i))),
    "rate": over("m", entry(y, i) * log(t) - t),
    "gaussian": over("m", (row(X) - x).T @ inv(P) @ (row(X) - x)),
    "scalar mean": over("n", (entry(x, i) - s) ** 2),
    "factorised": over("m", over("n", (entry(R, i, j) - entry(y, i) * entry(x, j)) ** 2, "j")),
    "factorised, families": over("m", over("n", (entry(R, i, j) - row(U, i).T @ row(V, j)) ** 2, "j")),
    "density": log(over("m", exp(-(norm2(gap) ** 2) / 2))),
    "distances": over("m", norm2(gap)),
    "distances, absolute": over("m", norm1(gap)),
    "directions": over("m", gap / norm2(gap)),
    "fourth power": over("n", (entry(x, i) - s) ** 4),
    "bilinear": over("m", over("n", entry(y, i) * entry(X, i, j) * entry(x, j), "j")),
    "pairs of squares": over("n", over("n", (entry(x, i) - entry(x, j)) ** 2, "j")),
    "all squares": over("m", over("n", entry(X, i, j) ** 2, "j")),
    "least squares": over("m", (row(X).T @ x - entry(b, i)) ** 2),
    "weighted distances": over("m", entry(y, i) * norm2(row(X) - x) ** 2),
    "outer products in a trace": over("m", tr(A @ row(X) @ row(X).T)),
    "barrier": -over("m", log(entry(w, i) + exp(row(a).T @ x))),
    "contrastive": over("m", log(1 + exp(row(X).T @ T @ row(Y)))),
    "mixture of one variable": log(over("m", entry(w, i) * exp(-((s - entry(b, i)) ** 2) / 2))),
    "kernel": over("m", over("m", exp(-(norm2(pair) ** 2)), "j")),
    "weighted kernel": over("m", over("m", entry(y, i) * entry(y, j) * exp(-(norm2(pair) ** 2) / t), "j")),
    "weighted pair distances": over("m", over("m", entry(M, i, j) * (pair.T @ pair), "j")),
    "log of inner sums": over("m", log(over("n", exp(entry(X, i, j) + entry(x, j)), "j"))),
    "inner squares": over("m", over("n", entry(X, i, j) * tanh(entry(x, j)), "j") ** 2),
    "row sums": over("m", over("n", entry(X, j, i) ** 3 * i), "j"),
    "index as a number": over("n", i * entry(x, i)),
    "index squared": over("n", i**2 * entry(x, i)),
    "index alone": over("n", i * s),
    "unit vectors": over("n", entry(x, i) * unit(i, "n")),
    "unit vectors, whole": over("n", unit(i, "n")),
    "unit matrices": over("n", entry(x, i) * mul(unit(i, "n"), transpose(unit(i, "n")))),
    "outer products": over("m", row(X) @ row(X).T),
    "weighted outer products": over("m", sigmoid(row(X).T @ x) * (row(X) @ row(Y).T)),
    "outer, one constant": over("m", row(X) @ u.T),
    "chain of outer products": over("m", A @ row(X) @ row(X).T @ inv(P)),
    "diagonals": over("m", A @ diagm(row(X)) @ K),
    "two diagonals": over("m", A @ diagm(row(X)) @ K @ diagm(tanh(row(X))) @ A.T),
    "diagonal in a form": over("m", (x.T @ diagm(row(X)) @ A @ z) ** 2),
    "sum of matrices in a form": over("m", (x.T @ (K + entry(y, i) * A + diagm(row(X))) @ z) ** 2),
    "outer product in a form": over("m", tanh(x.T @ (A + row(X) @ row(X).T) @ z)),
    "diagonal of a product": over("m", inner(z, exp(diagv(A @ diagm(row(X)) @ K)))),
    "columns": over("n", entries(tanh(X @ unit(i, "n") + b))),
    "entries of columns": over("m", row(X) * z * tanh(row(X))),
    "entries to a power": over("m", exp(row(X)) ** 3 * s),
    "no index": over("m", x.T @ z),
    "no index, a matrix": over("m", A),
    "kronecker": over("m", kron(row(X) @ row(X).T, A)),
    "triangle": over("m", triu(entry(y, i) * (row(X) @ row(X).T))),
    "two of one letter": over("n", entry(x, i) * over("m", entry(b, i))),
    "a column and a scalar": over("m", entry(b, i) * x - row(X)),
    "fixed index": over("m", entry(X, i, index("c")) * entry(b, i)),
}  # fmt: skip
KEPT: dict[str, Node] = {
    "inverse": over("m", z.T @ inv(P + row(X) @ row(X).T) @ x),
    "inverse, a column": over("m", inv(P + row(X) @ row(X).T) @ row(X)),
    "inverse, a matrix": over("m", inv(P + row(X) @ row(X).T)),
    "determinant": over("m", entry(y, i) * logdet(P + row(X) @ row(X).T)),
    "part of the range": over("n", entry(x, i) ** 2, low=2),
    "short of the range": sumover("i", 1, size("m") - size(1), row(X).T @ A @ row(X)),
    "range without a vector": over("n", power(i + s**2, -1), low=2),
    "largest entries": over("m", maxentry(row(X) * x)),
    "pairs, root": over("m", over("m", entry(y, i) * (t + pair.T @ pair) ** num("1/2") + norm2(pair), "j")),
    "part of two ranges": over("m", over("n", entry(X, i, j) * entry(b, i) * tanh(entry(x, j)), "j", low=2)),
    "determinants of two": over(
        "m", over("m", logdet(P + row(X, i) @ row(X, i).T + row(X, j) @ row(X, j).T), "j")
    ),
}
ALL = MATRIX_FORMS | KEPT


def has_sum(node: Node) -> bool:
    return any(n.op is SUMOVER for n in postorder(node))


def variables(node: Node) -> list[Node]:
    return [n for n in postorder(node) if n.op is SYM]


def values(node: Node) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    env: dict[str, np.ndarray] = {"c": np.full((1, 1), 2.0)}
    for n in sorted(variables(node), key=lambda n: str(n.params[0])):
        known = n.params[1]
        value = rng.normal(size=(n.rows.value(SIZES), n.cols.value(SIZES)))
        if "pos" in known:
            value = abs(value) + 0.3
        if "sym" in known:
            value = value + value.T
        if "pd" in known:
            value = value @ value.T + np.eye(len(value))
        env[n.params[0]] = value
    return env


def close(left: Node, right: Node, env: dict[str, np.ndarray]) -> bool:
    one, two = evaluate(left, env, SIZES), evaluate(right, env, SIZES)
    assert np.isfinite(one).all()
    return bool(one.shape == two.shape and np.allclose(one, two, rtol=1e-9, atol=1e-9))


@pytest.mark.parametrize("name", ALL)
def test_the_matrix_form_has_the_value_of_the_sum(name: str) -> None:
    raw = ALL[name]
    assert close(raw, normal(raw), values(raw))


@pytest.mark.parametrize("name", ALL)
def test_the_kept_form_has_the_value_of_the_sum(name: str) -> None:
    raw = ALL[name]
    with keep_sums():
        kept = normal(raw)
    assert close(raw, kept, values(raw))


@pytest.mark.parametrize("name", MATRIX_FORMS)
def test_no_index_is_left_where_there_is_a_matrix_form(name: str) -> None:
    assert not has_sum(normal(MATRIX_FORMS[name]))


@pytest.mark.parametrize("name", KEPT)
def test_sums_without_a_matrix_form_stay(name: str) -> None:
    assert has_sum(normal(KEPT[name]))


@pytest.mark.parametrize("name", ALL)
def test_the_normal_form_is_its_own(name: str) -> None:
    for_all = normal(ALL[name])
    assert fresh(for_all) is for_all
    with keep_sums():
        kept = normal(ALL[name])
        assert fresh(kept) is kept


def fresh(node: Node) -> Node:
    """The normal form computed again, nothing remembered."""
    for n in postorder(node):
        for key in ("N", "N kept"):
            n.memo.pop(key, None)
    return normal(node)


@pytest.mark.parametrize("name", ALL)
def test_the_normal_form_kept_and_then_not_is_that_of_the_sum(name: str) -> None:
    with keep_sums():
        kept = normal(ALL[name])
    assert close(ALL[name], normal(kept), values(ALL[name]))


def letters(build: Callable[[Node, Node], Node], p: str, q: str) -> Node:
    return build(index(p), index(q))


@pytest.mark.parametrize("build", [
    lambda p, q: over("m", over("n", logdet(P + entry(X, p, q) ** 2 * A), q.params[0], low=2), p.params[0]),
    lambda p, q: over("m", over("m", norm2(row(X, p) - row(X, q)) ** 3, q.params[0]), p.params[0]),
    lambda p, q: over(
        "m", entry(y, p) * maxentry(row(X, p)) * over("n", entry(x, q), q.params[0], 2), p.params[0]
    ),
], ids=["determinants", "distances", "product"])  # fmt: skip
def test_sums_that_differ_in_their_letters_are_one_node(build: Callable[[Node, Node], Node]) -> None:
    found = {normal(letters(build, p, q)) for p, q in [("i", "j"), ("j", "i"), ("q", "p"), ("r", "c")]}
    assert len(found) == 1
    with keep_sums():
        assert len({normal(letters(build, p, q)) for p, q in [("i", "j"), ("j", "i"), ("q", "p")]}) == 1


def gradients(root: Node) -> dict[Node, Node]:
    moving = {n: sym(f"d{n.params[0]}", n.rows, n.cols) for n in variables(root)}
    d = differential(root, moving)
    found = adjoint(d, list(moving.values()), num(1))
    return {n: found[dn] for n, dn in moving.items()}


SMOOTH = [n for n, f in ALL.items() if f.is_scalar and n not in ("fixed index", "pairs, root", "polygamma")]


@pytest.mark.parametrize("name", SMOOTH)
def test_gradients_of_both_forms_are_the_slopes(name: str) -> None:
    raw = ALL[name]
    env = values(raw)
    vectorised = gradients(normal(raw))
    with keep_sums():
        kept = gradients(normal(raw))
    for variable in variables(raw):
        if "pd" in variable.params[1] or "sym" in variable.params[1]:
            continue
        slope = slopes(raw, variable, env)
        for found in (vectorised, kept):
            g = found.get(variable, zeros(variable.rows, variable.cols))
            assert np.allclose(evaluate(g, env, SIZES), slope, rtol=2e-6, atol=2e-6)


def slopes(raw: Node, variable: Node, env: dict[str, np.ndarray]) -> np.ndarray:
    """Central differences of the sum term by term."""
    at = env[variable.params[0]]
    out = np.zeros_like(at)
    for place in np.ndindex(*at.shape):
        ends = []
        for step in (1e-5, -1e-5):
            moved = at.copy()
            moved[place] += step
            ends.append(evaluate(raw, {**env, variable.params[0]: moved}, SIZES)[0, 0])
        out[place] = (ends[0] - ends[1]) / 2e-5
    return out


def test_sums_stay_linear() -> None:
    f = maxentry(row(X) * x)
    g = logdet(P + row(X) @ row(X).T)
    assert normal(over("m", 2 * f + s * g)) is normal(2 * over("m", f) + s * over("m", g))
    assert normal(over("m", f) - over("m", f, "i")) is num(0)
    h = inv(P + row(X) @ row(X).T)
    assert normal(over("m", A @ h)) is normal(A @ over("m", h))


def test_ranges_of_one_term_and_of_none() -> None:
    assert normal(sumover("i", 3, 3, entry(x, i) ** 2)) is normal(entry(x, num(3)) ** 2)
    assert normal(sumover("i", 3, 2, entry(x, i) ** 2)) is num(0)
    assert normal(sumover("i", 2, "n", s)) is normal(s * size_number(size("n") - size(1)))
    maybe_empty = normal(sumover("i", 3, "n", s))
    assert evaluate(maybe_empty, {"s": np.full((1, 1), 2.0)}, {"n": 1}) == 0


def test_the_sum_of_the_index_is_known() -> None:
    n = size_number("n")
    assert evaluate(normal(over("n", i)), {}, {"n": 7}) == 28
    assert evaluate(n, {}, {"n": 7}) == 7


def test_a_transpose_of_a_kept_sum_is_undone_by_another() -> None:
    for name in ("inverse, a column", "inverse, a matrix"):
        kept = normal(KEPT[name])
        assert normal(transpose(transpose(kept))) is kept


def test_sums_nested_without_end_are_refused() -> None:
    body = entry(x, i) ** 2
    for k in range(30):
        body = maxentry(add(mul(ones("n"), body), index(f"h{k}") * x))
        body = sumover(f"h{k}", 2, "n", body)
    with pytest.raises(LimitError, match="nested sums"):
        normal(sumover("i", 1, "n", body))


def test_a_deep_body_is_refused_or_summed() -> None:
    body = row(X)
    for _ in range(10_000):
        body = A @ (x + body)
    with keep_sums(), pytest.raises(LimitError, match="body of a sum"):
        normal(over("m", body))
    assert not has_sum(normal(over("m", body)))
    deep = entry(x, i)
    for _ in range(10_000):
        deep = tanh(deep + entry(z, i))
    assert not has_sum(normal(over("n", deep)))


def test_labels_that_are_signs_leave_with_their_squares() -> None:
    labels, bits = sym("y", "m", 1, ["pm1"]), sym("y", "m", 1, ["bit"])
    assert normal(over("m", entry(labels, i) ** 2 * (row(X).T @ x))) is normal(over("m", row(X).T @ x))
    assert normal(over("m", entry(bits, i) ** 3 * (row(X).T @ x))) is normal(bits.T @ X @ x)


def test_a_form_of_a_skew_matrix_knows_its_sign() -> None:
    S, G = sym("S", "n", "n", ["skew"]), A - A.T
    assert normal(x.T @ G @ x) is num(0)
    assert normal(tr(S @ K)) is num(0)
    assert normal(x.T @ G @ z) is normal(-(z.T @ G @ x))
    assert normal(tr(S @ A)) is normal(-tr(A.T @ S))
    assert normal(diagv(S @ A)) is normal(-diagv(A.T @ S))
    for f in (x.T @ G @ z, z.T @ G @ x, tr(G @ A), tr(A.T @ G @ K), diagv(A @ G), diagv(A.T @ G @ K)):
        assert close(f, normal(f), values(f))
        assert fresh(normal(f)) is normal(f)
