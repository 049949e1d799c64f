"""``--steps`` and ``taylor``."""

import json
from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]
STEP = {"left", "text", "unicode", "latex", "law", "uses", "let", "span", "certificate"}


def test_steps_on_the_page(run: Run) -> None:
    found = run("grad", "x'*A*x", "--by", "x", "--steps")
    assert found.code == 0
    assert "df = dxᵀAx + xᵀA dx\n       product rule: d(XY) = dX Y + X dY\n       dA = 0\n" in found.out
    assert "each line    certified by itself, level A" in found.out
    assert all(len(line) <= 80 for line in found.out.splitlines())


def test_steps_alone(run: Run) -> None:
    assert run("grad", "c'*x", "x", "--steps", "--text").out.splitlines()[0] == "     f = c'*x"
    assert run("grad", "c'*x", "x", "--steps", "--latex").out.startswith("\\begin{align*}\n")


def test_details(run: Run) -> None:
    def length(source: str, detail: str) -> int:
        return len(run("grad", source, "x", "--steps", "--text", "--detail", detail).out.splitlines())

    assert length("log(<x, A*x>)", "short") < length("log(<x, A*x>)", "normal")
    assert length("1/2*||A*x - b||^2", "normal") < length("1/2*||A*x - b||^2", "full")


def test_coordinates(run: Run) -> None:
    found = run("grad", "x'*A*x", "x", "--steps", "--method", "coordinates")
    assert found.code == 0
    assert "∂f/∂xₖ" in found.out


def test_steps_as_json(run: Run) -> None:
    record = json.loads(run("hessian", "1/2*||A*x - b||^2", "--by", "x", "--steps", "--json").out)
    steps = record["derivatives"][0]["steps"]
    assert all(step.keys() == STEP for step in steps)
    assert [step["left"] for step in steps] == ["f", "df", "df", "∇f", "d∇f", "∇²f"]
    assert all(step["certificate"]["ok"] for step in steps)


def test_steps_unchecked(run: Run) -> None:
    found = run("grad", "c'*x", "x", "--steps", "--no-check")
    assert found.code == 0
    assert "each line" not in found.out


def test_taylor(run: Run) -> None:
    found = run("taylor", "logdet(X)", "--by", "X", "--order", "2")
    assert found.code == 0
    assert "f(X + dX) ≈ logdet(X) + ⟨X⁻ᵀ, dX⟩ − ½⟨X⁻ᵀdXᵀX⁻ᵀ, dX⟩" in found.out
    assert "order 2      level A" in found.out
    assert run("taylor", "b'*x", "x", "--order", "1", "--text").out.strip() == "f(x + dx) ~= b'*x + <b, dx>"
    assert run("taylor", "b'*x").code == 2
    record = json.loads(run("taylor", "b'*x", "x", "--json").out)
    assert [c["ok"] for c in record["expansions"][0]["certificates"]] == [True, True]
