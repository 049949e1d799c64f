"""docs/accuracy.md: values at extreme points, ours, JAX's and PyTorch's, against truth to 60 digits and more.

``python docs/make_accuracy.py``; needs JAX and PyTorch. Errors are given as powers of ten, so that the page is the
same wherever it is made.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "run"))

import jax
import jax.numpy as jnp
import torch
from accuracy import CASES, Case, error, given, truth

Array = Any
WIDTHS = (8, 4)
GOOD = {8: 1e-13, 4: 1e-6}


class Jax:
    """The functions that cases are written with, as a person who knows JAX would call them."""

    exp, log, sqrt, sin, cos, atan, asin = jnp.exp, jnp.log, jnp.sqrt, jnp.sin, jnp.cos, jnp.arctan, jnp.arcsin
    tanh, cosh, sum, prod, var, det, inv, trace = (
        jnp.tanh, jnp.cosh, jnp.sum, jnp.prod, jnp.var, jnp.linalg.det, jnp.linalg.inv, jnp.trace)  # fmt: skip
    erf, loggamma, norm = jax.scipy.special.erf, jax.scipy.special.gammaln, jnp.linalg.norm
    sigmoid, softmax, logsumexp = jax.nn.sigmoid, jax.nn.softmax, jax.scipy.special.logsumexp
    normcdf, normpdf = jax.scipy.stats.norm.cdf, jax.scipy.stats.norm.pdf


class Torch:
    """The same for PyTorch."""

    exp, log, sqrt, sin, cos, atan, asin = (
        torch.exp, torch.log, torch.sqrt, torch.sin, torch.cos, torch.atan, torch.asin)  # fmt: skip
    tanh, cosh, sum, prod, det, inv, trace = (
        torch.tanh, torch.cosh, torch.sum, torch.prod, torch.linalg.det, torch.linalg.inv, torch.trace)  # fmt: skip
    erf, loggamma, norm = torch.erf, torch.lgamma, torch.linalg.norm
    sigmoid, normcdf = torch.sigmoid, torch.special.ndtr

    @staticmethod
    def var(x: Array) -> Array:
        return torch.var(x, correction=0)

    @staticmethod
    def softmax(x: Array) -> Array:
        return torch.softmax(x, 0)

    @staticmethod
    def logsumexp(x: Array) -> Array:
        return torch.logsumexp(x, 0)

    @staticmethod
    def normpdf(x: Array) -> Array:
        return torch.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def by_jax(case: Case, width: int) -> Array:
    at = {name: jnp.asarray(value) for name, value in case.at(width).items()}
    return np.asarray(_derived(case, jax.jacrev, jax.jacfwd, Jax, at))


def by_torch(case: Case, width: int) -> Array:
    at = {name: torch.tensor(value) for name, value in case.at(width).items()}
    out = _derived(case, torch.func.jacrev, torch.func.jacfwd, Torch, at)
    return out.numpy() if isinstance(out, torch.Tensor) else np.asarray(out)


def _derived(case: Case, reverse: Any, forward: Any, o: Any, at: dict[str, Array]) -> Array:
    """The value, by reverse mode the gradient or Jacobian, by forward over reverse the Hessian."""
    if not case.order:
        return case.f(o, **at)
    assert case.by is not None
    rest = {name: value for name, value in at.items() if name != case.by}

    def f(x: Array) -> Array:
        return case.f(o, **{case.by: x}, **rest)

    g = reverse(f)
    return (g if case.order == 1 else forward(g))(at[case.by])


def shown(found: Array, case: Case, width: int) -> tuple[str, bool]:
    """The error as a power of ten above it, and whether it is good."""
    found = np.asarray(found, float)
    if np.isnan(found).any():
        return "NaN", False
    if np.isinf(found).any():
        return "∞", False
    wrong = error(found, truth(case, width), width)
    if wrong >= 0.99:
        return "no digit", False
    least = -16 if width == 8 else -7
    power = max(least, math.ceil(math.log10(wrong))) if wrong > 0 else least
    return f"1e{power}", wrong <= GOOD[width]


def page() -> str:
    """The whole page."""
    rows, good = [], dict.fromkeys(((who, w) for w in WIDTHS for who in WHO), 0)
    for case in CASES:
        cells = []
        for width in WIDTHS:
            for who, compute in WHO.items():
                text, fine = shown(compute(case, width), case, width)
                good[who, width] += fine
                cells.append(text if fine else f"**{text}**")
        rows.append(f"| `{_title(case)}` | {' | '.join(cells)} |")
    totals = " | ".join(f"{good[who, w]} of {len(CASES)}" for w in WIDTHS for who in WHO)
    return f"""# Accuracy

Written by `docs/make_accuracy.py` (JAX {version("jax")}, PyTorch {version("torch").split("+")[0]}); the bounds are
tested in `tests/run/test_accuracy.py`.

Relative errors, rounded up to powers of ten, at points where a plain evaluation cancels, overflows or divides 0 by 0:
of the largest of all entries, against differences in ball arithmetic with {TRUTH}. B and b stand for 1e200 and 1e-200
(1e25 and 1e-25 in single precision) times the point where a row says so. Bold: over 1e-13 in double precision, over
1e-6 in single, or no number. JAX and PyTorch are called with the functions that they have for the purpose
(`logsumexp`, `softmax`, `norm`, `sigmoid`, `ndtr`); everything else is what was typed.

How it is done: what is typed is put into forms that do not cancel (`run/stable.py`, `run/precise.py`); where a number
overflows or underflows on the way, the formula is evaluated again with exponents that never run out (`run/wide.py`).
Everything is computed in float64; where all arrays of floats that are given are float32, an array that comes out is
float32 again. A scalar is a float. NaN in an array is NaN in all that depends on it, and never called singular.
`strict=True` refuses points where a condition does not hold, `f.violated(...)` names those conditions.

What is not done: differences of nearly equal numbers that have no form of their own here (`sqrt(s+1) - sqrt(s)` at
1e15, `s - sin(s)` at 1e-8) lose the digits that they lose in float64.

| | ours, double | JAX | PyTorch | ours, single | JAX | PyTorch |
| :-- | --: | --: | --: | --: | --: | --: |
| **good** | {totals} |
{chr(10).join(rows)}
"""


def _title(case: Case) -> str:
    marks = {name: ("B" if by[8] > 1 else "b") if by[8] in (1e200, 1e-200) else f"{by[8]:g}"
             for name, by in case.more.items()}  # fmt: skip
    scaled = f" times {', '.join(dict.fromkeys(marks.values()))}" if marks else ""
    return f"{case.name}{scaled}".replace("||x||", "‖x‖")


TRUTH = "over 700 digits, right to more than 60"
WHO: dict[str, Callable[[Case, int], Array]] = {"ours": given, "jax": by_jax, "torch": by_torch}


def main() -> int:
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    warnings.simplefilter("ignore")
    text = page()
    path = Path(__file__).parent / "accuracy.md"
    if "--check" in sys.argv[1:]:
        return 0 if path.read_text("utf-8") == text else 1
    path.write_text(text, "utf-8")
    print("docs: wrote accuracy.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
