"""Second derivatives and linear maps by coordinates: what they say, and that every line is true as it is printed."""

import json
from functools import cache
from pathlib import Path

import pytest
from timing import seconds

from closedform.check.certify import certify
from closedform.derivations import Derivation
from closedform.errors import MissingRule
from closedform.formula import Formula, formula
from closedform.write.render import Form

DATA = Path(__file__).parents[1] / "data" / "seed_problems.jsonl"
PROBLEMS = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
TWICE = {p["id"]: p for p in PROBLEMS if p["op"] in ("hessian", "derivative")}


def asked(problem: dict[str, str]) -> Formula:
    f = formula(problem["formula"], problem["where"] or None)
    return f.hessian(problem["wrt"]) if problem["op"] == "hessian" else f.derivative(problem["wrt"])


def second(source: str, by: str, where: str = "") -> Derivation:
    return formula(source, where or None).hessian(*by.split()).derivation(method="coordinates")


def mapped(source: str, by: str, where: str = "") -> Derivation:
    return formula(source, where or None).derivative(by).derivation(method="coordinates")


def lines(derivation: Derivation, form: Form = "unicode") -> list[str]:
    lets = [f"let {name} = {part.written(form)}" for step in derivation for name, part in step.let]
    return lets + [f"{step.left(form)} = {step.after.written(form)}" for step in derivation]


BOOK = {
    ("x'*A*x", "x", ""): [
        "f = Σᵢⱼ Aᵢⱼ xᵢ xⱼ",
        "∂f/∂xₖ = Σᵢⱼ Aᵢⱼ (xⱼ δᵢₖ + xᵢ δⱼₖ)",
        "∂f/∂xₖ = Σⱼ Aₖⱼ xⱼ + Σᵢ Aᵢₖ xᵢ",
        "∂f/∂xₖ = Σᵢ (Aₖᵢ + Aᵢₖ) xᵢ",
        "∂²f/∂xₖ∂xₗ = Σᵢ (Aₖᵢ + Aᵢₖ) δᵢₗ",
        "∂²f/∂xₖ∂xₗ = Aₖₗ + Aₗₖ",
        "∇²f = A + Aᵀ",
    ],
    ("1/2*||A*x - b||^2", "x", ""): [
        "f = ½ Σᵢ (Σⱼ Aᵢⱼ xⱼ − bᵢ)²",
        "∂f/∂xₖ = Σᵢ (Σⱼ Aᵢⱼ xⱼ − bᵢ) Σⱼ Aᵢⱼ δⱼₖ",
        "∂f/∂xₖ = Σᵢ Aᵢₖ (Σⱼ Aᵢⱼ xⱼ − bᵢ)",
        "∂²f/∂xₖ∂xₗ = Σᵢ Aᵢₖ Σⱼ Aᵢⱼ δⱼₗ",
        "∂²f/∂xₖ∂xₗ = Σᵢ Aᵢₖ Aᵢₗ",
        "∂²f/∂xₖ∂xₗ = [AᵀA]ₖₗ",
        "∇²f = AᵀA",
    ],
    ("log(sum(exp(A*x + b)))", "x", ""): [
        "let u = Ax + b",
        "f = log(Σᵢ exp(uᵢ))",
        "∂f/∂xₖ = (Σᵢ Aᵢₖ exp(uᵢ))/(Σᵢ exp(uᵢ))",
        "∂²f/∂xₖ∂xₗ = (Σᵢ Aᵢₖ Aᵢₗ exp(uᵢ))/(Σᵢ exp(uᵢ)) − ((Σᵢ Aᵢₗ exp(uᵢ)) Σᵢ Aᵢₖ exp(uᵢ))/(Σᵢ exp(uᵢ))²",
        "∇²f = Aᵀ(diag(p) − p pᵀ)A where p = softmax(Ax + b)",
    ],
    ("tr(X'*A*X*B)", "X", ""): [
        "f = Σᵢⱼₛₜ Aᵢⱼ Bₛₜ Xᵢₜ Xⱼₛ",
        "∂f/∂Xₖₗ = Σᵢⱼₛₜ Aᵢⱼ Bₛₜ (Xⱼₛ δᵢₖ δₜₗ + Xᵢₜ δⱼₖ δₛₗ)",
        "∂f/∂Xₖₗ = Σⱼₛ Aₖⱼ Bₛₗ Xⱼₛ + Σᵢₜ Aᵢₖ Bₗₜ Xᵢₜ",
        "∂f/∂Xₖₗ = Σᵢⱼ Xᵢⱼ (Aₖᵢ Bⱼₗ + Aᵢₖ Bₗⱼ)",
        "∂²f/∂Xₖₗ∂Xₚᵣ = Σᵢⱼ δᵢₚ δⱼᵣ (Aₖᵢ Bⱼₗ + Aᵢₖ Bₗⱼ)",
        "∂²f/∂Xₖₗ∂Xₚᵣ = Aₖₚ Bᵣₗ + Aₚₖ Bₗᵣ",
        "[∇²f]ₖₗ = Σₚᵣ dX1ₚᵣ (Aₖₚ Bᵣₗ + Aₚₖ Bₗᵣ)",
        "[∇²f]ₖₗ = [A dX1 B + AᵀdX1 Bᵀ]ₖₗ",
        "∇²f = A dX1 B + AᵀdX1 Bᵀ",
    ],
    ("x'*A*y", "x y", ""): [
        "f = Σᵢⱼ Aᵢⱼ xᵢ yⱼ",
        "∂f/∂xₖ = Σᵢⱼ Aᵢⱼ yⱼ δᵢₖ",
        "∂f/∂xₖ = Σⱼ Aₖⱼ yⱼ",
        "∂²f/∂xₖ∂yₗ = Σⱼ Aₖⱼ δⱼₗ",
        "∂²f/∂xₖ∂yₗ = Aₖₗ",
        "∂²f/∂x∂y = A",
    ],
    ("x^4", "x", "x in R"): ["f = x⁴", "∂f/∂x = 4x³", "∂²f/∂x² = 12x²"],
    ("c'*x", "x", ""): [
        "f = Σᵢ cᵢ xᵢ",
        "∂f/∂xₖ = Σᵢ cᵢ δᵢₖ",
        "∂f/∂xₖ = cₖ",
        "∂²f/∂xₖ∂xₗ = 0",
        "∇²f = zeros(n,n)",
    ],
}


