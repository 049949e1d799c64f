"""Right claims are accepted at the level expected, wrong ones refused, and what is said of them holds."""

import json
import math
import statistics
from dataclasses import replace
from fractions import Fraction

import pytest
from claims import (
    CUBES,
    OPS,
    RIGHT,
    A,
    B,
    D,
    P,
    S,
    X,
    b,
    dS,
    dX,
    dX1,
    e,
    equal,
    fn,
    gaps,
    gradient,
    hessian,
    jacobian,
    lse,
    n,
    norm,
    one,
    p,
    pos,
    quad,
    res,
    s,
    t,
    top,
    x,
    y,
)

from closedform.check import certify as module
from closedform.check.certificate import Certificate, Claim
from closedform.check.certify import certify
from closedform.errors import ClosedformError
from closedform.expr.node import Node, make
from closedform.functions.algebra import (
    CALL,
    add,
    diagm,
    eye,
    had,
    index,
    inv,
    mul,
    num,
    ones,
    power,
    scale,
    sumover,
    sym,
    tr,
    transpose,
    unit,
)

TINY = Fraction(1, 10**15)
WRONG: dict[str, Claim] = {
    "a transpose dropped": gradient(tr(mul(A.T, A, X)), mul(A.T, A).T + X, X),
    "transposed": gradient(tr(mul(B, X)), B, X),
    "half of a quadratic form": gradient(quad, mul(B, x), x),
    "factors swapped": Claim("map", inv(X), -mul(inv(X), inv(X), dX), X, differentials=("dX",)),
    "a term of relative size 1e-15": gradient(quad, mul(B + B.T, x) + scale(num(TINY), mul(B, x)), x),
    "a term times a known prime of 61 bits": gradient(
        quad, mul(B + B.T, x) + scale(num((1 << 61) - 1), x), x),
    "a term times the largest prime of 64 bits": gradient(
        quad, mul(B + B.T, x) + scale(num((1 << 64) - 59), x), x),
    "right at size 2 (Cayley-Hamilton)": gradient(fn("det", X), scale(tr(X), eye("n")) - X.T, X),
    "right at size 1": gradient(tr(mul(X, X, B)), 2 * mul(B.T, X.T), X),
    "right at size 1, norm": gradient(norm, scale(power(norm, -1), mul(A.T, ones("m"))), x),
    "right for symmetric points": gradient(fn("logdet", X), inv(X), X),
    "right for commuting matrices": gradient(tr(mul(X, X, B)), 2 * mul(B, X).T, X),
    "not in the space of symmetric matrices": gradient(tr(mul(B, S)), B, S),
    "twice the symmetric gradient": gradient(tr(mul(B, S)), B + B.T, S),
    "not in the space of diagonal matrices": gradient(tr(mul(B, D)), B.T, D),
    "the space taken for free": gradient(tr(mul(B, S)), B + B.T - had(B, eye("n")), S),
    "free taken for the space": gradient(
        tr(mul(B, S)), scale(num(Fraction(1, 2)), B + B.T), S, convention="free"),
    "relu, all on": gradient(fn("sum", fn("relu", mul(A, x))), mul(A.T, ones("m")), x),
    "relu, all off": gradient(fn("sum", fn("relu", mul(A, x))), scale(num(0), x), x),
    "relu, wrong where all are on": gradient(
        fn("sum", fn("relu", x)), scale(1 + fn("prod", fn("step", x)), fn("step", x)), x),
    "absolute value, positive": gradient(fn("norm1", x), one, x),
    "root of a square": equal(fn("sqrt", s * s), s),
    "root of a square of a vector": equal(fn("sqrt", power(x, 2)), x),
    "root of a product": equal(fn("sqrt", had(s * s, t)), s * fn("sqrt", t)),
    "sign of a square": equal(fn("sign", s * s), fn("sign", s)),
    "logarithm of a square": equal(fn("log", s * s), fn("log", fn("abs", s))),
    "logarithm": equal(fn("log", s + t), fn("log", s) + fn("log", t)),
    "logarithm of the negative": equal(
        fn("log", s * s) + fn("log", s), fn("log", s * s) + fn("log", -s)),
    "logarithm of the negative, before": equal(
        fn("log", -s) + fn("log", s * s), fn("log", s) + fn("log", s * s)),
    "exponential": equal(fn("exp", s + t), fn("exp", s) + fn("exp", t)),
    "exponential at twice": equal(fn("exp", 2 * s), 2 * fn("exp", s)),
    "double angle": equal(fn("sin", 2 * s), fn("sin", s) * fn("cos", s)),
    "softmax, no outer product": jacobian(fn("softmax", x), diagm(fn("softmax", x)), x),
    "tanh, sign": gradient(fn("sum", fn("tanh", x)), one + power(fn("tanh", x), 2), x),
    "log-sum-exp at another point": gradient(lse, mul(A.T, fn("softmax", mul(A, x) + b)), x),
    "symbolic power": gradient(power(pos, e), e * power(pos, e), pos),
    "Hessian, no outer product": hessian(lse, mul(A.T, diagm(p), A), x),
    "Hessian, a sign": hessian(fn("logdet", X), mul(inv(X), dX1, inv(X)).T, X, names=("dX1",)),
    "Hessian, a transpose": hessian(fn("logdet", X), -mul(inv(X), dX1, inv(X)), X, names=("dX1",)),
    "mixed, transposed": hessian(mul(x.T, B, y), B.T, x, y),
    "zero": gradient(fn("logdet", X), scale(num(0), X), X),
    "size for a number": gradient(fn("mean", x), scale(num(Fraction(1, 4)), one), x),
    "sum one short": gradient(sumover("i", 1, "n", mul(x.T, x)), scale(2 * (n - 1), x), x),
    "matrix exponential, commuting": Claim(
        "map", fn("expm", X), mul(fn("expm", X), dX), X, differentials=("dX",)),
    "largest entry": gradient(fn("maxentry", x), fn("argmin", x), x),
    "largest eigenvalue": gradient(fn("lambda_max", S), mul(fn("eigvec_min", S), fn("eigvec_min", S).T), S),
    "largest eigenvalue, Hessian": hessian(
        fn("lambda_max", S), mul(gaps, dS, top, top.T), S, names=("dS",)),
    "pseudo-inverse taken for the inverse": equal(mul(fn("pinv", mul(x, x.T)), mul(x, x.T)), eye("n")),
    "even power of a norm": gradient(power(fn("norm2", x), 4), scale(2 * power(fn("norm2", x), 2), x), x),
    "Cholesky": equal(mul(fn("chol", P).T, fn("chol", P)), P),
    "residual": gradient(num(Fraction(1, 2)) * mul(res.T, res), mul(A.T, mul(A, x) + b), x),
    "an abstract function's gradient twice": gradient(
        make(CALL, (x,), ("f", ""), s.shape), 2 * make(CALL, (x,), ("f", "grad"), x.shape), x),
    "two abstract functions": equal(
        make(CALL, (x,), ("f", ""), s.shape), make(CALL, (x,), ("g", ""), s.shape)),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_are_accepted(name: str) -> None:
    level, claim = RIGHT[name]
    found = certify(claim)
    assert (found.level, found.ok) == (level, True), found.line()
    assert (found.bound is not None) == (level == "A")
    assert found.bound is None or found.bound < -30
    assert json.loads(found.to_json())["level"] == level


def test_a_norm_that_is_zero_at_every_point_has_the_derivative_zero() -> None:
    assert certify(CUBES).level in "ABC"
    assert not certify(replace(CUBES, answer=2 * CUBES.answer)).ok


@pytest.mark.parametrize("name", WRONG)
def test_wrong_answers_are_refused(name: str) -> None:
    for _ in range(3):
        found = certify(WRONG[name])
        assert (found.level, found.ok) == ("X", False), found.line()
    shown = found.counterexample
    assert (shown is None) == ("negative" in name)  # where the sides have no point in common there is none
    assert shown is None or shown["claimed"] != shown["true"]


@pytest.mark.parametrize("name", RIGHT)
def test_changed_answers_are_refused(name: str) -> None:
    claim = RIGHT[name][1]
    answer = claim.answer
    changed = [2 * answer, -answer, answer + scale(num(TINY), answer), scale(num(Fraction(1, 2)), answer)]
    for wrong in changed:
        assert not certify(replace(claim, answer=wrong)).ok


@pytest.mark.parametrize("name", [k for k, (_, c) in RIGHT.items() if c.kind in ("gradient", "jacobian")])
def test_transposed_answers_are_refused_or_have_another_shape(name: str) -> None:
    claim = RIGHT[name][1]
    if claim.answer.is_square and not claim.answer.is_scalar:
        equals = certify(equal(claim.answer, transpose(claim.answer))).ok
        assert certify(replace(claim, answer=transpose(claim.answer))).ok == equals


def test_a_wrong_shape_says_which() -> None:
    found = certify(gradient(quad, mul(x.T, B), x))
    assert "1×n" in found.reason and "n×1" in found.reason


def test_claims_that_say_nothing_are_errors() -> None:
    with pytest.raises(ClosedformError):
        certify(gradient(mul(A, x), A, x))
    with pytest.raises(ClosedformError):
        certify(Claim("gradient", quad, x))
    with pytest.raises(ClosedformError):
        certify(Claim("derivative", quad, x, x))


def test_polynomials_and_traces_are_proved_for_every_size() -> None:
    assert certify(RIGHT["trace of a cube"][1]).every_size
    assert certify(RIGHT["quadratic form"][1]).every_size
    assert not certify(RIGHT["logdet"][1]).every_size
    assert not certify(equal(tr(eye("n")), n)).every_size


def test_what_no_number_serves_is_undecided_with_the_reason() -> None:
    found = certify(equal(fn("log", -fn("exp", s)), s))
    assert (found.level, found.decided) == ("X", False) and "no point" in found.reason


def test_a_check_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 2.0)
    i, j, k = (mul(transpose(sym("z", 400)), unit(index(name), 400)) for name in "ijk")
    body = sumover("k", 1, 400, fn("sin", i * j * k))
    slow = sumover("i", 1, 400, sumover("j", 1, 400, body))
    found = certify(gradient(slow, sym("z", 400), sym("z", 400)))
    assert (found.ok, found.decided) == (False, False) and "could not be decided" in found.reason
    assert found.milliseconds < 2500


