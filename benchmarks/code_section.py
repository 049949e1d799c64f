"""The section on generated code: tables, single figures, and the plot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from plot import plot
from rounds import geometric
from timing import HERE, WRITES_BYTECODE, table

SHARED = "Other work ran on the machine meanwhile: load {load:.1f} on {cores} cores at the start."
UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
ONE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
FIRST_ORDER = ("gradient", "HVP")
Row = dict[str, Any]


def measured(script: str, *args: str) -> Any:
    """What a script prints, in a process with one thread on one core and NumPy's own choice of kernel."""
    env = {k: v for k, v in WRITES_BYTECODE.items() if k not in UNSET} | ONE
    done = subprocess.run([sys.executable, str(HERE / script), *args], env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{script}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def code_section(picture: Path) -> str:
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    rows = measured("generated.py")
    claims = [*measured("claims.py"), *measured("claims.py", "cold"), wrong_choices(measured("choices.py"))]
    plot(rows, picture)
    quiet = load < 0.5
    used = ", ".join(f"{name} {version(name)}" for name in ("jax", "torch", "scipy"))
    return f"""## Generated code

Microseconds of processor time a call, medians of interleaved rounds (in an order of its own each) in one process on
one core with one thread, every way warm and jitted, float64; {used}.
*hand* is the best NumPy form an expert would write (`benchmarks/hand.py`, frozen before ours was measured), *AD* the
fastest mode of each library. All ways agree with the hand-written form to 1e-10 of its largest entry before one is
timed. Ours in JAX is what `compile("jax", jit=True)` gives.
NumPy and JAX are timed before PyTorch's first derivative of the run, then PyTorch among all of them (the
memory it leaves behind spares JAX the first touch of each page: to JAX's AD of the network that is half the time).
A ratio is the median of the ratios round by round, with an interval of 95 %.
{"" if quiet else SHARED.format(load=load, cores=cores)}

{times_table(rows)}
{summary(rows)}

{by_structure(rows)}
*Writing alone* is the time JAX takes to fill as many entries with one number, on one axis, in the same rounds. It moves
with the pages of memory that the system has at hand: a result may now and then be had in less. The dense Hessian of a
factorisation is mostly zeros, which NumPy does not touch. At XLA's own level 3 LLVM unrolls a last axis of up to
some 60 entries before it vectorises, and writes entry by entry; `jit=True` compiles arrays of three and four axes at
level 2 (`docs/code.md`). The Hessian of log det is timed three times: as the array of four axes that `jax.hessian`
gives, the same where JAX's AD is compiled at level 2 too, and as the matrix kron(X⁻¹, X⁻¹) of vec X, which has as many
entries, and for which XLA computes quotients of places.

![ratios to the best automatic differentiation]({picture.name})

### Single figures

{table(("what", "measured", "limit", "met"), (claim_row(c) for c in claims))}"""


def wrong_choices(found: dict[str, Any]) -> dict[str, Any]:
    value = 100 * found["wrong"] / found["cases"]
    what = (
        f"wrong choices of form (over 1.2× off the best of all orders of a product, a solve against the inverse, "
        f"a bracket distributed or not), {found['cases']} cases; the worst is {found['worst']:.2f}× off"
    )
    return {"what": what, "value": value, "limit": 5, "unit": "%", "above": False, "met": value < 5, "interval": None}


def times_table(rows: Iterable[Row]) -> str:
    heads = ("problem", "size", "hand", "ours NumPy", "ours JAX", "ours torch", "JAX AD", "torch AD", "ours / hand",
             "ours / AD in JAX")  # fmt: skip
    return table(heads, (times_row(r) for r in rows))


def times_row(r: Row) -> tuple[str, ...]:
    us = (figure(r["us"][way]) for way in ("hand", "numpy", "jax", "torch", "jax AD", "torch AD"))
    first = (f"{r['name']}, {r['kind']}", "×".join(map(str, r["size"])))
    return (*first, *us, share(r["ours/hand"]), share(r["ours/jax"]))


def figure(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def share(ratio: list[float]) -> str:
    middle, low, high = ratio
    digits = 2 if middle >= 0.1 else 4
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def summary(rows: list[Row]) -> str:
    hand = [r["ours/hand"][0] for r in rows]
    over = [f"{label(r)} {r['ours/hand'][0]:.2f}" for r in rows if max(r["size"]) > 100 and r["ours/hand"][0] > 1.15]
    first = [r for r in rows if r["kind"] in FIRST_ORDER]
    jax = [r["ours/jax"][0] for r in first]
    slow = [f"{label(r)} {r['ours/jax'][0]:.2f}" for r in first if r["ours/jax"][0] > 1.2]
    plain = [r["ours/jax"][0] for r in first if "as typed" not in r["name"]]
    return (
        f"Ours in NumPy against the hand-written form: geometric mean **{geometric(hand):.2f}** (goal ≤ 1.00); "
        f"above 1.15 at a size over 100 (goal: none): {', '.join(over) or 'none'}.\n\n"
        f"Ours in JAX against JAX's AD, gradients and Hessian-vector products: geometric mean **{geometric(jax):.2f}** "
        f"(goal ≤ 1.00), without the text that is badly associated as typed {geometric(plain):.2f}; above 1.2 "
        f"(goal: none): {', '.join(slow) or 'none'}."
    )


def label(r: Row) -> str:
    return f"{r['name']} {r['kind']} {'×'.join(map(str, r['size']))}"


GOALS = {
    "matrix factorisation": (200, (100, 100, 10)), "⟨S, X⟩ − log det X, four axes": (45, (30,)),
    "⟨S, X⟩ − log det X, four axes, AD at level 2": (45, (30,)),
    "tanh(Ax)": (40, (1000,)), "net 10-20-1 tanh": (20, (1000,)),
}  # fmt: skip
"""How many times faster than AD in JAX, from which size on."""


def by_structure(rows: Iterable[Row]) -> str:
    """Dense second orders and Jacobians, with what is asked of the large ones."""
    dense = [r for r in rows if r["kind"] not in FIRST_ORDER]
    lines = []
    for r in dense:
        name, kind = r["name"], r["kind"]
        goal, start = GOALS.get(name, (0, ()))
        judged = goal and tuple(r["size"]) >= start
        met = f"≥ {goal}: {'yes' if r['AD/ours'][0] >= goal else '**no**'}" if judged else ""
        modes = f"{r['modes'][0]}, {r['modes'][1]}"
        ratios = (f"{r[k][0]:.1f}" for k in ("best AD/ours", "AD/ours", "AD/ours beside torch", "AD/floor"))
        lines.append((f"{name}, {kind}", "×".join(map(str, r["size"])), modes, *ratios, met))
    heads = ("dense", "size", "fastest modes", "best AD / best of ours", "JAX AD / ours in JAX",
             "the same after PyTorch", "JAX AD / writing alone", "goal")  # fmt: skip
    return table(heads, lines)


def claim_row(c: dict[str, Any]) -> tuple[str, ...]:
    value = f"{c['value']:.3g} {c['unit']}" if c["value"] < 1000 else f"{c['value']:.0f} {c['unit']}"
    if c["interval"]:
        value += " ({:.3g}–{:.3g})".format(*c["interval"])
    limit = f"{'≥' if c['above'] else '≤'} {c['limit']:g} {c['unit']}"
    return (c["what"], value, limit, "yes" if c["met"] else "**no**")