@pytest.mark.parametrize("question", BOOK, ids=lambda q: q[0])
def test_hessians_read_like_lecture_notes(question: tuple[str, str, str]) -> None:
    assert lines(second(*question)) == BOOK[question]


def test_a_linear_map_is_that_of_its_entries() -> None:
    assert lines(mapped("A*X*X", "X"))[1:] == [
        "∂fᵢⱼ/∂Xₖₗ = Σₚᵣ Aᵢₚ (Xᵣⱼ δₚₖ δᵣₗ + Xₚᵣ δᵣₖ δⱼₗ)",
        "∂fᵢⱼ/∂Xₖₗ = Aᵢₖ Xₗⱼ + δⱼₗ Σₚ Aᵢₚ Xₚₖ",
        "[D f(X)[dX]]ᵢⱼ = Σₖₗ dXₖₗ (Aᵢₖ Xₗⱼ + δⱼₗ Σₚ Aᵢₚ Xₚₖ)",
        "[D f(X)[dX]]ᵢⱼ = Σₖ (Σₗ Aᵢₖ Xₗⱼ dXₖₗ + dXₖⱼ Σₚ Aᵢₚ Xₚₖ)",
        "[D f(X)[dX]]ᵢⱼ = [A(dX X + X dX)]ᵢⱼ",
        "D f(X)[dX] = A(dX X + X dX)",
    ]


def test_text_and_latex() -> None:
    found = second("x'*A*x", "x")
    assert lines(found, "text")[4:] == [
        "d2f/dx[k]dx[l] = sum(i, (A[k,i] + A[i,k])*eye(n)[i,l])",
        "d2f/dx[k]dx[l] = A[k,l] + A[l,k]",
        "hess f = A + A'",
    ]
    assert lines(found, "latex")[5:] == [
        r"\frac{\partial^{2} f}{\partial x_k \partial x_l} = A_{kl} + A_{lk}",
        r"\nabla^{2} f = A + A^{\top}",
    ]


@cache
def answered() -> dict[str, Derivation]:
    out = {}
    for name, p in TWICE.items():
        try:
            out[name] = asked(p).derivation(method="coordinates")
        except MissingRule as refused:
            assert "by coordinates" in str(refused) and "differentials" in str(refused)
    return out


def test_nearly_all_of_the_corpus_is_derived() -> None:
    assert len(answered()) >= 0.95 * len(TWICE)
    assert max(step.after.tokens for d in answered().values() for step in d) <= 100
    assert max(map(len, answered().values())) <= 14


