"""Index expressions on paper: text that reads back, Unicode with subscripts, and LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from closedform.calculus.coordinates.gather import nest
from closedform.calculus.coordinates.tree import (
    Delta,
    Entry,
    Function,
    Index,
    Number,
    Plus,
    Power,
    Product,
    Sum,
    factors_of,
    number,
    power,
    product,
    split,
    walk,
)
from closedform.expr.node import Node
from closedform.expr.size import ONE, Size
from closedform.functions.algebra import INDEX, NUM, SYM

Form = Literal["text", "unicode", "latex"]
FORMS: tuple[Form, ...] = ("text", "unicode", "latex")
SUM, SIGMA, PRODUCT, POSTFIX, ATOM = range(5)
BELOW = dict(zip("aehijklmnoprstuvx0123456789", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₀₁₂₃₄₅₆₇₈₉", strict=True))
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
FRACTIONS = {Fraction(1, 2): "½", Fraction(1, 3): "⅓", Fraction(1, 4): "¼", Fraction(3, 2): "3/2"}
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Spelling:
    """How names and matrix expressions are printed; given by the layers above."""

    name: Callable[[str, Form], str]
    node: Callable[[Node, Form, bool], str]
    """A matrix expression; with True, its shared parts get names."""
    filled: Callable[[str, list[str]], str]
    """A pattern of LaTeX with its arguments, in brackets of their height."""
    parts: Mapping[Node, str] = field(default_factory=dict)
    """Names of parts whose entries stand in the lines."""
    whole: str = "f"
    """What the function is called."""


def printed(e: Index, form: Form, spelling: Spelling) -> str:
    """The expression in one of the three forms."""
    return _Paper(form, spelling).text(e)


def subscripted(name: str, at: tuple[Node, ...], form: Form, whole: bool = True) -> str:
    """A name with indices: ``A[i,j]``, ``Aᵢⱼ``, ``A_{ij}``; no ``whole`` name is put in brackets."""
    words = [index_word(a) for a in at]
    if not whole:
        name = {"text": f"({name})", "unicode": f"[{name}]", "latex": rf"\left[{name}\right]"}[form]
    if not at:
        return name
    if form == "latex":
        name = f"{{{name}}}" if "_" in name and whole else name
        mark = ("" if all(len(w) == 1 for w in words) else ",").join(words)
        return f"{name}_{mark if len(mark) == 1 else '{' + mark + '}'}"
    if form == "unicode" and all(c in BELOW for w in words for c in w) and max(map(len, words)) == 1:
        return name + "".join(BELOW[w] for w in words)
    return f"{name}[{','.join(words)}]"


def index_word(at: Node) -> str:
    return str(at.params[0])


class _Paper:
    """Printing in one form."""

    def __init__(self, form: Form, spelling: Spelling) -> None:
        self.form, self.spelling = form, spelling
        self.minus = "−" if form == "unicode" else "-"

    def text(self, e: Index) -> str:
        return self.at(e)[0]

    def closed(self, e: Index, level: int) -> str:
        """The expression in brackets unless it binds at least as tightly as ``level``."""
        out, binds = self.at(e)
        return out if binds >= level else self.brackets(out)

    def brackets(self, out: str) -> str:
        return self.spelling.filled("({0})", [out]) if self.form == "latex" else f"({out})"

    def at(self, e: Index) -> tuple[str, int]:
        """The expression and how tightly it binds."""
        match e:
            case Number() | Product() | Power():
                return self.product(e)
            case Entry():
                return self.entry(e)
            case Delta():
                return self.delta(e), ATOM
            case Function():
                return self.function(e), ATOM
            case Plus():
                return self.plus(e), SUM
            case Sum():
                return self.sum(e), (ATOM if self.form == "text" else SIGMA)

    def entry(self, e: Entry) -> tuple[str, int]:
        part = self.spelling.parts.get(e.base)
        if e.base.op is SYM or part is not None:
            name = self.spelling.name(part or str(e.base.params[0]), self.form)
            return subscripted(name, e.at, self.form), ATOM
        if e.base.op is INDEX:
            return index_word(e.base), ATOM
        out = self.spelling.node(e.base, self.form, False)
        if e.at:
            return subscripted(out, e.at, self.form, whole=not e.base.args and e.base.op is not NUM), ATOM
        return out, (SUM if e.base.op.structural and e.base.args else ATOM)

    def delta(self, e: Delta) -> str:
        if self.form == "text":
            return f"eye({e.count})[{index_word(e.i)},{index_word(e.j)}]"
        return subscripted("δ" if self.form == "unicode" else r"\delta", (e.i, e.j), self.form)

    def function(self, e: Function) -> str:
        args = [self.text(a) for a in e.args]
        template = e.op.latex
        if self.form != "latex":
            return f"{e.op.text}({', '.join(args)})"
        if "{0}" in template:
            return self.spelling.filled(template, args)
        name = e.op.text.replace("_", r"\_")
        return rf"\operatorname{{{name}}}{self.brackets(', '.join(args))}"

    def plus(self, e: Plus) -> str:
        out = ""
        first = next((k for k, t in enumerate(e.terms) if split(t)[0] > 0), 0)
        for k, term in enumerate((e.terms[first], *e.terms[:first], *e.terms[first + 1 :])):
            value, core = split(term)
            body = self.closed(product(number(abs(value)), core), SIGMA)
            if k == 0:
                out = (self.minus if value < 0 else "") + body
            else:
                out += f" {self.minus if value < 0 else '+'} {body}"
        return out

    def sum(self, e: Sum) -> str:
        ranges, body = nest(e)
        inside = self.closed(body, SUM if self.form == "text" else SIGMA)
        plain = [not explicit(at, low, high, body) for at, (low, high) in ranges.items()]
        words = [index_word(at) for at in ranges]
        if self.form == "text":
            for at, (low, high), short in reversed(list(zip(words, ranges.values(), plain, strict=True))):
                inside = f"sum({at if short else f'{at}={low}..{high}'}, {inside})"
            return inside
        if all(plain) and self.form == "latex":
            return rf"\sum_{{{','.join(words)}}} {inside}"
        if all(plain) and all(w in BELOW for w in words):
            return f"Σ{''.join(BELOW[w] for w in words)} {inside}"
        marks = zip(words, ranges.values(), strict=True)
        if self.form == "latex":
            return " ".join(rf"\sum_{{{at}={low}}}^{{{high}}}" for at, (low, high) in marks) + f" {inside}"
        return " ".join(f"Σ_{{{at}={low}..{high}}}" for at, (low, high) in marks) + f" {inside}"

    # products and quotients

    def product(self, e: Index) -> tuple[str, int]:
        value, core = split(e)
        above, below = [], []
        for f in factors_of(core) if core != Number(Fraction(1)) else ():
            negative = isinstance(f, Power) and isinstance(f.exponent, Number) and f.exponent.value < 0
            if negative and isinstance(f, Power) and isinstance(f.exponent, Number):
                below.append(power(f.base, Number(-f.exponent.value)))
            else:
                above.append(f)
        sign = self.minus if value < 0 else ""
        value = abs(value)
        if below:
            out, binds = self.quotient(value, above, below), PRODUCT
        else:
            out, binds = self.factors(value, above)
            out = self.brackets(out) if sign and binds == SUM else out
        return sign + out, (SUM if sign else binds)

    def factors(self, value: Fraction, factors: list[Index]) -> tuple[str, int]:
        """A number and factors beside each other."""
        if len(factors) == 1 and value == 1:
            return self.single(factors[0])
        if not factors:
            return self.number(value), (ATOM if value.denominator == 1 else PRODUCT)
        found = [self.closed_factor(f, last=k == len(factors) - 1) for k, f in enumerate(factors)]
        if value != 1:
            found.insert(0, self.number(value))
        opens = self.form != "text" and isinstance(factors[-1], Sum)
        return self.joined(found, value != 1), (SIGMA if opens else PRODUCT)

    def joined(self, found: list[str], numbered: bool) -> str:
        if self.form == "text":
            return "*".join(found)
        if self.form == "latex":
            return " ".join(found)
        word = found[1:] and found[1][:2].isascii() and found[1][:2].isalpha() and len(found[1]) > 1
        close = numbered and found[0].isdigit() and found[1][0] not in "Σ√0123456789" and not word
        return ("" if close else " ").join([found[0], " ".join(found[1:])]) if found[1:] else found[0]

    def closed_factor(self, f: Index, last: bool) -> str:
        out, binds = self.single(f)
        return out if binds >= PRODUCT or (last and binds == SIGMA) else self.brackets(out)

    def single(self, f: Index) -> tuple[str, int]:
        return self.power(f) if isinstance(f, Power) else self.at(f)

    def quotient(self, value: Fraction, above: list[Index], below: list[Index]) -> str:
        if above and isinstance(above[-1], Sum) and all(_is_name(f) for f in below):
            front = self.quotient(value, [], below)
            front = self.brackets(front) if self.form == "unicode" else front
            body = self.factors(Fraction(1), above)
            return (
                front
                + ("*" if self.form == "text" else " ")
                + (body[0] if body[1] >= SIGMA else self.brackets(body[0]))
            )
        over = self.factors(Fraction(value.numerator), above)
        under = self.factors(Fraction(value.denominator), below)
        if self.form == "latex":
            return rf"\frac{{{over[0]}}}{{{under[0]}}}"
        top = over[0] if over[1] >= PRODUCT else self.brackets(over[0])
        bottom = under[0] if under[1] >= POSTFIX else self.brackets(under[0])
        return f"{top}/{bottom}"

    def number(self, value: Fraction) -> str:
        if value.denominator == 1:
            return str(value.numerator)
        if self.form == "latex":
            return rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
        return FRACTIONS.get(value, str(value)) if self.form == "unicode" else str(value)

    def power(self, e: Power) -> tuple[str, int]:
        if e.exponent == Number(HALF):
            inside = self.text(e.base)
            root = {"text": f"sqrt({inside})", "unicode": f"√({inside})", "latex": rf"\sqrt{{{inside}}}"}
            return root[self.form], ATOM
        base = self.closed(e.base, ATOM)
        exponent = self.text(e.exponent)
        if self.form == "latex":
            return f"{base}^{{{exponent}}}", POSTFIX
        if self.form == "unicode" and exponent.isdigit():
            return base + exponent.translate(RAISED), POSTFIX
        plain = exponent if exponent.isalnum() else f"({exponent})"
        return f"{base}^{plain}", POSTFIX


def _is_name(e: Index) -> bool:
    return isinstance(e, Entry) and not e.at and not e.base.args


def explicit(at: Node, low: Size, high: Size, body: Index) -> bool:
    """Whether the range must be said: no entry in the body has the letter along a side of that length."""
    if low is not ONE:
        return True
    for p in walk(body):
        if isinstance(p, Entry) and at in p.at:
            sides = [s for s in p.base.shape if s is not ONE]
            return sides[p.at.index(at)] is not high
        if isinstance(p, Delta) and at in (p.i, p.j):
            return p.count is not high
    return True
