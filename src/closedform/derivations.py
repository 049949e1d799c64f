"""Derivations as people read them: each line with its law, printed in every form, and certified."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from closedform.calculus.derivation.derive import Asked, derivation
from closedform.calculus.derivation.laws import Law
from closedform.calculus.derivation.line import Line
from closedform.calculus.derivation.naming import Binding, Naming
from closedform.check.certificate import Certificate, Claim
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.rewrite.display.build import cost
from closedform.rewrite.display.context import Context
from closedform.rewrite.display.sharing import Shared, share
from closedform.write.render import Form, render_shared

LEFT: dict[str, tuple[str, str, str]] = {
    "f": ("f", "f", "f"),
    "df": ("df", "df", "df"),
    "grad": ("grad f", "∇f", r"\nabla f"),
    "dgrad": ("d grad f", "d∇f", r"d \nabla f"),
    "jac": ("jac f", "∂f/∂{x}", r"\frac{{\partial f}}{{\partial {x}}}"),
    "djac": ("d jac f", "d(∂f/∂{x})", r"d \frac{{\partial f}}{{\partial {x}}}"),
    "dmap": ("d df", "d(df)", r"d(df)"),
    "hess": ("hess f", "∇²f", r"\nabla^{{2}} f"),
    "map": ("D f({x})[{dx}]", "D f({x})[{dx}]", r"\mathrm{{D}} f\left({x}\right)\left[{dx}\right]"),
    "second": ("D2 f({x})[{dx}]", "D²f({x})[{dx}]", r"\mathrm{{D}}^{{2}} f\left({x}\right)\left[{dx}\right]"),
}
FORMS: tuple[Form, ...] = ("text", "unicode", "latex")
