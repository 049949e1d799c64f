"""Claims that are wrong at special values alone: all ones, large sizes, branches of a logarithm; true ones beside."""

import pytest

import closedform as cf

FALSE = [  # first, second, declarations: where they differ
    ("prod(y)", "0", "y in {0,1}^m"),  # at 1
    ("prod(1 + y)", "0", "y in {-1,1}^m"),
    ("relu(n - 100)*x", "0*x", "x in R^n"),  # for n > 100
    ("logm(X^2)", "2*logm(X)", ""),  # where an eigenvalue is left of 0
    ("logm(expm(X))", "X", ""),  # where one is over π high
    ("sqrtm(X^2)", "X", ""),
]
TRUE = [
    ("y.^2", "y", "y in {0,1}^m"),
    ("y.^2", "ones(m)", "y in {-1,1}^m"),
    ("exp(y)", "1 + (exp(1) - 1)*y", "y in {0,1}^m"),
    ("sum(log(1 + exp(-y.*x)))", "sum(softplus(-y.*x))", "y in {-1,1}^m"),
    ("argmax(x)", "argmax(exp(x))", ""),  # at points so far that float64 has no value
    ("log(max(exp(x)))", "max(x)", ""),
    ("max(tanh(x))", "tanh(max(x))", ""),  # where tanh is 1 to a thousand bits
    ("max([x;x])", "max(x)", ""),
    ("expm(logm(X))", "X", ""),
    ("logm(inv(X))", "-logm(X)", ""),
    ("exp(x[3])*sum(x)", "exp(x)[3]*sum(x)", "x in R^n"),  # of three entries and more
    ("y'*inv(exp(w[1])*y*y' + w[3]*eye(n))*y", "y'*inv(w[3]*eye(n) + exp(w)[1]*y*y')*y", "w in R^p, y in R^n"),
]


@pytest.mark.parametrize(("first", "second", "where"), FALSE)
def test_what_is_false_at_special_values_is_not_right(first: str, second: str, where: str) -> None:
    assert not any(cf.equal(first, second, where or None).right for _ in range(3))


@pytest.mark.parametrize(("first", "second", "where"), TRUE)
def test_what_is_true_is_right(first: str, second: str, where: str) -> None:
    assert cf.equal(first, second, where or None).right


@pytest.mark.parametrize("answer", [
    "2*x + step(n - 20)*x", "2*x + relu(n - 100)*x", "2*x + (abs(n - 60) + n - 60)*x",
    "2*x*(1 + " + "*".join(f"(n - {k})" for k in range(1, 17)) + ")",
])  # fmt: skip
def test_a_term_that_only_large_sizes_show_is_not_right(answer: str) -> None:
    for _ in range(3):
        assert cf.check("x'*x", answer, "x in R^n", by="x").kind in ("wrong", "uncertified")


def test_a_slip_at_one_pattern_of_labels_is_found() -> None:
    for _ in range(3):
        found = cf.check("sum(y.*x.^2) + prod(y)*sum(x)", "2*y.*x", "y in {0,1}^m", by="x")
        assert found.kind == "wrong"
