"""Sums over pairs, each with a root or a logarithm of its own; masks of zeros and ones beside sums that are sizes."""

import pytest

import closedform as cf
from closedform.check.scene import Scene

PAIRS = {
    "energy": (r"\sum_{i<j} \frac{1}{\|r_i-r_j\|}", "r"),
    "charges": (r"\sum_{i<j} \frac{q_i q_j}{\|r_i-r_j\|}", "r"),
    "springs": (r"\sum_{i<j} (\|r_i-r_j\|-d_{ij})^2", "r"),
    "cubes": (r"\sum_{i,j} \|r_i-r_j\|^3", "r"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_roots_of_every_pair_are_compared_exactly(name: str) -> None:
    typed, by = PAIRS[name]
    assert any(cf.formula(typed).grad(by).check().level == "A" for _ in range(3))


@pytest.mark.parametrize("name", PAIRS)
def test_a_wrong_factor_in_a_sum_over_pairs_is_seen(name: str) -> None:
    typed, by = PAIRS[name]
    wrong = cf.formula(typed).grad(by)
    doubled = cf.formula(f"2*({wrong.text.split(' where ')[0]})" + _after(wrong.text), wrong.where)
    assert cf.equal(doubled, wrong).kind == "wrong"


def _after(text: str) -> str:
    return " where " + text.split(" where ")[1] if " where " in text else ""


COUNTS = [
    ("tr(eye(n)) - 3", 2), ("sum(ones(n)) - 3", 2), ("sum(triu(ones(n,n)) - 2*eye(n))", 1),
    ("x'*(triu(ones(n,n)) - eye(n))*x", 0), ("x'*(ones(n)*ones(n)' - eye(n))*x", 0),
    ("x'*(ones(n,n)*ones(n,n) - 30*eye(n))*x", 1), ("sum(i, x[i]*(ones(n)'*ones(n) - i))", 1),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "least"), COUNTS)
def test_masks_are_no_polynomials_in_sizes(typed: str, least: int) -> None:
    found = Scene([cf.formula(typed, "x in R^n" if "x" in typed else "n >= 1")._raw]).counts
    assert found == 0 if least == 0 else found >= least
