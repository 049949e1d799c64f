"""What is printed reads back to the same normal node, bindings included."""

import json
from pathlib import Path

import pytest

from closedform import formula
from closedform.read.read import read
from closedform.rewrite.display import Context
from closedform.rewrite.normal.normal import normal
from closedform.write import render
from closedform.write.render import Form

DATA = Path(__file__).parents[1] / "data/seed_problems.jsonl"
PROBLEMS = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
IDENTITIES = ("I", "2*I")  # no formula by themselves: eye(n) is
PRINTED = [
    pytest.param(p["formula"], p["where"], p[which], id=f"{p['id']}-{which}")
    for p in PROBLEMS
    for which in ("formula", "answer")
    if p[which] not in IDENTITIES
]


@pytest.mark.parametrize("form", ["text", "unicode"])
@pytest.mark.parametrize(("formula", "where", "shown"), PRINTED)
def test_printed_text_reads_back(formula: str, where: str, shown: str, form: Form) -> None:
    reading = read(formula, where or None)
    node = normal(read(shown, reading.where).node)
    sizes = {name for n in reading.names.values() for side in n.shape for name in side.names}
    context = Context(
        order=reading.order,
        families=reading.families,
        taken=frozenset(reading.names) | frozenset(reading.indices) | sizes,
    )
    assert normal(read(render(node, context, form), reading.where).node) is node


@pytest.mark.parametrize(
    ("typed", "where", "by"),
    [
        ("x'*(A + diag(d))^-1*x", "A in PD(n)", "A"),
        ("det([A, b; c', d])", "d in R", "A"),
        ("d*logdet(A)", "d in R", "A"),
        ("d*tr(A*A)", "d in R", "A"),
    ],
)
def test_differentials_read_back_where_d_is_a_name(typed: str, where: str, by: str) -> None:
    """``dA_{1}`` would be d times an entry of A."""
    found = formula(typed, where).hessian(by)
    again = formula(found.latex, found.where, "latex")
    assert again._node is normal(found._raw)
    assert r"\mathrm{dA1}" in found.latex
    plain = formula(typed.replace("d)", "c)").replace("d]", "e]").replace("d*", "c*"), where.replace("d ", "c "))
    assert r"\mathrm{dA1}" not in plain.hessian(by).latex


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("0*x", "zeros(n)"),
        ("0*X", "zeros(m,n)"),
        ("kron(A, 0*B)", "kron(A, zeros(p,k))"),
        ("diag(0*x)", "diag(zeros(n))"),
        ("max(0, x)", "max(0, x)"),
        ("sum(i, 0*x[i])", "sum(i=1..n, 0)"),
        ("0*x'*y", "0"),
    ],
)
def test_a_zero_keeps_its_shape(typed: str, shown: str) -> None:
    found = formula(typed)
    assert found.text == shown
    assert formula(found.text, found.where).shape == found.shape


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("norm_nuc(A)*x", "‖A‖_* x"),
        ("norm_nuc(A)*norm_nuc(B)", "‖A‖_* ‖B‖_*"),
        ("norm_nuc(A)/lam*||x||", "‖A‖_* ‖x‖/λ"),
        ("norm_op(norm_nuc(A)*B)", "‖(‖A‖_* B)‖_op"),
        ("norm_op(A)*(x + y)", "‖A‖_op*(x + y)"),
        ("norm_nuc(A)*(x + y)", "‖A‖_* (x + y)"),
        ("norm_nuc(A)^s", "‖A‖_*^s"),
        ("lam*||x||", "λ‖x‖"),
        ("2*lam*||A*x||*||x||", "2 λ‖Ax‖*‖x‖"),
    ],
)
def test_norms_with_bars_read_back(typed: str, shown: str) -> None:
    found = formula(typed)
    answer = formula(found.unicode, found.where)
    assert found.unicode == shown
    assert normal(answer._raw) is normal(found._raw)
    assert "‖" not in found.text


@pytest.mark.parametrize(
    ("typed", "by", "shown"),
    [
        ("1/2*||V*tanh(W*x + b) + c - y||^2", "W", "((V'*(V*t + c - y)).*(1 - t.^2))*x' where t = tanh(W*x + b)"),
        ("1/2*||V*tanh(W*x) - y||^2", "W", "((V'*(V*tanh(W*x) - y)).*(1 - tanh(W*x).^2))*x'"),
    ],
)
def test_of_two_factors_none_begins_with_a_minus_where_both_would(typed: str, by: str, shown: str) -> None:
    found = formula(typed).grad(by)
    assert found.text == shown
    assert found.check().ok
