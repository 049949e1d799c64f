"""Kinks and branches far from the ordinary points: claims that hold on one side of them alone are not certified."""

import pytest

from closedform.check.bounded import ranges
from closedform.check.certificate import Certificate, Claim
from closedform.check.certify import certify
from closedform.functions.algebra import add, num, power, sym, tr, transpose
from closedform.functions.algebra import mul as times
from closedform.read.read import read

FALSE = [
    ("relu(s-100)", "0"),
    ("step(s-1000)", "0"),
    ("clip(s,-1000,1000)", "s"),
    ("huber(s,1000)", "s^2/2"),
    ("step(sin(s))", "step(s)"),
    ("atan(s)+atan(u)", "atan((s+u)/(1-s*u))"),
    ("max(s^2,s-249/1000)", "s^2"),
    ("|s^2-1/10^9|", "s^2-1/10^9"),
    ("atan(tan(s))", "s"),
    ("acos(cos(s))", "|s|"),
    ("asin(sin(s/10^9))", "s/10^9"),
    ("step(s)", "step(s+1/10^30)"),
    ("step(s-7)", "step(s-7+1/10^30)"),
    ("|sin(s)|", "sin(|s|)"),
    ("sqrt((s-100)^2)", "100-s"),
    ("sqrt(s^2-200*s+10000)", "100-s"),
    ("|s-10^30|", "10^30-s"),
    ("max([s-100;0])", "0"),
    ("relu(relu(s-100)-5)", "0"),
]
WRONG_GRADIENTS = [
    ("sum(relu(x-2))", "zeros(n)"),
    ("sum(huber(x,2))", "x"),
    ("sum(clip(x,-5,5))", "ones(n)"),
    ("sum(|x-10|)", "-ones(n)"),
    ("relu(100-x'*x)", "-2*x"),
    ("sum(max(x,y-20))", "ones(n)"),
    ("sum(|sin(x)|)", "cos(x).*sign(x)"),
    ("sum(acos(cos(x)))", "sign(x)"),
    ("min(x'*x,1/100)", "zeros(n)"),
    ("||x-100*ones(n)||_1", "-ones(n)"),
]
TRUE = [
    ("relu(s-100)", "(s-100+|s-100|)/2"),
    ("relu(exp(s))", "exp(s)"),
    ("|softplus(s)+3|", "softplus(s)+3"),
    ("clip(tanh(s),-1,1)", "tanh(s)"),
    ("clip(sin(s),-2,2)", "sin(s)"),
    ("huber(s,1000)", "clip(s,-1000,1000)*(s-clip(s,-1000,1000)/2)"),
    ("|s^2+1|", "s^2+1"),
    ("max(s^2+1,s^2)", "s^2+1"),
    ("max(s,u)", "(s+u+|s-u|)/2"),
    ("min(s,u)", "(s+u-|s-u|)/2"),
    ("tan(atan(s))", "s"),
    ("sin(asin(s))", "s"),
    ("acos(s)", "pi/2-asin(s)"),
    ("step(sin(s))", "(sign(sin(s))+1)/2"),
    ("sqrt((s-100)^2)", "|s-100|"),
    ("sqrt(s^2-200*s+10000)", "|s-100|"),
    ("|exp(s)-exp(-s)|", "2*|sinh(s)|"),
    ("relu(log(1+s^2))", "log(1+s^2)"),
    ("step(s)", "1-step(-s)"),
    ("|sin(s)|", "sqrt(1-cos(s)^2)"),
]
RIGHT_GRADIENTS = [
    ("sum(relu(x-2))", "step(x-2)"),
    ("sum(huber(x,2))", "clip(x,-2,2)"),
    ("sum(|x-10|)", "sign(x-10)"),
    ("relu(100-x'*x)", "-2*step(100-x'*x)*x"),
    ("sum(max(x,y-20))", "step(x-y+20)"),
    ("sum(|sin(x)|)", "cos(x).*sign(sin(x))"),
    ("||x-100*ones(n)||_1", "sign(x-100*ones(n))"),
]


def equality(f: str, g: str) -> Certificate:
    where = "s, u in R"
    return certify(Claim("equal", read(f, where).node, read(g, where).node))


def gradient(f: str, g: str) -> Certificate:
    where = "x in R^n, y in R^n"
    return certify(Claim("gradient", read(f, where).node, read(g, where).node, sym("x", "n")))


@pytest.mark.parametrize(("f", "g"), FALSE)
def test_false_equalities_are_not_certified(f: str, g: str) -> None:
    assert not equality(f, g).ok


@pytest.mark.parametrize(("f", "g"), WRONG_GRADIENTS)
def test_wrong_gradients_are_refused_with_a_counterexample(f: str, g: str) -> None:
    found = gradient(f, g)
    assert (found.ok, found.decided) == (False, True)
    assert found.counterexample is not None


@pytest.mark.parametrize(("f", "g"), TRUE)
def test_true_equalities_are_certified(f: str, g: str) -> None:
    found = equality(f, g)
    assert found.ok, found.line()


@pytest.mark.parametrize(("f", "g"), RIGHT_GRADIENTS)
def test_right_gradients_are_certified(f: str, g: str) -> None:
    found = gradient(f, g)
    assert found.ok, found.line()


def test_a_side_never_seen_is_named_and_not_called_right() -> None:
    found = equality("|cosh(s)-s^2/2-1|", "cosh(s)-s^2/2-1")
    assert (found.level, found.decided) == ("X", False)
    assert found.reason == "the argument of abs was never seen negative"


def test_what_is_positive_by_its_form() -> None:
    s, x, big = sym("s"), sym("x", "n"), sym("X", "m", "n")
    square = power(s, num(2))
    shifted, gram = add(square, num(3)), tr(times(transpose(big), big))
    known = ranges([shifted, times(transpose(x), x), gram, s], [])
    assert known[shifted][0] == 3
    assert known[times(transpose(x), x)][0] == 0
    assert known[s][0] < 0
    assert ranges([s], ["s"])[s][0] == 0
