"""``x_i`` beneath a sum over i is ``x[i]``, in formulas, declarations and bound parts."""

import re

import pytest

import closedform as cf
from closedform.read.read import read

SAME = [
    ("sum(i=1..n, (x_i-mu)'*inv(S)*(x_i-mu))", "x_i in R^d, S in PD(d)",
     "sum(i=1..n, (x[i]-mu)'*inv(S)*(x[i]-mu))", "x[i] in R^d for i = 1..n, S in PD(d)"),
    ("sum(i=1..n, (x_i-mu)'*(x_i-mu))", "x_i in R^d for i = 1..n", "sum(i=1..n, (x[i]-mu)'*(x[i]-mu))",
     "x[i] in R^d for i = 1..n"),
    ("sum(i, sum(j, A_ij*x_i*x_j))", "", "sum(i, sum(j, A[i,j]*x[i]*x[j]))", ""),
    ("sum(i, y_i*log(p_i))", "", "sum(i, y[i]*log(p[i]))", ""),
    ("sum(i=1..n, z_i^2) where z_i = a_i'*x - b_i, a_i in R^d", "",
     "sum(i=1..n, z[i]^2) where z[i] = a[i]'*x - b[i], a[i] in R^d for i = 1..n", ""),
    ("sum(i=1..n, log(1+exp(-y_i*(a_i'*w))))", "a_i, w in R^d, y_i in R",
     "sum(i=1..n, log(1+exp(-y[i]*(a[i]'*w))))", "a[i] in R^d for i = 1..n, w in R^d, y in R^n"),
    ("prod(k, s_k)", "", "prod(k, s[k])", ""),
    ("sum(i, x_i*y_i) + x'*x", "", "sum(i, x[i]*y[i]) + x'*x", ""),
    ("sum(i, (x_i - mean(x))^2)", "", "sum(i, (x[i] - mean(x))^2)", ""),
    ("sum(i, z_i) where z_j = x_j^2", "", "sum(i, z[i]) where z[j] = x[j]^2", ""),
    ("-sum(i, y_i*log(p_i)) where p = softmax(W*x + b)", "", "-sum(i, y[i]*log(p[i])) where p = softmax(W*x + b)", ""),
    ("exp(x_k)/sum(j, exp(x_j))", "", "exp(x[k])/sum(j, exp(x[j]))", ""),
    ("x_1 + sum(i, x_i^2)", "", "x[1] + sum(i, x[i]^2)", ""),
    ("sum(k, pi_k*c_k)", "", "sum(k, pi_vec[k]*c[k])", ""),
    ("max(i, a_i'*x + b_i)", "", "max_over(i, a[i]'*x + b[i])", ""),
    ("sum(i, α_i*K_ij*α_j)", "", "sum(i, alpha[i]*K[i,j]*alpha[j])", ""),
    ("sum(i, sum(j, delta_ij*x_i*y_j))", "", "sum(i, sum(j, I[i,j]*x[i]*y[j]))", ""),
    ("sum(i, yᵢ*xᵢ)", "", "sum(i, y[i]*x[i])", ""),
    ("sum(i, sum(j, A_{i,j}*x_{i}*x_j))", "", "sum(i, sum(j, A[i,j]*x[i]*x[j]))", ""),
    ("sum(t=2..T, (y_{t} - a*y_{t-1})^2)", "", "sum(t=2..T, (y[t] - a*y[t-1])^2)", ""),
    ("sum(i, (y_i - m*x_i - b)^2)", "", "sum(i, (y[i] - m*x[i] - b)^2)", "m in R"),
    ("sum(i, (x_i - m)^2)", "", "sum(i, (x[i] - m)^2)", "m in R"),
    ("sum(i, w_i*||x_i - m||^2)", "", "sum(i, w[i]*||x[i] - m||^2)", "m in R^k"),
    ("sum(i=1..K, ||W_i*x - y_i||^2)", "W_i in R^(m×k)",
     "sum(i=1..K, ||W[i]*x - y[i]||^2)", "W[i] in R^(m×k) for i = 1..K"),
    ("sum(i=1..n, (a[i] - b[i])'*x)", "a[i], b[i] in R^d for i = 1..n",
     "sum(i=1..n, (a[i] - b[i])'*x)", "a[i] in R^d for i = 1..n, b[i] in R^d for i = 1..n"),
]  # fmt: skip


@pytest.mark.parametrize(("named", "said", "typed", "where"), SAME)
def test_members_by_name(named: str, said: str, typed: str, where: str) -> None:
    found, meant = read(named, said), read(typed, where)
    assert found.node is meant.node
    assert sorted(found.where.split(", ")) == sorted(meant.where.split(", "))


def test_the_answer_says_so() -> None:
    assert "A_ij, x_i, x_j are read as A[i,j], x[i], x[j]." in read("sum(i, sum(j, A_ij*x_i*x_j))").assumed


def test_latex_with_a_member_declared_as_one_vector() -> None:
    f = cf.formula(r"\sum_{i=1}^n (x_i-\mu)^T S^{-1} (x_i-\mu)", where="x_i in R^d, S in PD(d)", syntax="latex")
    assert f.grad("mu").text == "2*S^-1*(n*mu - colsum(x))"


@pytest.mark.parametrize(("text", "names"), [
    ("x_1'*y + x_i'*z", {"x_1", "x_i", "y", "z"}),
    ("sum(i, x[i]*w_max)", {"x", "w_max"}),
    ("sum(i, x[i]*s_j) + s_j", {"x", "s_j"}),
    ("sum(i, x_i*y_i)", {"x", "x_i", "y"}),
    ("(x - x_k)'*A*(x - x_k)", {"x", "x_k", "A"}),
])  # fmt: skip
def test_other_names_stay(text: str, names: set[str]) -> None:
    where = "x_i in R, x in R^n" if {"x", "x_i"} <= names and "sum" in text else ""
    assert set(read(text, where).names) == names


@pytest.mark.parametrize(("text", "where", "said"), [
    ("sum(i, a_i'*x)", "b[j] in R^d", "b[j] in R^d is no family"),
    ("logsumexp(z) - z_k", "", "z_k may be the entry k of z, or a number of its own"),
    ("sum(i,sum(j,sum(k, T_ijk*x_i*y_j*z_k)))", "", "T_ijk has 3 indices"),
    ("sum(i, f_i(x))", "", "f_i is no known function"),
    ("x_{i;j}*y", "", "a name does not end with _"),
    ("sum(i=1..n, x_i'*y) + x_i'*z", "", "i is summed in one place and fixed in another"),
    ("sum(i=1..n, tr(S_i*X))", "S_i in Sym(k)", "of a family of matrices nothing but its size is declared"),
])  # fmt: skip
def test_what_is_refused(text: str, where: str, said: str) -> None:
    with pytest.raises(cf.ClosedformError, match=re.escape(said)):
        read(text, where)


@pytest.mark.parametrize(("text", "families"), [
    ("sum(i, sum(j, ||x[i] - c[j]||^2))", {"x", "c"}),
    (r"\sum_i \sum_j w_{ij}\|x_i - x_j\|^2", {"x"}),
    ("sum(i, sum(k, r[i,k]*||x_i - mu_k||^2))", {"x", "mu"}),
    ("sum(i, ||a[i]*x - b[i]||^2)", {"b"}),
    ("sum(i, |x[i] - c[i]|)", set()),
])  # fmt: skip
def test_in_a_norm_members_are_vectors(text: str, families: set[str]) -> None:
    assert read(text, syntax="auto").families == families
