"""Nothing that somebody typed is run or looked up as code: the sources are read, none is executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import closedform as cf

PACKAGE = Path(cf.__file__).parent
RUNS = {"eval", "exec", "compile", "__import__", "execfile", "literal_eval", "globals", "locals", "breakpoint"}
MODULES = {"pickle", "marshal", "shelve", "subprocess", "ctypes", "code", "codeop", "runpy", "imp", "dill"}
METHODS = {"literal_eval", "run_path", "run_module"}
OF_THE_SYSTEM = {"system", "popen", "execv", "execve", "spawnv", "startfile"}
LOOKING = {"getattr", "setattr", "delattr", "hasattr"}
GENERATED = {"program"}
"""The one part that may run code, which the library wrote itself from names of its own (``v0``, ``v1``)."""
STARTS = {"backprop/picture.py": {"subprocess"}}
"""What may start a program: Graphviz, without a shell, with a graph of our own writing on its standard input."""


def dangerous(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in RUNS:
                yield f"{node.lineno}: {name}"
            case ast.Name(id="eval" | "exec" | "literal_eval" | "__import__" as name):
                yield f"{node.lineno}: {name}"
            case ast.Attribute(value=ast.Name(id="os"), attr=name) if name in OF_THE_SYSTEM:
                yield f"{node.lineno}: .{name}"
            case ast.Attribute(attr=name) if name in METHODS:
                yield f"{node.lineno}: .{name}"
            case ast.Import(names=names):
                yield from (f"{node.lineno}: {a.name}" for a in names if a.name.split(".")[0] in MODULES)
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in MODULES:
                yield f"{node.lineno}: {module}"


def looked_up(tree: ast.AST) -> Iterator[str]:
    """``getattr`` and its kin with a name that is computed."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[_, second, *_]) if name in LOOKING:
                if not isinstance(second, ast.Constant):
                    yield f"{name}({ast.unparse(second)})"


def sources() -> dict[str, ast.AST]:
    return {str(p.relative_to(PACKAGE)): ast.parse(p.read_text("utf-8")) for p in sorted(PACKAGE.rglob("*.py"))}


def test_nothing_runs_text() -> None:
    found = [f"{path}:{what}" for path, tree in sources().items() for what in dangerous(tree)
             if path.split("/")[0] not in GENERATED and what.split(": ")[1] not in STARTS.get(path, set())]  # fmt: skip
    assert found == []


LOOKED_UP = {
    "explain/example.py": ["getattr(op)"],  # an operation that a page of this library names
    "check/record.py": ["getattr(name)", "getattr(name)"],  # the fields of a claim, named there
    "claim_texts.py": ["getattr(name)", "getattr(name)"],  # the same
    "cli/backprop.py": ["getattr(o['form'])"],  # a form that the option admits: text, latex, json, …
    "cli/files.py": ["getattr(name)"],  # a function of the user's own file, which the command says it runs
    "tracing/asking.py": ["getattr(f'_{op}')"],  # the operation asked for, of a fixed few
    "tracing/dims.py": ["getattr(method)"],  # NumPy's own name of how it calls a ufunc
    "tracing/jax_primitives.py": ["getattr(name)"],  # a comparison that JAX names in its own program
    "tracing/torch_read.py": ["getattr(name)", "setattr(name)", "setattr(name)"],  # two functions of torch, named there
    "tracing/numpy_array.py": ["getattr(name)", "getattr(ufunc.__name__)"],  # NumPy's names, from its own tables
    "tracing/around.py": ["getattr(name)"],  # an attribute that the user's own function asks for
    "tracing/pytrees.py": ["getattr(n)"],  # the fields of a dataclass
    "tracing/torch_array.py": [
        "setattr(f'__{_sign}__')", "setattr(f'__r{_sign}__')", "setattr(f'__i{_sign}__')", "setattr(f'__{_sign}__')",
        "setattr(f'__{_sign}__')", "getattr(kind)",
    ],  # the operators, from a table; a type of torch, from another
    "read/applied.py": ["getattr(f.name)"],  # the fields of a dataclass
    "derivations/step.py": ["getattr(name)"],  # three fields of Step, named there
    "read/syntax.py": ["getattr(f.name)"],  # the fields of a dataclass
    "run/arithmetic.py": ["getattr(name)"],  # NumPy's names, written in the table of functions
}


def test_names_are_not_looked_up() -> None:
    """Each ``getattr`` of a computed name is listed, with where the name comes from: none from what was typed."""
    found = {path: calls for path, tree in sources().items() if (calls := list(looked_up(tree)))}
    assert {path: calls for path, calls in found.items() if calls != LOOKED_UP.get(path)} == {}


@pytest.mark.parametrize(
    "source",
    ["eval(x)", "f = exec", "compile(x, '', 'eval')", "__import__(x)", "ast.literal_eval(x)", "import pickle",
     "from pickle import loads", "os.system(x)", "import subprocess as s"],
)  # fmt: skip
def test_what_is_dangerous_is_seen(source: str) -> None:
    assert list(dangerous(ast.parse(source)))


def test_a_computed_name_is_seen() -> None:
    assert list(looked_up(ast.parse("getattr(np, typed)"))) == ["getattr(typed)"]
    assert list(looked_up(ast.parse("getattr(np, 'sin')"))) == []


TYPED = [
    "__import__('os').system('touch {canary}')", "exec(\"open('{canary}','w')\")", "eval('1')", "globals()",
    "x.__class__.__init__.__globals__", "getattr(x,'T')", "(lambda: 1)()", "sympify('2')", "open('{canary}','w')",
    "f\"{{x}}\"", "\\input{{{canary}}}", "\\write18{{touch {canary}}}", "@jit", "x:=1", "ｅxec(1)", "a._＿class_＿",
]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_code_is_refused_and_not_run(typed: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    for text in (typed.format(canary=canary), f"x + {typed.format(canary=canary)}"):
        with pytest.raises(cf.ClosedformError):
            cf.formula(text)
        with pytest.raises(cf.ClosedformError):
            cf.formula("x'*x", f"{text} in R^n")
    assert not canary.exists()
