"""Derivations by differentials: every line certified, short enough, by the rules that ran; printed in every form."""

import importlib.util
import json
import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from statistics import median
from types import ModuleType

import pytest
from timing import seconds

from closedform import ClosedformError, formula
from closedform.calculus.derivation.laws import LAWS, derivative_of, law_names
from closedform.check.certificate import Certificate, Claim
from closedform.check.certify import certify
from closedform.derivations import Derivation
from closedform.derivations.line_reading import Terms, read_line
from closedform.expr.node import Node, make
from closedform.expr.op import registered
from closedform.expr.walk import postorder, rebuild
from closedform.formula import Formula
from closedform.functions import algebra as a

ROOT = Path(__file__).parents[2]
LONGEST, MANY = 100, 8
CORPUS, WILD = (
    [json.loads(line) for line in (ROOT / f"tests/data/{name}_problems.jsonl").read_text("utf-8").splitlines()]
    for name in ("seed", "wild")
)
NAMES = """
alpha begin beta bmatrix cdot cos cosh det end exp frac lambda langle lVert lvert left log mathbf mathrm max min mu
nabla odot operatorname oslash otimes partial phi quad rVert rangle right rvert sigma sin sinh sum tan tanh text theta
Theta times to top
"""
COMMANDS = set(NAMES.split())
"""All that derivations need; KaTeX has each of them."""


def derivative(problem: dict[str, str]) -> Formula:
    asked = formula(problem["formula"], problem["where"] or None)
    op = {"gradient": "grad"}.get(problem["op"], problem["op"])
    found = getattr(asked, "hessian" if "dX1" in problem["answer"] else op)(problem["wrt"])
    assert isinstance(found, Formula)
    return found


@cache
def derivation(k: int) -> Derivation:
    return derivative(CORPUS[k]).derivation()


def lines(source: str, by: str, where: str | None = None, op: str = "grad", detail: str = "normal") -> list[str]:
    """The lines as text, left sides and laws left out."""
    found = getattr(formula(source, where), op)(by).derivation(detail=detail)
    return [step.after.text for step in found]


@pytest.mark.parametrize("k", range(len(CORPUS)), ids=[p["id"] for p in CORPUS])
def test_every_line_of_the_corpus(k: int) -> None:
    steps = derivation(k).steps
    refused = [(step.after.text, step.certified.reason) for step in steps if not step.certified.ok]
    assert refused == []
    assert all(step.read_back for step in steps)
    assert max(step.after.tokens for step in steps) <= LONGEST
    assert all(part.tokens <= LONGEST for step in steps for _, part in step.let)
    assert all(step.laws for step in steps)
    assert steps[-1].after.text == derivative(CORPUS[k]).text


def test_the_usual_derivation_is_short() -> None:
    assert median(len(derivation(k)) for k in range(len(CORPUS))) <= MANY


@pytest.mark.parametrize("detail", ["short", "full"])
@pytest.mark.parametrize("k", range(0, len(CORPUS), 7))
def test_other_details_are_certified_too(k: int, detail: str) -> None:
    found = derivative(CORPUS[k]).derivation(detail=detail)
    assert found.certified
    few, many = sorted([found, derivation(k)], key=lambda d: (d is found) == (detail == "full"))
    assert len(few) <= len(many)


def test_details_differ() -> None:
    """On half of the corpus, nearly, each says more than the one before it."""
    lengths = {d: [len(derivative(p).derivation(detail=d)) for p in CORPUS[::4]] for d in ("short", "normal", "full")}
    for less, more in (("short", "normal"), ("normal", "full")):
        longer = sum(a < b for a, b in zip(lengths[less], lengths[more], strict=True))
        assert longer > 0.35 * len(CORPUS[::4])


@pytest.mark.parametrize("k", range(0, len(WILD), 8), ids=[p["id"] for p in WILD[::8]])
def test_every_line_of_others(k: int) -> None:
    found = derivative(WILD[k]).derivation()
    assert [(step.after.text, step.certified.reason) for step in found if not step.certified.ok] == []
    assert max(step.after.tokens for step in found) <= LONGEST


