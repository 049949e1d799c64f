"""A matrix declared positive (semi)definite is seen to be one, up to rounding, where values are asked for."""

import numpy as np
import pytest

import closedform as cf

GIVEN = np.random.default_rng(2).standard_normal((4, 3))


@pytest.mark.parametrize("S", [-np.eye(3), np.diag([1.0, 2.0, -1e-3]), np.array([[0.0, 1.0, 0], [1, 0, 0], [0, 0, 1]])])
def test_what_is_not_is_refused(S: np.ndarray) -> None:
    for text, where in (("logdet(S)", "S in PD(n)"), ("tr(S*S*S)", "S in PSD(n)")):
        with pytest.raises(cf.ValueProblem, match="is declared positive semidefinite; the array given is not"):
            cf.formula(text, where).grad("S")(S=S)


def test_what_is_up_to_rounding_is_taken() -> None:
    low = GIVEN @ GIVEN.T  # of rank 3 of 4: one eigenvalue is 0 up to rounding
    slope = cf.formula("tr(S*S*S)", "S in PSD(n)").grad("S")
    for S in (low, 1e-200 * low, 1e100 * low, np.zeros((4, 4))):
        assert np.allclose(slope(S=S), 3 * S @ S, rtol=1e-9, atol=0)
