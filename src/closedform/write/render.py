"""An answer as people see it: the formula and its named parts, in text, Unicode or LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from closedform.errors import LimitError
from closedform.expr.node import Node
from closedform.expr.walk import depth
from closedform.rewrite.display import PLAIN, Context, display
from closedform.rewrite.display.sharing import Shared, share
from closedform.rewrite.show import Show, walk
from closedform.write.plain import text, unicode
from closedform.write.tex import is_differential, latex, letter

Form = Literal["text", "unicode", "latex"]
MAX_DEPTH = 12_000
HEADINGS: dict[str, tuple[str, str, str]] = {
    "value": ("{f}({x})", "{f}({x})", r"{f}({x})"),
    "gradient": ("grad {f}({x})", "∇{f}({x})", r"\nabla {f}({x})"),
    "jacobian": ("jac {f}({x})", "∂{f}/∂{x}", r"\frac{{\partial {f}}}{{\partial {x}}}"),
    "hessian": ("hess {f}({x})", "∇²{f}({x})", r"\nabla^{{2}} {f}({x})"),
    "derivative": ("D {f}({x})[{dx}]", "D {f}({x})[{dx}]", r"\mathrm{{D}} {f}({x})[{dx}]"),
    "differential": ("d{f}", "d{f}", "d{f}"),
}


def render(node: Node, context: Context = PLAIN, form: Form = "text") -> str:
    """The formula with its shared parts named.

    >>> from closedform.functions.algebra import mul, sym, transpose
    >>> render(mul(transpose(sym("A", "m", "n")), sym("y", "m")), form="unicode")
    'Aᵀy'
    """
    if depth(node) > MAX_DEPTH:
        raise LimitError(f"the formula is nested deeper than {MAX_DEPTH}, too deep to print (limit: depth)")
    return render_shared(share(node, context) if context.naming else Shared(node), context, form)


def render_shared(shared: Shared, context: Context, form: Form) -> str:
    """The same for an answer whose parts are named already."""
    known = frozenset(context.order) | context.taken | {name for name, _ in shared.bindings}
    write = _writer(form, known, context.sized)
    answer = write(display(shared.node, context))
    if not shared.bindings:
        return answer
    spell = letter if form == "latex" else (lambda name: name)
    where = ", ".join(f"{spell(name)} = {write(display(part, context))}" for name, part in shared.bindings)
    return rf"{answer} \quad \text{{where }} {where}" if form == "latex" else f"{answer} where {where}"


def _writer(form: Form, known: frozenset[str], sized: bool) -> Callable[[Show], str]:
    match form:
        case "text":
            return lambda show: text(show, sized)
        case "latex":
            return lambda show: latex(show, sized, _ambiguous(show, known))
        case "unicode":
            return lambda show: unicode(show, known, sized)


def _ambiguous(show: Show, known: frozenset[str]) -> frozenset[str]:
    """The differentials that would read as a product where ``d`` is a name; ``W1`` where ``W_1`` is another name."""
    names = {i.word for i in walk(show) if i.kind == "name"}
    numbered = {n for n in names if n[-1:].isdigit() and "_" not in n and numbered_below(n) in known | names}
    return frozenset(numbered | {n for n in names if "d" in known and is_differential(n)})


def numbered_below(name: str) -> str:
    """``W_1`` for ``W1``."""
    stem = name.rstrip("0123456789")
    return f"{stem}_{name[len(stem) :]}"


def heading(kind: str, variable: str, form: Form = "text", whole: str = "f") -> str:
    """What stands left of the equals sign: ``∇f(x)``; ``whole`` is what the function is called.

    >>> heading("gradient", "x", "unicode"), heading("gradient", "x", "latex", "phi")
    ('∇f(x)', '\\\\nabla \\\\phi(x)')
    """
    spell = letter if form == "latex" else (lambda name: name)
    template = HEADINGS[kind][("text", "unicode", "latex").index(form)]
    return template.format(f=spell(whole), x=spell(variable), dx=spell("d" + variable))


def render_equation(
    kind: str, variable: str, node: Node, context: Context = PLAIN, form: Form = "text"
) -> str:
    """``∇f(x) = Aᵀ(A x − b)``."""
    return f"{heading(kind, variable, form, context.whole)} = {render(node, context, form)}"