READS = [
    ("x'*A*x", "x", "", ["x'*A*x", "dx'*A*x + x'*A*dx", "<A*x, dx> + <A'*x, dx>", "<(A + A')*x, dx>", "(A + A')*x"]),
    ("x'*A*x", "x", "A in Sym(n)", ["x'*A*x", "2*x'*A*dx", "<2*A*x, dx>", "2*A*x"]),
    ("tr(X)", "X", "", ["tr(X)", "tr(dX)", "<eye(n), dX>", "eye(n)"]),
    (
        "1/2*||A*x - b||^2", "x", "",
        ["1/2*||A*x - b||^2", "(A*x - b)'*A*dx", "<A'*(A*x - b), dx>", "A'*(A*x - b)"],
    ),
    (
        "<S, X> - log(det(X))", "X", "",
        [
            "<S, X> - log(det(X))", "<S, dX> - d(logdet(X))", "<S, dX> - tr(X^-1*dX)", "<S, dX> - <X^-T, dX>",
            "<S - X^-T, dX>", "S - X^-T",
        ],
    ),
    (
        "x'*W^2*(W^2)'*x", "W", "",
        [
            "x'*W^2*(W^2)'*x", "2*x'*W^2*d(W^2)'*x", "2*x'*(dW*W + W*dW)*(W^2)'*x",
            "<2*(W'*M + M*W'), dW> where M = x*x'*W^2", "2*(W'*M + M*W') where M = x*x'*W^2",
        ],
    ),
    ("tr(A*X)", "X", "X in Sym(n)", ["tr(A*X)", "tr(A*dX)", "<A', dX>", "<(A + A')/2, dX>", "(A + A')/2"]),
    ("exp(s)", "s", "s in R", ["exp(s)", "exp(s)*ds", "exp(s)"]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "by", "where", "want"), READS, ids=[f"{r[0]} {r[2]}".strip() for r in READS])
def test_it_reads_as_a_textbook(source: str, by: str, where: str, want: list[str]) -> None:
    assert lines(source, by, where or None) == want


def test_each_line_names_its_law() -> None:
    steps = formula("log(<x, A*x>)").grad("x").derivation().steps
    assert [[law.name for law in step.laws] for step in steps] == [
        ["the function"], ["derivative of log"], ["product rule"], ["adjoint of a matrix"], ["common factor"],
        ["read off the gradient"],
    ]  # fmt: skip
    assert steps[1].law == "derivative of log: d(log(s)) = ds/s; dA = 0"
    assert steps[2].law == "product rule: d(X*Y) = dX*Y + X*dY"
    assert [step.left("text") for step in steps] == ["f", "df", "df", "df", "df", "grad f"]


def test_the_part_that_changed() -> None:
    step = formula("log(<x, A*x>)").grad("x").derivation().steps[2]
    assert step.before is not None
    assert step.before.text == "d(x'*A*x)/(x'*A*x)"
    assert step.span == (0, len("d(x'*A*x)"))
    ((before, after),) = step.changed
    assert (before.text, after.text) == ("d(x'*A*x)", "dx'*A*x + x'*A*dx")


USES = [
    ("x'*A*x", "A in Sym(n)", "x", [[], ["A = A'", "dA = 0"], ["A = A'"], []]),
    ("log(det(X))", "X in PD(n)", "X", [[], [], ["X = X'"], []]),
    ("x'*K*y", "K in Skew(n)", "x", [[], ["K' = -K", "dK = 0", "dy = 0"], ["K' = -K"], []]),
    ("1/2*x'*A*x - b'*x", "A in PD(n)", "x", [[], ["dA = 0", "db = 0"], ["A = A'"], ["A = A'"], [], []]),
    ("||Q*x||^2", "Q in Orth(n)", "x", [[], ["Q'*Q = I"], [], []]),
    ("tr(A*X)", "X in Sym(n)", "X", [[], ["dA = 0"], [], ["X = X'"], []]),
    ("tr(D*X)", "X in Diag(n)", "X", [[], ["dD = 0"], [], ["X diagonal"], []]),
    ("sqrt(s^2)", "s > 0", "s", [[], ["s > 0"], []]),
    ("c'*x", "A in Sym(n)", "x", [[], ["dc = 0"], [], []]),
    ("x'*A*x + x'*B*x", "A in Sym(n), B in R^(n×n)", "x", None),
]


@pytest.mark.parametrize(("source", "where", "by", "want"), USES, ids=[f"{u[0]} {u[1]}" for u in USES])
def test_the_declared_facts_that_a_step_uses(source: str, where: str, by: str, want: list[list[str]] | None) -> None:
    steps = formula(source, where).grad(by).derivation().steps
    assert want is None or [list(step.uses) for step in steps] == want
    assert all(use in step.law for step in steps for use in step.uses)
    assert not any("B = B'" in step.uses for step in steps)


