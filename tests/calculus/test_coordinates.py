"""Derivations by coordinates: what they say, word for word, and that every line is true as it is printed."""

import json
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from closedform.check.certificate import Claim
from closedform.check.certify import certify
from closedform.derivations import Derivation
from closedform.errors import LimitError, MissingRule
from closedform.formula import formula

DATA = Path(__file__).parents[1] / "data" / "seed_problems.jsonl"
PROBLEMS = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
ASKED = {p["id"]: p for p in PROBLEMS if p["op"] in ("gradient", "jacobian")}


@cache
def derivation(source: str, by: str, where: str = "") -> Derivation:
    f = formula(source, where or None)
    answer = f.grad(by) if f.shape == ("1", "1") else f.jacobian(by)
    return answer.derivation(method="coordinates")


def lines(source: str, by: str, where: str = "", form: str = "unicode") -> list[str]:
    steps = derivation(source, by, where).steps
    return [f"{step.left(form)} = {step.after.written(form)}" for step in steps]


BOOK = {
    ("x'*A*x", "x", ""): [
        "f = Σᵢⱼ Aᵢⱼ xᵢ xⱼ",
        "∂f/∂xₖ = Σᵢⱼ Aᵢⱼ (xⱼ δᵢₖ + xᵢ δⱼₖ)",
        "∂f/∂xₖ = Σⱼ Aₖⱼ xⱼ + Σᵢ Aᵢₖ xᵢ",
        "∂f/∂xₖ = Σᵢ (Aₖᵢ + Aᵢₖ) xᵢ",
        "∂f/∂xₖ = [(A + Aᵀ)x]ₖ",
        "∇f = (A + Aᵀ)x",
    ],
    ("x'*A*x", "x", "A in Sym(n)"): [
        "f = Σᵢⱼ Aᵢⱼ xᵢ xⱼ",
        "∂f/∂xₖ = Σᵢⱼ Aᵢⱼ (xⱼ δᵢₖ + xᵢ δⱼₖ)",
        "∂f/∂xₖ = Σⱼ Aₖⱼ xⱼ + Σᵢ Aᵢₖ xᵢ",
        "∂f/∂xₖ = 2 Σᵢ Aₖᵢ xᵢ",
        "∂f/∂xₖ = [2 Ax]ₖ",
        "∇f = 2 Ax",
    ],
    ("x'*x", "x", ""): ["f = Σᵢ xᵢ²", "∂f/∂xₖ = 2 Σᵢ xᵢ δᵢₖ", "∂f/∂xₖ = 2xₖ", "∇f = 2 x"],
    ("c'*x", "x", ""): ["f = Σᵢ cᵢ xᵢ", "∂f/∂xₖ = Σᵢ cᵢ δᵢₖ", "∂f/∂xₖ = cₖ", "∇f = c"],
    ("||A*x - b||^2", "x", ""): [
        "f = Σᵢ (Σⱼ Aᵢⱼ xⱼ − bᵢ)²",
        "∂f/∂xₖ = 2 Σᵢ (Σⱼ Aᵢⱼ xⱼ − bᵢ) Σⱼ Aᵢⱼ δⱼₖ",
        "∂f/∂xₖ = 2 Σᵢ Aᵢₖ (Σⱼ Aᵢⱼ xⱼ − bᵢ)",
        "∂f/∂xₖ = [2 Aᵀ(Ax − b)]ₖ",
        "∇f = 2 Aᵀ(Ax − b)",
    ],
    ("tr(A*X)", "X", ""): [
        "f = Σᵢⱼ Aᵢⱼ Xⱼᵢ",
        "∂f/∂Xₖₗ = Σᵢⱼ Aᵢⱼ δⱼₖ δᵢₗ",
        "∂f/∂Xₖₗ = Aₗₖ",
        "∇f = Aᵀ",
    ],
    ("tr(X'*A*X)", "X", ""): [
        "f = Σᵢⱼₚ Aᵢⱼ Xᵢₚ Xⱼₚ",
        "∂f/∂Xₖₗ = Σᵢⱼₚ Aᵢⱼ (Xⱼₚ δᵢₖ δₚₗ + Xᵢₚ δⱼₖ δₚₗ)",
        "∂f/∂Xₖₗ = Σⱼ Aₖⱼ Xⱼₗ + Σᵢ Aᵢₖ Xᵢₗ",
        "∂f/∂Xₖₗ = Σᵢ (Aₖᵢ + Aᵢₖ) Xᵢₗ",
        "∂f/∂Xₖₗ = [(A + Aᵀ)X]ₖₗ",
        "∇f = (A + Aᵀ)X",
    ],
    ("log(sum(exp(A*x + b)))", "x", ""): [
        "f = log(Σᵢ exp(Σⱼ Aᵢⱼ xⱼ + bᵢ))",
        "∂f/∂xₖ = (Σᵢ exp(Σⱼ Aᵢⱼ xⱼ + bᵢ) Σⱼ Aᵢⱼ δⱼₖ)/(Σᵢ exp(Σⱼ Aᵢⱼ xⱼ + bᵢ))",
        "∂f/∂xₖ = (Σᵢ Aᵢₖ exp(Σⱼ Aᵢⱼ xⱼ + bᵢ))/(Σᵢ exp(Σⱼ Aᵢⱼ xⱼ + bᵢ))",
        "∂f/∂xₖ = [Aᵀsoftmax(Ax + b)]ₖ",
        "∇f = Aᵀsoftmax(Ax + b)",
    ],
    ("sum(i, log(1 + exp(a[i]'*x)))", "x", ""): [
        "f = Σᵢ log(1 + exp(Σⱼ aᵢⱼ xⱼ))",
        "∂f/∂xₖ = Σᵢ (exp(Σⱼ aᵢⱼ xⱼ) Σⱼ aᵢⱼ δⱼₖ)/(1 + exp(Σⱼ aᵢⱼ xⱼ))",
        "∂f/∂xₖ = Σᵢ aᵢₖ exp(Σⱼ aᵢⱼ xⱼ)/(1 + exp(Σⱼ aᵢⱼ xⱼ))",
        "∂f/∂xₖ = Σᵢ aᵢₖ sigmoid(Σⱼ aᵢⱼ xⱼ)",
        "∂f/∂xₖ = [aᵀsigmoid(ax)]ₖ",
        "∇f = aᵀsigmoid(ax)",
    ],
    ("softmax(x)", "x", ""): [
        "fᵢ = exp(xᵢ)/(Σⱼ exp(xⱼ))",
        "∂fᵢ/∂xₖ = δᵢₖ exp(xᵢ)/(Σⱼ exp(xⱼ)) − (exp(xᵢ) Σⱼ δⱼₖ exp(xⱼ))/(Σⱼ exp(xⱼ))²",
        "∂fᵢ/∂xₖ = δᵢₖ exp(xᵢ)/(Σⱼ exp(xⱼ)) − exp(xᵢ) exp(xₖ)/(Σⱼ exp(xⱼ))²",
        "∂fᵢ/∂xₖ = [diag(softmax(x)) − softmax(x) softmax(x)ᵀ]ᵢₖ",
        "∂f/∂x = diag(softmax(x)) − softmax(x) softmax(x)ᵀ",
    ],
}


