"""The chains of a derivation and the names in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from closedform.judging.cases import Case, Scope
from closedform.judging.document import Document
from closedform.judging.hypotheses import Supposed
from closedform.judging.names import NAME, bare, cleaned
from closedform.judging.relations import Member, Relation
from closedform.judging.spans import close_of
from closedform.judging.written import constants_gone
from closedform.read.alphabet import SPELLED, canonical
from closedform.read.vocabulary import is_function

_ZERO = re.compile(r"0|\\(?:mathbf|boldsymbol|bm|vec)\s*\{?0\}?|\\mathbf0")

FUNCTIONS = ("f", "L", "g", "h", "J", "E", "phi", "ell", "F")
"""Names that functions to differentiate have more often than parts of them."""


@dataclass
class Chain:
    """Expressions said to be equal. ``defines`` is the name that the first is, where the chain defines it."""

    members: list[Member]
    defines: str = ""
    solves: str = ""
    """The variable that the chain says the value of, after an equation for it."""
    updates: bool = False
    """Whether the first is a name that stands in the second, as in ``x = x - g``."""
    judged: bool = True
    reason: str = ""
    words: str = ""
    said: bool = False
    cases: tuple[Case, ...] = ()
    """Those in which it is said to hold."""
    facts: tuple[tuple[str, str], ...] = ()
    """What is supposed of matrices where it stands, and not before."""


@dataclass
class Outline:
    """The chains of one derivation, its declarations, and the facts that hold of names."""

    document: Document
    where: list[str] = field(default_factory=list)
    facts: dict[str, set[str]] = field(default_factory=dict)
    chains: list[Chain] = field(default_factory=list)
    constant: set[str] = field(default_factory=set)
    defined: dict[str, Chain] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    scope: Scope = field(default_factory=Scope)
    supposed: list[Supposed] = field(default_factory=list)
    opened: int = 0
    """The last line in which something is supposed for what follows alone."""

    @property
    def function(self) -> str:
        """The function that the derivation is about."""
        own = [n for n, chain in self.defined.items() if chain.defines == n and not chain.solves]
        usual = next((n for n in own if n in FUNCTIONS or _LONG.fullmatch(n)), "")
        return usual or next((n for n in own if self._is_differentiated(n)), own[0] if own else "f")

    def _is_differentiated(self, name: str) -> bool:
        """Whether a line begins with its derivative."""
        sign = re.compile(rf"(?:\b[dD]|\\partial|∂|\\nabla|∇|\bgrad)\s*\\?{re.escape(name)}(?!\w)")
        return any(sign.search(cleaned(c.members[0].text)) for c in self.chains if not c.defines)


def is_zero(text: str) -> bool:
    return _ZERO.fullmatch(constants_gone(cleaned(text))) is not None


_LONG = re.compile(r"L_?[789]\d")
"""A name of several letters, put aside."""
_COMMANDS = re.compile(r"\\(?:operatorname|math\w+|text)\s*\{\w*\}|\\[A-Za-z]+|_(?:\w|\{[^{}]*\})")


def stands_in_itself(name: str, relation: Relation, syntax: str = "text") -> bool:
    """Whether the name stands in what it is said to be."""
    if syntax == "latex" and len(name) == 1:
        texts = (_COMMANDS.sub(" ", m.text) for m in relation.members[1:])
        bare_name = re.compile(rf"(?<!\bd){re.escape(name)}(?!')")
        applied = re.compile(rf"{re.escape(name)}\s*\(")
        return any(bare_name.search(t) and not applied.search(t) for t in texts)
    return any(re.search(rf"(?<![\w\\]){re.escape(name)}(?![\w])", m.text) for m in relation.members[1:])


def used(out: Outline, name: str) -> bool:
    return any(name in names_in(out, c) for c in out.chains)


def names_in(out: Outline, chain: Chain) -> set[str]:
    return {n for m in chain.members for n in letters_of(m.text, out.document.syntax)}


_WORD = re.compile(r"(?<![\w\\])[A-Za-z]{2,}(?!\w)")
SIGNS = {"grad", "Grad", "hess", "Hess"}
_RUN = re.compile(r"\\[A-Za-z]+|[^\W\d]\w*")


def letters_of(text: str, syntax: str) -> set[str]:
    """The names in a formula; of letters that run together, each."""
    text = _WORD.sub(lambda m: " " if is_function(m.group()) or m.group() in SIGNS else m.group(), text)
    found = {bare(m.group()) for m in re.finditer(NAME, text)}
    for m in _RUN.finditer(text):
        word = m.group()
        if word[0] == "\\":
            continue
        if syntax == "latex" or (word.isalpha() and not is_function(word) and canonical(word) not in SPELLED):
            found |= set(word)
        found.add(word)
    return found - {"", "d", "T"} - {n for n in found if is_function(n)}


def as_defined(out: Outline, chain: Chain, name: str) -> str:
    """What a name that is not defined stands for, where a function of it tells: ``softmax(z)``."""
    texts = [m.text for c in out.chains for m in c.members if m.start < chain.members[0].start]
    line = " ".join(m.text for m in chain.members)
    for found in re.finditer(rf"(\\?[A-Za-z]{{2,}})\s*\(\s*\\?{re.escape(name)}\s*\)", line):
        for text in texts:
            at = text.find(f"{found[1]}(")
            if at >= 0:
                opens = at + len(found[1])
                return f"; define {name} = {text[opens + 1 : close_of(text, opens) - 1]}"
    return f"; define {name} before"
