"""Imports go down only. The sources are read with ast; nothing of them is run."""

import ast
from collections.abc import Callable, Iterator
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "closedform"

LAYERS = [  # from the ground up; those on one line do not import each other
    {"errors", "_version"},
    {"expr", "limits"},
    {"functions"},
    {"rewrite"},
    {"calculus", "read", "write", "run"},
    {"check", "solve", "program"},
    {"derivations", "taylor", "backprop", "plotting", "structured"},
    {"coordinate_claims", "claim_texts"},
    {"coordinate_lines", "implicit", "argmin"},
    {"formula"},
    {"tracing"},
    {"own"},
    {"answers", "judging", "explain", "comparing"},
    {"witness"},
    {"doctor", "serving", "web"},
    {"cli", "jupyter"},
    {"__init__", "__main__"},
]
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
CHECKER_MAY_IMPORT = {"errors", "_version", "expr"}
HEAVY = {"run", "program", "argmin", "check", "derivations", "coordinate_lines", "implicit", "taylor", "explain"}
HEAVY |= {"judging", "claim_texts", "witness"}
HEAVY |= {"structured", "tracing", "backprop", "plotting", "comparing", "serving", "web"}
# run and check bring NumPy and FLINT; the others are large and seldom asked for: none loads with the package
DOORS = {"derivations", "backprop", "formula", "own", "answers", "judging", "explain", "cli"}
# these may import HEAVY ones on first use
OPTIONAL = {"numpy", "scipy", "flint", "jax", "torch", "rich", "click", "matplotlib", "networkx", "autograd", "mcp"}
OPTIONAL |= {"starlette", "uvicorn"}
SELDOM = {"shutil", "html", "json", "difflib"}
SELDOM_OWN = ("closedform.read.typeset.", "closedform.answers.judging.", "closedform.answers.paper.")
# slow to load, and most questions never come to them: what is left must load within 0.1 s


class Module(NamedTuple):
    name: str  # closedform.expr.nodes
    path: Path
    tree: ast.Module

    @property
    def part(self) -> str:
        """What stands in LAYERS: the file or folder directly below the package."""
        return part(self.name)

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    def at(self, node: ast.AST) -> str:
        return f"{self.name}:{getattr(node, 'lineno', '?')}"


def part(name: str) -> str:
    return name.split(".")[1] if "." in name else "__init__"


@lru_cache(maxsize=1)
def modules(package: Path) -> dict[str, Module]:
    found = {}
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(inside[:-1] if inside[-1] == "__init__" else inside)
        found[name] = Module(name, path, ast.parse(path.read_text("utf-8"), str(path)))
    return found


def imported(node: ast.AST, package: str) -> Iterator[str]:
    """Absolute names that a node imports, import_module("…") included; `from a import b` gives a.b."""
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=base, names=names, level=level):
            start = resolve_name("." * level + (base or ""), package)
            yield from (f"{start}.{alias.name}" for alias in names)
        case ast.Call(
            func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            yield resolve_name(name, package)


def own_imports(module: Module, known: dict[str, Module]) -> Iterator[tuple[ast.AST, str]]:
    """The modules of this package that a module names in an import, each with the place."""
    root = module.name.split(".")[0]
    for node in ast.walk(module.tree):
        for name in imported(node, module.package):
            if name.split(".")[0] == root:
                yield node, name if name in known else name.rpartition(".")[0] or name


def may_import(importer: str, target: str) -> bool:
    if importer == target:
        return True
    if importer == "check":
        return target in CHECKER_MAY_IMPORT
    return RANK[target] < RANK[importer]


def strangers(package: Path) -> Iterator[str]:
    for module in modules(package).values():
        if module.part not in RANK:
            yield f"{module.name}: {module.part} is in no layer"


def upward_imports(package: Path) -> Iterator[str]:
    """What a formula hands itself to may name its class in types, which imports nothing when it runs."""
    known = modules(package)
    for module in known.values():
        types = typing_only(module.tree) if module.part in HEAVY else set()
        for node, target in own_imports(module, known):
            if node in types and target == "closedform.formula":
                continue
            if not may_import(module.part, part(target)):
                yield f"{module.at(node)}: {module.part} may not import {target}"


def cycles(package: Path) -> Iterator[str]:
    """Cycles at run time: what stands under ``if TYPE_CHECKING`` is not imported then."""
    known = modules(package)
    graph = {}
    for name, module in known.items():
        types = typing_only(module.tree)
        graph[name] = {target for node, target in own_imports(module, known) if node not in types}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield " ← ".join(error.args[1])


def typing_only(tree: ast.Module) -> set[ast.AST]:
    blocks = (n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test).endswith("TYPE_CHECKING"))
    return {inner for block in blocks for line in block.body for inner in ast.walk(line)}


