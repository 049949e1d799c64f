r"""Cases in which a line is said to hold: ``For j ≠ k``, ``(i = j)``, ``if a'x < 1``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from closedform.expr.node import Node, make
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import INDEX, SUMOVER, index, num
from closedform.judging.names import NAME, bare, cleaned
from closedform.judging.relations import Relation

if TYPE_CHECKING:
    from closedform.judging.atoms import Atom
    from closedform.judging.chains import Chain
    from closedform.judging.document import Document

_UNEQUAL = r"!=|≠|\\neq?(?![A-Za-z])"
_LESS = r"<=?|>=?|≤|≥|\\(?:leq?|geq?|lt|gt|leqslant|geqslant)(?![A-Za-z])"
_BETWEEN = re.compile(rf"(?P<a>[a-z])\s*(?P<sign>{_UNEQUAL}|{_LESS}|=)\s*(?P<b>[a-z])")
_SIGN = re.compile(rf"{_UNEQUAL}|{_LESS}")
_SAYS = re.compile(
    r"\b(?:for|if|when|whenever|where|wherever|provided(?: that)?|assum\w+(?: that)?|suppos\w+(?: that)?|case|unless"
    r"|as long as|in the case|on|with)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Case:
    """``text`` as written. ``letters`` are the indices that are ``equal`` or not; () where it says something else."""

    text: str
    letters: tuple[str, ...] = ()
    equal: bool = False
    whole: bool = True
    """Whether nothing more is said of the letters, as ``i < j`` does."""
    name: str = ""
    """What has the value ``value``, where that is what is said."""
    value: str = ""

    def within(self, left: Node, right: Node) -> list[tuple[Node, Node]]:
        """Two sides as they are in the case, at entries of each order; none where its indices do not stand in them."""
        here = {n.params[0] for n in postorder([left, right]) if n.op is INDEX}
        if not self.letters or not here.issuperset(self.letters):
            return []
        one, other = self.letters
        apart = [{one: num(a), other: num(b)} for a, b in ((1, 2), (3, 1))]
        every = [{one: index("at"), other: index("at")}] if self.equal else apart
        return [(_at(left, there), _at(right, there)) for there in every]

    def speaks_of(self, names: Iterable[str]) -> bool:
        """Whether one of the names stands in it."""
        return bool({bare(m.group()) for m in re.finditer(NAME, self.text)} & set(names))


def _at(node: Node, there: dict[str, Node]) -> Node:
    """The expression with something for its free indices; those of sums get names of their own."""

    def apart(n: Node, args: tuple[Node, ...]) -> Node | None:
        if n.op is not SUMOVER or n.params[0] not in there:
            return None
        own = f"{n.params[0]}_sum"
        return make(SUMOVER, (_put(args[0], {n.params[0]: index(own)}), *args[1:]), (own, *n.params[1:]), n.shape)

    return _put(rebuild(node, apart), there)


def _put(node: Node, there: dict[str, Node]) -> Node:
    return rebuild(node, lambda n, _: there.get(n.params[0]) if n.op is INDEX else None)


def case_of(relation: Relation, source: str) -> Case | None:
    """The case that a relation is, if it is one."""
    texts = [_stripped(m.text) for m in relation.members]
    text = f" {relation.sign} ".join(texts)
    bracketed = len(texts) == 1 and relation.members[0].text.strip().startswith("(")
    found = _BETWEEN.fullmatch(text)
    if found and found["a"] != found["b"] and all(_below(source, found[x]) for x in "ab"):
        if found["sign"] == "=" and not (bracketed or _SAYS.search(relation.words)):
            return None
        whole = re.fullmatch(_LESS, found["sign"]) is None
        return Case(text, (found["a"], found["b"]), found["sign"] == "=", whole)
    said = bracketed or not relation.words.strip() or _SAYS.search(relation.words)
    compared = _SIGN.fullmatch(relation.sign) or (len(texts) == 1 and _SIGN.search(text))
    if not said or not compared or _is_known(text):
        return None
    return Case(text)


def _stripped(text: str) -> str:
    text = cleaned(text)
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text


def _below(source: str, letter: str) -> bool:
    below = rf"_(?:{letter}(?![a-z])|\{{[^{{}}]*(?<![a-z]){letter}|[a-z]{letter}(?![a-z]))"
    return re.search(rf"{below}|\[[^\]]*{letter}[^\]]*\]", source) is not None


def _is_known(text: str) -> bool:
    r"""Whether it is declared, as ``λ > 0`` is, or holds of almost everything, as ``x ≠ 0``."""
    generic = re.search(rf"(?:{_UNEQUAL})\s*\S+$", text)
    return generic is not None or re.fullmatch(r"\S+\s*(?:>=?|≥|\\g\w+)\s*0", text) is not None


def implied_case(atom: Atom | None, found: Iterable[Atom]) -> list[Case]:
    r"""That ``\partial p_k/\partial z_j`` is for ``j ≠ k`` where ``\partial p_k/\partial z_k`` is written by itself."""
    base, _, at = (atom.by if atom is not None else "").partition("_")
    if atom is None or not re.fullmatch("[a-z]", at):
        return []
    beside = (o.by for o in found if o.of == atom.of and o.sign == atom.sign)
    others = (by.partition("_")[2] for by in beside if by.startswith(f"{base}_"))
    own = next((o for o in others if re.fullmatch("[a-z]", o) and o != at and _below(_indexed(atom.of), o)), "")
    return [Case(f"{at} ≠ {own}", (at, own))] if own else []


def _indexed(text: str) -> str:
    return re.sub(r"_([a-z])\b", r"_{\1}", text)


@dataclass
class Scope:
    """The cases in force while chains are placed: those said before chains, until something else is said."""

    present: tuple[Case, ...] = ()
    used: bool = False

    def take(self, relation: Relation, document: Document, chains: list[Chain]) -> bool:
        """Whether a relation is a case; it is of the chain before it in its line, or of those that follow."""
        case = case_of(relation, document.source) if relation.members and not relation.goes_on else None
        return case is not None and self.suppose(case, relation, document, chains)

    def suppose(self, case: Case, relation: Relation, document: Document, chains: list[Chain]) -> bool:
        """Take up a case that a relation is."""
        last = chains[-1] if chains else None
        line = document.line(relation.members[0].start)
        if last is not None and "." not in relation.words and document.line(last.members[-1].start) == line:
            last.cases = (*last.cases, case)
        elif not (case.letters or relation.words.strip()):
            return False
        else:
            kept = () if self.used else self.present
            self.present, self.used = (*kept, case), False
        return True

    def attach(self, chain: Chain) -> None:
        """Say of a new chain in which cases it is said to hold."""
        if self.used and "." in chain.words:
            self.present = tuple(case for case in self.present if case.letters)
        chain.cases, self.used = self.present, True