def test_what_is_certified_is_what_is_printed() -> None:
    f = formula("log(x'*A*x)")
    x, A = (f._reading.names[name] for name in "xA")
    terms = Terms(f.where, {"x": x, "A": A}, {x: a.sym("dx", "n")})

    def ok(text: str, where: str = "") -> bool:
        return certify(Claim("map", f._raw, terms.read(text, where), x, None, ("dx",))).ok

    assert ok("d(x'*A*x)/(x'*A*x)") and ok("ds/s", " where s = x'*A*x") and ok("d(s^2)/(2*s^2)", " where s = x'*A*x")
    assert ok("(dx'*A*x + x'*A*dx)/(x'*A*x)")
    assert not ok("d(x'*A*x)/(x'*x)") and not ok("ds/s", " where s = x'*x") and not ok("2*x'*A*dx/(x'*A*x)")
    assert read_line(terms, "d(x'*A*x") is None and read_line(terms, "x'*dx +") is None


def test_a_false_line_is_refused() -> None:
    """The certificate is of the line itself: the same claim of another line fails."""
    step = formula("x'*A*x").grad("x").derivation().steps[1]
    claim = step.claim()
    assert certify(claim).ok
    assert not certify(replace(claim, answer=2 * claim.answer)).ok


def test_hessian_of_log_sum_exp_is_quick() -> None:
    hessian = formula("log(sum(exp(A*x + b)))").hessian("x")
    assert seconds(hessian.derivation, 0.3) < 0.3


def test_a_deep_composition() -> None:
    """Each layer is one line; more lines than people read are refused, and short detail still answers."""
    source = "x"
    for _ in range(100):
        source = f"sin({source})"
    asked = formula(source, "x in R").grad("x")
    with pytest.raises(ClosedformError, match="limit: lines"):
        asked.derivation()
    assert len(formula("sin(cos(sin(x)))", "x in R").grad("x").derivation(detail="short")) == 3


def test_what_cannot_be_derived_is_refused_by_name() -> None:
    f = formula("x'*A*x")
    with pytest.raises(ClosedformError, match="this formula was typed"):
        f.derivation()
    with pytest.raises(ClosedformError, match="method"):
        f.grad("x").derivation(method="guess")
    with pytest.raises(ClosedformError, match="detail"):
        f.grad("x").derivation(detail="much")


# -- laws


@pytest.mark.parametrize("name", [n for n, law in LAWS.items() if law.left is not None])
def test_the_laws_that_hold_everywhere_are_equations(name: str) -> None:
    """Both sides are equal for general arguments; ``d(…)`` is what the deriver makes of it."""
    left, right = LAWS[name].left, LAWS[name].right
    assert left is not None and right is not None
    assert left.shape == right.shape
    if name == "symmetric part":  # of a symmetric X
        return
    if left.op is a.D:
        assert_differential(left.args[0], right)
    else:
        assert equal(left, right).ok


def assert_differential(f: Node, df: Node) -> None:
    """df is the differential of f by all its variables together: along each alone, the others' being zero."""
    moved = {n for n in postorder(df) if n.op is a.SYM and n.params[0][0] == "d"}
    assert moved
    for dx in moved:
        alone = put(df, {other: a.zeros(*other.shape) for other in moved - {dx}})
        x = next(n for n in postorder(f) if n.op is a.SYM and n.params[0] == dx.params[0][1:])
        assert certify(Claim("map", f, alone, x, None, (dx.params[0],))).ok


def put(node: Node, values: dict[Node, Node]) -> Node:
    return rebuild(node, lambda n, _: values.get(n))


def equal(left: Node, right: Node) -> Certificate:
    return certify(Claim("equal", left, right))


@pytest.mark.parametrize("name", ["logdet", "softmax", "exp", "det", "logsumexp", "lambda_max"])
def test_the_law_of_a_function_is_its_declaration(name: str) -> None:
    op = registered()[name]
    arg = a.sym("S", "n", "n", ["sym"]) if "max" in name and name != "softmax" else a.sym("M", "n", "n")
    law = derivative_of(make(op, (arg if name in ("logdet", "det", "lambda_max") else a.sym("v", "n"),)))
    assert law.name in law_names()
    assert law.left is not None and law.right is not None
    assert law.left.op is a.D and law.left.args[0].op is op


def test_every_law_given_has_a_name_in_the_list() -> None:
    names = set(law_names())
    given = {law.name for k in range(len(CORPUS)) for step in derivation(k) for law in step.laws}
    assert given - names == set()
    assert len(names) == len(law_names())


