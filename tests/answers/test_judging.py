"""Judging a person's answer: right, wrong with the reason, or right in another convention."""


import pytest
from timing import seconds

from closedform.answers import Verdict, check, equal
from closedform.errors import ClosedformError, DeclarationError, ShapeError


@pytest.mark.parametrize(
    ("function", "answer", "where", "words"),
    [
        ("x'*A*x", "(A + A')*x", "", "the gradient by x"),
        ("x'*A*x", "x*x'", "", "the gradient by A"),
        ("x'*A*x", "A' + A", "", "the Hessian by x"),
        ("x'*A*x", "2*A*x", "A in Sym(n)", "the gradient by x"),
        ("x'*A*x", "2*A*x where A in Sym(n)", "", "the gradient by x"),
        ("1/2*||A*x - b||^2", "A'*(A*x - b)", "", "the gradient by x"),
        ("1/2*||A*x - b||^2", "b - A*x", "", "the gradient by b"),
        ("softmax(A*x)", "(diag(p) - p*p')*A where p = softmax(A*x)", "", "the Jacobian by x"),
        ("logdet(X)", "inv(X)'", "", "the gradient by X"),
        ("det(X)", "det(X)*inv(X)'", "", "the gradient by X"),
        ("inv(X)", "-inv(X)*dX*inv(X)", "", "the derivative by X"),
        ("A*X*B", "A*dX*B", "", "the derivative by X"),
        ("sum(exp(x))", "diag(exp(x))", "", "the Hessian by x"),
        ("s^3", "3*s^2", "s in R", "the gradient by s"),
        ("s^3", "6*s", "s in R", "the Hessian by s"),
    ],
)
def test_right(function: str, answer: str, where: str, words: str) -> None:
    verdict = check(function, answer, where)
    assert verdict.kind == "right"
    assert verdict.certificate.level in "ABC"
    assert verdict.asked is not None
    assert verdict.asked.words == words


@pytest.mark.parametrize(
    ("function", "answer", "difference", "declaration"),
    [
        ("x'*A*x", "2*A*x", "(A - A')*x", "A in Sym(n)"),
        ("tr(X'*A*X)", "2*A*X", "(A - A')*X", "A in Sym(m)"),
        ("logdet(X)", "X^-1", "X^-1 - X^-T", "X in Sym(n)"),
        ("x'*A*B*x", "2*A*B*x", "(A*B - (A*B)')*x", "A in Sym(n), B in Sym(n), A*B = B*A"),
        ("sum(abs(x))", "ones(n)", None, "x > 0"),
        ("x'*A*x", "3*x", None, ""),
    ],
)
def test_wrong(function: str, answer: str, difference: str | None, declaration: str) -> None:
    verdict = check(function, answer)
    assert not verdict.right
    assert not verdict.certificate.ok
    assert verdict.truth.check().ok
    assert verdict.difference is not None
    if difference is not None:
        assert verdict.difference.text == difference
    assert verdict.declaration == declaration
    if declaration:
        assert check(function, answer, declaration).right


@pytest.mark.parametrize(
    ("function", "answer", "where", "remark"),
    [
        ("x'*A*x", "x'*(A + A')", "",
         "it is the gradient as a row; here a gradient is a column, the shape of its variable"),
        ("tr(A*X)", "A", "", "it is the transpose of the gradient; here a gradient has the shape of its variable"),
        ("A*x", "A'", "", "it is the Jacobian in the other layout, the transpose of the one asked for"),
        ("tr(A*X)", "A + A' - A.*I", "X in Sym(n)",
         "it is the gradient by the entries on and above the diagonal, the convention of --symmetric free"),
        ("tr(A*X)", "A'", "X in Sym(n)",
         "it is the gradient in the space of all matrices, which does not use that X is symmetric"),
    ],
)  # fmt: skip
def test_right_in_another_convention(function: str, answer: str, where: str, remark: str) -> None:
    verdict = check(function, answer, where)
    assert (verdict.kind, verdict.remark) == ("convention", remark)