def hidden_imports(package: Path) -> Iterator[str]:
    """Imports inside a function, which serve to dodge a cycle, but for those of optional libraries."""
    for module in modules(package).values():
        functions = (node for node in ast.walk(module.tree) if isinstance(node, FUNCTION))
        inside = {node: None for function in functions for node in ast.walk(function)}
        for node in inside:
            for name in imported(node, module.package):
                lazy = module.part in DOORS and name.startswith("closedform.") and part(name) in HEAVY
                lazy = lazy or name.startswith(SELDOM_OWN) or name.split(".")[0] in SELDOM
                if name.split(".")[0] not in OPTIONAL and not lazy:
                    yield f"{module.at(node)}: imports {name} inside a function"


FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


AUDITED = {"closedform.program.load"}  # runs the programs that this package writes, each word of them looked at before


def dangerous_names(package: Path) -> Iterator[str]:
    """Whatever could run text that somebody typed."""
    for module in modules(package).values():
        if module.name in AUDITED:
            continue
        for node in ast.walk(module.tree):
            match node:
                case ast.Name(id="eval" | "exec" | "__import__" as name):
                    yield f"{module.at(node)}: {name}"
                case ast.Call(func=ast.Name(id="compile")):
                    yield f"{module.at(node)}: compile"
            if any(name.split(".")[0] == "pickle" for name in imported(node, module.package)):
                yield f"{module.at(node)}: pickle"


CHECKS = [strangers, upward_imports, cycles, hidden_imports, dangerous_names]


@pytest.mark.parametrize("check", CHECKS)
def test_the_package(check: Callable[[Path], Iterator[str]]) -> None:
    assert modules(PACKAGE)
    assert "\n".join(check(PACKAGE)) == ""


@pytest.mark.parametrize(
    ("check", "path", "source", "found"),
    [
        (strangers, "utils.py", "", "utils is in no layer"),
        (upward_imports, "expr/nodes.py", "from closedform.functions import table", "expr may not"),
        (upward_imports, "expr/nodes.py", "from ..functions.table import row", "closedform.functions"),
        (upward_imports, "expr/nodes.py", "from .. import errors", ""),
        (upward_imports, "expr/nodes.py", "from closedform import __version__", "expr may not"),
        (upward_imports, "expr/nodes.py", "from .sizes import Size", ""),
        (upward_imports, "expr/nodes.py", "import closedform.errors as e, closedform.cli", "closedform.cli"),
        (upward_imports, "expr/nodes.py", "if TYPE_CHECKING:\n from closedform.formula import F", ":2"),
        (upward_imports, "read/text.py", "from closedform.write import text", "read may not"),
        (upward_imports, "solve/newton.py", "from closedform.check import certify", "solve may not"),
        (upward_imports, "cli.py", "from closedform.formula import Formula", ""),
        (upward_imports, "cli.py", "import_module('closedform.jupyter')", "cli may not"),
        (upward_imports, "check/field.py", "from closedform.expr import nodes", ""),
        (upward_imports, "check/field.py", "from closedform.functions import table", "check may not"),
        (cycles, "expr/nodes.py", "from closedform.expr import sizes", "nodes"),
        (cycles, "expr/nodes.py", "from . import missing", "closedform.expr"),
        (hidden_imports, "cli.py", "def main():\n from closedform import formula", "cli:2"),
        (hidden_imports, "cli.py", "def main():\n import numpy.linalg, rich", ""),
        (hidden_imports, "cli.py", "def main():\n from closedform.run import values", ""),
        (hidden_imports, "read/text.py", "def main():\n from closedform.run import values", "imports"),
        (hidden_imports, "cli.py", "import json", ""),
        (cycles, "expr/nodes.py", "if TYPE_CHECKING:\n from closedform.expr import sizes", ""),
        (hidden_imports, "cli.py", "class C:\n async def f():\n  import csv", "csv"),
        (hidden_imports, "cli.py", "def main():\n from closedform.read.read import read", "imports"),
        (hidden_imports, "cli.py", "def main():\n from closedform.read.typeset import lex_latex", ""),
        (dangerous_names, "cli.py", "f = eval", "eval"),
        (dangerous_names, "program/load.py", "exec(compile(tree, '', 'exec'))", ""),
        (dangerous_names, "program/compiled.py", "exec('1')", "exec"),
        (dangerous_names, "cli.py", "compile('1', '', 'eval')", "compile"),
        (dangerous_names, "cli.py", "re.compile('1'); f.compile('jax'); model.eval()", ""),
        (dangerous_names, "cli.py", "from pickle import loads", "pickle"),
    ],
)
def test_what_is_seen(
    check: Callable[[Path], Iterator[str]], path: str, source: str, found: str, tmp_path: Path
) -> None:
    package = tmp_path / "closedform"
    files = dict.fromkeys(["__init__.py", "errors.py", "functions/table.py", "formula.py", "cli.py"], "")
    files |= {"expr/__init__.py": "from closedform.expr import nodes", "expr/nodes.py": ""}
    files |= {"expr/sizes.py": "from closedform.expr import nodes"}
    for name, text in (files | {path: source}).items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text, "utf-8")
    problems = "\n".join(check(package))
    assert found in problems
    assert bool(found) == bool(problems)
