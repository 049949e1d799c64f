"""Gradients by the blocks of a matrix: parts of what the whole matrix gives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import closedform as cf

N, M = 3, 2
RNG = np.random.default_rng(5)
A, C = (g @ g.T + k * np.eye(k) for k in (M, N) for g in [RNG.standard_normal((k, k))])
B = RNG.standard_normal((M, N)) / 3


@pytest.mark.parametrize(("text", "shown", "truth"), [
    ("logdet([A, B; B', C])", "2*sub([A, B; B', C]^-1, 1, 1 + m, m, n)",
     lambda b: jnp.linalg.slogdet(jnp.block([[A, b], [b.T, C]]))[1]),
    ("tr([A, B; B', C]^-1)", "-2*sub([A, B; B', C]^-2, 1, 1 + m, m, n)",
     lambda b: jnp.trace(jnp.linalg.inv(jnp.block([[A, b], [b.T, C]])))),
])  # fmt: skip
def test_a_symmetric_whole_has_one_part_off_the_diagonal(text: str, shown: str, truth: object) -> None:
    g = cf.formula(text, "A in PD(m), C in PD(n), B in R^(m×n)").grad("B")
    assert g.text == shown and g.check().level == "A"
    assert np.allclose(g(A=A, B=B, C=C), jax.grad(truth)(B), rtol=1e-6)  # type: ignore[arg-type]


def test_of_a_general_whole_both_parts_stand() -> None:
    g = cf.formula("tr([A, B; B', C]^-1)", "A in Square(m), C in Square(n), B in R^(m×n)").grad("B")
    assert "sub(" in g.text and g.check().level == "A"