@pytest.mark.parametrize("asked", BOOK, ids=" ".join)
def test_it_reads_like_lecture_notes(asked: tuple[str, str, str]) -> None:
    assert lines(*asked) == BOOK[asked]


def test_the_laws_are_said() -> None:
    steps = derivation("x'*A*x", "x", "A in Sym(n)").steps
    assert [step.reason("unicode") for step in steps] == [
        "write f as sums over entries",
        "product rule; ∂xᵢ/∂xₖ = δᵢₖ",
        "Σᵢ aᵢ δᵢₖ = aₖ",
        "A = Aᵀ",
        "read the sums as matrix products",
        "these are the entries of the gradient",
    ]
    assert derivation("tanh(A*x)", "x").steps[1].law == (
        "chain rule; tanh'(u) = 1 - tanh(u)^2; dx[j]/dx[k] = eye(n)[j,k]"
    )


def test_text_and_latex() -> None:
    assert lines("x'*A*x", "x", form="text")[:3] == [
        "f = sum(i, sum(j, A[i,j]*x[i]*x[j]))",
        "df/dx[k] = sum(i, sum(j, A[i,j]*(x[j]*eye(n)[i,k] + x[i]*eye(n)[j,k])))",
        "df/dx[k] = sum(j, A[k,j]*x[j]) + sum(i, A[i,k]*x[i])",
    ]
    assert lines("1/2*||A*x - b||", "x", form="latex")[:2] == [
        r"f = \frac{1}{2} \sqrt{\sum_{i} \left(\sum_{j} A_{ij} x_j - b_i\right)^{2}}",
        r"\frac{\partial f}{\partial x_k} = \frac{\sum_{i} \left(\sum_{j} A_{ij} x_j - b_i\right) \sum_{j} "
        r"A_{ij} \delta_{jk}}{2 \sqrt{\sum_{i} \left(\sum_{j} A_{ij} x_j - b_i\right)^{2}}}",
    ]
    assert derivation("x'*A*x", "x").latex.count("\\\\\n") == 5