# -- printed forms


def test_text_and_markdown() -> None:
    found = formula("c'*x").grad("x").derivation()
    assert found.text.splitlines() == [
        "     f = c'*x",
        "    df = c'*dx     constant factor: d(A*X*B) = A*dX*B; dc = 0",
        "       = <c, dx>   inner product: u'*v = <u, v>",
        "grad f = c         read off the gradient: df = <G, dx>",
    ]
    assert found.markdown.splitlines()[4] == (
        r"| $\displaystyle = \langle c, dx \rangle$ | inner product: $u^{\top} v = \langle u, v \rangle$ |"
    )
    assert str(found) == found.unicode


@pytest.mark.parametrize("k", range(len(CORPUS)), ids=[p["id"] for p in CORPUS])
def test_latex_is_one_aligned_environment_of_known_commands(k: int) -> None:
    latex = derivation(k).latex
    assert latex.startswith("\\begin{align*}\n") and latex.endswith("\n\\end{align*}")
    used = set(re.findall(r"\\([A-Za-z]+)", latex))
    assert used <= COMMANDS
    assert latex.count("{") == latex.count("}")
    rows = latex.splitlines()[1:-1]
    assert all(row.count("&") >= 1 and row.endswith("\\\\") for row in rows[:-1])
    assert not re.search(r"[A-Za-z}] d[A-Za-z]\b", re.sub(r"\\(nabla|odot|oslash|langle|text\{[^{}]*\})", "", latex))
    assert all("_" not in words.replace("\\_", "") for words in re.findall(r"\\text\{([^{}]*)\}", latex))


def test_the_page_of_examples_is_current() -> None:
    assert (ROOT / "docs" / "derivations.md").read_text("utf-8") == _maker().page()
    assert (ROOT / "docs" / "guide.md").read_text("utf-8") == _maker().guide()


def _maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_derivations", ROOT / "docs" / "make_derivations.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# -- Taylor


@pytest.mark.parametrize(
    ("source", "where", "by", "want"),
    [
        ("x'*A*x", "", "x", "f(x + dx) ~= x'*A*x + <(A + A')*x, dx> + 1/2*<(A + A')*dx, dx>"),
        ("logdet(X)", "", "X", "f(X + dX) ~= logdet(X) + <X^-T, dX> - 1/2*<X^-T*dX'*X^-T, dX>"),
        ("exp(s)", "s in R", "s", "f(s + ds) ~= exp(s) + exp(s)*ds + 1/2*exp(s)*ds^2"),
        ("tr(A*X)", "", "X", "f(X + dX) ~= tr(A*X) + <A', dX>"),
        ("X^-1", "", "X", "f(X + dX) ~= X^-1 - M + M*dX*X^-1 where M = X^-1*dX*X^-1"),
    ],
)
def test_taylor(source: str, where: str, by: str, want: str) -> None:
    found = formula(source, where or None).taylor(by)
    assert found.text == want
    assert len(found.check()) == 2 and all(c.ok for c in found.check())


def test_taylor_of_first_order_and_of_none() -> None:
    assert formula("b'*x").taylor("x", order=1).text == "f(x + dx) ~= b'*x + <b, dx>"
    with pytest.raises(ClosedformError, match="order 3"):
        formula("b'*x").taylor("x", order=3)


def test_taylor_of_a_polynomial_of_degree_two_is_exact() -> None:
    """f(x + dx) = f + first + second, at every x and dx."""
    found = formula("x'*A*x + b'*x").taylor("x")
    x, dx = (next(n for t in found.terms for n in postorder(t.node) if n.params[:1] == (v,)) for v in ("x", "dx"))
    f, first, second = (term.node for term in found.terms)
    moved = put(f, {x: x + dx})
    assert certify(Claim("equal", moved, a.total([(1, f), (1, first), (Fraction(1, 2), second)]))).ok


def test_names_that_shorten_nothing_are_not_given() -> None:
    """Naming a transpose of what has a name turns two names around without end."""
    found = formula("||(X'*X)^3 - I||_F^4").grad("X").derivation()
    assert found.certified
    assert max(len(step.let) for step in found) <= 3


@pytest.mark.parametrize("text", ["sum(sqrt(x))", "sum(x.^-2)", "sum(normcdf(A*x))"])
def test_a_differential_goes_inside_a_sum_by_that_law(text: str) -> None:
    laws = formula(text).grad("x").derivation().steps[1].laws
    assert [law.name for law in laws][:1] == ["sums and differentials exchange"]
