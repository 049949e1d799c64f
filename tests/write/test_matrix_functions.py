"""Functions of entries and of matrices are told apart in print, whatever people mean by log P."""

import pytest

import closedform as cf

DECLARED = "P in PD(n), Sigma in PD(n), w in PD(n)"


@pytest.mark.parametrize(
    "text", ["exp(P)", "exp(w)", "log(P)", "sqrt(P)", "exp(Sigma)", "expm(P)", "logm(P)", "sqrtm(Sigma)", "log(P*P)"]
)
def test_what_is_printed_reads_back(text: str) -> None:
    f = cf.formula(text, DECLARED)
    assert cf.formula(f.latex, DECLARED, "latex").text == f.text == text