def test_the_convention_asked_for_is_right() -> None:
    assert check("tr(A*X)", "A + A' - A.*I", "X in Sym(n)", symmetric="free").right
    assert check("tr(A*X)", "(A + A')/2", "X in Sym(n)").right
    assert check("A*x", "A'", layout="denominator").right
    other = check("tr(A*X)", "(A + A')/2", "X in Sym(n)", symmetric="free")
    assert other.kind == "convention"
    assert other.remark.endswith("the convention of --symmetric projected")


@pytest.mark.parametrize(
    ("function", "answer", "remark"),
    [
        ("x'*x", "x", "a factor 2 is missing: the answer is 1/2 times what is right"),
        ("1/2*x'*x", "2*x", "a factor 1/2 is missing: the answer is 2 times what is right"),
        ("-c'*x", "c", "the sign is wrong: the answer is -1 times what is right"),
        ("1/n*sum(x.^2)", "2*x", "a factor 1/n is missing: the answer is n times what is right"),
        ("logdet(X)", "3*X^-T", "a factor 1/3 is missing: the answer is 3 times what is right"),
    ],
)
def test_a_factor(function: str, answer: str, remark: str) -> None:
    verdict = check(function, answer)
    assert (verdict.kind, verdict.remark) == ("wrong", remark)


def test_the_derivative_by_another_variable() -> None:
    verdict = check("a'*x", "a", by="a")
    assert (verdict.kind, verdict.remark, verdict.truth.text) == ("wrong", "it is the gradient by x", "x")
    assert check("x'*A*x", "A + A'", by="x", op="gradient").kind == "wrong"


def test_what_is_in_the_answer_alone_is_said() -> None:
    assert "y stands in the answer and not in the function" in check("x'*A*x", "(A + A')*y", by="x").notes


def test_sizes_that_would_fit_under_a_declaration() -> None:
    with pytest.raises(ShapeError, match="sizes do not match") as found:
        check("||A*x - b||^2", "2*A*(A*x - b)")
    assert found.value.hint == "With A in Sym(n) it fits, and is right."


def test_refusals() -> None:
    with pytest.raises(DeclarationError, match="there is no variable z in this formula"):
        check("x'*x", "2*x", by="z")
    with pytest.raises(ClosedformError):
        check("x'*x", "2*(x")
    with pytest.raises(DeclarationError, match="there is no variable to differentiate by"):
        check("3", "0")


def test_where_a_right_answer_holds() -> None:
    assert check("sum(log(x))", "1./x").conditions == ("every entry of x > 0",)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("tr(A*B)", "tr(B*A)"),
        ("x'*A*x", "x'*A'*x"),
        ("sum(x)", "x'*ones(n)"),
        ("(A*B)'", "B'*A'"),
        ("log(exp(s))", "s where s in R"),
        ("inv(A*B) where A in Inv(n), B in Inv(n)", "inv(B)*inv(A)"),
    ],
)
def test_equal(first: str, second: str) -> None:
    assert equal(first, second).right


@pytest.mark.parametrize(
    ("first", "second", "difference", "declaration"),
    [
        ("A*B", "B*A", "B*A - A*B", "A*B = B*A"),
        ("inv(Q)", "Q'", "Q' - Q^-1", "Q in Orth(n)"),
        ("A'", "-A", "-A - A'", "A in Skew(n)"),
        ("sqrt(s^2)", "s", "s - abs(s)", "s >= 0"),
    ],
)
def test_not_equal(first: str, second: str, difference: str, declaration: str) -> None:
    verdict: Verdict = equal(first, second, "s in R")
    assert verdict.kind == "wrong"
    assert verdict.difference is not None
    assert verdict.difference.text == difference
    assert verdict.declaration == declaration


def test_formulas_of_different_shapes_are_not_equal() -> None:
    verdict = equal("A*x", "x'*A")
    assert verdict.kind == "wrong"
    assert verdict.difference is None


def test_the_transpose_is_said() -> None:
    assert equal("A*B", "B'*A'").remark == "it is the transpose of the first formula"


@pytest.mark.parametrize(("first", "second"), [("kron(A, B)", "X^-1"), ("-X^-1*dX*X^-1", "A + A'")])
def test_matrices_of_different_sizes_are_not_tried_as_commuting(first: str, second: str) -> None:
    assert equal(first, second).kind == "wrong"


