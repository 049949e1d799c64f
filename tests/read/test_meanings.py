"""What is read as what, said so; what has no meaning, refused by name; names put in the place of names."""

import numpy as np
import pytest

import closedform as cf
from closedform.read.vocabulary import ELSEWHERE


@pytest.mark.parametrize(
    ("source", "where", "words"),
    [
        ("1i*x", None, "1i is a complex number"),
        ("x + 2j*y", None, "2j is a complex number"),
        ("x'*A^H*x + tr(H)", None, "A^H may be the transpose or the power H"),
        ("x'*eye(-1)*x", None, "a size is at least 1; eye(-1) is -1×-1"),
        ("x'*x", "x in R^0", "a size is at least 1; this is 0"),
        ("tr(A)", "A in Sym(0)", "a size is at least 1; this is 0"),
        ("x'*A*x", "A in Sym(n), A in Skew(n)", "declared skew-symmetric and symmetric"),
        ("x'*A*x", "A in PD(n), A in Skew(n)", "declared skew-symmetric and symmetric"),
        ("log(-1)*x'*x", None, "log(-1) is no real number"),
        ("sqrt(1 - 3)*x'*x", None, "sqrt(1 - 3) is no real number"),
        ("log(0)", None, "log(0) is no real number"),
        ("acos(2)", None, "acos(2) is no real number"),
        ("(-8)^(1/3)*x'*x", None, "no real number"),
        ("i*sum(i, x[i])", None, "i is summed in one place and fixed in another"),
        ("sum(i, a*y[i])", "a = x[i]", "i is summed in one place and fixed in another"),
        ("sum(i, a*y[i])", "a = i", "i is summed in one place and fixed in another"),
        ("sum(i, sum(i, x[i])*y[i])", None, "i is summed twice"),
    ],
)
def test_refused_by_name(source: str, where: str | None, words: str) -> None:
    with pytest.raises(cf.ClosedformError) as found:
        cf.formula(source, where)
    assert words in str(found.value)


def test_sums_of_definitions_have_indices_of_their_own() -> None:
    f = cf.formula("sum(i, x[i]*a*y[i]) where a = sum(i, x[i]*y[i])")
    x, y = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])
    assert f(x=x, y=y) == (x @ y) ** 2


@pytest.mark.parametrize("source", ["x'*A^H*x", "x^H A x", "x'*A^{H}*x"])
def test_the_hermitian_sign_is_the_transpose(source: str) -> None:
    f = cf.formula(source)
    assert any("is read as the transpose: all numbers are real" in note for note in f.assumed)
    A, x = np.array([[1.0, 2.0], [5.0, -1.0]]), np.array([1.0, 3.0])
    assert f(A=A, x=x) == x @ A @ x


def test_a_declared_h_is_a_power() -> None:
    assert cf.formula("A^H", "H in R").where == "A in R^(n×n), H in R"


def test_a_bound_that_is_not_used_is_said() -> None:
    assert "Of s > 1, only s > 0 is used." in cf.formula("log(s)", "s > 1").assumed
    assert cf.formula("log(s)", "s > 0").assumed == ("s ∈ ℝ",)


@pytest.mark.parametrize("source", ["f(x) = x'*A*x", "f = x'*A*x", "g(x, A) = x'*A*x"])
def test_the_left_side_names_the_function(source: str) -> None:
    f = cf.formula(source)
    assert f.text == "x'*A*x"
    assert "What stands right of the sign = is read: x'*A*x." in f.assumed


def test_a_gradient_of_no_scalar_says_what_was_assumed() -> None:
    with pytest.raises(cf.ShapeError) as found:
        cf.formula("x'*A").grad("x")
    assert "this is 1×m" in found.value.message
    assert "x ∈ ℝⁿ, A ∈ ℝ^(n×m)" in found.value.hint
    assert "declare" not in found.value.hint


VALUES = {"x": [1.0, -2.0, 4.0], "y": [0.5, 3.0, -1.0], "A": [[1.0, 2.0, 0.5], [3.0, -4.0, 1.0], [0.0, 2.0, 5.0]]}


@pytest.mark.parametrize(
    ("source", "given", "expected"),
    [
        ("x'*A*x", {"x": "x + y"}, lambda x, y, A: (x + y) @ A @ (x + y)),
        ("x'*A*y", {"x": "y", "y": "x"}, lambda x, y, A: y @ A @ x),
        ("x'*A*y", {"x": "y", "y": "x + y"}, lambda x, y, A: y @ A @ (x + y)),
        ("x'*A*y", {"A": "A'*A"}, lambda x, y, A: x @ A.T @ A @ y),
        ("sum(i, x[i]*y[i]^2)", {"y": "A*y"}, lambda x, y, A: np.sum(x * (A @ y) ** 2)),
        ("1/n*sum(x)", {"n": 3}, lambda x, y, A: np.sum(x) / 3),
        ("x'*tanh(A*r) where r = x - y", {"x": "y", "y": "x"}, lambda x, y, A: y @ np.tanh(A @ (y - x))),
    ],
)
def test_names_are_replaced_all_at_once(source: str, given: dict[str, object], expected: object) -> None:
    f = cf.formula(source).substitute(**given)
    point = {name: np.array(v) for name, v in VALUES.items()}
    found = f({name: v for name, v in point.items() if name in f.variables})
    assert np.allclose(found, expected(**point))  # type: ignore[operator]