@pytest.mark.parametrize("name", TWICE)
def test_every_line_is_certified(name: str) -> None:
    for step in answered().get(name, ()):
        assert step.certified.ok, (step.after.text, step.certified.line())
    if name in answered():
        assert answered()[name].steps[-1].after.text == asked(TWICE[name]).text


OTHERS = [
    ("||A*x - b||", "x", ""),
    ("(x'*A*x)^2", "x", ""),
    ("x'*A*x/(x'*x)", "x", ""),
    ("sum(log(1 + exp(X*w))) - y'*X*w", "w", ""),
    ("b'*exp(A*x)", "x", ""),
    ("softmax(A*x)'*y", "x", ""),
    ("sum(tanh(A*x))", "x", ""),
    ("(a'*X*b)^2", "X", ""),
    ("logsumexp(X*a)", "X", ""),
    ("1/4*||M - X*X'||_F^2", "X", ""),
    ("tr(X^-1)", "X", ""),
    ("tr(A*X) - logdet(X)", "X", ""),
    ("det(X)", "X", ""),
    ("prod(x)", "x", ""),
    ("tr(X^3)", "X", "X in Sym(n)"),
    ("s*x'*A*x", "s x", "s in R"),
    ("s*x'*A*x", "x s", "s in R"),
    ("s^2*t^3", "s t", "s in R, t in R"),
    ("x'*X*y", "x X", ""),
    ("x'*X*y", "X x", ""),
    ("s^2*tr(X)", "X s", "s in R"),
    ("softmax(A*x)", "x", ""),
    ("tanh(A*x)", "x", ""),
    ("X[1,2]*X[2,1]*tr(X)", "X", "X in R^(n×n)"),
    ("x[1]^2*x[2] + x'*x", "x", "x in R^n"),
]  # fmt: skip


@pytest.mark.parametrize("question", OTHERS, ids=lambda q: f"{q[0]} {q[1]}")
def test_lines_of_other_second_derivatives_are_certified(question: tuple[str, str, str]) -> None:
    for step in second(*question):
        assert step.certified.ok, (step.after.text, step.certified.line())


MAPS = [
    ("X*A*X'", "X", ""),
    ("A*X^-1*B", "X", ""),
    ("X/||X||_F", "X", ""),
    ("tanh(X*A)", "X", ""),
    ("X*y", "X", ""),
    ("x*x'*A", "x", ""),
    ("diag(X*A*X')", "X", ""),
    ("logdet(X)", "X", "X in Sym(n)"),
]  # fmt: skip


@pytest.mark.parametrize("question", MAPS, ids=lambda q: q[0])
def test_lines_of_other_maps_are_certified(question: tuple[str, str, str]) -> None:
    for step in mapped(*question):
        assert step.certified.ok, (step.after.text, step.certified.line())


@pytest.mark.parametrize(
    ("source", "by", "line", "slip"),
    [
        ("x'*A*x", "x", "A[k,l] + A[l,k]", "A[k,l] + A[k,l]"),
        ("tr(X'*A*X*B)", "X", "A[k,p]*B[r,l] + A[p,k]*B[l,r]", "A[k,p]*B[r,l] + A[p,k]*B[r,l]"),
        ("1/3*tr(X^3)", "X", "X[r,k]*eye(n)[l,p] + X[l,p]*eye(n)[k,r]", "X[r,k]*eye(n)[l,p] + X[l,p]*eye(n)[k,p]"),
    ],
)
def test_a_wrong_line_is_not_certified(source: str, by: str, line: str, slip: str) -> None:
    step = next(s for s in second(source, by) if s.after.text == line)
    assert certify(step.claim()).ok
    object.__setattr__(step.after.step, "text", slip)  # type: ignore[attr-defined]
    found = certify(step.claim())
    assert not found.ok and found.decided


def test_a_hessian_of_log_sum_exp_is_quick() -> None:
    h = formula("log(sum(exp(A*x + b)))").hessian("x")
    assert seconds(lambda: h.derivation(method="coordinates"), 0.3) < 0.3


@pytest.mark.parametrize(
    ("source", "by", "where", "words"),
    [
        ("x'*S*y", "S x", "S in Sym(n)", "its entries are not free"),
        ("tr(expm(t*A))", "t", "t in R", "no sums of entries"),
    ],
)
def test_elsewhere_it_says_why_not(source: str, by: str, where: str, words: str) -> None:
    with pytest.raises(MissingRule, match=words) as refused:
        second(source, by, where)
    assert "by differentials" in str(refused.value)
