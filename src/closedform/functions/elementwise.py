"""Smooth functions of each entry: exponentials, trigonometric and hyperbolic functions."""

from __future__ import annotations

from fractions import Fraction

from closedform.functions.algebra import power
from closedform.functions.define import Function, always, entrywise, where

HALF = Fraction(1, 2)

exp: Function = entrywise(
    "exp", doc="The exponential of each entry (the matrix exponential is expm).",
    d=lambda x, dx: exp(x) * dx,
    facts=always("pos"),
    numeric=lambda xp, x: xp.exp(x),
    known=((1,), 2.718281828459045), latex=r"\exp({0})",
)  # fmt: skip
log: Function = entrywise(
    "log", aliases=("ln",), doc="The natural logarithm of each entry.",
    d=lambda x, dx: dx / x,
    domain=where("positive"), sample=("positive",), outside=("negative", "zero"),
    numeric=lambda xp, x: xp.log(x),
    known=((10,), 2.302585092994046), latex=r"\log({0})",
)  # fmt: skip
sqrt: Function = entrywise(
    "sqrt", doc="The square root of each entry (that of a matrix is sqrtm).",
    means=lambda x: power(x, HALF),
    facts=always("nonneg"),
    domain=where("nonneg"), smooth=where("positive"), sample=("positive",), outside=("negative",),
    numeric=lambda xp, x: xp.sqrt(x),
    known=((2,), 1.4142135623730951),
)  # fmt: skip
sin: Function = entrywise(
    "sin", doc="The sine of each entry.",
    d=lambda x, dx: cos(x) * dx,
    numeric=lambda xp, x: xp.sin(x),
    known=((1,), 0.8414709848078965), latex=r"\sin({0})",
)  # fmt: skip
cos: Function = entrywise(
    "cos", doc="The cosine of each entry.",
    d=lambda x, dx: -sin(x) * dx,
    numeric=lambda xp, x: xp.cos(x),
    known=((1,), 0.5403023058681398), latex=r"\cos({0})",
)  # fmt: skip
tan: Function = entrywise(
    "tan", doc="The tangent of each entry.",
    d=lambda x, dx: (1 + tan(x) ** 2) * dx,
    domain=where("nonzero", lambda x: cos(x)), sample=("angle",),
    numeric=lambda xp, x: xp.tan(x),
    known=((1,), 1.5574077246549023), latex=r"\tan({0})",
)  # fmt: skip
asin: Function = entrywise(
    "asin", aliases=("arcsin",), doc="The inverse sine of each entry.",
    d=lambda x, dx: (1 - x**2) ** (-HALF) * dx,
    domain=where("nonneg", lambda x: 1 - x**2), smooth=where("positive", lambda x: 1 - x**2),
    sample=("below-one",), outside=("above-one",),
    numeric=lambda xp, x: xp.arcsin(x),
    known=((0.5,), 0.5235987755982989), latex=r"\arcsin({0})",
)  # fmt: skip
acos: Function = entrywise(
    "acos", aliases=("arccos",), doc="The inverse cosine of each entry.",
    d=lambda x, dx: -((1 - x**2) ** (-HALF)) * dx,
    facts=always("nonneg"),
    domain=where("nonneg", lambda x: 1 - x**2), smooth=where("positive", lambda x: 1 - x**2),
    sample=("below-one",), outside=("above-one",),
    numeric=lambda xp, x: xp.arccos(x),
    known=((0.5,), 1.0471975511965979), latex=r"\arccos({0})",
)  # fmt: skip
atan: Function = entrywise(
    "atan", aliases=("arctan",), doc="The inverse tangent of each entry.",
    d=lambda x, dx: dx / (1 + x**2),
    numeric=lambda xp, x: xp.arctan(x),
    known=((1,), 0.7853981633974483), latex=r"\arctan({0})",
)  # fmt: skip
sinh: Function = entrywise(
    "sinh", doc="The hyperbolic sine of each entry.",
    d=lambda x, dx: cosh(x) * dx,
    numeric=lambda xp, x: xp.sinh(x),
    known=((1,), 1.1752011936438014), latex=r"\sinh({0})",
)  # fmt: skip
cosh: Function = entrywise(
    "cosh", doc="The hyperbolic cosine of each entry.",
    d=lambda x, dx: sinh(x) * dx,
    facts=always("pos"),
    numeric=lambda xp, x: xp.cosh(x),
    known=((1,), 1.5430806348152437), latex=r"\cosh({0})",
)  # fmt: skip
tanh: Function = entrywise(
    "tanh", doc="The hyperbolic tangent of each entry.",
    d=lambda x, dx: (1 - tanh(x) ** 2) * dx,
    numeric=lambda xp, x: xp.tanh(x),
    known=((1,), 0.7615941559557649), latex=r"\tanh({0})",
)  # fmt: skip
sigmoid: Function = entrywise(
    "sigmoid", aliases=("logistic",), doc="1/(1 + exp(-x)) of each entry.",
    d=lambda x, dx: sigmoid(x) * (1 - sigmoid(x)) * dx,
    facts=always("pos"),
    numeric=lambda xp, x: xp.scipy.special.expit(x),
    known=((1,), 0.7310585786300049), latex=r"\sigma({0})",
)  # fmt: skip
softplus: Function = entrywise(
    "softplus", doc="log(1 + exp(x)) of each entry.",
    d=lambda x, dx: sigmoid(x) * dx,
    facts=always("pos"),
    numeric=lambda xp, x: xp.logaddexp(0, x),
    known=((1,), 1.3132616875182228),
)  # fmt: skip
silu: Function = entrywise(
    "silu", aliases=("swish",), doc="x*sigmoid(x) of each entry.",
    means=lambda x: x * sigmoid(x),
    numeric=lambda xp, x: x * xp.scipy.special.expit(x),
    known=((1,), 0.7310585786300049),
)  # fmt: skip
