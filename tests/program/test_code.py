"""The text of programs: it runs as pasted, its names are near the typed ones, and nothing typed can act in it."""

from __future__ import annotations

import ast
import re

import numpy as np
import pytest
from backends import LIKE, TARGETS

import closedform as cf
from closedform.errors import ClosedformError
from closedform.expr.size import size
from closedform.functions.algebra import ones, size_number, sym
from closedform.functions.rearrange import unvec
from closedform.program.code import source
from closedform.program.compiled import PYTHON
from closedform.program.load import load
from closedform.program.names import Names, plain

RNG = np.random.default_rng(5)
FORMULAS = {
    "sum(log(1 + exp(-y.*(A*x))))": "x",
    "x'*inv(S)*x + logdet(S)": "S",
    "||A*x - y||^2 + lambda*||x||^2": "x",
    "sum(i=1..n, x[i]*sin(x[i]*y[1]))": "x",
}
VALUES = {"A": RNG.standard_normal((5, 3)), "x": RNG.standard_normal(3), "y": RNG.standard_normal(5), "lam": 0.7}
VALUES["S"] = RNG.standard_normal((3, 3)) / 3 + np.eye(3)
LANGUAGES = ("numpy", "jax", "torch", "julia", "octave")
HOSTILE = [
    "__import__", "np", "numpy", "f", "exec", "eval", "os", "self", "return", "lambda", "None", "print", "torch", "jnp",
    "scipy", "math", "λ", "σ2", "Σ̂", "x₁", "ﬁ", "𝐱", "A_1", "a__b", "_x", "__", "1x", "x y", "x;import os",
    "x\ny", 'x"""',
    "x'", "end", "function", "pi", "I", "exp", "sum", "prepare", "match", "type", "e", "T", "size",
    "kron_times", "é", "名",
]  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("text", FORMULAS)
def test_it_runs_as_pasted(text: str, target: str) -> None:
    f = cf.formula(text)
    g = f.grad(FORMULAS[text])
    space: dict = {}
    exec(source((f._raw, g._raw), target, "both", g.text), space)  # noqa: S102  (the text alone)
    values = {n: VALUES[n] for n in f.variables}
    given = {n: LIKE[target](np.asarray(v)) for n, v in values.items()}
    value, slope = space["both"](**given)
    assert np.allclose(value, f(**values), rtol=1e-12)
    assert np.allclose(slope, g(**{n: values[n] for n in g.variables}), rtol=1e-10)


@pytest.mark.parametrize("target", LANGUAGES)
def test_names_are_the_typed_ones(target: str) -> None:
    f = cf.formula("λ*x'*A*x + σ*(α'*x)")
    text = source((f.grad("x")._raw,), target, "slope", "a gradient")
    for name in ("lam", "sigma", "alpha", "A", "x"):
        assert re.search(rf"slope\(.*\b{name}\b.*\)", text)
    assert text.isascii()


@pytest.mark.parametrize(("typed", "name"), [
    ("λ", "lam"), ("lambda", "lam"), ("Λ", "Lambda"), ("σ2", "sigma2"), ("x₁", "x1"), ("ς", "sigma"), ("β_0", "beta_0"),
    ("_x", "x"), ("é", "v"), ("", "v"), ("2a", "v2a"),
])  # fmt: skip
def test_names(typed: str, name: str) -> None:
    assert plain(typed) == name


def test_names_stay_apart() -> None:
    names = Names({"np", "f"})
    found = [names.of(n) for n in ("λ", "lambda", "lam", "np", "f", "x", "ｘ")]
    assert found[:4] == ["lam", "lam_", "lam_2", "np_"]
    assert len(set(found)) == len(found)
    assert [names.of("λ"), names.fresh("x"), names.fresh("x")] == ["lam", "x_2", "x_3"]


@pytest.mark.parametrize("target", LANGUAGES)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str, target: str) -> None:
    """Nodes can be made with any name: the text holds letters, digits and low lines alone, and still means the same."""
    nodes = (sym(name, "n").T @ sym("x", "n") * 2 + sym("v", "n").T @ sym(name, "n"),)
    text = source(nodes, target)
    args = re.search(r"f\(([^)]*)\)", text)
    assert args is not None
    names = args[1].split(", ")
    assert len(set(names)) == 3
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", n) for n in names)
    if target in LIKE:
        one, two, three = np.arange(3.0), np.ones(3), np.arange(3.0, 6.0)
        got = load(text, "f")(*(LIKE[target](v) for v in (one, two, three)))
        assert np.isclose(float(got), 2 * one @ two + three @ one)


