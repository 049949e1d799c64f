"""The checker's core with one place changed: operators, comparisons, constants, signs, conditions, what is returned.

A mutant is the source of a module, parsed, changed at one node and compiled; its functions lend their code to those of
the running module, one at a time, and give it back. A definition in ``definitions.txt`` is changed in the table.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from closedform.check.core.scalars import DEFINED

MODULES = ("jet", "field", "scalars", "evaluate", "operations", "points", "sides", "verdict")
TABLE = "definitions"
CORE = {name: importlib.import_module(f"closedform.check.core.{name}") for name in MODULES}
OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


class Mutant(NamedTuple):
    module: str
    name: str
    """Where it is, and what is changed: ``operations:CORE[tril]:GtE→Gt``; the same from run to run and line to line."""
    path: str
    code: Any
    """A code object; of a definition the expression."""


def every_function() -> list[str]:
    """All that is changed, as ``module:path``."""
    found = [f"{module}:{path}" for module in MODULES for path in codes(CORE[module].__dict__)]
    return sorted(found + [f"{TABLE}:{name}" for name in DEFINED])


def of_definitions(only: frozenset[str]) -> Iterator[Mutant]:
    for name in sorted(DEFINED):
        if only and f"{TABLE}:{name}" not in only:
            continue
        body, places = DEFINED[name][1], [k for k, _ in enumerate(ast.walk(DEFINED[name][1]))]
        for k in places:
            for variant in range(3):
                other = ast.Expression(deepcopy(body))
                node = list(ast.walk(other.body))[k]
                change = bare(other, node) if variant == 2 else mutate(node, variant)
                if change:
                    yield Mutant(TABLE, f"{TABLE}:{name}:{change}:{k}", name, other.body)


def bare(tree: ast.Expression, node: ast.AST) -> str:
    """f(x, …) as x."""
    if not isinstance(node, ast.Call) or not node.args:
        return ""
    inner = node.args[0]

    class Bared(ast.NodeTransformer):
        def visit_Call(self, other: ast.Call) -> ast.AST:
            return inner if other is node else self.generic_visit(other)

    tree.body = Bared().visit(tree.body)
    return f"{ast.unparse(node.func)} dropped"


def all_mutants(only: frozenset[str] = frozenset()) -> Iterator[Mutant]:
    """All of the core, or those of the functions ``module:path`` alone."""
    yield from of_definitions(only)
    for module in MODULES if not only else sorted({name.partition(":")[0] for name in only} - {TABLE}):
        source = Path(str(CORE[module].__file__)).read_text("utf-8")
        before = codes(namespace(ast.parse(source), module))  # compiled anew: code that has run may compare unequal
        numbers: dict[str, int] = {}
        lines = {n for path, code in before.items() if f"{module}:{path}" in only for _, _, n in code.co_lines() if n}
        for change, tree in changed(ast.parse(source), lines):
            for path, code in codes(namespace(tree, module)).items():
                if path in before and code != before[path]:
                    name = f"{module}:{path}:{change}"
                    numbers[name] = numbers.get(name, 0) + 1
                    yield Mutant(module, f"{name}:{numbers[name]}", path, code)


def namespace(tree: ast.Module, module: str) -> dict[str, Any]:
    found: dict[str, Any] = {"__name__": CORE[module].__name__, "__file__": str(CORE[module].__file__)}
    with suppress(Exception):  # a change of what runs on import; it is in place by then
        exec(compile(tree, found["__file__"], "exec", dont_inherit=True), found)  # noqa: S102 (our own source)
    return found


def changed(tree: ast.Module, lines: set[int]) -> Iterator[tuple[str, ast.Module]]:
    """Every tree that differs from this one at one place within a function, on these lines where there are any."""
    within = bodies(tree)
    places = [
        k for k, node in enumerate(ast.walk(tree))
        if node in within and (not lines or getattr(node, "lineno", 0) in lines)
    ]  # fmt: skip
    nodes = list(ast.walk(tree))
    for k in places:
        for variant in range(2):
            if not mutate(deepcopy(nodes[k]), variant):
                continue
            other = deepcopy(tree)
            node = list(ast.walk(other))[k]
            change = mutate(node, variant)
            if change:
                yield change, ast.fix_missing_locations(other)


def bodies(tree: ast.Module) -> set[ast.AST]:
    """What stands in the bodies of functions: lines that run when a claim is judged."""
    functions = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.Lambda))]
    lines = [line for f in functions for line in (f.body if isinstance(f.body, list) else [f.body])]
    return {inner for line in lines for inner in ast.walk(line)}


def mutate(node: ast.AST, variant: int) -> str:
    """Change a node in place; what was changed, or nothing where there is no such change."""
    if variant:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult)):
            node.left, node.right = node.right, node.left
            return "swapped"
        return ""
    if isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)) and type(node.op) in OPERATORS:
        old, node.op = type(node.op), OPERATORS[type(node.op)]()  # type: ignore[assignment]
        return f"{old.__name__}→{type(node.op).__name__}"
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        old = type(node.ops[0])
        node.ops[0] = OPERATORS[old]()  # type: ignore[assignment, call-overload]
        return f"{old.__name__}→{type(node.ops[0]).__name__}"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        old_op = type(node.op).__name__
        node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
        if old_op == "USub":
            node.operand, node.op = ast.BinOp(node.operand, ast.Mult(), ast.Constant(1)), ast.UAdd()
            return replaced_by_operand(node)
        node.operand = ast.UnaryOp(ast.Not(), node.operand)
        return "Not→"
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        node.value = (not node.value) if isinstance(node.value, bool) else node.value + 1
        return f"constant→{node.value}"
    if isinstance(node, (ast.If, ast.IfExp)):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return "condition negated"
    if isinstance(node, ast.comprehension) and node.ifs:
        node.ifs = []
        return "filter dropped"
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        node.value = ast.Constant(None)
        return "returns None"
    return ""


def replaced_by_operand(node: ast.UnaryOp) -> str:
    """-u as u: jets have no unary plus, so u times 1."""
    product = node.operand
    node.__class__ = ast.BinOp  # type: ignore[assignment]
    node.left, node.op, node.right = product.left, ast.Mult(), ast.Constant(1)  # type: ignore[attr-defined, assignment]
    return "USub→"


def codes(found: dict[str, Any]) -> dict[str, CodeType]:
    return {path: f.__code__ for path, f in functions(found)}


def functions(found: dict[str, Any]) -> Iterator[tuple[str, FunctionType]]:
    """The functions of a module, its classes' methods, and those in its tables."""
    own = found["__name__"]
    met: set[int] = set()
    for path, function in named(found, own):
        if id(function) not in met:  # under its first name
            met.add(id(function))
            yield path, function


def named(found: dict[str, Any], own: str) -> Iterator[tuple[str, FunctionType]]:
    for name, value in list(found.items()):
        if isinstance(value, FunctionType) and value.__module__ == own:
            yield name, value
        elif isinstance(value, type) and value.__module__ == own:
            for key, method in vars(value).items():
                inner = method.fget if isinstance(method, property) else method
                if isinstance(inner, FunctionType) and inner.__module__ == own:
                    yield f"{name}.{key}", inner
        elif isinstance(value, dict):
            for key, entry in value.items():
                if isinstance(entry, FunctionType) and entry.__module__ == own and entry.__name__ == "<lambda>":
                    yield f"{name}[{key}]", entry


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """The core with the mutant in it."""
    if mutant.module == TABLE:
        definition = DEFINED[mutant.path]
        DEFINED[mutant.path] = definition[0], mutant.code
        try:
            yield
        finally:
            DEFINED[mutant.path] = definition
        return
    function = dict(functions(module_of(mutant).__dict__))[mutant.path]
    before = function.__code__
    function.__code__ = mutant.code
    try:
        yield
    finally:
        function.__code__ = before


def module_of(mutant: Mutant) -> ModuleType:
    return CORE[mutant.module]