@cache
def answered() -> dict[str, Derivation]:
    out = {}
    for name, p in ASKED.items():
        try:
            out[name] = derivation(p["formula"], p["wrt"], p["where"])
        except MissingRule as refused:
            assert "by coordinates" in str(refused) and "differentials" in str(refused)
    return out


def test_most_of_the_corpus_is_derived() -> None:
    gradients = [name for name, p in ASKED.items() if p["op"] == "gradient"]
    assert sum(name in answered() for name in gradients) >= 0.8 * len(gradients)
    assert median(len(d) for d in answered().values()) <= 6
    assert max(step.after.tokens for d in answered().values() for step in d) <= 100


@pytest.mark.parametrize("name", ASKED)
def test_every_line_is_certified(name: str) -> None:
    p = ASKED[name]
    f = formula(p["formula"], p["where"] or None)
    for step in answered().get(name, ()):
        assert step.certified.ok, (step.after.text, step.certified.line())
    if name in answered():
        answer = f.grad(p["wrt"]) if p["op"] == "gradient" else f.jacobian(p["wrt"])
        assert answered()[name].steps[-1].after.text == answer.text


OTHERS = [
    ("sum(huber(A*x - b, del))", "x", "del > 0"),
    ("x'*inv(A)*x + det(A)*c'*x", "x", ""),
    ("(x'*A*x)*(y'*x)", "x", ""),
    ("sum(i, sum(j, (M[i,j] - u[i]'*v[j])^2))", "u", "M in R^(m×n)"),
    ("x'*diag(w)*x", "w", ""),
    ("tr(diag(x)*A*diag(x)*B)", "x", ""),
    ("||X - I||_F^2", "X", "X in R^(n×n)"),
    ("||X'*X - A||_F^2", "X", ""),
    ("(a'*X*b)^2", "X", ""),
    ("x'*A*x + x[1]*c'*x + x[k]^3", "x", ""),
    ("sum(abs(A*x - b)) + lam*sum(max(0, x))", "x", ""),
    ("var(A*x)", "x", ""),
    ("sum(i, i*x[i]^2)", "x", "x in R^n"),
    ("softmax(A*x)'*y", "x", ""),
    ("s^p + p^s", "s", "s > 0, p > 0"),
    ("x'*A*x/(x'*B*x)", "x", ""),
    ("(x'*A*x)*x", "x", ""),
    ("sigmoid(W*x + b)", "x", ""),
    ("x.*exp(A*x)", "x", ""),
    ("exp(-||x - y||^2/(2*s^2))", "s", "x in R^n, y in R^n, s in R"),
    ("x[1]*x[2] - y'*y", "z", "x in R^3, z in R^m, y in R^p"),
]  # fmt: skip


@pytest.mark.parametrize("asked", OTHERS, ids=lambda asked: asked[0])
def test_lines_of_other_formulas_are_certified(asked: tuple[str, str, str]) -> None:
    for step in derivation(*asked):
        assert step.certified.ok, (step.after.text, step.certified.line())


def test_a_wrong_line_is_not_certified() -> None:
    step = derivation("x'*A*x", "x").steps[3]
    claim = step.claim()
    right = formula(step.after.text, "x in R^n, A in R^(n×n)")
    wrong = formula("sum(i, (A[k,i] - A[i,k])*x[i])", "x in R^n, A in R^(n×n)")
    assert certify(Claim("equal", right._raw, wrong._raw)).level == "X"
    assert certify(claim).level == "A"


