"""Jacobians through vec, unvec and Kronecker products, compared with slopes of the values."""

from __future__ import annotations

import numpy as np
import pytest

import closedform as cf

SIZES = {"n": 3, "m": 4, "p": 2, "q": 5, "k": 6}
JACOBIANS = [
    ("vec(x*y')", "x in R^n, y in R^m", "x", "kron(y, eye(n))"),
    ("vec(x*y')", "x in R^n, y in R^m", "y", "kron(eye(m), x)"),
    ("kron(x, y)", "x in R^n, y in R^m", "x", "kron(eye(n), y)"),
    ("kron(x, y)", "x in R^n, y in R^m", "y", "kron(x, eye(m))"),
    ("vec(x*x')", "x in R^n", "x", "kron(x, eye(n)) + kron(eye(n), x)"),
    ("kron(A, B)*kron(x, y)", "A in R^(p×n), B in R^(q×m), x in R^n, y in R^m", "x", "kron(eye(p), B*y)*A"),
    ("kron(A, B)*kron(x, y)", "A in R^(p×n), B in R^(q×m), x in R^n, y in R^m", "y", "kron(A*x, eye(q))*B"),
    ("vec(A*diag(x)*B)", "A in R^(m×n), B in R^(n×p), x in R^n", "x", "kron(B', ones(m)).*kron(ones(p), A)"),
    ("vec(diag(x))", "x in R^n", "x", "kron(eye(n), ones(n)).*kron(ones(n), eye(n))"),
    ("vec(A*unvec(x, m, p)*B)", "A in R^(q×m), B in R^(p×n), x in R^(m*p)", "x", "kron(B', A)"),
    ("vec(unvec(x, m, p)')", "x in R^(m*p)", "x", "comm(m, p)"),
    ("vec(A*(x*y')*B)", "A in R^(m×n), x in R^n, y in R^q, B in R^(q×p)", "x", "kron(B'*y, A)"),
    ("vec((x*y').*C)", "x in R^n, y in R^m, C in R^(n×m)", "x", None),
    ("vec(exp(x*y'))", "x in R^n, y in R^m", "x", None),
    ("vec(inv(A + diag(x)))", "A in R^(n×n), x in R^n", "x", None),
    ("vec([x, A*x])", "A in R^(n×n), x in R^n", "x", None),
    ("vec(kron(A, x))", "A in R^(m×p), x in R^n", "x", "kron(vec(A), eye(n))"),
    ("vec(kron(x, A))", "A in R^(m×p), x in R^n", "x", None),
    ("vec(kron(x*x', A))", "A in R^(m×p), x in R^n", "x", None),
    ("vec(kron(A, diag(x)))", "A in R^(m×p), x in R^n", "x", None),
    ("kron(x*y', A)*b", "A in R^(m×p), x in R^n, y in R^q, b in R^(q*p)", "x", None),
    ("diag(kron(diag(x), A))", "A in R^(p×p), x in R^n", "x", None),
    ("vec(x*y'*diag(x))", "x in R^n, y in R^n", "x", None),
    ("vec(sum(i, a[i]*(a[i]'*x)*x'))", "x in R^n, a[i] in R^n for i = 1..m", "x", None),
]


def slope(f: cf.Formula, at: dict[str, np.ndarray], by: str) -> np.ndarray:
    h, columns = 1e-6, []
    for k in range(at[by].size):
        step = np.zeros_like(at[by])
        step[k] = h
        moved = [np.asarray(f({**at, by: at[by] + s})) for s in (step, -step)]
        columns.append((moved[0] - moved[1]) / (2 * h))
    return np.column_stack(columns)


@pytest.mark.parametrize(("text", "where", "by", "answer"), JACOBIANS)
def test_jacobians_through_vec(text: str, where: str, by: str, answer: str | None) -> None:
    f = cf.formula(text, where)
    j = f.jacobian(by)
    assert answer is None or j.text == answer
    certificate = j.check()
    assert certificate.ok
    assert certificate.level == "A"
    rng, at = np.random.default_rng(8), {}
    for name, node in f._reading.names.items():
        shape = tuple(s.value(SIZES) for s in node.shape)
        at[name] = rng.normal(size=shape if node.cols.number != 1 else shape[:1])
    sizes = {name: SIZES[name] for name in f.variables if name in SIZES}
    there = {name: SIZES[name] for name in j.variables if name in SIZES}
    want = slope(f, {**at, **sizes}, by)
    assert np.allclose(j({**at, **there}), want, atol=1e-6)


def test_what_has_no_matrix_form_is_refused_by_its_name() -> None:
    with pytest.raises(cf.ClosedformError, match="no matrix form without index notation"):
        cf.formula("vec(expm(diag(x)))").jacobian("x")


@pytest.mark.parametrize(
    ("text", "where", "short"),
    [
        ("kron(A, B)*kron(C, D)", "A in R^(m×n), C in R^(n×p), B in R^(q×p), D in R^(p×k)", "kron(A*C, B*D)"),
        ("inv(kron(A, B))", "A in Inv(n), B in Inv(m)", "kron(A^-1, B^-1)"),
        ("unvec(vec(A), m, n)", "A in R^(m×n)", "A"),
        ("vec(unvec(x, m, n))", "x in R^(m*n)", "x"),
        ("unvec(kron(A, B)*vec(X), p, m)", "A in R^(m×n), B in R^(p×q), X in R^(q×n)", "B*X*A'"),
        ("kron(eye(m), eye(n))*x", "x in R^(m*n)", "x"),
        ("kron(x, y')", "x in R^n, y in R^m", "x*y'"),
    ],
)
def test_kronecker_products_are_put_together(text: str, where: str, short: str) -> None:
    assert cf.formula(text, where).simplify().text == short
    assert cf.equal(text, short, where).right


def test_the_wrong_order_of_a_kronecker_product_is_not_taken() -> None:
    assert not cf.equal("unvec(kron(A, B)*vec(X), n, n)", "A*X*B'", "A in R^(n×n), B in R^(n×n), X in R^(n×n)").right
    assert not cf.equal("vec(x*y')", "kron(x, y)", "x in R^n, y in R^n").right
