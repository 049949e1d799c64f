"""docs/gradient-jacobian-hessian.md: how the three are connected, with what the library says; ``docs/make.py``."""

from __future__ import annotations

import sys

import closedform as cf
from closedform.check.certificate import Claim
from closedform.check.certify import certify
from closedform.explain.example import as_typed
from closedform.explain.lookup import page_of

PEANO = "x*y*(x^2 - y^2)/(x^2 + y^2)"
WHERE = "x in R, y in R"
FUNCTIONS = (("x'*A*x", ""), ("log(<x, A*x>)", ""), ("logsumexp(A*x + b)", ""), ("1/2*||A - x*x'||_F^2", "A in Sym(n)"))


def page() -> str:
    """The whole page. Refuses to be written where an answer is not certified or a claim fails."""
    known = page_of("gradient, Jacobian and Hessian")
    return f"""# {known.title}

Written by `./dev docs`; `closedform explain Schwarz` shows it in short.

{known.words}

## For each of these functions

The Jacobian of the gradient, transposed, and the Hessian, derived on its own; both certified, and equal:

{chr(10).join(rows())}

## When it holds

{known.when}

## Why

{known.why}

## A function where it fails

{peano()}

## Source

{chr(10).join(f"- {source}" for source in known.sources)}
"""


def rows() -> list[str]:
    return ["| f | ∇f | (J∇f)ᵀ | H | level |", "| :-- | :-- | :-- | :-- | :-- |", *map(row, FUNCTIONS)]


def row(asked: tuple[str, str]) -> str:
    f = cf.formula(asked[0], asked[1] or None)
    g = f.grad("x")
    turned, hessian = g.jacobian("x", layout="denominator"), f.hessian("x")
    levels = [sure(found) for found in (g, turned, hessian)]
    if not equal(turned, hessian):
        sys.exit(f"docs: the Hessian of {asked[0]} is not the transposed Jacobian of its gradient")
    shown = " | ".join(f"`{part.unicode}`".replace("|", r"\|") for part in (f, g, turned, hessian))
    return f"| {shown} | {max(levels)} |"


def equal(first: cf.Formula, second: cf.Formula) -> bool:
    return certify(Claim("equal", first._raw, second._raw)).ok


def sure(found: cf.Formula) -> str:
    certificate = found.check()
    if not certificate.ok:
        sys.exit(f"docs: {found.text} is not certified")
    return certificate.level


def peano() -> str:
    """The two mixed derivatives at the origin, from the partial derivatives along the axes."""
    f = cf.formula(PEANO, WHERE)
    along = {"x": f.grad("x").substitute(x="0").simplify(), "y": f.grad("y").substitute(y="0").simplify()}
    mixed = {"x": along["x"].grad("y"), "y": along["y"].grad("x")}
    if (mixed["x"].text, mixed["y"].text) != ("-1", "1"):
        sys.exit("docs: the mixed derivatives of Peano's function are not -1 and 1")
    away = f.hessian("x", "y")
    if not equal(away, f.hessian("y", "x")):
        sys.exit("docs: away from the origin the mixed derivatives should agree")
    if [away.substitute(**{name: "0"}).simplify().text for name in "yx"] != ["1", "-1"]:
        sys.exit("docs: on the axes the mixed derivatives should be 1 and -1")
    levels = [sure(found) for found in (f.grad("x"), f.grad("y"), away, *mixed.values())]
    return f"""Peano's function, with f(0, 0) = 0:

```text
f = {as_typed(f)}
∂f/∂x = {f.grad("x").unicode}
∂f/∂y = {f.grad("y").unicode}
```

On the axes f is 0, so that both partial derivatives are 0 at the origin. Along the y-axis, x = 0, and along the x-axis,
y = 0:

```text
∂f/∂x (0, y) = {along["x"].unicode}      so  ∂/∂y ∂f/∂x = {mixed["x"].unicode}  at the origin
∂f/∂y (x, 0) = {along["y"].unicode}       so  ∂/∂x ∂f/∂y = {mixed["y"].unicode}  at the origin
```

The order of differentiation matters there. Everywhere else f is smooth, and both orders give

```text
{away.unicode}
```

which has no limit at the origin: on the x-axis it is 1, on the y-axis −1. Each derivative here is
certified, level {max(levels)}."""
