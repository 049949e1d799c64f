"""Every law acts on its example, is exactly true there, and its mutants are refused; likewise the constructors."""

from __future__ import annotations

import pytest
from exact import equal, mutants, refutes
from spellings import CONSTRUCTORS

import closedform.rewrite  # noqa: F401  (registers every law)
from closedform.expr.node import Node, make
from closedform.rewrite.laws.law import Law, all_laws
from closedform.rewrite.normal.normal import normal

LAWS = all_laws()


def acted(law: Law) -> Node:
    """What the law makes of its own example."""
    out = law.act(*(normal(a) for a in law.example.args))
    assert out is not None, f"{law.name} does not act on its example"
    return out


def test_the_table_is_not_empty_and_names_are_unique() -> None:
    assert len(LAWS) >= 50
    assert len({law.name for law in LAWS}) == len(LAWS)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_law_acts_on_its_example(law: Law) -> None:
    args = tuple(normal(a) for a in law.example.args)
    plain = make(law.op, args, law.example.params, law.example.shape)
    out = acted(law)
    assert out.shape == law.example.shape
    assert normal(law.example) is not plain
    assert normal(out) is normal(law.example)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_law_is_exactly_true(law: Law) -> None:
    for answer in (acted(law), normal(law.example)):
        found = equal(law.example, answer)
        assert found.ok, found.reason


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_wrong_law_is_refused(law: Law) -> None:
    for word, wrong in mutants(acted(law)):
        assert refutes(equal(law.example, wrong)), word


@pytest.mark.parametrize("pair", CONSTRUCTORS.values(), ids=CONSTRUCTORS.keys())
def test_both_spellings_are_one_node(pair: tuple[Node, Node]) -> None:
    left, right = pair
    assert normal(left) is normal(right)


@pytest.mark.parametrize("pair", CONSTRUCTORS.values(), ids=CONSTRUCTORS.keys())
def test_the_normal_form_is_exactly_the_same(pair: tuple[Node, Node]) -> None:
    for raw in pair:
        found = equal(raw, normal(raw))
        assert found.ok, found.reason
