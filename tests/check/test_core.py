"""The core of the checker: its size, what it imports, and that it alone gives level A."""

import ast
import io
import tokenize
from pathlib import Path

import pytest
from claims import RIGHT, gradient, quad, x

from closedform.check.bounds import Bound
from closedform.check.certify import certify, replay
from closedform.check.core.scalars import DEFINED, DERIVATIVE, PRIMITIVE
from closedform.check.everysize import needed
from closedform.check.recount import recounted
from closedform.errors import ClosedformError
from closedform.expr.walk import postorder

CHECK = Path(__file__).parents[2] / "src" / "closedform" / "check"
ALLOWED = ("closedform.check.core", "closedform.expr")
MOST_LINES, MOST_DEFINITIONS = 685, 79
EMPTY = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def code_lines(path: Path) -> int:
    """Lines with code on them: neither blank, nor a comment, nor within a docstring."""
    source = path.read_text("utf-8")
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type not in EMPTY]
    lines = {line for t in tokens for line in range(t.start[0], t.end[0] + 1)}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, (node.end_lineno or 0) + 1))
    return len(lines)


def test_the_core_does_not_grow() -> None:
    assert sum(code_lines(path) for path in (CHECK / "core").glob("*.py")) <= MOST_LINES


def test_the_definitions_are_data_of_one_expression_each() -> None:
    """They are counted apart: sums, products, quotients and functions of names and numbers, in terms of others."""
    lines = [line for line in (CHECK / "core" / "definitions.txt").read_text("utf-8").splitlines() if line]
    rows = [line for line in lines if not line.startswith("#")]
    assert len(rows) == len(DEFINED) <= MOST_DEFINITIONS
    plain = (ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.USub, ast.Call, ast.Load, ast.operator)
    for args, body in DEFINED.values():
        assert all(isinstance(n, plain) for n in ast.walk(body))
        called = {n.func.id for n in ast.walk(body) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        rooted = {name for name in called if name.rstrip("0123456789") in ("root", "polygamma")}
        assert called <= {*DEFINED, *DERIVATIVE, *PRIMITIVE, *rooted}
        names = {n.id for n in ast.walk(body) if isinstance(n, ast.Name)} - called
        assert names <= {*args, "pi", "ones"}


def test_the_core_imports_nodes_alone() -> None:
    for path in (CHECK / "core").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert all(n.startswith(ALLOWED) for n in names if n.startswith("closedform")), path.name


def test_level_a_is_given_by_the_core_alone() -> None:
    for path in CHECK.glob("*.py"):
        constants = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
        given = [a for call in constants for a in call.args[:1] if isinstance(a, ast.Constant) and a.value == "A"]
        assert not given, path.name


@pytest.mark.parametrize("name", [k for k, (level, _) in RIGHT.items() if level == "A"])
def test_the_bound_is_the_same_by_two_computations(name: str) -> None:
    claim, p = RIGHT[name][1], (1 << 62) + 135
    nodes = list(postorder([claim.function, claim.answer]))
    names = {n for node in nodes for s in node.shape for n in s.names}
    for sizes in (dict.fromkeys(names, 4), {n: 3 + k for k, n in enumerate(sorted(names))}):
        for roots in (False, True):
            first, second = Bound(sizes, claim, nodes, roots).log2(p), recounted(claim, nodes, sizes, p, roots)
            assert abs(first - second) < 0.01


REPLAYED = ["quadratic form", "softmax", "norm", "matrix exponential", "unvec", "Hessian by a matrix"]


@pytest.mark.parametrize("name", REPLAYED)
def test_a_certificate_is_replayed_from_its_json(name: str) -> None:
    found = certify(RIGHT[name][1])
    again, before = replay(found.to_json())
    assert before is not None
    assert (again.level, before.level) == (found.level, found.level)
    assert again.about == RIGHT[name][1]


def test_a_refused_claim_stays_refused() -> None:
    again, _ = replay(certify(gradient(quad, 2 * x, x)).to_json())
    assert not again.ok


@pytest.mark.parametrize("text", ["", "{}", "[]", "3", '{"nodes": [["exp", [7], [], 1, 1]]}', '{"nodes": 3}'])
def test_what_is_no_certificate_is_an_error(text: str) -> None:
    with pytest.raises(ClosedformError):
        replay(text)


def test_how_large_a_size_shows_all() -> None:
    assert needed(RIGHT["quadratic form"][1], {"n"}) is not None
    assert needed(RIGHT["logdet"][1], {"n"}) is None
    assert needed(RIGHT["mean"][1], {"n"}) is None
