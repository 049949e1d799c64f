"""Claims that are true only where a product is singular are judged at sizes in both orders."""

import pytest

from closedform.check.certificate import Claim
from closedform.check.certify import certify
from closedform.functions.algebra import mul, scale, sym, transpose
from closedform.functions.matrix import adj, det

A, X, B = sym("A", "m", "n"), sym("X", "n", "m"), sym("B", "m", "m")
INSIDE = mul(A, X, B)
RIGHT = mul(transpose(A), adj(transpose(INSIDE)), transpose(B))
WRONG = mul(transpose(A), adj(transpose(INSIDE)), B)


@pytest.mark.parametrize("_", range(6))
def test_determinant_of_a_rectangular_product(_: int) -> None:
    assert certify(Claim("gradient", det(INSIDE), RIGHT, X)).ok
    assert not certify(Claim("gradient", det(INSIDE), WRONG, X)).ok
    assert not certify(Claim("equal", scale(det(mul(A, X)), B), scale(det(mul(A, X)), transpose(B)))).ok
