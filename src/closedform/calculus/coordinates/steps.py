"""A gradient by coordinates, line by line: sums, the partial derivative, deltas, gathering, the matrix form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from closedform.calculus.coordinates.deltas import resolved
from closedform.calculus.coordinates.entries import INSTEAD, as_entries
from closedform.calculus.coordinates.gather import gathered, mirrored, relabelled
from closedform.calculus.coordinates.nodes import as_node, assembled, entry_of
from closedform.calculus.coordinates.paper import BELOW, FORMS, Form, Spelling, printed, subscripted
from closedform.calculus.coordinates.partial import Partial
from closedform.calculus.coordinates.tree import (
    MINUS,
    UNIT,
    Delta,
    Entry,
    Function,
    Index,
    Product,
    Sum,
    parts,
    plus,
    power,
    product,
    rebuilt,
    walk,
)
from closedform.calculus.derive import gradient
from closedform.calculus.spaces import ambient, space_of
from closedform.errors import MissingRule, ShapeError
from closedform.expr.facts import WORDS
from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import INDEX, SUMOVER, SYM, index
from closedform.functions.elementwise import exp, sigmoid
from closedform.functions.known_facts import facts_of
from closedform.rewrite.normal.normal import normal

MAX_TOKENS = 100
PAIRS = ("kl", "pr", "st", "uv", "hx")
TOKEN = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?|\|\||\.\*|\./|\.\^|\^-T|\^T|\^-1|[-+*/^'@<>=|:;⊙⊗]")


@dataclass(frozen=True)
class CoordinateStep:
    """One line: what was done (``law``), the left side and the line in three forms.

    ``kind`` is ``function`` (the line is f), ``partial`` (it is entry ``place`` of the gradient) or ``gradient``.
    ``node`` is the line as a raw node, with free ``index`` nodes at ``place``; ``array`` the array that has the
    line as its entries, of the variable's shape (the node itself for ``function`` and ``gradient``).
    """

    law: str
    kind: str
    heads: tuple[str, str, str]
    text: str
    unicode: str
    latex: str
    node: Node
    array: Node
    place: tuple[Node, ...]

    def line(self, form: Form) -> str:
        """The whole line, ``∂f/∂xₖ = 2xₖ``."""
        return f"{self.heads[FORMS.index(form)]} = {getattr(self, form)}"


def coordinates(f: Node, variable: Node, spelling: Spelling) -> list[CoordinateStep]:
    """The gradient of a scalar raw (or normal) node by coordinates.

    Raises MissingRule where a course would not work with entries (inverses, determinants, eigenvalues of the
    variable), saying why.
    """
    if not f.is_scalar:
        raise ShapeError("by coordinates, a gradient is that of a scalar")
    space = space_of(variable)
    if space is not None:
        raise MissingRule(
            f"{variable.params[0]} is {WORDS[space]}: its entries are not free, so there is no partial derivative "
            f"by each of them; {INSTEAD}"
        )
    return _Derivation(f, variable, spelling).steps()


class _Derivation:
    """One derivation being written."""

    def __init__(self, f: Node, variable: Node, spelling: Spelling) -> None:
        self.variable = ambient(variable)
        self.f = rebuild(f, lambda n, _: self.variable if n is variable else None)
        self.spelling = spelling
        nodes = list(postorder(self.f))
        symbols = {n.params[0] for n in nodes if n.op is SYM} | {variable.params[0]}
        sizes = {name for n in nodes for side in n.shape for name in side.names}
        bound = {n.params[0] for n in nodes if n.op is SUMOVER}
        indices = {n.params[0] for n in nodes if n.op is INDEX}
        sides = sum(s is not ONE for s in variable.shape)
        pair = next((p for p in PAIRS if not set(p[:sides]) & (symbols | sizes | bound | indices)), None)
        if pair is None:
            raise MissingRule(f"by coordinates, no letters are left for the entry of {variable.params[0]}; {INSTEAD}")
        self.place = tuple(index(c) for c in pair[:sides])
        taken = symbols | sizes | (indices - bound) | set(pair[:sides])
        self.taken = frozenset(index(name) for name in taken)
        self.own = frozenset(index(name) for name in bound)
        self.done: list[CoordinateStep] = []

    def steps(self) -> list[CoordinateStep]:
        f = as_entries(self.f, (), [self.variable], self.taken, {})
        f = relabelled(f, self.own, self.taken)
        self.add("write f as sums over entries", "function", f)
        found = gradient(normal(self.f), self.variable).node
        partial = Partial(self.variable, self.place)
        e = partial.of(f)
        self.add(", ".join([*partial.rules, self.unit_rule(f)]), "partial", e)
        e = self.without_deltas(e)
        e = self.gathered(e)
        named = with_sigmoids(e)
        if named != e:
            self.add("exp(u)/(1 + exp(u)) = sigmoid(u)", "partial", named)
        self.matrix_form(named, found)
        return self.done

    def unit_rule(self, f: Index) -> str:
        """What the partial derivative of an entry is, with letters of the formula."""
        found = next((p for p in walk(f) if isinstance(p, Entry) and p.base is self.variable), None)
        if found is None:
            return "f does not depend on " + self.variable.params[0]
        x = self.spelling.name(self.variable.params[0], "unicode")
        below = subscripted(x, self.place, "unicode")
        rule = f"∂{subscripted(x, found.at, 'unicode')}/∂{below} = "
        sides = [s for s in self.variable.shape if s is not ONE]
        deltas = [Delta(i, k, n) for i, k, n in zip(found.at, self.place, sides, strict=True)]
        return rule + (" ".join(printed(d, "unicode", self.spelling) for d in deltas) or "1")

    def without_deltas(self, e: Index) -> Index:
        out = resolved(e)
        if out != e:
            k = index_words(self.place)[0] if self.place else "k"
            a, i = BELOW.get(k, k), BELOW["i"]
            self.add(f"Σ{i} δ{i}{a} a{i} = a{a}", "partial", out)
        return out

    def gathered(self, e: Index) -> Index:
        even = relabelled(e, self.own, self.taken)
        turned = mirrored(even, self.place)
        out = gathered(turned)
        if out == even:
            return e
        law = "gather the sums over the same letters" if out != turned else ""
        if turned != even:
            names = dict.fromkeys(p.base for p in walk(even) if isinstance(p, Entry) and "sym" in facts_of(p.base))
            law = ", ".join([*(f"{n.params[0]} = {n.params[0]}ᵀ" for n in names if n.op is SYM), *filter(None, [law])])
        self.add(law, "partial", out)
        return out

    def matrix_form(self, e: Index, gradient: Node) -> None:
        if self.place and any(isinstance(p, Sum | Delta) for p in walk(e)):
            words = {form: self.spelling.node(gradient, form) for form in FORMS}
            if WHERE not in words["text"]:
                self.entry_line(words, gradient)
        if self.place or self.spelling.node(gradient, "text") != self.done[-1].text:
            self.add("the gradient, whose entries these are" if self.place else "in matrix form", "gradient", gradient)

    def entry_line(self, words: dict[Form, str], gradient: Node) -> None:
        plain = gradient.op is SYM or not gradient.args
        texts = {form: subscripted(words[form], self.place, form, plain) for form in FORMS}
        self.append("read the sums as matrix products", "partial", texts, entry_of(gradient, self.place))

    def add(self, law: str, kind: str, e: Index | Node) -> None:
        if isinstance(e, Node):
            self.append(law, kind, {form: self.spelling.node(e, form) for form in FORMS}, e)
        else:
            texts = {form: printed(e, form, self.spelling) for form in FORMS}
            if not self.done or texts["text"] != self.done[-1].text or kind != self.done[-1].kind:
                self.append(law, kind, texts, as_node(e))

    def append(self, law: str, kind: str, texts: dict[Form, str], node: Node) -> None:
        length = len(TOKEN.findall(texts["text"]))
        if length > MAX_TOKENS:
            raise MissingRule(f"by coordinates a line would have {length} tokens, over {MAX_TOKENS}; {INSTEAD}")
        array = assembled(node, self.variable, self.place) if kind == "partial" else node
        heads = tuple(self.head(kind, form) for form in FORMS)
        self.done.append(
            CoordinateStep(
                law, kind, (heads[0], heads[1], heads[2]), texts["text"], texts["unicode"], texts["latex"],
                node, array, self.place,
            )
        )  # fmt: skip

    def head(self, kind: str, form: Form) -> str:
        if kind == "function":
            return "f"
        x = self.spelling.name(self.variable.params[0], form)
        if kind == "gradient" and self.place:
            return {"text": f"grad f({x})", "unicode": f"∇f({x})", "latex": rf"\nabla f\left({x}\right)"}[form]
        below = subscripted(x, self.place, form, whole=not (form == "latex" and "_" in x))
        marks = {"text": f"df/d{below}", "unicode": f"∂f/∂{below}"}
        return marks.get(form) or rf"\frac{{\partial f}}{{\partial {below}}}"


WHERE = " where "


def index_words(place: tuple[Node, ...]) -> list[str]:
    return [str(n.params[0]) for n in place]


def with_sigmoids(e: Index) -> Index:
    """exp(u)/(1 + exp(u)) as sigmoid(u)."""
    if not parts(e):
        return e
    e = rebuilt(e, tuple(with_sigmoids(p) for p in parts(e)))
    if not isinstance(e, Product):
        return e
    for f in e.factors:
        if isinstance(f, Function) and f.op is exp.op:
            below = power(plus(UNIT, f), MINUS)
            if below in e.factors:
                rest = [g for g in e.factors if g not in (f, below)]
                return product(*rest, Function(sigmoid.op, f.args))
    return e