def test_a_refusal_is_decided() -> None:
    assert all(certify(claim).decided for name, claim in WRONG.items() if "negative" not in name)


def test_an_operation_that_is_not_known_is_named() -> None:
    strange = make(replace(OPS["exp"], name="strange", text="strange"), (s,))
    assert "strange" in certify(equal(strange, s)).reason


def test_deep_formulas() -> None:
    deep: Node = x
    for _ in range(2000):
        deep = add(mul(B, deep), x)
    assert certify(equal(deep, deep)).ok
    net = x
    for _ in range(300):
        net = fn("tanh", mul(B, net))
    assert certify(equal(net, net)).level == "B"


def test_what_is_too_large_for_a_check_is_undecided() -> None:
    big = sym("big", 300, 300)
    found = certify(equal(big, big))
    assert not found.ok and not found.decided and "entries" in found.reason


def test_sizes_are_different_and_at_least_four() -> None:
    large = [v for v in certify(RIGHT["mixed"][1]).sizes if max(v.values()) > 1]
    assert len(large) >= 2
    assert all(min(v.values()) >= 4 and len(set(v.values())) == len(v) for v in large)


def test_agreement_at_size_one_alone_is_not_enough() -> None:
    factors = [sym(f"k{i}", f"r{i}", f"c{i}") for i in range(20)]
    product = factors[0]
    for factor in factors[1:]:
        product = fn("kron", product, factor)
    assert not certify(equal(product, fn("kron", factors[0], product))).ok
    wrong = scale(fn("sum", product), factors[0])
    assert not certify(gradient(fn("normF", product), wrong, factors[0])).ok


def test_products_that_grow_are_checked_at_small_sizes() -> None:
    K, M = sym("K", "p", "q"), sym("M", "k", "r")
    product = fn("kron", fn("kron", A, K), M)
    truth = scale(had(fn("normF", K), fn("normF", M), power(fn("normF", A), -1)), A)
    found = certify(gradient(fn("normF", product), truth, A))
    assert found.ok and max(max(s.values()) for s in found.sizes) > 1
    assert not certify(gradient(fn("normF", product), 2 * truth, A)).ok


def test_one_line_for_people() -> None:
    assert (
        certify(RIGHT["logdet"][1]).line().startswith("level A (exact, with a bound), wrong with probability")
    )
    assert certify(WRONG["zero"]).line().startswith("refused: ")
    assert Certificate("C", "").line().startswith("level C (to 110 digits)")
    assert Certificate("X", "no point", decided=False).line() == "not certified: no point"


def test_it_is_fast() -> None:
    times = [certify(claim).milliseconds for _, claim in RIGHT.values()]
    assert statistics.median(times) < 5
    assert math.isfinite(sum(times))