@pytest.mark.parametrize("doc", [
    '"""\nimport os', "\\", "a\x00b", "x\u2028import os", "'''", "\"", "\\\"\"\"", "%{", "#="
])  # fmt: skip
def test_nothing_in_the_docstring_acts(doc: str) -> None:
    for target in LANGUAGES:
        text = source((sym("x", "n") * 2,), target, doc=doc)
        said = [line for line in text.splitlines() if "import os" in line]
        assert not said or target in PYTHON or all(line.lstrip().startswith(("%", "#")) for line in said)
        if target in PYTHON:
            tree = ast.parse(text)
            assert not any(isinstance(n, ast.Import) and n.names[0].name == "os" for n in ast.walk(tree))
        if target in TARGETS:
            assert load(text, "f")(LIKE[target](np.ones(2)))[0] == 2


@pytest.mark.parametrize("name", ["", "a b", "np", "return", "f()", "é", "__import__", "x\n", "1f", "exec"])
def test_the_name_of_the_function(name: str) -> None:
    with pytest.raises(ClosedformError, match="is no name for a function"):
        source((sym("x", "n"),), "numpy", name)


def test_no_such_target() -> None:
    with pytest.raises(ClosedformError, match="cobol"):
        source((sym("x", "n"),), "cobol")


@pytest.mark.parametrize("text", [
    "import os\ndef f(): return 1\n", "def f(): return eval('1')\n", "def f(x): return x.__class__\n",
    "def f(): return __builtins__\n", "def f(): return getattr(1, 'real')\n", "def f(): return (lambda: 1)()\n",
    "class A: pass\ndef f(): return 1\n", "from os import system\ndef f(): return 1\n",
    "import numpy as os\ndef f(): return 1\n",
    "def f():\n    global x\n    return 1\n", "def f():\n    while True:\n        pass\n",
    "def f(): return open('x')\n",
])  # fmt: skip
def test_what_the_loader_refuses(text: str) -> None:
    with pytest.raises(ClosedformError, match="a program may not"):
        load(text, "f")


def test_sizes_are_read_off_the_arrays() -> None:
    """m is told by nothing alone: v has m*n entries, and x has n."""
    m, n = size("m"), size("n")
    node = unvec(sym("v", m * n), m, n) @ sym("x", "n") + size_number("m") * ones("m")
    text = source((node,), "numpy")
    got = load(text, "f")(v=np.arange(12.0), x=np.ones(4))
    assert np.allclose(got, np.arange(12.0).reshape(4, 3).T @ np.ones(4) + 3)


def test_an_index_keeps_its_name() -> None:
    assert "def f(x, i):" in source((cf.formula("x[i]^2")._raw,), "numpy")


def test_what_stays_in_octave_and_julia() -> None:
    """Octave and MATLAB have no functions within functions: a handle holds what was computed (run: ./dev octave)."""
    g = cf.formula("||A*x - b||^2 + logdet(A'*A)*sum(x)").grad("x")
    text = g.code("matlab", fixed=("A",), name="slope")
    heads = [line for line in text.splitlines() if line.startswith("function ")]
    assert [h.partition("= ")[2].partition("(")[0] for h in heads] == ["prepare", "slope", "logdet"]
    handle = re.search(r"out = @\((.*?)\) slope\((.*?)\);", text)
    assert handle is not None
    assert heads[1] == f"function out = slope({handle[2]})"
    assert handle[1] == "x, b"
    assert "return" not in text
    nested = g.code("julia", fixed=("A",), name="slope")
    assert "    function slope(x, b)\n" in nested
    assert nested.rstrip().endswith("    return slope\nend")
    assert not any(line.endswith(" ") for line in nested.splitlines())


@pytest.mark.parametrize("target", [*LANGUAGES, "matlab"])
def test_what_stays_has_to_be_a_variable(target: str) -> None:
    f = cf.formula("1/2*||A*x - b||^2")
    with pytest.raises(ClosedformError, match="Q is fixed, but the formula has A, x"):
        f.code(target, fixed=("Q",))
    with pytest.raises(ClosedformError, match="Ax is fixed"):
        f.plan(target, fixed="Ax")
    assert "prepare(A)" in f.code(target, fixed="A")
    assert f.grad("x").code(target, fixed=("b",)).count("prepare") > 0
    lone = cf.formula("x'*A*x + c'*b").grad("x")
    assert lone.code(target, fixed=("b",)) == lone.code(target)


@pytest.mark.parametrize("wrong", [-3, 0, 2.5, True])
def test_a_size_to_plan_for_is_a_whole_number(wrong: int) -> None:
    with pytest.raises(ClosedformError, match="a size is a whole number of 1 or more"):
        cf.formula("x'*A*x").plan(n=wrong)


def test_octave_prints_nothing_by_the_way() -> None:
    """A statement without its semicolon shows its value at each call; in a loop, at each turn."""
    text = cf.formula("sum(k=1..n, lambda_max(sym(A + x[k]*B)))", "x in R^n").code("octave", fixed=("A",))
    body = [line.strip() for line in text.splitlines() if line.startswith("  ") and "%" not in line]
    statements = [line for line in body if not line.startswith(("for ", "if ")) and line != "end"]
    assert any(line.startswith("total = total + ") for line in statements)
    assert all(line.endswith(";") for line in statements)
