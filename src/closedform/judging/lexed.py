"""The expressions of a derivation as texts in which derivatives have names, and as the signs of those texts."""

from __future__ import annotations

import re

from closedform.errors import ClosedformError
from closedform.judging.abstracts import abstract, hessian_or_gradient, of_number
from closedform.judging.applied import put_in
from closedform.judging.atoms import Atom, Atoms
from closedform.judging.book import same
from closedform.judging.chains import FUNCTIONS, Chain, Outline
from closedform.judging.components import (
    defined_entries,
    free_letters,
    index_letters,
    sums_by_convention,
    with_definitions,
    with_diagonals,
    with_entries,
    with_sums,
)
from closedform.judging.names import NAME, bare, cleaned, is_differential
from closedform.judging.ranges import counted, with_ends
from closedform.judging.reading import Shared, check_length, limited
from closedform.judging.relations import Member
from closedform.judging.rows import rows_of, with_rows
from closedform.judging.solutions import plain_stars
from closedform.judging.spans import derivative_of_all
from closedform.judging.text_sums import summed, with_brackets, with_calls
from closedform.judging.typed import apart, ones_stand, slopes_of, typed, with_ones
from closedform.read.lexer import Tokens
from closedform.read.vocabulary import APPLIED

_VARIATION = re.compile(r"(?:\\delta(?![A-Za-z])|δ)\s*\\?[A-Za-z]+(?:\([^()]*\))?\s*&?=")


GIVEN_GRADIENT = "a gradient that is given, of a function that depends on all else through what it is by"
_LONE_GRADIENT = re.compile(r"\b[Gg]rad\b(?!\s*[\w_(?[])")
_ROW_BY_BRACKET = re.compile(r"(?<!\w)([A-Za-z]\w*)'\s*\(")
_RUN_TOGETHER = re.compile(r"(?<=[A-Z])([a-z])(?![A-Za-z]|\s*[_({])")
"""The ``y`` of ``Ay``."""


