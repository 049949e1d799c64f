"""Derivations by differentials: the lines from a function to its gradient, Jacobian, Hessian or linear map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from closedform.calculus.adjoint import inner
from closedform.calculus.derivation.expand import Motion, laws_of_reading, placeholders, rule_law
from closedform.calculus.derivation.gather import (
    cotangent_of,
    matrix_laws,
    paired,
    shortest,
    terms_apart,
    transposing_laws,
)
from closedform.calculus.derivation.laws import LAWS, Law, named
from closedform.calculus.derivation.line import Line
from closedform.calculus.jacobian import read_off
from closedform.calculus.spaces import direction, directions, project, space_of
from closedform.errors import ClosedformError, LimitError, MissingRule
from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, DIAGM, DIAGV, SUMOVER, SYM, TR, TRANSPOSE, d, mul, num, scale
from closedform.rewrite import keep_sums
from closedform.rewrite.display.build import cost, structure
from closedform.rewrite.normal.engine import is_zero, nmul, ntranspose, nzero
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.normal.split import transposes
from closedform.rewrite.show import same
from closedform.rewrite.simplify import simplify

MAX_LINES = 60
LONGEST_REMARK = 12
DETAILS = ("short", "normal", "full")
ALIKE = frozenset({"dot", "norm2", "normF", "inv", "sum", "mean", "rowsum", "colsum", "log", "det", "logdet", "sqrt"})
"""Functions whose meaning everybody writes and reads as the function itself."""


@dataclass(frozen=True)
class Asked:
    """What is derived: ``kind`` gradient, jacobian, map, hessian or second-map, of a raw node."""

    kind: str
    raw: Node
    variable: Node
    second: Node | None = None
    name: str | None = None
    layout: str = "numerator"
    symmetric: str = "projected"
    detail: str = "normal"

    @property
    def node(self) -> Node:
        """The normal form, with sums over an index kept or written as products, as the context has it."""
        return normal(self.raw)


def derivation(asked: Asked, answer: Node) -> list[Line]:
    """The lines, the last of which is ``answer``, the derivative as the formula prints it."""
    if asked.detail not in DETAILS:
        raise ClosedformError(f"detail is one of {', '.join(DETAILS)}")
    lines = _function_lines(asked)
    match asked.kind:
        case "gradient":
            lines += _gradient(asked, asked.node, asked.variable, asked.symmetric)
        case "jacobian":
            lines += _jacobian(asked, asked.node, asked.variable)
        case "map":
            lines += _map(asked, asked.node, asked.variable, asked.name, "df")
        case _:
            lines += _second(asked)
    return _closed(_without_repeats(lines), asked, answer)


def explained(asked: Asked, answer: Node) -> list[Line]:
    """The derivation that leads to ``answer``, with sums over an index kept or written as products."""
    sums = any(n.op is SUMOVER for n in postorder(asked.raw))
    found: list[list[Line]] = []
    problem: MissingRule | None = None
    ways: tuple[Callable[[], AbstractContextManager[None]], ...] = (nullcontext, keep_sums) if sums else (nullcontext,)
    if any(n.op is SUMOVER for n in postorder(answer)):
        ways = ways[::-1]
    for way in ways:
        with way():
            try:
                found.append(derivation(asked, answer))
            except MissingRule as error:
                problem = problem or error
        if found and answer in postorder(found[-1][-2].node):
            return found[-1]
    if not found and problem is not None:
        raise problem
    return found[0]


def _function_lines(asked: Asked) -> list[Line]:
    """The function as typed, and in the form that is differentiated where that is another."""
    first = Line("f", asked.raw, (LAWS["the function"],), asked.raw, "equal", asked.raw, asked.variable)
    if _functions(asked.raw) == _functions(asked.node):
        return [first]
    laws = [named(law) for law in laws_of_reading(asked.raw) if "by its meaning" not in law]
    rewritten = replace(first, node=asked.node, truth=asked.node, laws=(*laws[:3],) or (LAWS["in matrix form"],))
    return [first, rewritten]


def _functions(node: Node) -> set[str]:
    ops = {n.op for n in postorder(node)}
    return {op.name for op in ops if (not op.structural and op.name not in ALIKE) or op is SUMOVER}


# -- the differential


def _differential_lines(motion: Motion, left: str, asked: Asked) -> list[Line]:
    """``df``, a line for each rule that is applied, until only differentials of variables are left."""
    root = motion.root
    if is_zero(motion.moving[root]):
        return [_line(motion, left, nzero(root.shape), (LAWS["nothing moves"],))]
    if asked.detail == "short":
        return [_all_at_once(motion, left)]
    first = motion.opened[root]
    laws: tuple[Law, ...] = (rule_law(root, motion),)
    changed = {d(root): first}
    if first is d(root):
        first, changed = motion.expanded(first)
    single = root.op in (TR, DIAGM, DIAGV, TRANSPOSE) or (root.op is ADD and len(root.args) == 1)
    if motion.merged and single and motion.is_linear(root) and (inside := list(placeholders(first))):
        laws = tuple(dict.fromkeys(rule_law(p.args[0], motion) for p in inside))
        first, changed = motion.expanded(first)
    lines = [_line(motion, left, first, laws, _remarks(motion, changed, True), changed)]
    while list(placeholders(lines[-1].node)):
        if len(lines) > MAX_LINES:
            raise LimitError(f"the derivation has over {MAX_LINES} lines (limit: lines); ask for detail short")
        before = lines[-1].node
        after, changed = motion.expanded(before)
        laws = tuple(dict.fromkeys(rule_law(p.args[0], motion) for p in changed))
        lines.append(_line(motion, left, after, laws, _remarks(motion, changed, False), changed))
    return lines


def _all_at_once(motion: Motion, left: str) -> Line:
    """``df`` in one line, by all the rules that it takes."""
    steps = [n for n in postorder(motion.root) if n.args and n in motion.moving and not motion.is_linear(n)]
    laws = tuple(dict.fromkeys(rule_law(n, motion) for n in reversed(steps))) or (rule_law(motion.root, motion),)
    still = _remarks(motion, {}, True)
    return _line(motion, left, motion.moving[motion.root], laws, still)


def _line(
    motion: Motion, left: str, node: Node, laws: tuple[Law, ...], notes: tuple[Law, ...] = (),
    changed: dict[Node, Node] | None = None, truth: Node | None = None,
) -> Line:  # fmt: skip
    return Line(
        left, node, laws, motion.filled(node) if truth is None else truth, "map", motion.root, motion.variable,
        motion.direction, notes, tuple((changed or {}).items()),
    )  # fmt: skip


def _remarks(motion: Motion, changed: dict[Node, Node], first: bool) -> tuple[Law, ...]:
    """What was taken at once on the way: ``d(A*x - b) = A*dx``, and the variables that stand still."""
    notes: list[Law] = []
    for p in changed:
        if motion.is_linear(p.args[0]):
            continue
        for a in p.args[0].args:
            seen = motion.opened.get(a)
            plain = seen is not None and not list(placeholders(seen)) and transposes(a) <= transposes(ntranspose(a))
            if a.args and plain and seen is not None and cost(a) <= LONGEST_REMARK and a.rows is not ONE:
                notes.append(Law("", d(a), seen))
    if first:
        still = [n for n in postorder(motion.root) if n.op is SYM and n not in motion.moving]
        notes += [Law("", d(n), num(0)) for n in still[:4]]
    return tuple(dict.fromkeys(notes))


# -- readings


def _gradient(asked: Asked, f: Node, x: Node, symmetric: str) -> list[Line]:
    motion = Motion(f, x, directions(f, [x])[x], asked.detail != "full")
    lines = _differential_lines(motion, "df", asked)
    df = motion.moving[f]
    if is_zero(df):
        return lines
    lines += _inner_products(motion, df, asked.detail)
    if space_of(x) is not None:
        lines += _projected(motion, df, symmetric)
    return lines


def _inner_products(motion: Motion, df: Node, detail: str) -> list[Line]:
    """``⟨G, dx⟩``: term by term, gathered, in its shortest form."""
    dx = motion.direction
    laws = (LAWS["common factor"],) if dx.is_scalar else transposing_laws(df, dx)
    apart = terms_apart(df, dx) if detail != "short" else None
    g = cotangent_of(df, dx)
    best, found = shortest(g)
    lines = []
    if apart is not None:
        lines.append(_line(motion, "df", apart, laws, truth=apart))
        laws = (LAWS["inner products add"],)
    if detail == "full" or (apart is None and detail == "normal"):
        lines.append(_line(motion, "df", paired(g, dx), laws, truth=paired(g, dx)))
        laws = ()
    lines.append(_line(motion, "df", paired(best, dx), laws + found, truth=paired(best, dx)))
    return lines


def _projected(motion: Motion, df: Node, symmetric: str) -> list[Line]:
    """The gradient in the space of the variable."""
    g = cotangent_of(df, motion.direction)
    best = simplify(project(g, motion.variable))
    if best is simplify(g) or symmetric == "free":
        return []
    law = LAWS["symmetric part" if space_of(motion.variable) == "sym" else "projection"]
    return [_line(motion, "df", paired(best, motion.direction), (law,))]


def _jacobian(asked: Asked, f: Node, x: Node, left: str = "df") -> list[Line]:
    motion = Motion(f, x, directions(f, [x])[x], asked.detail != "full")
    lines = _differential_lines(motion, left, asked)
    if is_zero(motion.moving[f]):
        return lines
    return lines + _matrix(motion, left, read_off(motion.moving[f], motion.direction))


def _matrix(motion: Motion, left: str, j: Node) -> list[Line]:
    """``J*dx`` as it is read off, and in its shortest form."""
    best, laws = shortest(j)
    df, dx = motion.moving[motion.root], motion.direction
    found = (LAWS["common factor"],) if dx.is_scalar else matrix_laws(df, dx)
    plain = not dx.is_scalar and nmul(j, dx) is df
    lines = [] if plain else [_line(motion, left, _applied(j, dx), found)]
    if best is not j:
        lines.append(_line(motion, left, _applied(best, motion.direction), laws))
    return lines


def _applied(j: Node, dx: Node) -> Node:
    return scale(dx, j) if dx.is_scalar else mul(j, dx)


def _map(asked: Asked, f: Node, x: Node, name: str | None, left: str, space: Node | None = None) -> list[Line]:
    motion = Motion(f, x, direction(x, name), asked.detail != "full")
    lines = _differential_lines(motion, left, asked)
    df = motion.moving[f]
    if is_zero(df):
        return lines
    best, laws = shortest(df)
    lines.append(_line(motion, left, best, laws))
    if space is not None and space_of(space) is not None:
        lines.append(_line(motion, left, simplify(project(df, space)), (LAWS["projection"],)))
    if f.is_scalar and not x.is_scalar and left == "df":
        g = simplify(cotangent_of(df, motion.direction))
        if cost(inner(g, motion.direction)) < cost(best):
            lines += _inner_products(motion, df, asked.detail)
    return lines


def _second(asked: Asked) -> list[Line]:
    """Hessians: the first derivative's lines, then the differential of what they end with."""
    f, x, y = asked.node, asked.variable, asked.second or asked.variable
    if not f.is_scalar:
        return _second_map(asked, f, x, y)
    lines = _gradient(asked, f, x, "projected")
    g = _gradient_node(f, x)
    read = Line("grad", g, (LAWS[_read_gradient(x)],), g, "gradient", f, x)
    lines.append(read)
    if g.is_column and y.is_column:
        return lines + _jacobian(asked, g, y, "dgrad")
    return lines + _map(asked, g, y, f"d{y.params[0]}1", "dgrad", x)


