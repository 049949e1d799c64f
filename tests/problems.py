"""The corpora as tests: samplers, the question each line asks through the public face, and how its answer is judged."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import exact
import numpy as np

import closedform as cf
from closedform.rewrite.simplify import simplify

Problem = dict[str, Any]
Array = Any
DATA = Path(__file__).parent / "data"
TOLERANCE, DRAWS = 1e-8, 3
TOKEN = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\|\||\.\*|\./|\.\^|\^-T|\^T|\^-1|[-+*/^'@<>=|:;⊙⊗]")
VERBS = {"gradient": "grad", "jacobian": "jacobian", "hessian": "hessian", "derivative": "derivative"}


def problems(name: str) -> list[Problem]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines() if line.strip()]


def _orthogonal(rng: np.random.Generator, n: int) -> Array:
    q, r = np.linalg.qr(rng.standard_normal((n, n)))
    return q * np.sign(np.diag(r))


def _definite(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    q = _orthogonal(rng, shape[0])
    a = (q * rng.uniform(0.5, 2.0, shape[0])) @ q.T
    return (a + a.T) / 2


def _invertible(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """General, of condition at most 4, with a positive determinant."""
    p, q = _orthogonal(rng, shape[0]), _orthogonal(rng, shape[0])
    if np.linalg.det(p) * np.linalg.det(q) < 0:
        p[:, 0] = -p[:, 0]
    return (p * rng.uniform(0.5, 2.0, shape[0])) @ q.T


def _symmetric(rng: np.random.Generator, shape: tuple[int, ...], sign: int = 1) -> Array:
    g = rng.standard_normal(shape)
    return (g + sign * g.T) / 2


SAMPLERS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Array]] = {
    "normal": lambda rng, s: rng.standard_normal(s),
    "uniform01": lambda rng, s: rng.uniform(0.2, 1.2, s),
    "positive": lambda rng, s: np.exp(0.5 * rng.standard_normal(s)),
    "pm1": lambda rng, s: rng.choice([-1.0, 1.0], s),
    "int": lambda rng, s: rng.integers(1, 5, s).astype(float) if s else int(rng.integers(1, 5)),
    "pd": _definite,
    "sym": _symmetric,
    "skew": lambda rng, s: _symmetric(rng, s, -1),
    "diag": lambda rng, s: np.diag(rng.uniform(0.5, 1.5, s[0]) * rng.choice([-1.0, 1.0], s[0])),
    "lower": lambda rng, s: np.tril(rng.standard_normal(s), -1) + np.diag(rng.uniform(0.5, 1.5, s[0])),
    "orth": lambda rng, s: _orthogonal(rng, s[0]),
    "inv": _invertible,
}
SPACES: dict[str, Callable[[Array], Array]] = {
    "Sym": lambda g: (g + g.T) / 2,
    "PSD": lambda g: (g + g.T) / 2,
    "PD": lambda g: (g + g.T) / 2,
    "Diag": lambda g: np.diag(np.diag(g)),
    "Skew": lambda g: (g - g.T) / 2,
    "Lower": np.tril,
}
"""The linear spaces a variable can be declared in, as orthogonal projections."""


def projection(p: Problem) -> Callable[[Array], Array]:
    """On the space of the variable of differentiation."""
    found = re.search(rf"(?<![\w.]){re.escape(p['wrt'])}\s+(?:in|∈)\s+(\w+)\s*\(", p["where"])
    return SPACES.get(found.group(1) if found else "", lambda g: g)


def second_order(p: Problem) -> bool:
    """Whether the answer is a map in ``dX1``, the differential of a gradient."""
    return re.search(rf"(?<!\w)d{re.escape(p['wrt'])}1(?!\w)", p["answer_np"]) is not None


def drawn(p: Problem, number: int) -> tuple[dict[str, Array], Array]:
    """Arrays for the names of a line, and a direction."""
    rng = np.random.default_rng([7, number, zlib.crc32(p["id"].encode())])
    data = {}
    for name, shape in p["dims"].items():
        sizes = tuple(d if isinstance(d, int) else p["sizes"][d] for d in shape)
        data[name] = SAMPLERS[p["sample"].get(name, "normal")](rng, sizes)
    return data, projection(p)(rng.standard_normal(np.shape(data[p["wrt"]])))


def names(p: Problem, data: dict[str, Array], dx: Array) -> dict[str, Any]:
    return {**p["sizes"], **data, **{f"d{p['wrt']}{k}": dx for k in ("", "1", "2")}}


def book(p: Problem, have: dict[str, Any]) -> Array:
    """The value of the known answer; the corpora are part of the tests, hence trusted."""
    return np.asarray(eval(p["answer_np"], {**have, "np": np}), float)  # noqa: S307


def agree(got: Array, want: Array) -> bool:
    if got.shape != want.shape or not np.all(np.isfinite(got)):
        return False
    scale = max(np.linalg.norm(np.ravel(got)), np.linalg.norm(np.ravel(want)))
    error = np.linalg.norm(np.ravel(got) - np.ravel(want))
    return bool(error <= TOLERANCE * (scale if scale > 1e-12 else 1.0))


def parts(text: str) -> list[str]:
    """Split at commas outside all brackets."""
    out, depth = [""], 0
    for ch in text:
        depth += (ch in "([{<⟨") - (ch in ")]}>⟩")
        if ch == "," and depth <= 0:
            out.append("")
        else:
            out[-1] += ch
    return out


def tokens(text: str) -> int:
    """Printed length: brackets, commas and declarations are free, bindings count."""
    head, *rest = re.split(r"\bwhere\b", re.sub(r"\beye\([^()]*\)", "I", text))
    bindings = [part for part in parts(" ".join(rest)) if re.search(r"(?<![<>=])=(?!=)", part)]
    return sum(len(TOKEN.findall(part)) for part in (head, *bindings))


@dataclass
class Verdict:
    """What became of one line."""

    id: str
    outcome: str = "crashed"
    said: str = ""
    printed: str = ""
    short: bool = False
    same_node: bool = False
    settled: bool = False
    level: str = "X"


def judged(p: Problem) -> Verdict:
    """The line asked through the public face, its answer compared with the book's."""
    out = Verdict(p["id"])
    try:
        f = cf.formula(p["formula"], where=p["where"] or None)
        verb = "hessian" if p["op"] == "derivative" and second_order(p) else VERBS[p["op"]]
        g = getattr(f, verb)(p["wrt"])
        out.printed = g.text
        out.outcome = "right" if all(right(g, p, k) for k in range(DRAWS)) else "wrong"
        out.short = tokens(g.text) <= tokens(p["answer"])
        out.same_node = cf.formula(g.text, where=g.where)._node is g._node
        out.settled = simplify(g._node) is g._node
        out.level = exact.judged(g.claim()).level
    except cf.ClosedformError as error:
        out.outcome, out.said = ("refused" if out.outcome == "crashed" else out.outcome), str(error)
    except Exception as error:  # noqa: BLE001  (a crash is a verdict here)
        out.outcome, out.said = "crashed", f"{type(error).__name__}: {error}"
    return out


def right(g: cf.Formula, p: Problem, number: int) -> bool:
    data, dx = drawn(p, number)
    have = names(p, data, dx)
    given = {**have, **sizes_read(g, data)}
    return agree(np.asarray(g(**{k: given[k] for k in g.variables}), float), book(p, have))


def sizes_read(g: cf.Formula, data: dict[str, Array]) -> dict[str, int]:
    """The sizes by the names that the reading gave them, which the line may call otherwise."""
    found = {}
    for name, symbol in g._reading.names.items():
        for size, number in zip(symbol.shape, np.shape(data.get(name, 0.0)), strict=False):
            if size.name is not None:
                found[size.name] = number
    return found