class Lexed:
    """Texts, signs, and what could not be lexed, each by the ``id`` of the member it is of."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        source, syntax = outline.document.source, outline.document.syntax
        self.atoms = Atoms(syntax, dict(outline.functions))
        self.atoms.bodies = self._bodies()
        self.atoms.known = set(outline.defined) | abstract(outline)
        self.atoms.variations = _VARIATION.search(source) is not None
        self._rows = rows_of(source)
        self._ends, self._ones = counted(source), ones_stand(source)
        self._numbered = re.search(r"[α-ω][02-9]", source) is not None
        self._free = free_letters(source, syntax)
        self._summing = sums_by_convention(source)
        texts = {n: c.members[1].text for n, c in outline.defined.items() if c.defines == n}
        self._entries = {n: (at, self._entry_body(body)) for n, (at, body) in defined_entries(texts).items()}
        wholes = self._whole_vectors()
        self.shared = Shared(syntax, ", ".join(dict.fromkeys(outline.where)))
        self.shared.reserved = frozenset(self._free | index_letters(source))
        self.shared.fixed = frozenset(self._free | {at for at, _ in self._entries.values()})
        self.shared.declared |= outline.defined.keys()
        self.texts: dict[int, str] = {}
        self.tokens: dict[int, Tokens] = {}
        self.wholes: dict[int, str] = {}
        """What is said where a derivative is one of all that stands behind it."""
        self.problems: dict[int, ClosedformError] = {}
        for chain in outline.chains:
            if chain.judged:
                self._derive_primes(chain)
                for member in chain.members[1 if chain.defines else 0 :]:
                    self._lex(member)
        for whole in wholes:
            self._lex(whole)
        self._implied()
        for chain in outline.chains:
            self._given_gradient(chain)

    # -- what is asked of them
    def lone_name(self, member: Member) -> str:
        """The sign that an expression is, where it is one alone: a name, a derivative; "" where it is more."""
        tokens = self.tokens.get(id(member))
        return tokens.tokens[0].text if tokens is not None and len(tokens.tokens) == 2 else ""

    def names(self, member: Member) -> list[str]:
        tokens = self.tokens.get(id(member))
        return [t.text for t in tokens.tokens if t.kind == "name"] if tokens is not None else []

    def derivatives(self, tokens: Tokens) -> list[str]:
        """The names of gradients and Jacobians in an expression."""
        return [t.text for t in tokens.tokens if t.text in self.atoms.found and self.atoms.found[t.text].sign != "d"]

    def derived(self, member: Member) -> bool:
        """Whether a derivative or a differential stands in an expression."""
        found = self.atoms.found
        return any(n in found or n.removeprefix("d") in found or is_differential(n) for n in self.names(member))

    # -- from what was written to texts
    def _whole_vectors(self) -> list[Member]:
        """A name that stands alone is the vector of the entries that were defined: ``p_i = …``, then ``p``."""
        wholes = list[Member]()
        texts = [m.text for chain in self.outline.chains for m in chain.members]
        for name, (index, body) in self._entries.items():
            alone = re.compile(rf"(?<![A-Za-z\\])(?:{NAME})(?!\s*[_({{])")
            names = {bare(m.group()) for t in texts for m in alone.finditer(t)}
            names |= {m[1] for t in texts for m in _RUN_TOGETHER.finditer(re.sub(r"\\[A-Za-z]+", " ", t))}
            if name in names - self.outline.defined.keys():
                start = self.outline.defined[f"{name}_{index}"].members[1].start
                latex = self.outline.document.syntax == "latex"
                typeset = rf"\sum_{{{index}}} \left({body}\right) I_{{:,{index}}}"
                whole = Member(typeset if latex else f"sum({index}, ({body})*I[:,{index}])", start)
                self.outline.defined[name] = Chain([Member(name, start), whole], defines=name)
                wholes.append(whole)
        return wholes

    def _bodies(self) -> dict[str, str]:
        """The text of each function of one argument that the derivation defines."""
        out = {}
        for spelled, argument in self.outline.functions.items():
            chain, name = self.outline.defined.get(bare(spelled)), bare(spelled)
            if chain is not None and re.fullmatch(NAME, argument):
                usual = self._usual(name, chain, argument)
                out[spelled] = usual or cleaned(chain.members[1].text)
                if usual:
                    self.atoms.usual.add(spelled)
        return out

    def _usual(self, name: str, chain: Chain, argument: str) -> str:
        r"""``sigmoid(t)`` where ``\sigma(t) = 1/(1 + e^{-t})`` says what the letter stands for by habit; else ""."""
        if name not in APPLIED:
            return ""
        latex = self.outline.document.syntax == "latex"
        shared = Shared(self.outline.document.syntax, f"{bare(argument)} in R")
        usual = f"\\operatorname{{{APPLIED[name]}}}({argument})" if latex else f"{APPLIED[name]}({argument})"
        try:
            return usual if same(shared.node(cleaned(chain.members[1].text)), shared.node(usual)) else ""
        except ClosedformError:
            return ""

    def _derive_primes(self, chain: Chain) -> None:
        """In a chain that begins with ``G'(v)``, a prime of what was defined before is its derivative by v."""
        first = cleaned(chain.members[0].text)
        by = next((x for f, x in self.outline.functions.items() if first.startswith(f"{f}'({x})")), "")
        for member in chain.members[1:] if by else []:
            text = self._with_primes(member.text, by)
            member.shown, member.text = member.shown or member.text, text

    def _with_primes(self, text: str, by: str) -> str:
        """``N' D - N D'`` with the derivatives of numbers that were defined before."""
        latex = self.outline.document.syntax == "latex"
        names = self.outline.defined.keys() - {bare(f) for f in self.outline.functions}

        def slope(found: re.Match[str]) -> str:
            name = found["name"]
            if name not in names:
                return found.group()
            return rf"\frac{{\partial {name}}}{{\partial {by}}}" if latex else f"(∂{name}/∂{by})"

        alone = "" if latex else r"(?<!\w)"
        return re.sub(rf"\\[A-Za-z]+|{alone}(?P<name>[A-Za-z])'(?!\s*[('])", slope, text)

    def _lex(self, member: Member) -> None:
        try:
            check_length(member.text)
            syntax = self.outline.document.syntax
            text = with_ones(member.text, syntax, self._numbered) if self._ones else member.text
            text = typed(plain_stars(text, set(self.outline.defined), syntax), syntax)
            text = with_ends(text, self._ends, syntax)
            for name in abstract(self.outline):
                argument = self.outline.functions.get(f"{name}_0", "")
                text = apart(text, name, f"{name}_0" in self.outline.defined, argument)
                text = slopes_of(text, name) if of_number(self.outline, name) else text
            text = with_rows(text, self._rows, syntax) if syntax == "latex" else self._with_calls(member, text)
            text = self._own_argument(member, text)
            text = with_sums(text) if self._summing else text
            if syntax == "latex":
                text = with_definitions(text, self._entries, self.outline.defined.keys(), self._free)
            text = with_entries(text, self._free, self.outline.defined.keys(), syntax)
            text = text if syntax == "latex" else _LONE_GRADIENT.sub(f"(∇({self.outline.function}))", text)
            text = hessian_or_gradient(text, self.outline.function, self.atoms)
            self.texts[id(member)] = self._rows_multiplied(self.atoms.replaced(text))
            self.tokens[id(member)] = limited(self.shared.tokens(self.texts[id(member)]))
            whole = derivative_of_all(text)
            if whole:
                self.wholes[id(member)] = self.atoms.replaced(whole)
        except ClosedformError as error:
            self.problems[id(member)] = error

    def _rows_multiplied(self, text: str) -> str:
        """``a'(X w - b)`` as a product, where nothing is said of a function a."""
        if self.outline.document.syntax == "latex":
            return text
        source, known = self.outline.document.source, abstract(self.outline)

        def times(found: re.Match[str]) -> str:
            applied = re.search(rf"(?<!\w){found[1]}\s*\(", source) is not None or found[1] in known
            return found.group() if applied else f"{found[1]}'*("

        return _ROW_BY_BRACKET.sub(times, text)

    def with_diagonals(self, text: str) -> str:
        """The text with ``diag(p_i)`` as the matrix of the vector p, its entries written out."""
        own, letters = self.outline.defined.keys(), {at for at, _ in self._entries.values()}
        syntax = self.outline.document.syntax
        text = with_diagonals(with_definitions(text, self._entries, own, letters), syntax)
        return text if syntax == "latex" else with_rows(with_brackets(text, summed(text), own), self._rows, syntax)

    def _entry_body(self, body: str) -> str:
        """What entries are defined to be, as it is put in for one of them."""
        latex = self.outline.document.syntax == "latex"
        return with_rows(body, self._rows, "latex") if latex else with_calls(typed(body, "text"))

    def _with_calls(self, member: Member, text: str) -> str:
        """A text with its sums as calls, and with brackets around what indexes."""
        own = self.outline.defined
        text = with_definitions(with_calls(text), self._entries, own.keys(), self._free)
        text = re.sub(r"_\{([a-z])\}", r"_\1", text)
        at = {n.partition("_")[2] for n, c in own.items() if c.members[1] is member}
        at &= {index for index, _ in self._entries.values()}
        return with_rows(with_brackets(text, summed(text) | at | self._free, own.keys()), self._rows, "text")

    def _own_argument(self, member: Member, text: str) -> str:
        """The body of ``h(x) = …`` with a name of its own for x, where h is taken of members of a family x."""
        for typed_name, argument in self.outline.functions.items():
            chain = self.outline.defined.get(bare(typed_name))
            if chain is None or chain.members[1] is not member or not re.fullmatch(NAME, argument):
                continue
            member_of = rf"{re.escape(typed_name)}\s*\(\s*{re.escape(argument)}(?:\s*\^\s*\{{\(|_\{{?i\b|\[i\])"
            if re.search(member_of, self.outline.document.source):
                own = f"{argument}_{{arg}}" if self.outline.document.syntax == "latex" else f"{bare(argument)}_arg"
                return put_in(text, argument, own, self.outline.document.syntax)
        return text

    # -- what is said of functions by their derivatives alone
    def _implied(self) -> None:
        r"""``\partial J/\partial x = \frac{\partial}{\partial x}(…)`` says what J is, where nothing else does."""
        for chain in self.outline.chains:
            sides = [self._lone_atom(m) for m in chain.members[:2]] if chain.judged and not chain.defines else []
            if len(sides) < 2 or sides[1] is None:
                continue
            if sides[0] is None and sides[1].sign == "d":
                sides[0] = self._differential(chain.members[0])
            if sides[0] is None or sides[0].by != sides[1].by or (sides[0].sign == "d") != (sides[1].sign == "d"):
                continue
            name, body = bare(sides[0].of), Member(sides[1].of, chain.members[1].start)
            if name and name not in self.outline.defined and not bare(body.text) and sides[0].order == sides[1].order:
                self.outline.defined[name] = Chain([chain.members[0], body], defines=name)
                self.shared.declared.add(name)
                self._lex(body)

    def _given_gradient(self, chain: Chain) -> None:
        r"""``G = \partial λ/\partial Y`` of a λ that nothing is said of: to first order it is ``G : Y``."""
        if not chain.judged or not chain.defines or len(chain.members) != 2:
            return
        atom = self._lone_atom(chain.members[1])
        name = bare(atom.of) if atom is not None and atom.sign == "partial" and atom.order == 1 else ""
        if atom is None or not name or name in self.outline.defined or not bare(atom.by):
            return
        if any(a.order == 2 for a in self.atoms.found.values()) or self._said_again(chain, atom):
            return
        body = Member(f"{chain.members[0].text.strip()} : {atom.by}", chain.members[1].start)
        del self.outline.defined[chain.defines]
        self.outline.defined[name] = Chain([chain.members[0], body], defines=name)
        self.shared.declared = (self.shared.declared | {name}) - {chain.defines}
        chain.judged, chain.reason = False, GIVEN_GRADIENT
        self._lex(body)

    def _said_again(self, chain: Chain, atom: Atom) -> bool:
        """Whether another chain says what a gradient is, or it moves."""
        others = [c for c in self.outline.chains if c is not chain]
        begun = {self.lone_name(m) for c in others for m in (c.members if c.defines else c.members[:1])}
        atoms = [a for n in begun if (a := self.atoms.found.get(n)) is not None]
        moves = {n for c in others for m in c.members for n in self.names(m)}
        again = any((bare(a.of), bare(a.by)) == (bare(atom.of), bare(atom.by)) for a in atoms)
        defined = any(chain.defines in (c.defines, bare(c.members[0].text)) for c in others)
        return again or defined or f"d{chain.defines}" in moves

    def _lone_atom(self, member: Member) -> Atom | None:
        name = self.lone_name(member)
        return self.atoms.found.get(name) or self.atoms.found.get(name.removeprefix("d"))

    def _differential(self, member: Member) -> Atom | None:
        """``df`` of a name that nothing is said of."""
        name = self.lone_name(member)
        return Atom("d", name[1:]) if is_differential(name) and name[1:] in FUNCTIONS else None