def _gradient_node(f: Node, x: Node) -> Node:
    motion = Motion(f, x, directions(f, [x])[x])
    return simplify(project(cotangent_of(motion.moving[f], motion.direction), x))


def _read_gradient(x: Node) -> str:
    return "read off the slope" if x.is_scalar else "read off the gradient"


def _second_map(asked: Asked, f: Node, x: Node, y: Node) -> list[Line]:
    if f.is_column and x.is_column:
        lines = _jacobian(asked, f, x)
        dx = directions(f, [x])[x]
        first = simplify(read_off(Motion(f, x, dx).moving[f], dx))
        lines.append(Line("jac", first, (LAWS["read off the Jacobian"],), first, "jacobian", f, x))
        return lines + _map(asked, first, y, f"d{y.params[0]}1", "djac")
    lines = _map(asked, f, x, None, "df")
    first = lines[-1].node
    return lines + _map(asked, first, y, f"d{y.params[0]}1", "dmap")


# -- the end

LEFT = {"gradient": "grad", "jacobian": "jac", "map": "map", "hessian": "hess", "second-map": "second"}
READ = {"jacobian": "read off the Jacobian", "map": "read off the map", "second-map": "read off the map"}


def _closed(lines: list[Line], asked: Asked, answer: Node) -> list[Line]:
    """The last line: the derivative as the formula has it."""
    law = READ.get(asked.kind) or _read_gradient(asked.variable)
    if asked.kind == "hessian":
        law = "read off the Hessian" if asked.node.is_scalar and lines[-1].left == "dgrad" else law
        if any(n.op is SYM and n.params[0] == f"d{_last(asked)}1" for n in postorder(answer)):
            law = "read off the map"
    laws = [LAWS[law]]
    if asked.layout == "denominator":
        laws.append(LAWS["denominator layout"])
    if asked.kind == "gradient" and asked.symmetric == "free":
        laws.append(LAWS["free entries"])
    end = Line(LEFT[asked.kind], answer, tuple(laws), answer, "answer", asked.raw, asked.variable)
    return [*lines, end]


def _last(asked: Asked) -> str:
    return str((asked.second or asked.variable).params[0])


def _without_repeats(lines: Sequence[Line]) -> list[Line]:
    """Lines that say what the line before says are left out."""
    out: list[Line] = []
    for line in lines:
        if not (out and out[-1].left == line.left and same(structure(out[-1].node), structure(line.node))):
            out.append(line)
    return out