def test_what_cannot_be_put_in_is_refused() -> None:
    f = cf.formula("x'*x")
    for given, words in (({"n": -3}, "n is a size"), ({"n": 2.5}, "n is a size"), ({"q": "z"}, "no variable q")):
        with pytest.raises(cf.DeclarationError, match=words):
            f.substitute(**given)
    with pytest.raises(cf.DeclarationError, match="index of a sum"):
        cf.formula("sum(i, x[i]^2)").substitute(x="i*x")


def test_what_is_put_in_is_known_to_be_what_was_declared() -> None:
    g = cf.formula("x'*S*x", "S in Sym(n)").grad("x")
    assert g.substitute(S="A*A'").text == "2*A*A'*x"
    for f, given in ((g, {"S": "A"}), (cf.formula("sqrt(s^2)", "s > 0"), {"s": "c"})):
        with pytest.raises(cf.DeclarationError, match="is not known to be"):
            f.substitute(**given)


def test_numbers_and_declarations_stay() -> None:
    assert cf.formula("s^k", "s in R, k in R").substitute(k=2).grad("s").text == "2*s"
    assert cf.formula("f(x)", "f: R^n -> R").substitute(x="A*z").text == "f(A*z)"
    assert cf.formula("x'*A*x", "A in Sym(n)").substitute(x="x + y").where.startswith("x in R^n, y in R^n, A in Sym(n)")


@pytest.mark.parametrize(("text", "where", "shape"), [
    ("sum(log(A*w))", "w > 0", "w ∈ ℝⁿ"),
    ("-sum(p.*log(q))", "p > 0, q > 0", "q ∈ ℝⁿ"),
    ("||A*x||^2", "x >= 0", "x ∈ ℝⁿ"),
    ("sum(x.^y + y.^x)", "x > 0, y > 0", "y ∈ ℝⁿ"),
    ("1/2*c*x'*x", "c > 0", "c ∈ ℝ"),
    ("sum(abs(x).^p)^(1/p)", "p > 0", "p ∈ ℝ"),
    ("sum(log(1 + exp(x/t)))", "t > 0", "t ∈ ℝ"),
    ("S*normcdf(d) - K*exp(-r*T)*normcdf(d - v)", "d = log(S/K)/v, S > 0, K > 0, v in R, r in R, T in R", "S ∈ ℝ"),
    ("sum(X*w)/T", "X > 0, T > 0", "X ∈ ℝ^(m×n)"),
])  # fmt: skip
def test_a_positive_name_is_a_number_only_where_no_entries_are_meant(text: str, where: str, shape: str) -> None:
    assert shape in cf.formula(text, where).assumed


def test_a_positive_capital_whose_entries_are_meant_is_no_number() -> None:
    for text in ("tr(P*log(P/Q))", "sum(P/Q)"):
        with pytest.raises(cf.ShapeError, match="nothing is divided by a matrix"):
            cf.formula(text, "P > 0, Q > 0")


def test_a_name_read_as_a_number_is_named_where_a_gradient_has_no_scalar() -> None:
    with pytest.raises(cf.ShapeError) as found:
        cf.formula("x*A", "A in R^(m×n)").grad("x")
    assert "declare x in R^n if it is a vector" in found.value.hint


@pytest.mark.parametrize("source", ["log(1 + exp(-y*w'*x))", r"\max(0, 1 - y\,w^\top x)"])
def test_so_is_a_vector_that_would_make_it_a_scalar_as_a_number(source: str) -> None:
    with pytest.raises(cf.ShapeError) as found:
        cf.formula(source).grad("w")
    assert "declare y in R if it is a number" in found.value.hint
    assert cf.formula(source, "y in R").grad("w").check().level == "A"


def test_what_stands_behind_a_divisor_is_said() -> None:
    assert "What follows /2 is not divided by." in cf.formula("||y||^2/2 s^2", "s in R").assumed
    assert not any("divided" in said for said in cf.formula("1/2 x'*A*x").assumed)


@pytest.mark.parametrize("mark", ["(%s)", "[%s]"])
def test_layers_of_a_network_by_their_superscripts(mark: str) -> None:
    first, second = (rf"^{{{mark % k}}}" for k in (1, 2))
    f = cf.formula(rf"W{second} \sigma(W{first} x + b{first})", syntax="latex")
    assert f.text == "W_2*sigmoid(W_1*x + b_1)"


@pytest.mark.parametrize(("text", "where", "gradient"), [
    ("sum(i=1..n, i)*s", "s in R", "(n + n*n)/2"), ("n*s^2", "s in R, n in N", "2*s*n"),
    ("s^n", "s in R, n in ℕ", "s^(n - 1)*n"),
])  # fmt: skip
def test_a_size_that_no_variable_shows(text: str, where: str, gradient: str) -> None:
    g = cf.formula(text, where).grad("s")
    assert g.text == gradient and g.where == "s in R, n in N" and g.check().level == "A"


def test_a_size_is_nothing_else() -> None:
    with pytest.raises(cf.DeclarationError, match="is a size and also declared"):
        cf.formula("n*s", "n in N, n in R")


@pytest.mark.parametrize(("name", "written"), ELSEWHERE.items())
def test_functions_of_other_languages_are_written_out(name: str, written: str) -> None:
    with pytest.raises(cf.ReadError) as found:
        cf.formula(f"{name}(x)")
    assert found.value.hint == f"Write {written}." and cf.formula(written).variables


@pytest.mark.parametrize("text", ["pi_*s", "E_*s", "lambda_ *s", "norm(X)_*s", "1_000*s"])
def test_an_underscore_that_ends_nothing_is_not_passed_over(text: str) -> None:
    with pytest.raises(cf.ReadError, match="_"):
        cf.formula(text)
