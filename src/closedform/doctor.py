"""What is installed, and whether the library does here what it promises."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from closedform._version import __version__
from closedform.answers import check
from closedform.errors import ClosedformError
from closedform.formula import formula

NEEDED = {"numpy": "numpy", "scipy": "scipy", "python-flint": "flint", "click": "click"}
OPTIONAL = {"jax": "jax", "torch": "torch"}
RIDGE, RIDGE_GRADIENT = "1/2*||A*x - b||^2 + lam/2*||x||^2", "A'*(A*x - b) + lam*x"


@dataclass(frozen=True)
class Finding:
    """One thing that was tried: its name, whether it is as it should be, and what was seen."""

    name: str
    ok: bool
    seen: str
    milliseconds: float


@dataclass(frozen=True)
class Report:
    """Versions by name (None: not installed) and what was tried."""

    versions: dict[str, str | None]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether all that is needed is there and does what it should."""
        return all(self.versions[name] for name in NEEDED) and all(f.ok for f in self.findings)

    def record(self) -> dict[str, Any]:
        """The same as plain data."""
        return {"ok": self.ok, "versions": self.versions, "findings": [asdict(f) for f in self.findings]}


def examined(load: bool = False) -> Report:
    """Versions and a self-test; with ``load`` the optional libraries are imported as well.

    >>> examined().ok
    True
    """
    tried = [_finding(name, test) for name, test in TESTS.items()]
    if load:
        tried += [_finding(f"{name} loads", _loads(name)) for name in OPTIONAL if installed(name)]
    return Report(versions(), tuple(tried))


def versions() -> dict[str, str | None]:
    """The versions installed. Nothing is imported for it."""
    known = {"closedform": __version__, "python": platform.python_version(), "system": platform.platform(terse=True)}
    return {**known, **{name: installed(name) for name in (*NEEDED, *OPTIONAL)}}


def installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _finding(name: str, test: Callable[[], tuple[bool, str]]) -> Finding:
    start = time.perf_counter()
    try:
        ok, seen = test()
    except (ClosedformError, ImportError, ArithmeticError, AttributeError, TypeError, ValueError) as error:
        ok, seen = False, f"{type(error).__name__}: {error}"
    return Finding(name, ok, seen, round((time.perf_counter() - start) * 1000, 1))


def _derives() -> tuple[bool, str]:
    found = formula(RIDGE).grad("x").text
    return found == RIDGE_GRADIENT, found


def _certifies() -> tuple[bool, str]:
    found = formula(RIDGE).grad("x").check()
    return found.ok and found.level == "A", f"level {found.level}"


def _refuses() -> tuple[bool, str]:
    wrong = ("A*x", "(A + A')*x + x")
    kinds = [check("x'*A*x", answer, by="x", op="gradient").kind for answer in wrong]
    right = check("x'*A*x", "A*x + A'*x", by="x", op="gradient").kind
    refused = sum(kind in ("wrong", "convention") for kind in kinds)
    return refused == len(wrong) and right == "right", f"{refused} of {len(wrong)} wrong answers, and no right one"


def _reads_back() -> tuple[bool, str]:
    g = formula("logsumexp(A*x + b) + x'*inv(S)*x", "S in PD(n)").grad("x")
    same = [formula(printed, g.where, syntax) == g for printed, syntax in
            ((g.text, "text"), (g.unicode, "text"), (g.latex, "latex"))]  # fmt: skip
    return all(same), f"{sum(same)} of 3 printed forms read back"


def _evaluates() -> tuple[bool, str]:
    A, x = [[1.0, 2.0], [0.0, 3.0]], [1.0, -1.0]
    given: list[tuple[Any, tuple[float, ...]]] = [
        (formula("x'*A*x").grad("x")(A=A, x=x), (0.0, -4.0)),
        (formula("inv(A)*x")(A=A, x=x), (5 / 3, -1 / 3)),
        (formula("||x||").grad("x")(x=[3e200, 4e200]), (0.6, 0.8)),
    ]
    worst = max(abs(float(a) - b) for found, known in given for a, b in zip(found, known, strict=True))
    return worst < 1e-14, f"largest error {worst:.0e}"


def _loads(name: str) -> Callable[[], tuple[bool, str]]:
    def test() -> tuple[bool, str]:
        import_module(OPTIONAL[name])
        return True, f"{name} {sys.modules[OPTIONAL[name]].__version__}"

    return test


TESTS: dict[str, Callable[[], tuple[bool, str]]] = {
    "derives": _derives,
    "certifies": _certifies,
    "refuses": _refuses,
    "reads back": _reads_back,
    "evaluates": _evaluates,
}
