"""A gradient or Jacobian by coordinates, line by line: sums, partial derivative, deltas, the matrix form."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from closedform.calculus.coordinates.chain import Place
from closedform.calculus.coordinates.deltas import resolved
from closedform.calculus.coordinates.entries import INSTEAD, as_entries
from closedform.calculus.coordinates.familiar import logarithms_apart, with_sigmoids
from closedform.calculus.coordinates.gather import collected, gathered, mirrored, relabelled
from closedform.calculus.coordinates.laws import (
    Law,
    delta_law,
    log_law,
    sigmoid_law,
    slope_law,
    symmetry_law,
    together,
    unit_law,
    words,
)
from closedform.calculus.coordinates.nodes import as_node, assembled, entry_of
from closedform.calculus.coordinates.paper import FORMS, Form, Spelling, printed, subscripted
from closedform.calculus.coordinates.partial import Partial
from closedform.calculus.coordinates.tree import Delta, Entry, Index, Sum, opened, walk
from closedform.calculus.spaces import space_of
from closedform.errors import MissingRule, ShapeError
from closedform.expr.facts import WORDS
from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions.algebra import INDEX, SUMOVER, SYM, index
from closedform.functions.known_facts import facts_of

MAX_TOKENS = 100
CHOICES = ("kl", "pr", "st", "uv", "hx")
TOKEN = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?|\|\||\.\*|\./|\.\^|\^-T|\^T|\^-1|[-+*/^'@<>=|:;⊙⊗]")
IDENTITY = re.compile(r"\beye\([^()]*\)")


@dataclass(frozen=True)
class CoordinateStep:
    """One line: what was done (``law``, in the three forms ``laws``), the left side ``heads`` and the line.

    ``kind`` is ``function`` (the line is f), ``partial`` (an entry of the derivative), ``entry`` (that of the answer,
    in brackets) or ``answer`` (the whole).
    ``node`` is the line as a raw node with free ``index`` nodes at ``place``; ``array`` has the line as its entries.
    """

    kind: str
    laws: Law
    heads: tuple[str, str, str]
    text: str
    unicode: str
    latex: str
    node: Node
    array: Node
    place: Place

    @property
    def law(self) -> str:
        return self.laws[0]

    @property
    def tokens(self) -> int:
        """Printed tokens of the line; an identity is one."""
        return len(TOKEN.findall(IDENTITY.sub("I", self.text)))

    def written(self, form: Form) -> str:
        return {"text": self.text, "unicode": self.unicode, "latex": self.latex}[form]


def coordinates(f: Node, variable: Node, answer: Node, spelling: Spelling) -> list[CoordinateStep]:
    """From a scalar or column ``f`` (a raw or normal node) to ``answer``, its gradient or Jacobian, by coordinates.

    Raises MissingRule where a course would not work with entries (inverses, determinants, eigenvalues of the
    variable, variables whose entries are not free) and where a line would be longer than a page is wide.
    """
    if not (f.is_scalar or (f.is_column and variable.is_column)):
        raise ShapeError(f"by coordinates: gradients, and Jacobians of vectors by vectors; {INSTEAD}")
    space = space_of(variable)
    if space is not None:
        raise MissingRule(
            f"by coordinates: {variable.params[0]} is {WORDS[space]}, so its entries are not free and there is no "
            f"partial derivative by each of them; {INSTEAD}"
        )
    return _Derivation(f, variable, answer, spelling).steps()


class _Derivation:
    """One derivation being written."""

    def __init__(self, f: Node, variable: Node, answer: Node, spelling: Spelling) -> None:
        self.f, self.variable, self.answer, self.spelling = f, variable, answer, spelling
        nodes = list(postorder(f))
        names = {n.params[0] for n in nodes if n.op is SYM} | {variable.params[0]}
        names |= {name for n in nodes for side in n.shape for name in side.names}
        bound = {n.params[0] for n in nodes if n.op is SUMOVER}
        fixed = {n.params[0] for n in nodes if n.op is INDEX} - bound
        self.by = _letters(sum(s is not ONE for s in variable.shape), names | bound | fixed)
        self.at = () if f.is_scalar else (_first("ijs", names | bound | fixed),)
        place = (*self.at, *self.by)
        self.taken = frozenset(map(index, sorted(names | fixed))) | frozenset(place)
        self.own = frozenset(map(index, sorted(bound)))
        self.done: list[CoordinateStep] = []

    def steps(self) -> list[CoordinateStep]:
        f = as_entries(self.f, self.at, [self.variable], self.taken, {})
        f = relabelled(f, self.own, self.taken)
        self.add("function", words("write f as sums over entries"), f)
        f = self.changed("function", log_law(self.spelling), f, logarithms_apart)
        partial = Partial(self.variable, self.by)
        e = opened(partial.of(f))
        rules = [words(rule) for rule in partial.rules]
        rules += [slope_law(op, arity, self.spelling) for op, arity in partial.functions.items()]
        self.add("partial", together([*rules, self.unit_law(f)]), e)
        e = self.changed("partial", delta_law(self.by[0], self.spelling) if self.by else ("", "", ""), e, resolved)
        e = self.gathered(e)
        e = self.changed("partial", sigmoid_law(self.spelling), e, with_sigmoids)
        e = self.changed("partial", words("multiply out and collect"), e, collected)
        self.matrix_form(e)
        return self.done

    def changed(self, kind: str, law: Law, e: Index, change: Callable[[Index], Index]) -> Index:
        """The expression after a change, with a line for it where there is one."""
        out = opened(change(e))
        if out != e:
            self.add(kind, law, out)
        return out

    def unit_law(self, f: Index) -> Law:
        found = next((p for p in walk(f) if isinstance(p, Entry) and p.base is self.variable), None)
        if found is None:
            return words(f"f does not depend on {self.variable.params[0]}")
        return unit_law(self.variable, found.at, self.by, self.spelling)

    def gathered(self, e: Index) -> Index:
        even = relabelled(e, self.own, self.taken)
        turned = mirrored(even, self.by)
        out = gathered(turned)
        if out == even:
            return e
        laws = []
        if turned != even:
            bases = [p.base for p in walk(even) if isinstance(p, Entry) and p.base.op is SYM]
            names = dict.fromkeys(b.params[0] for b in bases if "sym" in facts_of(b))
            laws = [symmetry_law(name, self.spelling) for name in names]
        if out != turned or not laws:
            laws.append(words("gather the sums over the same letters"))
        self.add("partial", together(laws), out)
        return out

    def matrix_form(self, e: Index) -> None:
        last = self.done[-1]
        if last.place and any(isinstance(p, Sum | Delta) for p in walk(e)) and not isinstance(e, Delta):
            self.entry_line()
        if last.place:
            self.whole(words(f"these are the entries of the {'gradient' if self.f.is_scalar else 'Jacobian'}"))
        elif self.spelling.node(self.answer, "text", True) != last.text:
            matrices = any(not n.is_scalar for n in postorder(self.answer))
            self.whole(words("in matrix form" if matrices else "simplified"))

    def entry_line(self) -> None:
        """The entry of the answer in brackets: ``[(A + Aᵀ)x]ₖ``."""
        place, bare = (*self.at, *self.by), not self.answer.args
        texts = [subscripted(self.spelling.node(self.answer, form, False), place, form, bare) for form in FORMS]
        self.append("entry", words("read the sums as matrix products"), texts, entry_of(self.answer, place))

    def whole(self, law: Law) -> None:
        self.append("answer", law, [self.spelling.node(self.answer, form, True) for form in FORMS], self.answer)

    def add(self, kind: str, law: Law, e: Index) -> None:
        texts = [printed(e, form, self.spelling) for form in FORMS]
        if not self.done or texts[0] != self.done[-1].text or kind != self.done[-1].kind:
            self.append(kind, law, texts, as_node(e))

    def append(self, kind: str, law: Law, texts: list[str], node: Node) -> None:
        place = {"function": self.at, "answer": ()}.get(kind, (*self.at, *self.by))
        array = assembled(node, self.shape(kind), place)
        heads = self.head(kind, "text"), self.head(kind, "unicode"), self.head(kind, "latex")
        step = CoordinateStep(kind, law, heads, texts[0], texts[1], texts[2], node, array, place)
        if step.tokens > MAX_TOKENS:
            raise MissingRule(f"by coordinates a line has {step.tokens} tokens, over {MAX_TOKENS}; {INSTEAD}")
        self.done.append(step)

    def shape(self, kind: str) -> Shape:
        if kind == "function":
            return self.f.shape
        return self.variable.shape if self.f.is_scalar else (self.f.rows, self.variable.rows)

    def head(self, kind: str, form: Form) -> str:
        if kind == "function":
            return subscripted("f", self.at, form)
        x = self.spelling.name(str(self.variable.params[0]), form)
        if kind == "answer" and self.by and self.f.is_scalar:
            return {"text": "grad f", "unicode": "∇f", "latex": r"\nabla f"}[form]
        whole = kind == "answer"
        above = "f" if whole else subscripted("f", self.at, form)
        below = x if whole else subscripted(x, self.by, form)
        marks = {"text": f"d{above}/d{below}", "unicode": f"∂{above}/∂{below}"}
        return marks.get(form) or rf"\frac{{\partial {above}}}{{\partial {below}}}"


def _letters(count: int, names: set[str]) -> Place:
    """The letters of the entry that is differentiated by, none of ``names``."""
    found = next((c[:count] for c in CHOICES if not set(c[:count]) & names), None)
    if found is None:
        raise MissingRule(f"by coordinates, no letters are left for the derivative; {INSTEAD}")
    return tuple(index(c) for c in found)


def _first(choice: str, names: set[str]) -> Node:
    found = next((c for c in choice if c not in names), None)
    if found is None:
        raise MissingRule(f"by coordinates, no letter is left for an entry; {INSTEAD}")
    return index(found)
