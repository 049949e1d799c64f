"""Every law that acts reports: the named ones, the meanings, and what the constructors do."""

from __future__ import annotations

import pytest
from exact import equal
from spellings import CONSTRUCTORS

import closedform.rewrite  # noqa: F401  (registers every law)
from closedform.expr.node import Node, make
from closedform.functions import algebra as a
from closedform.rewrite.laws.law import Law, all_laws
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify
from closedform.rewrite.steps import Step, recorded

A, B, X = a.sym("A", "n", "n"), a.sym("B", "n", "n"), a.sym("X", "m", "n")
x, y, s = a.sym("x", "n"), a.sym("y", "n"), a.sym("s")


def steps_of(node: Node) -> list[Step]:
    with recorded() as steps:
        normal(node)
    return steps


@pytest.mark.parametrize("law", all_laws(), ids=lambda law: law.name)
def test_a_law_that_acts_reports(law: Law) -> None:
    args = tuple(normal(arg) for arg in law.example.args)
    found = [s for s in steps_of(make(law.op, args, law.example.params, law.example.shape)) if not s.form]
    assert law.name in {s.law for s in found}


@pytest.mark.parametrize("pair", CONSTRUCTORS.values(), ids=CONSTRUCTORS.keys())
def test_two_spellings_of_one_node_differ_by_reported_steps(pair: tuple[Node, Node]) -> None:
    for raw in pair:
        assert steps_of(raw) or same_but_for_order(raw, normal(raw))


def same_but_for_order(raw: Node, out: Node) -> bool:
    """Whether nothing but the order of terms and factors differs."""
    if raw is out:
        return True
    return raw.op is out.op and sorted(normal(r).key for r in raw.args) == sorted(r.key for r in out.args)


@pytest.mark.parametrize("pair", CONSTRUCTORS.values(), ids=CONSTRUCTORS.keys())
def test_each_step_is_exactly_true(pair: tuple[Node, Node]) -> None:
    for step in [s for raw in pair for s in steps_of(raw)]:
        found = equal(step.before, step.after)
        assert found.ok, f"{step.law}: {found.reason}"


@pytest.mark.parametrize(
    ("raw", "law"),
    [
        (a.mul(a.inv(A), A, x), "product of neighbours that join"),
        (a.add(x, x), "like terms"),
        (a.add(x, a.add(y, a.ones("n"))), "sum of sums"),
        (a.transpose(a.mul(X, A)), "transpose of product"),
        (a.tr(a.mul(B, A)), "trace is cyclic"),
        (a.mul(A, a.eye("n"), x), "product with identity"),
        (a.mul(A, a.scale(s, B)), "numbers and scalars first"),
        (a.mul(a.mul(A, B), x), "product of products"),
        (a.mpow(a.mpow(A, 2), 3), "power of power"),
    ],
)
def test_what_a_constructor_does_has_a_name(raw: Node, law: str) -> None:
    assert law in {step.law for step in steps_of(raw) if step.form}


def test_remembered_results_report_again() -> None:
    raw = a.add(a.mul(a.inv(A), A, a.transpose(a.transpose(x))), a.transpose(a.mul(a.transpose(y), B)))
    assert steps_of(raw) == steps_of(raw) != []
    long = normal(a.add(a.mul(A, x), a.mul(B, x)))
    with recorded() as first:
        simplify(long)
    with recorded() as again:
        simplify(long)
    assert first == again
    assert "common factor" in {step.law for step in first}


def test_nobody_listens_outside() -> None:
    with recorded() as steps:
        pass
    normal(a.mul(a.inv(B), B, y))
    assert steps == []
