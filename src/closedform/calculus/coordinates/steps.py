"""A derivative by coordinates, line by line: sums, partial derivatives, deltas, the matrix form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from closedform.calculus.coordinates.chain import Place
from closedform.calculus.coordinates.deltas import resolved
from closedform.calculus.coordinates.entries import INSTEAD, as_entries
from closedform.calculus.coordinates.familiar import logarithms_apart, with_sigmoids
from closedform.calculus.coordinates.gather import collected, gathered, mirrored, relabelled
from closedform.calculus.coordinates.heads import Head, entry_head, function_head, partial_head, whole_head
from closedform.calculus.coordinates.laws import (
    Law,
    delta_law,
    inner_law,
    log_law,
    sigmoid_law,
    slope_law,
    space_law,
    symmetry_law,
    together,
    unit_law,
    words,
)
from closedform.calculus.coordinates.names import inner_parts
from closedform.calculus.coordinates.nodes import as_node, entry_of
from closedform.calculus.coordinates.paper import FORMS, Form, Spelling, printed, subscripted
from closedform.calculus.coordinates.partial import Partial
from closedform.calculus.coordinates.question import Letters, Question
from closedform.calculus.coordinates.tree import Delta, Entry, Index, Sum, opened, product, summation, walk
from closedform.calculus.coordinates.tree import free as free_letters
from closedform.calculus.coordinates.whole import WHERE, WHY
from closedform.errors import MissingRule
from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions.algebra import SUMOVER, SYM
from closedform.functions.known_facts import facts_of
from closedform.rewrite.normal.normal import normal

MAX_TOKENS, MAX_ENTRY = 100, 24
WIDE = 66
"""Characters of a line (in Unicode) from which parts of the formula are given names, where that is shorter."""
TOKEN = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?|\|\||\.\*|\./|\.\^|\^-T|\^T|\^-1|[-+*/^'@<>=|:;⊙⊗]")
WORD = re.compile(r"[^\W\d]\w*")
IDENTITY = re.compile(r"\beye\([^()]*\)")
FUNCTION, FIRST, SECOND, MAP, ENTRY, ANSWER = "function", "partial", "second", "map", "entry", "answer"
THESE = {"gradient": "gradient", "jacobian": "Jacobian", "hessian": "Hessian"}


def tokens(text: str) -> int:
    """Printed tokens; an identity is one."""
    return len(TOKEN.findall(IDENTITY.sub("I", text)))


@dataclass(frozen=True)
class CoordinateStep:
    """One line: what was done (``law``, in the three forms ``laws``), the left side ``heads`` and the line.

    ``kind`` is ``function`` (the line is f), ``partial`` and ``second`` (an entry of the first and of the second
    derivative), ``map`` (of that applied to the directions), ``entry`` (that of the answer, in brackets) or ``answer``
    (the whole). ``node`` is the line as a raw node with free ``index`` nodes at ``place``; ``parts`` are the names in
    its text.
    """

    kind: str
    laws: Law
    heads: Head
    text: str
    unicode: str
    latex: str
    node: Node
    place: Place
    letters: Letters
    parts: Mapping[Node, str]

    @property
    def law(self) -> str:
        return self.laws[0]

    @property
    def tokens(self) -> int:
        return tokens(self.text)

    def written(self, form: Form) -> str:
        return {"text": self.text, "unicode": self.unicode, "latex": self.latex}[form]


def coordinates(question: Question, spelling: Spelling) -> list[CoordinateStep]:
    """From the function to the answer by coordinates, parts of long lines under names.

    Raises MissingRule where a course would not work with entries (eigenvalues of the variable, second derivatives by
    variables whose entries are not free) and where a line would be longer than a page is wide.
    """
    plain, names = question.freed(), {n.params[0] for n in postorder(question.function) if n.op is SYM}
    sizes = {name for n in postorder(question.function) for side in n.shape for name in side.names}
    problem, found, free = None, list[CoordinateStep](), plain is not question
    try:
        found = _Derivation(plain, spelling, {}).steps(question, free)
    except MissingRule as refused:
        problem = refused
    sums = _has_sums(plain.function)
    if problem is None and (sums or _widest(found) <= WIDE):
        return found
    shown = spelling.node(question.answer, "text", True)
    taken = names | sizes | set(WORD.findall(shown))
    plain = replace(plain, function=normal(plain.function)) if sums else plain
    parts = inner_parts(plain.function, plain.variables, taken, lambda part: _known(part, shown, spelling))
    if parts:
        try:
            shorter = _Derivation(plain, spelling, parts).steps(question, free)
        except MissingRule:
            shorter = []
        if shorter and (not found or _widest(shorter) < _widest(found)):
            return shorter
    if problem is not None:
        raise problem
    return found


def _known(part: Node, answer: str, spelling: Spelling) -> str | None:
    """The name that the text of the answer gives to a part."""
    bound = re.escape(spelling.node(part, "text", False))
    found = re.search(rf"(?:where|,) (\w+) = {bound}(?:, \w+ = |$)", answer)
    return found[1] if found else None


def _has_sums(f: Node) -> bool:
    """Whether sums over an index are written, which may be products of matrices, with parts to name."""
    return any(n.op is SUMOVER for n in postorder(f))


def _widest(steps: list[CoordinateStep]) -> int:
    return max(len(step.unicode) for step in steps if step.kind != ANSWER)


class _Derivation:
    """One derivation being written."""

    def __init__(self, question: Question, spelling: Spelling, parts: Mapping[Node, str]) -> None:
        self.asked, self.parts = question, parts
        self.spelling = replace(spelling, parts=parts)
        self.letters = Letters.of(question, parts)
        self.places = {FUNCTION: self.letters.at, FIRST: self.letters.at + self.letters.by[0]}
        self.places[SECOND] = tuple(n for place in (self.letters.at, *self.letters.by) for n in place)
        kept = self.letters.by[: len(self.letters.by) - len(question.directions)]
        self.places[MAP] = tuple(n for place in (self.letters.at, *kept) for n in place)
        self.done: list[CoordinateStep] = []

    def steps(self, question: Question, free: bool) -> list[CoordinateStep]:
        """The lines; ``question`` is the one asked; with ``free`` entries, the last line is in its space."""
        asked, (taken, own) = self.asked, (self.letters.taken, self.letters.own)
        f = as_entries(asked.function, self.letters.at, asked.variables, taken, {}, self.parts)
        f = relabelled(f, own, taken)
        free_entries = "" if not free else f", those of {asked.variable.params[0]} as if free"
        matrices = "with matrices, and " if self.parts and _has_sums(question.function) else ""
        self.add(FUNCTION, words(f"write {self.spelling.whole} {matrices}as sums over entries{free_entries}"), f)
        e = self.changed(FUNCTION, log_law(self.spelling), f, logarithms_apart)
        for order, variable in enumerate(asked.variables):
            e = self.differentiated(e, (FIRST, SECOND)[order], variable, self.letters.by[order])
        if asked.directions:
            e = self.applied(e)
        self.matrix_form(e, question if free else None)
        return self.done

    def differentiated(self, f: Index, kind: str, variable: Node, by: Place) -> Index:
        """The entry by ``variable`` at ``by``, its lines added."""
        partial = Partial(variable, by, self.letters.taken, self.parts)
        e = opened(partial.whole(f))
        rules = [words(rule) for rule in partial.rules]
        rules += [slope_law(op, arity, self.spelling) for op, arity in partial.functions.items()]
        for entry, derivative in partial.inner.values():
            rules += [words(WHY[entry.base.op])] if entry.base.op in WHY else []
            even = relabelled(derivative, self.letters.own, self.letters.taken | free_letters(entry))
            rules.append(inner_law(entry, even, variable, by, self.spelling))
            rules += [words(WHERE[entry.base.op])] if entry.base.op in WHERE else []
        rules += self.unit_law(f, kind, variable, by, bool(partial.inner))
        self.add(kind, together(dict.fromkeys(rules)), e)
        e = self.changed(kind, delta_law(by[0], self.spelling) if by else ("", "", ""), e, resolved)
        e = self.gathered(kind, e)
        e = self.changed(kind, sigmoid_law(self.spelling), e, with_sigmoids)
        return self.changed(kind, words("multiply out and collect"), e, collected)

    def unit_law(self, f: Index, kind: str, variable: Node, by: Place, inner: bool) -> list[Law]:
        found = next((p for p in walk(f) if isinstance(p, Entry) and p.base is variable), None)
        if found is not None:
            return [unit_law(variable, found.at, by, self.spelling)]
        what = "f" if kind == FIRST else "the first derivative"
        return [] if inner else [words(f"{what} does not depend on {variable.params[0]}")]

    def applied(self, e: Index) -> Index:
        """The derivative applied to its directions: Σ over the letters of the variables they belong to."""
        pairs = list(zip(self.letters.by[-len(self.asked.directions) :], self.asked.directions, strict=True))
        out = product(e, *(Entry(d, place) for place, d in pairs))
        for place, d in reversed(pairs):
            for at, count in zip(reversed(place), reversed([s for s in d.shape if s is not ONE]), strict=True):
                out = summation(at, ONE, count, out)
        names = " and ".join(str(d.params[0]) for _, d in pairs)
        summed = " and sum" if any(place for place, _ in pairs) else ""
        self.add(MAP, words(f"multiply by the entries of {names}{summed}"), out)
        first = next((n for place, _ in pairs for n in place), None)
        law = delta_law(first, self.spelling) if first is not None else ("", "", "")
        out = self.changed(MAP, law, out, resolved)
        return self.gathered(MAP, out)

    def changed(self, kind: str, law: Law, e: Index, change: Callable[[Index], Index]) -> Index:
        """The expression after a change, with a line for it where there is one."""
        out = opened(change(e))
        if out != e:
            self.add(kind, law, out)
        return out

    def gathered(self, kind: str, e: Index) -> Index:
        own, place = self.letters.own, self.places[kind]
        even = relabelled(e, own, self.letters.taken)
        turned = mirrored(even, place[len(self.letters.at) :])
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
        self.add(kind, together(laws), out)
        return out

    def matrix_form(self, e: Index, question: Question | None) -> None:
        last, asked = self.done[-1], self.asked
        place = last.place
        read = place and any(isinstance(p, Sum | Delta) for p in walk(e)) and not isinstance(e, Delta)
        shown = read and self.entry_line(place)
        if question is not None:
            self.whole(question, space_law(question, self.spelling))
        elif place:
            self.whole(asked, words(self.these() if shown or not read else "read the sums as matrix products"))
        elif self.spelling.node(asked.answer, "text", True) != last.text or self.parts:
            matrices = any(not n.is_scalar for n in postorder(asked.answer))
            self.whole(asked, words("in matrix form" if matrices else "simplified"))

    def these(self) -> str:
        asked = self.asked
        if asked.directions:
            return "in matrix form"
        mixed = asked.second not in (None, asked.variable)
        also = ", transposed" if asked.layout == "denominator" else ""
        return f"these are the entries of the {'derivative' if mixed else THESE[asked.kind]}{also}"

    def entry_line(self, place: Place) -> bool:
        """The entry of the answer in brackets, ``[(A + Aᵀ)x]ₖ``, where that is no longer than the answer in parts."""
        answer, turned = self.asked.answer, place[::-1] if self.asked.layout == "denominator" else place
        whole = [self.spelling.node(answer, form, False) for form in FORMS]
        if tokens(whole[0]) > MAX_ENTRY and whole[0] != self.spelling.node(answer, "text", True):
            return False
        texts = [subscripted(w, turned, form, not answer.args) for w, form in zip(whole, FORMS, strict=True)]
        head = self.done[-1].heads
        self.append(ENTRY, words("read the sums as matrix products"), head, texts, entry_of(answer, turned), place)
        return True

    def whole(self, question: Question, law: Law) -> None:
        texts = [self.spelling.node(question.answer, form, True) for form in FORMS]
        self.append(ANSWER, law, whole_head(question, self.spelling), texts, question.answer, ())

    def add(self, kind: str, law: Law, e: Index) -> None:
        texts = [printed(e, form, self.spelling) for form in FORMS]
        if not self.done or texts[0] != self.done[-1].text or kind != self.done[-1].kind:
            self.append(kind, law, self.head(kind), texts, as_node(e), self.places[kind])

    def head(self, kind: str) -> Head:
        if kind == FUNCTION:
            return function_head(self.letters, self.spelling)
        if kind == MAP:
            return entry_head(self.asked, self.places[MAP], self.spelling)
        return partial_head(self.asked, self.letters, 1 if kind == FIRST else 2, self.spelling)

    def append(self, kind: str, law: Law, heads: Head, texts: list[str], node: Node, place: Place) -> None:
        parts = self.parts if kind not in (ENTRY, ANSWER) else {}
        step = CoordinateStep(kind, law, heads, texts[0], texts[1], texts[2], node, place, self.letters, parts)
        if step.tokens > MAX_TOKENS:
            raise MissingRule(f"by coordinates a line has {step.tokens} tokens, over {MAX_TOKENS}; {INSTEAD}")
        self.done.append(step)