@pytest.mark.parametrize(
    ("source", "by", "where", "words"),
    [
        ("tr(adj(X)*A)", "X", "", "sum over permutations"),
        ("tr(X^k)", "X", "k in R", "a power with this exponent"),
        ("lambda_max(S)", "S", "S in Sym(n)", "no sums of entries"),
        ("||X||_*", "X", "", "singular values"),
        ("sum(i=2..n, x[i]^2)", "x", "x in R^n", "part of the entries"),
        ("tr(kron(X, X)*A)", "X", "", "kron"),
        ("max(A*x)", "x", "", "max"),
    ],
)
def test_elsewhere_it_says_why_not(source: str, by: str, where: str, words: str) -> None:
    with pytest.raises(MissingRule, match=words) as refused:
        derivation(source, by, where)
    assert "by differentials" in str(refused.value)


def test_long_formulas_are_refused_with_a_sentence() -> None:
    deep = "x'*x"
    for _ in range(80):
        deep = f"sin({deep})"
    with pytest.raises((MissingRule, LimitError)):
        derivation(deep, "x")
    with pytest.raises(MissingRule, match=r"tokens|page"):
        derivation(" + ".join(f"sin(c{k}'*x)^2*(x'*B{k}*x)" for k in range(12)), "x")


def test_a_law_for_each_kind_of_line() -> None:
    said = " | ".join(step.law for step in derivation("-y'*log(softmax(x)) + s^(c'*x)", "x", "s > 0").steps)
    said += " | ".join(step.law for step in derivation("(c'*x)^2 - log(softmax(x)[k])", "x").steps)
    for law in ("log(u*v) = log(u) + log(v)", "exponential rule", "power rule", "exp'(u) = exp(u)"):
        assert law in said
    logistic = "-sum(i, (1 - y[i])*log(1 - sigmoid(w'*x[i])) + y[i]*log(sigmoid(w'*x[i])))"
    page = derivation(logistic, "w", "w in R^n, x[i] in R^n for i = 1..m, y in R^m").text
    assert "multiply out and collect" in page


def test_long_lines_get_names() -> None:
    found = derivation("1/2*||tanh(U*tanh(U*h + x) + x) - y||^2", "x")
    assert [(name, part.text) for name, part in found.steps[0].let] == [
        ("u", "U*h + x"),
        ("v", "U*tanh(u) + x"),
        ("w", "tanh(v) - y"),
    ]
    assert [f"{s.left()} = {s.after.written('unicode')}" for s in found.steps[:2]] == [
        "f = ½ Σᵢ wᵢ²",
        "∂f/∂xₖ = Σᵢ wᵢ (1 − tanh(vᵢ)²) (Uᵢₖ (1 − tanh(uₖ)²) + δᵢₖ)",
    ]
    assert "∂uⱼ/∂xₖ = δⱼₖ" in found.steps[1].reason()
    assert all(step.certified.ok for step in found)


WHOLE = {
    ("tr(A*X^-1)", "X", ""): [
        "f = Σᵢⱼ [X⁻¹]ᵢⱼ Aⱼᵢ",
        "∂f/∂Xₖₗ = −Σᵢⱼ [X⁻¹]ᵢₖ [X⁻¹]ₗⱼ Aⱼᵢ",
    ],
    ("a'*X^-1*b", "X", ""): [
        "f = Σᵢⱼ [X⁻¹]ᵢⱼ aᵢ bⱼ",
        "∂f/∂Xₖₗ = −Σᵢⱼ [X⁻¹]ᵢₖ [X⁻¹]ₗⱼ aᵢ bⱼ",
        "∂f/∂Xₖₗ = [−X⁻ᵀa bᵀX⁻ᵀ]ₖₗ",
        "∇f = −X⁻ᵀa bᵀX⁻ᵀ",
    ],
    ("log(det(X))", "X", ""): ["f = log(det(X))", "∂f/∂Xₖₗ = [X⁻¹]ₗₖ", "∇f = X⁻ᵀ"],
    ("tr(A'*X'*B'*B*X*A)", "X", ""): [
        "f = Σᵢⱼᵣᵤ [BᵀB]ᵢⱼ [A Aᵀ]ᵣᵤ Xᵢᵤ Xⱼᵣ",
    ],
    ("prod(x)", "x", ""): ["f = prod(x)", "∂f/∂xₖ = prod(x)/xₖ"],
    ("tr(A*X)", "X", "X in Sym(n)"): [
        "f = Σᵢⱼ Aᵢⱼ Xⱼᵢ",
        "∂f/∂Xₖₗ = Σᵢⱼ Aᵢⱼ δⱼₖ δᵢₗ",
        "∂f/∂Xₖₗ = Aₗₖ",
        "∇f = (A + Aᵀ)/2",
    ],
}


