"""The derivative of an argmin as a formula, and what the symbols say."""

import pytest

import closedform as cf


@pytest.mark.parametrize(
    ("text", "where", "by", "answer"),
    [
        ("||A*x - b||^2 + lam*||x||^2", "lam > 0", "lam", "-(A'*A + lam*I)^-1*x"),
        ("||A*x - b||^2 + lam*||x||^2", "lam > 0", "b", "(A'*A + lam*I)^-1*A'"),
        ("1/2*x'*Q*x - b'*x", "Q in PD(n)", "b", "Q^-1"),
        ("(x - t)^2", "x in R, t in R", "t", "1"),
    ],
)
def test_derivative(text: str, where: str, by: str, answer: str) -> None:
    found = cf.formula(text, where).argmin("x").derivative(by)
    assert found.text == answer
    assert found.check().ok
    assert found.derivation().steps[-1].after.text == answer


@pytest.mark.parametrize(
    ("text", "where", "answer"),
    [
        ("||A*x - b||^2 + lam*||x||^2", "lam > 0", "(A'*A + lam*I)^-1*A'*b"),
        ("1/2*x'*Q*x - b'*x", "Q in PD(n)", "Q^-1*b"),
        ("3*(x - 2*t)^6", "x in R, t in R", "2*t"),
        ("exp(x) - t*x", "x in R, t in R", None),
        ("(x^2 - a)^2", "x in R, a in R", None),
        ("1/2*||x - y||^2 + lam*||x||_1", "lam > 0", None),
        ("1/2*||x - y||^2 + sum(relu(x))", "", None),
        ("1/2*||x - y||^2 + max(x)", "", None),
        ("1/2*||A*x - b||^2 + sum(abs(x - c))", "", None),
        ("(x - t)^2", "x > 0, t in R", None),
    ],
)
def test_closed_form(text: str, where: str, answer: str | None) -> None:
    found = cf.formula(text, where).argmin("x").closed_form
    assert (None if found is None else found.text) == answer


def test_vjp_is_the_derivative_transposed() -> None:
    a = cf.formula("sum(exp(A*x)) + 1/2*x'*Q*x - b'*x", "Q in PD(n)").argmin("x")
    J, pulled = a.derivative("b"), a.vjp("b")
    assert cf.equal(pulled.text, f"({J.text})'*u", where=pulled.where + ", u in R^n")


def test_refusals() -> None:
    with pytest.raises(cf.ShapeError, match="an argmin is of a scalar"):
        cf.formula("A*x").argmin("x")
    with pytest.raises(cf.DeclarationError, match="there is no variable z"):
        cf.formula("x'*x").argmin("z")
    with pytest.raises(cf.MissingRule, match="depends on what is active"):
        cf.formula("1/2*||x - t||^2").argmin("x", subject_to="x >= 0").derivative("t")
    with pytest.raises(cf.DeclarationError, match="is no constraint"):
        cf.formula("1/2*||x - t||^2", "t in R^2").argmin("x", subject_to="x > 0").solve(t=[1.0, 2.0])
    with pytest.raises(cf.ClosedformError, match="is not solved here"):
        cf.formula("norm_inf(x - t)", "t in R^2").argmin("x").solve(t=[1.0, 2.0])
    s = cf.formula("||x - t||^2", "t in R^2").argmin("x").solve(t=[1.0, 2.0])
    with pytest.raises(cf.DeclarationError, match="there is no parameter b"):
        s.jacobian("b")


@pytest.mark.parametrize(
    ("typed", "at", "said"),
    [
        ("x => 0", "=>", 'Write "x >= 0".'),
        ("x >= 0, t =< x", "=<", 'Write "t <= x".'),
        ("x == t", "==", 'Write "x = t".'),
        ("0 <= x <= 1", "<=", 'Write "0 <= x, x <= 1".'),
        ("t >= ", ">=", "nothing stands after >="),
        ("x", "x", 'Write "x >= 0", or "x = 0".'),
        ("x >= 0; x <= 1", ";", "commas part constraints"),
        ("x >= 0, sum(x - t) <= 2*", "*", "something is missing after *"),
        ("x >= 0, x + t) >= 1", ")", ""),
    ],
)
def test_complaints_about_constraints_are_about_what_was_typed(typed: str, at: str, said: str) -> None:
    with pytest.raises(cf.ClosedformError) as caught:
        cf.formula("1/2*||x - t||^2", "t in R^2").argmin("x", subject_to=typed).solve(t=[1.0, 2.0])
    assert caught.value.source == typed and caught.value.span is not None and said in str(caught.value)
    assert caught.value.span[0] == typed.rindex(at)


@pytest.mark.parametrize("text", ["1/2*||x - y||^2 + lam*||x||_1", "||x||_1", "sum(abs(x - y))", "max(x) + ||x||^2"])
def test_beside_kinks_the_hessian_says_nothing_of_convexity(text: str) -> None:
    """With lam = -1 the first has two minima in each variable; the second is not linear."""
    assert cf.formula(text).argmin("x").facts == ()
