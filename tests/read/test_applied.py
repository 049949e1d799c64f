"""Functions given by a formula, ``f(x) = x'*A*x``: what is read is the formula with the argument put in."""

import pytest

from closedform.errors import ClosedformError, DeclarationError, LimitError, ReadError, ShapeError
from closedform.formula import formula

SAME = [
    ("f(A*y) where f(x) = x'*B*x", "(A*y)'*B*(A*y)"),
    ("f(x, W) where f(u, V) = softmax(V*u)", "softmax(W*x)"),
    ("g(x) where g(x) = f(x)'*f(x), f(x) = A*x - b", "(A*x - b)'*(A*x - b)"),
    ("f(f(x)) where f(x) = x + x", "4*x"),
    ("sum(i, f(a[i]'*x)) where f(s) = log(1 + exp(s))", "sum(i, log(1 + exp(a[i]'*x)))"),
    ("p'*p where p = f(x), f(x) = A*x", "(A*x)'*(A*x)"),
    ("f(b) where f(x) = x'*y, y = A*c", "b'*(A*c)"),
    ("f(2*x) where f(x) = <x, x>", "4*x'*x"),
]


@pytest.mark.parametrize(("source", "plain"), SAME)
def test_the_argument_is_put_in(source, plain):
    f = formula(source)
    assert f == formula(plain, f.where)


def test_each_application_has_its_own_sizes():
    f = formula("f(A*y) + f(z) where f(x) = x'*x")
    assert f.where == "A in R^(m×n), y in R^n, z in R^k"


def test_beside_an_abstract_function():
    f = formula("f(x) + h(x) where f(x) = x'*x, h: R^n -> R")
    assert f.grad("x").text == "grad[h](x) + 2*x"


def test_in_latex():
    f = formula(r"f(A y) \text{ where } f(x) = x^\top B x", syntax="latex")
    assert f == formula("(A*y)'*B*(A*y)", f.where)


REFUSED = [
    ("f(x) where f(x) = f(x) + 1", DeclarationError, "applies f itself"),
    ("f(x) where f(x) = g(x), g(x) = f(x)", DeclarationError, "which has no end"),
    ("f(x, y) where f(x) = x", ReadError, "f takes 1 argument; it was given 2"),
    ("grad[f](x) where f(x) = x'*x", ReadError, "declared with an arrow"),
    ("sum(i, f(x[i])) where f(s) = sum(i, s*y[i])", ReadError, "i is the index of a sum in f"),
    ("f(x) where f(x) =", DeclarationError, "the formula of f is missing"),
    ("f(x) where f(2) = x", DeclarationError, "no declaration that is known"),
    ("f(x) where f(x, x) = x", DeclarationError, "two arguments of one name"),
    ("f(x) where f(x) = x, f: R^n -> R", DeclarationError, "declared twice"),
    ("f(A + x) where f(x) = x'*x, A in R^(m×n), x in R^n", ShapeError, "shapes differ"),
    ("f(" * 20 + "x" + ")" * 20 + " where f(x) = x + x", LimitError, "limit: parts"),
]


@pytest.mark.parametrize(("source", "error", "message"), REFUSED)
def test_refusals(source, error, message):
    with pytest.raises(error, match=message) as caught:
        formula(source)
    assert isinstance(caught.value, ClosedformError)