@pytest.mark.parametrize("asked", WHOLE, ids=" ".join)
def test_inverses_determinants_and_spaces(asked: tuple[str, str, str]) -> None:
    book = WHOLE[asked]
    assert lines(*asked)[: len(book)] == book


def test_how_the_rules_for_whole_matrices_are_said() -> None:
    assert derivation("a'*X^-1*b", "X").steps[1].law == (
        "inverse rule; d(X^-1)[i,j]/dX[k,l] = -(X^-1)[i,k]*(X^-1)[l,j]"
    )
    assert "cofactors; ∂det(X)/∂Xₖₗ = det(X) [X⁻¹]ₗₖ" in derivation("det(X)", "X").steps[1].reason()
    assert derivation("det(X)", "X").steps[1].law.endswith("; where there is an inverse")
    assert derivation("prod(x)", "x").steps[1].law.endswith("; where no factor is 0")
    assert "where" not in derivation("logdet(X)", "X").steps[1].law
    assert derivation("a'*L*b", "L", "L in Lower(n)").steps[-1].law == (
        "L is lower triangular: the lower triangle of these, tril(G)"
    )


MORE = [
    ("tr((X'*C*X)^-1*A)", "X", ""),
    ("tr(A'*X'*B'*B*X*A)", "X", ""),
    ("b'*(A + s*I)^-1*b", "s", "s in R"),
    ("||X^-1*b - y||^2", "X", ""),
    ("X^-1*b", "s", "s in R"),
    ("log(det(X'*X))", "X", ""),
    ("det(A*X*B)", "X", ""),
    ("det(A + t*B)", "t", "t in R"),
    ("prod(A*x)", "x", ""),
    ("tr(A*X^2)", "X", "X in Sym(n)"),
    ("tr(A*X^-1) + logdet(X)", "X", "X in PD(n)"),
    ("1/2*||A - D||_F^2", "D", "D in Diag(n)"),
    ("1/2*||K*x - y||^2", "K", "K in Skew(n)"),
    ("1/4*||A - L*L'||_F^2", "L", "L in Lower(n)"),
    ("tr(W'*A*W)/tr(W'*B*W)", "W", ""),
    ("1/2*||softmax_rows(Q*K')*V - Y||_F^2", "Q", ""),
]  # fmt: skip


@pytest.mark.parametrize("asked", MORE, ids=lambda asked: asked[0])
def test_lines_with_names_inverses_and_spaces_are_certified(asked: tuple[str, str, str]) -> None:
    for step in derivation(*asked):
        assert step.certified.ok, (step.after.text, step.certified.line())


def test_the_free_convention_and_the_other_layout() -> None:
    s = formula("tr(A*X)", "X in Sym(n)").grad("X", symmetric="free").derivation(method="coordinates")
    assert s.steps[-1].law == "X is symmetric: an entry beside the diagonal stands twice, G + G' - G.*I"
    j = formula("softmax(A*x)").jacobian("x", layout="denominator").derivation(method="coordinates")
    assert j.steps[-1].law.endswith("transposed")
    assert all(step.certified.ok for step in (*s, *j))


def test_letters_step_aside() -> None:
    assert lines("k*x'*x*l", "x", "k in R, l in R")[2] == "∂f/∂xₚ = 2k l xₚ"
    assert lines("i'*A*i", "i", "i in R^n, A in R^(n×n)")[0] == "f = Σⱼₚ Aⱼₚ iⱼ iₚ"
    assert lines("-log(softmax(W*x + b)[k])", "b")[-1] == "∇f = softmax(Wx + b) − I[:,k]"
