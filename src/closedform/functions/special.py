"""The error and normal distribution functions, and the gamma function with its logarithmic derivatives."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.functions.algebra import const, num, power
from closedform.functions.define import Function, always, define, entrywise, refuse, where
from closedform.functions.elementwise import HALF, exp

POSITIVE = {"domain": where("positive"), "sample": ("positive",), "outside": ("negative", "zero")}


def _polygamma_d(k: Node, x: Node, dk: Node, dx: Node) -> Node:
    refuse("the derivative of polygamma by its order", dk)
    return polygamma(k + 1, x) * dx


erf: Function = entrywise(
    "erf", doc="The error function of each entry.",
    d=lambda x, dx: 2 * power(const("pi"), -HALF) * exp(-(x**2)) * dx,
    numeric=lambda xp, x: xp.scipy.special.erf(x),
    known=((1,), 0.8427007929497149),
)  # fmt: skip
normcdf: Function = entrywise(
    "normcdf", doc="The standard normal distribution function of each entry.",
    d=lambda x, dx: normpdf(x) * dx,
    facts=always("pos"),
    numeric=lambda xp, x: xp.scipy.special.ndtr(x),
    known=((1,), 0.8413447460685429), latex=r"\Phi({0})",
)  # fmt: skip
gelu: Function = entrywise(
    "gelu", doc="x*normcdf(x) of each entry.",
    means=lambda x: x * normcdf(x),
    numeric=lambda xp, x: x * xp.scipy.special.ndtr(x),
    known=((1,), 0.8413447460685429),
)  # fmt: skip
normpdf: Function = entrywise(
    "normpdf", doc="The standard normal density of each entry.",
    d=lambda x, dx: -x * normpdf(x) * dx,
    facts=always("pos"),
    numeric=lambda xp, x: xp.exp(-x * x / 2) / xp.sqrt(2 * xp.pi),
    known=((0,), 0.3989422804014327),
)  # fmt: skip
gamma: Function = entrywise(
    "gamma", doc="The gamma function of each entry, for positive entries.",
    d=lambda x, dx: gamma(x) * digamma(x) * dx,
    facts=always("pos"), **POSITIVE,
    numeric=lambda xp, x: xp.where(x > 0, xp.scipy.special.gamma(x), xp.nan),
    known=((5,), 24.0), latex=r"\Gamma({0})",
)  # fmt: skip
loggamma: Function = entrywise(
    "loggamma", aliases=("lgamma", "gammaln"), doc="The logarithm of gamma, for positive entries.",
    d=lambda x, dx: digamma(x) * dx, **POSITIVE,
    numeric=lambda xp, x: xp.where(x > 0, xp.scipy.special.gammaln(x), xp.nan),
    known=((0.5,), 0.5723649429247001),
)  # fmt: skip
digamma: Function = entrywise(
    "digamma", aliases=("psi",), doc="The derivative of loggamma, for positive entries.",
    d=lambda x, dx: trigamma(x) * dx, **POSITIVE,
    numeric=lambda xp, x: xp.where(x > 0, xp.scipy.special.digamma(x), xp.nan),
    known=((1,), -0.5772156649015329),
)  # fmt: skip
trigamma: Function = entrywise(
    "trigamma", doc="The derivative of digamma, for positive entries.",
    d=lambda x, dx: polygamma(num(2), x) * dx, facts=always("pos"), **POSITIVE,
    numeric=lambda xp, x: xp.where(x > 0, xp.scipy.special.polygamma(1, x), xp.nan),
    known=((1,), 1.6449340668482264),
)  # fmt: skip
polygamma: Function = define(
    "polygamma", sig="1,(m,n) -> (m,n)", elementwise=True,
    doc="polygamma(k, x): the k-th derivative of digamma at each (positive) entry; k = 0, 1, 2, ...",
    d=_polygamma_d,
    domain=where("positive", lambda _, x: x), sample=("order", "positive"), outside=("order", "negative"),
    numeric=lambda xp, k, x: xp.where(x > 0, xp.scipy.special.polygamma(k, x), xp.nan),
    known=((2, 1), -2.4041138063191886),
)  # fmt: skip
