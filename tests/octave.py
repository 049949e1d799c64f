"""The Octave code of the corpora run by the interpreter, beside the formulas' own values: ./dev octave."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from problems import VERBS, drawn, names, problems, second_order, sizes_read

import closedform as cf
from closedform.program.arguments import Argument, arguments_of
from closedform.program.code import source

TOLERANCE = 1e-10


def literal(value: Any) -> str:
    array = np.asarray(value, float)
    rows = array.reshape(-1, 1) if array.ndim < 2 else array
    return f"[{'; '.join(' '.join(f'{x:.17g}' for x in row) for row in rows)}]"


def values(arguments: Sequence[Argument], given: dict[str, Any]) -> str:
    return ", ".join(literal(given[a.name]) for a in arguments)


def asked(key: str, code: str, call: str) -> str:
    """Lines that define functions and print the answer of a call, or the error."""
    return (f"{code}\ntry\n  out = {call}; printf('%s', '{key} '); printf('%.17g ', out'); printf('\\n');\n"
            f"catch err\n  printf('{key} ! %s\\n', err.message);\nend\n")  # fmt: skip


def script(lines: list[str], files: list[str]) -> tuple[str, dict[str, np.ndarray]]:
    """A script that prints every answer, and the answers that are right."""
    text, true = [], {}
    for p in (p for file in files for p in problems(file)):
        try:
            f = cf.formula(p["formula"], where=p["where"] or None)
            verb = "hessian" if p["op"] == "derivative" and second_order(p) else VERBS[p["op"]]
            g = getattr(f, verb)(p["wrt"])
            data, dx = drawn(p, 0)
            given = {**names(p, data, dx), **sizes_read(g, data)}
            name = f"f{len(true)}"
            code = source((g._raw,), "octave", name, g.text)
            value = np.asarray(g(**{k: given[k] for k in g.variables}))
        except cf.ClosedformError as error:
            lines.append(f"{p['id']}: refused: {error}")
            continue
        arguments = arguments_of((g._raw,))
        text.append(asked(p["id"], code, f"{name}({values(arguments, given)})"))
        true[p["id"]] = value
        staying = arguments[::2]
        if staying:
            prepared = source((g._raw,), "octave", f"{name}_late", g.text, fixed=[a.name for a in staying])
            rest = values([a for a in arguments if a not in staying], given)
            call = f"prepare({values(staying, given)}); out = out({rest})"
            text.append(asked(f"{p['id']}-fixed", prepared, call))
            true[f"{p['id']}-fixed"] = value
    return "1;\n" + "\n".join(text), true


def main() -> int:
    octave = shutil.which("octave-cli") or shutil.which("octave")
    if octave is None:
        print("octave is not installed; where Debian's packages are: apt-get install octave", file=sys.stderr)
        return 2
    lines: list[str] = []
    text, true = script(lines, sys.argv[1:] or ["seed_problems.jsonl", "wild_problems.jsonl"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.m"
        path.write_text(text, "utf-8")
        done = subprocess.run([octave, "--no-gui", "--quiet", "--norc", str(path)], capture_output=True, text=True)
    found = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    wrong = 0
    for name, want in true.items():
        said = found.get(name, "! no answer")
        try:
            got = np.array(said.split(), float).reshape(want.shape)
            near = np.max(np.abs(got - want)) <= TOLERANCE * max(np.max(np.abs(want)), 1e-300)
        except ValueError:
            near = False
        if not near:
            wrong += 1
            lines.append(f"{name}: {said[:200]}")
    print("\n".join([*lines, done.stderr[-2000:]]).strip())
    print(f"{len(true) - wrong} passed, {wrong} failed")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