def test_what_the_answer_declares_is_said() -> None:
    assert check("x'*A*x", "2*A*x where A in Sym(n)").notes == ("the answer declares A in Sym(n)",)
    assert check("x'*A*x", "2*p where p = A*x", "A in Sym(n)").notes == ()


def test_a_declaration_is_looked_for_within_a_budget() -> None:
    """The verdict stands first; where nothing is found, no more than a moment is spent on the mend."""
    verdict = check("tr((A*X*B*X')^3)", "X", by="X")
    assert (verdict.kind, verdict.declaration) == ("wrong", "")
    assert seconds(lambda: check("tr((A*X*B*X')^3)", "X", by="X"), 4) < 4


def test_right_as_the_second_derivative_alone_is_said() -> None:
    verdict = check("max(s, 100)", "0", "s in R", by="s")
    assert verdict.right
    assert verdict.remark == "it is wrong as the gradient by s, which is step(s − 100)"
    assert "wrong as the gradient" in str(verdict)
    assert check("x'*A*x", "A + A'", by="x").remark == ""


@pytest.mark.parametrize(
    ("function", "answer", "remark"),
    [
        ("X^2", "2*X", "it is the rule for scalars; matrices do not commute, and the derivative here is a map in dX"),
        ("X^-1", "-X^-2",
         "it is the rule for scalars; matrices do not commute, and the derivative here is a map in dX"),
        ("softmax(z)", "p.*(1 - p) where p = softmax(z)", "it is the diagonal of the Jacobian, which is a matrix"),
        ("X^2", "3*X", ""),
        ("softmax(z)", "p.*(1 + p) where p = softmax(z)", ""),
    ],
)
def test_slips_of_who_knows_the_derivative_of_scalars(function: str, answer: str, remark: str) -> None:
    verdict = check(function, answer)
    assert (verdict.kind, verdict.remark) == ("wrong", remark)
    assert verdict.difference is None


@pytest.mark.parametrize(
    ("function", "answer", "by", "said"),
    [
        ("softmax(z)", "diag(p) - p*p'", "z", "p is not said: with p = softmax(z) it is right"),
        ("logsumexp(A*x)", "A'*p", "x", "p is not said: with p = softmax(A*x) it is right"),
        ("sigmoid(w'*x)", "sigmoid(w'*x)*(1 - sigmoid(w'*x))", "w", "a factor x is missing"),
        ("tanh(W*x)", "1 - tanh(W*x).^2", "x", "a factor W is missing on the right of diag(…)"),
        ("1/2*||A*x - b||^2", "A*x - b", "x", "a factor A' is missing on the left"),
    ],
)
def test_what_an_answer_lacks_is_named(function: str, answer: str, by: str, said: str) -> None:
    verdict = check(function, answer, by=by)
    assert (verdict.kind, verdict.remark.removesuffix(": with it the answer is right")) == ("wrong", said)


def test_no_factor_is_named_that_does_not_make_it_right() -> None:
    assert "missing" not in check("sigmoid(w'*x)", "sigmoid(w'*x)", by="w").remark
    assert "not said" not in check("softmax(z)", "diag(p) + p*p'", by="z").remark


def test_kron_the_other_way_round_is_named() -> None:
    wrong = equal("vec(A*X*B)", "kron(A, B')*vec(X)")
    assert wrong.remark.startswith("the factors of kron stand the other way round")
    assert equal("vec(A*X*B)", "kron(B', A)*vec(X)").right


def test_an_example_has_small_sizes_and_names_both_in_their_order() -> None:
    page = str(equal("x'*x", "sum(x)"))
    found = equal("vec(A*X)", "kron(A, I)*vec(X)", "A in R^(n×n), X in R^(n×n)").certificate.counterexample
    assert page.index("the first is") < page.index("the second is")
    assert found is not None
    assert set(found["sizes"].values()) == {2}


def test_the_difference_of_a_square_of_a_sum_is_a_commutator() -> None:
    verdict = equal("(A + B)^2", "A^2 + 2*A*B + B^2")
    assert verdict.difference is not None
    assert verdict.difference.text == "A*B - B*A"
