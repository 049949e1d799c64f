"""What each relation of a derivation is: a declaration, a definition, an equation to solve, or steps to judge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from closedform.judging.atoms import NAME, Atom, Atoms, bare, cleaned, is_differential
from closedform.judging.document import Document, Member, Relation
from closedform.judging.prose import facts, membership

_APPLIED = re.compile(rf"(?P<name>{NAME})\s*\((?P<args>[^()]*)\)")
_MARK = r"(?:T|⊤|\\top|\\intercal|\\mathsf\s*\{?T\}?|\\rm\s*T|\\mathrm\{T\})"
_TURN = rf"(?:'|ᵀ|\^\s*(?:{_MARK}|\{{\s*{_MARK}\s*\}}))"
_TURNED = re.compile(rf"(?P<sign>-?)\s*(?P<name>{NAME})\s*{_TURN}")
_ORTHOGONAL = re.compile(rf"(?P<a>{NAME})\s*(?P<s>{_TURN})?\s*\*?\s*(?P<b>{NAME})\s*(?P<t>{_TURN})?")
_ZERO = re.compile(r"0|\\(?:mathbf|boldsymbol|bm|vec)\s*\{?0\}?|\\mathbf0")
_IDENTITY = re.compile(r"I(?:_\{?\w+\}?)?|\\mathbf\{?I\}?|\\mathbb\{?I\}?")
_SETS = re.compile(
    r"\b(?:let|define|denote|where|with|call|suppose|consider|put|for|given|write|abbreviate|introduce|setting"
    r"|substitut\w+)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\b(?:let|define|consider|suppose|given|function|problem|exercise|for)\b", re.IGNORECASE)
_GRADIENT = re.compile(r"\b(gradient|derivative|jacobian|hessian)\b", re.IGNORECASE)
_SAYS = re.compile(r"(?:\bis|\bbecomes|\bequals|\bget|\bobtain|\bgives|\byields|\bbe|\bas|\bby)\W*$", re.IGNORECASE)


@dataclass
class Chain:
    """Expressions said to be equal. ``defines`` is the name that the first is, where the chain defines it."""

    members: list[Member]
    defines: str = ""
    judged: bool = True
    reason: str = ""
    words: str = ""
    said: bool = False


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


def outlines(document: Document, where: str = "") -> Iterator[Outline]:
    """The derivations of a document: a new one begins where a name is defined anew."""
    present = _new(document, where)
    for relation in _with_gradients(document.relations):
        if _redefines(present, relation):
            yield present
            present = _new(document, where)
        _place(present, relation)
    yield present


def _new(document: Document, where: str) -> Outline:
    out = Outline(document, [where] if where else [])
    out.where += document.families
    for name, fact in facts(document.said):
        if fact == "R":
            out.where.append(f"{name} in R")
        elif "×" in fact:
            out.where.append(f"{name} in R^({fact})")
        elif fact not in ("vector", "matrix"):
            out.facts.setdefault(name, set()).add(fact)
    for relation in document.relations:
        if len(relation.members) == 1:
            declared = membership(relation.members[0].text)
            if declared and declared not in out.where:
                out.where.append(declared)
        _sign(out, relation)
    return out


def _sign(out: Outline, relation: Relation) -> None:
    """``\\lambda > 0``."""
    text = relation.members[0].text.strip() if len(relation.members) == 1 else ""
    found = re.fullmatch(rf"({NAME})\s*(>=?|\\geq?|\\gt)\s*0", text)
    if found:
        out.where.append(f"{bare(found[1])} {'>' if found[2] in ('>', chr(92) + 'gt') else '>='} 0")


def _with_gradients(relations: list[Relation]) -> Iterator[Relation]:
    """Sentences such as "the gradient of f with respect to x is 2Ax" as relations; lone formulas are left out."""
    said, target, by = "", "", ""
    for relation in relations:
        said = f"{said} {relation.words}" if len(relation.members) == 1 and relation.sign == "=" else relation.words
        if len(relation.members) != 1 or relation.sign != "=":
            yield relation
            said = target = by = ""
            continue
        text = relation.members[0].text
        words = relation.words
        if re.search(r"(?:respect to|wrt|by|w\.r\.t\.?)\W*$", words, re.IGNORECASE) and bare(text):
            by = text
        elif re.search(r"\bof\W*$", words, re.IGNORECASE):
            target = text
        elif _GRADIENT.search(said) and _SAYS.search(words):
            kind = _GRADIENT.findall(said)[-1].lower()
            left = Member(_written(kind, target, by), relation.members[0].start, f"the {kind}")
            yield Relation([left, *relation.members], said)
            said = target = by = ""


def _written(kind: str, target: str, by: str) -> str:
    if kind == "jacobian" and not target:
        return f"J{f'_{{{by}}}' if by else ''} ?"
    two = "^2" if kind == "hessian" else ""
    mark = f"_{{{by}}}" if by else ""
    return f"∇{two}{mark} ({target})" if target else f"∇{two}{mark} ?"


def _redefines(present: Outline, relation: Relation) -> bool:
    name, _ = _defined(relation)
    return bool(name) and name in present.defined and _AGAIN.search(relation.words) is not None


def _defined(relation: Relation) -> tuple[str, str]:
    """The name that the first member is, and its argument."""
    first = cleaned(relation.members[0].text) if relation.members else ""
    name = bare(first)
    if name:
        return ("", "") if is_differential(name) else (name, "")
    found = _APPLIED.fullmatch(first)
    if found is None or is_differential(bare(found["name"])) or found["name"] == "d":
        return "", ""
    return bare(found["name"]), found["args"].strip()


def _place(out: Outline, relation: Relation) -> None:
    if relation.sign != "=":
        if len(relation.members) > 1 and not _bound(relation):
            out.chains.append(Chain(relation.members, judged=False, reason=f"{relation.sign} is not judged"))
        return
    if len(relation.members) < 2 or membership(" ".join(m.text for m in relation.members)) or _fact(out, relation):
        return
    name, argument = _defined(relation)
    goes_on = not relation.words and bool(out.chains) and out.chains[-1].said
    said = goes_on or _SETS.search(relation.words[-60:]) is not None
    if name in ("H", "J") and not said and out.defined and name not in out.defined:
        sign = "∇^2 ?" if name == "H" else "J ?"
        relation.members[0] = Member(sign, relation.members[0].start, relation.members[0].text)
        name = ""
    chain = Chain(relation.members, words=relation.words, said=said)
    solved = _solving(out) or _solved(out, name) or _stationary(out, relation, name)
    if name and name not in out.defined and not (solved and not said) and not _own(name, relation):
        chain.defines = name
        out.defined[name] = chain
        if argument:
            out.functions[cleaned(relation.members[0].text).split("(")[0].strip()] = argument
    out.chains.append(chain)


def _bound(relation: Relation) -> bool:
    """``x ≠ 0`` and the like, which are conditions."""
    return not relation.goes_on and all(len(m.text) < 12 for m in relation.members)


def _own(name: str, relation: Relation) -> bool:
    """Whether the name stands in what it is said to be."""
    return any(re.search(rf"(?<![\w\\]){re.escape(name)}(?![\w])", m.text) for m in relation.members[1:])


def _solving(out: Outline) -> bool:
    return any(is_zero(c.members[-1].text) for c in out.chains)


def _stationary(out: Outline, relation: Relation, name: str) -> bool:
    """ "which vanishes at mu = x" of a name that has been used."""
    return ZERO_WORDS.search(relation.words) is not None and _used(out, name)


def _used(out: Outline, name: str) -> bool:
    used = rf"(?<![\w\\]){re.escape(name)}(?!\w)|\\{re.escape(name)}\b"
    return any(re.search(used, m.text) for c in out.chains for m in c.members)


def _solved(out: Outline, name: str) -> bool:
    """Whether a name that an equation is solved for, rather than one that is defined, has been used before."""
    before = _used(out, name)
    differential = re.search(rf"(?<![A-Za-z])d\s*(?:\\math\w+\s*\{{)?\\?{re.escape(name)}(?!\w)", out.document.source)
    words = " ".join(c.words for c in out.chains)
    last = out.chains[-1] if out.chains else None
    equation = last is not None and not last.defines and ZERO_WORDS.search(words) is not None
    return before and differential is None and equation


ZERO_WORDS = re.compile(r"\b(?:zero|vanish\w*|stationar\w*|optim\w*|minimi\w*|maximi\w*|solv\w*|normal equations?)\b")


def is_zero(text: str) -> bool:
    return _ZERO.fullmatch(cleaned(text)) is not None


def _fact(out: Outline, relation: Relation) -> bool:
    """``A = A'``, ``Q'Q = I``, ``dA = 0``: what is said of a name."""
    texts = [_stripped(m.text) for m in relation.members]
    if len(texts) == 2:
        name = bare(texts[0])
        turned = _TURNED.fullmatch(texts[1])
        if turned is None and bare(texts[1]):
            name, turned = bare(texts[1]), _TURNED.fullmatch(texts[0].lstrip("-"))
        if name and turned is not None and bare(turned["name"]) == name:
            negative = turned["sign"] or texts[0].startswith("-") or texts[1].startswith("-")
            out.facts.setdefault(name, set()).add("skew" if negative else "sym")
            return True
        if name and is_differential(name) and is_zero(texts[1]):
            out.constant.add(name[1:])
            return True
    product = _ORTHOGONAL.fullmatch(texts[0]) if _IDENTITY.fullmatch(texts[-1]) else None
    if product and bare(product["a"]) == bare(product["b"]) and (product["s"] is None) != (product["t"] is None):
        out.facts.setdefault(bare(product["a"]), set()).add("orth")
        return True
    return False


def _stripped(text: str) -> str:
    text = cleaned(text)
    if text.startswith("(") and text.count("(") > text.count(")"):
        text = text[1:]
    return text[:-1] if text.endswith(")") and text.count(")") > text.count("(") else text


def hessian_or_gradient(text: str, function: str, atoms: Atoms) -> str:
    """``∇ ?``, the gradient of the function that the derivation is about."""
    if not text.rstrip().endswith("?"):
        return text
    order = 2 if "^2" in text else 1
    found = re.search(r"_\{(.*?)\}", text)
    return atoms.typed(Atom("jacobian" if "J" in text else "nabla", function, bare(found[1]) if found else "", order))
