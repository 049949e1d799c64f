"""What each relation of a derivation is: a declaration, a definition, an equation to solve, or steps to judge."""

from __future__ import annotations

import re
from collections.abc import Iterator

from closedform.judging.abstracts import abstract
from closedform.judging.cases import Case, case_of
from closedform.judging.chains import FUNCTIONS, Chain, Outline, is_zero, letters_of, stands_in_itself, used
from closedform.judging.document import Document
from closedform.judging.hypotheses import Supposed, first_step, is_value, on_manifold, opens, supposed_facts
from closedform.judging.names import NAME, bare, cleaned, is_differential
from closedform.judging.naming import between
from closedform.judging.prose import KEEP, bracketed_facts, covariances, facts, membership
from closedform.judging.ranges import is_range, with_family
from closedform.judging.relations import Member, Relation, without_distributions
from closedform.judging.solutions import ZERO_WORDS, is_solution, starred
from closedform.judging.updates import REASON as UPDATE
from closedform.judging.updates import is_updated
from closedform.judging.written import LIMIT

_APPLIED = re.compile(rf"(?P<name>{NAME})\s*\((?P<args>[^()]*)\)")
_MARK = r"(?:T|⊤|\\top|\\intercal|\\mathsf\s*\{?T\}?|\\rm\s*T|\\mathrm\{T\})"
_TURN = rf"(?:'|ᵀ|\^\s*(?:{_MARK}|\{{\s*{_MARK}\s*\}}))"
_TURNED = re.compile(rf"(?P<sign>-?)\s*(?P<name>{NAME})\s*{_TURN}")
_ORTHOGONAL = re.compile(rf"(?P<a>{NAME})\s*(?P<s>{_TURN})?\s*\*?\s*(?P<b>{NAME})\s*(?P<t>{_TURN})?")
_IDENTITY = re.compile(r"I(?:_\{?\w+\}?)?|\\mathbf\{?I\}?|\\mathbb\{?I\}?")
_SETS = re.compile(
    r"\b(?:let|define|denote|where|with|call|suppose|consider|put|for|given|write|abbreviate|introduce|setting"
    r"|substitut\w+)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\b(?:let|define|consider|suppose|given|function|problem|exercise|for)\b", re.IGNORECASE)
_OBJECTIVE = re.compile(
    r"\b(?:minimi[sz]\w*|maximi[sz]\w*|objective|function|loss|cost)(?:\s+(?:is|the|of))*\W*$", re.IGNORECASE
)
_GRADIENT = re.compile(r"\b(gradient|derivative|jacobian|hessian)\b", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:gradient|derivative|jacobian|hessian)\s*$", re.IGNORECASE)
"""Right before a formula, "and the Hessian X'X": it is said to be that; a lone name may be one that it is given."""
_SAYS = re.compile(
    r"(?:\bis|\bbecomes|\bequals|\bget|\bobtain|\bgives|\byields|\bbe|\bas|\bby)\W*$|:\s*$", re.IGNORECASE
)


def outlines(document: Document, where: str = "") -> Iterator[Outline]:
    """The derivations of a document: a new one begins where a name is defined anew."""
    present = _new(document, where)
    for relation in _with_gradients(document):
        if _redefines(present, relation):
            yield present
            present = _new(document, where)
        _place(present, relation)
    yield present


def _new(document: Document, where: str) -> Outline:
    out = Outline(document, [where] if where else [])
    out.where += document.families
    out.supposed, source = supposed_facts(document), document.source
    later = {(s.name, s.fact) for s in out.supposed}
    for name, fact in dict.fromkeys([*facts(document.said), *bracketed_facts(source), *covariances(source)]):
        if (name, fact) in later:
            fact = "square"
        if fact == "R":
            out.where.append(f"{name} in R")
        elif "×" in fact:
            out.where.append(f"{name} in R^({fact})")
        elif fact == "vector":
            if not re.match(r"[a-z](?![a-z])|\w+_", name):
                out.where.append(f"{name} is a vector")
        elif fact != "matrix":
            out.facts.setdefault(name, set()).add(fact)
    turned = re.findall(rf"(?<![\w\\.])([nmkpq]){_TURN}\s*[A-Za-z(\\]", document.source)
    out.where += [f"{p} is a vector" for p in dict.fromkeys(turned)]
    for relation in document.relations:
        if len(relation.members) == 1:
            declared = with_family(membership(relation.members[0].text), document.source)
            if declared and declared not in out.where:
                out.where.append(declared)
        _sign(out, relation)
    return out


def _sign(out: Outline, relation: Relation) -> None:
    """``\\lambda > 0``."""
    text = relation.members[0].text.strip() if len(relation.members) == 1 else ""
    found = re.fullmatch(rf"({NAME})\s*(>=?|\\geq?|\\gt)\s*0", text)
    if found:
        name = bare(found[1])
        base = name.partition("_")[0] if re.fullmatch(r"[A-Za-z]+_[i-t]", name) else name
        out.where.append(f"{base} {'>' if found[2] in ('>', chr(92) + 'gt') else '>='} 0")


def _with_gradients(document: Document) -> Iterator[Relation]:
    """Sentences such as "the gradient of f with respect to x is 2Ax" as relations; lone formulas are left out."""
    said, target, by, before, relations = "", "", "", "", document.relations
    functions = any(_defined(r)[0] in FUNCTIONS for r in relations if len(r.members) > 1)
    for relation in relations:
        relation.words, before = f"{before} {relation.words}".strip(), ""
        said = f"{said} {relation.words}" if len(relation.members) == 1 and relation.sign == "=" else relation.words
        if len(relation.members) != 1 or relation.sign != "=" or case_of(relation, document.source) is not None:
            yield relation
            said = target = by = ""
            continue
        text, words = relation.members[0].text, relation.words
        if is_differential(cleaned(text)):  # "vanishes for all dX if"
            before = words
            continue
        if _OBJECTIVE.search(words) and not functions:
            functions = True
            yield Relation([Member("f", relation.members[0].start), *relation.members], "let")
        elif re.search(r"(?:respect to|wrt|by|w\.r\.t\.?)\W*$", words, re.IGNORECASE) and bare(text):
            by = text
        elif re.search(r"\bof\W*$", words, re.IGNORECASE):
            target = text
        elif _GRADIENT.search(said) and (_SAYS.search(words) or (_NAMED.search(words) and not bare(cleaned(text)))):
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


_NO_ARGUMENT = re.compile(rf"\+|-(?!\s*\d)|\*|{_TURN}")
"""What stands in a factor in brackets, not in a list of arguments."""
_CONSTRAINT = re.compile(r"\b(?:such that|subject to|s\.t\.?)\W*$")
_NEAR = re.compile(r"\b(?:near|around|close to|neighbou?rhood of)\W*$")
"""What stands before a point that is spoken of, ``near t = 0``, and is no value of it."""
NO_FUNCTIONS = {"d", "\\nabla", "∇", "\\partial", "∂", "\\Delta"}


def _defined(relation: Relation) -> tuple[str, str]:
    """The name that the first member is, and its argument."""
    first = cleaned(relation.members[0].text).strip() if relation.members else ""
    if first in KEEP:
        return first, ""
    name = bare(first)
    if name:
        return ("", "") if is_differential(name) else (name, "")
    found = _APPLIED.fullmatch(first)
    if found is None or is_differential(bare(found["name"])) or found["name"].partition("_")[0] in NO_FUNCTIONS:
        return "", ""
    if _NO_ARGUMENT.search(found["args"]) or _CONSTRAINT.search(relation.words):
        return "", ""
    return bare(found["name"]), found["args"].strip()


def _elsewhere(out: Outline, relation: Relation) -> bool:
    """Whether a relation is no chain of equals: taken otherwise, or noted as one that is not judged."""
    if without_distributions(relation):
        return True
    if _updates(out, relation) or out.scope.take(relation, out.document, out.chains):
        return True
    if is_range(relation, out.document) or _NEAR.search(relation.words):
        return True
    if relation.sign != "=":
        if len(relation.members) > 1 and not _bound(relation):
            kind = "the inequality" if is_zero(relation.members[-1].text) else ""
            reason = f"{kind} {relation.sign} is not judged".strip()
            out.chains.append(Chain(relation.members, judged=False, reason=reason))
        return True
    if len(relation.members) < 2 or membership(" ".join(m.text for m in relation.members)) or _fact(out, relation):
        return True
    if _special(out, relation):
        return True
    if len(relation.members) > 1 and on_manifold(_sentence(out, relation), relation.members[0].text):
        out.chains.append(Chain(relation.members[:2], judged=False, reason="a gradient on a manifold is not judged"))
        relation.members, relation.words = relation.members[1:], ""
        return len(relation.members) < 2
    _order(relation)
    if len(relation.members) == 1:
        out.chains.append(Chain(relation.members, judged=False, reason="a limit is not judged"))
    return len(relation.members) < 2


def _sentence(out: Outline, relation: Relation) -> str:
    """What stands before a relation in its sentence."""
    before = out.document.source[: relation.members[0].start]
    return re.split(r"[.:]\s|\n\s*\n", before)[-1]


def _place(out: Outline, relation: Relation) -> None:
    if _elsewhere(out, relation):
        return
    _name_between(out, relation)
    name, argument = _defined(relation)
    after = bool(out.chains) and out.chains[-1].said and not is_zero(out.chains[-1].members[-1].text)
    if (after and _also(relation)) or _besides(out, relation, name):
        relation.words = "with"
    goes_on = after and not relation.words
    zero = ZERO_WORDS.search(relation.words) is not None
    said = not zero and (goes_on or _SETS.search(relation.words[-60:]) is not None)
    base = starred(relation.members[0].text)
    if _is_entry(out, name):
        name = ""
    _squared(out, relation)
    derivative = _stands_for_derivative(out, name, said)
    if derivative:
        first = relation.members[0]
        relation.members[0] = Member(derivative, first.start, first.text)
    chain = Chain(relation.members, words=relation.words, said=said)
    out.scope.attach(chain)
    end = relation.members[-1].start
    chain.facts = tuple((s.name, s.fact) for s in out.supposed if s.start < end or _beside(out, s.start, end))
    if derivative:
        if not stands_in_itself(name, relation, out.document.syntax) and name not in KEEP:
            out.defined[name] = chain
    elif base and used(out, base) and name not in out.defined and (not name or not used(out, name)):
        chain.solves, chain.defines = base, f"{base}_star" if not name or name == base else name
        out.defined[chain.defines] = chain
    elif name in abstract(out):
        _define(out, chain, f"{name}_0", argument)
    elif name and name not in out.defined and not stands_in_itself(name, relation, out.document.syntax):
        if is_solution(out, relation, name, said):
            chain.solves = name
        else:
            _define(out, chain, name, argument)
    elif name and stands_in_itself(name, relation, out.document.syntax):
        chain.updates = True
    out.chains.append(chain)


def _name_between(out: Outline, relation: Relation) -> None:
    r"""Take new names between equals signs, or at the end, as defined by what they equal: ``\hat\mu = \bar x = …``."""
    last = relation.members[-1]
    later = [r for r in out.document.relations if r.members and r.members[0].start > last.start]
    said = any(_defined(r)[0] == bare(last.text) for r in later)
    below = [] if said else [m.text for r in later for m in r.members]
    for name, member, body in between(out, relation, below):
        chain = Chain([Member(member.text, member.start), body], words="let", said=True)
        _define(out, chain, name, "")
        out.chains.append(chain)


def _beside(out: Outline, one: int, other: int) -> bool:
    return out.document.line(one) == out.document.line(other)


def _special(out: Outline, relation: Relation) -> bool:
    """Whether a relation gives a name a value for what follows alone: ``if B = I``, ``for λ = 0``."""
    name = bare(relation.members[0].text)
    begun = first_step(out.document) < relation.members[0].start
    goes_on = relation.words.strip() in ("and", "") and out.opened == out.document.line(relation.members[0].start)
    supposed = is_value(relation, used(out, name), begun) or (goes_on and len(relation.members) == 2)
    fresh = letters_of(relation.members[-1].text, out.document.syntax) - {"I"}
    if not name or name in out.defined or not supposed or not all(used(out, n) for n in fresh):
        return False
    out.opened = out.document.line(relation.members[0].start)
    text = " = ".join(cleaned(m.text) for m in relation.members)
    case = Case(text, name=name, value=cleaned(relation.members[1].text))
    return out.scope.suppose(case, relation, out.document, out.chains)


def _say(out: Outline, relation: Relation, name: str, fact: str) -> None:
    """Take up a fact, from the relation on where it is supposed there."""
    start = relation.members[0].start
    if opens(relation.words) and first_step(out.document) < start:
        out.supposed.append(Supposed(start, name, fact))
        line = out.opened = out.document.line(start)
        for chain in out.chains[-1:]:
            if out.document.line(chain.members[-1].start) == line:
                chain.facts = (*chain.facts, (name, fact))
        fact = "square"
    out.facts.setdefault(name, set()).add(fact)


def _is_entry(out: Outline, name: str) -> bool:
    r"""Whether ``p_k = …`` says something of an entry by which a derivative is taken before."""
    base, _, at = name.partition("_")
    if not re.fullmatch("[i-t]", at) or not used(out, base):
        return False
    by_it = rf"(?:\\partial|∂)\s*\\?{re.escape(base)}_\{{?{at}\}}?(?![A-Za-z])"
    return any(re.search(by_it, m.text) for c in out.chains for m in c.members)


def _squared(out: Outline, relation: Relation) -> None:
    r"""``\hat\sigma^2 = …`` as an equation for ``\sigma^2``."""
    first = relation.members[0]
    found = re.fullmatch(r"(?P<of>.*\S)\s*(?P<two>\^\s*(?:2|\{\s*2\s*\}))(?P<mark>\s*_\{?\w+\}?)?", cleaned(first.text))
    base = starred(found["of"] + (found["mark"] or "")) if found else ""
    if found and base and used(out, base) and bare(found["of"]) not in out.defined:
        spelled = f"\\{base}" if out.document.syntax == "latex" and len(base) > 1 else base
        relation.members[0] = Member(f"{spelled}^2", first.start, first.shown or first.text)


def _updates(out: Outline, relation: Relation) -> bool:
    """Steps of an algorithm that say so by their sign, or that are counted above."""
    first = cleaned(relation.members[0].text) if relation.members else ""
    found = len(relation.members) > 1 and is_updated(first, relation.sign)
    if found:
        out.chains.append(Chain(relation.members, judged=False, reason=UPDATE))
    return found


def _order(relation: Relation) -> None:
    """What is said to be zero comes first, zero last; limits, which are definitions, are left out."""
    if any(LIMIT.search(m.text) for m in relation.members):
        relation.members = [m for m in relation.members if not LIMIT.search(m.text)]
    first = relation.members[:1]
    while len(relation.members) > 1 and is_zero(relation.members[0].text):
        relation.members.pop(0)
    if first and first[0] not in relation.members:
        relation.members.append(first[0])


def _define(out: Outline, chain: Chain, name: str, argument: str) -> None:
    chain.defines = name
    out.defined[name] = chain
    if argument:
        typed = cleaned(chain.members[0].text).split("(")[0].strip()
        out.functions[typed if bare(typed) == name else name] = argument


def _also(relation: Relation) -> bool:
    """Whether it is supposed like what stands before ``and``: no derivative, which would be a step."""
    text = relation.members[0].text if relation.members else ""
    return relation.words.strip() in ("and", ",") and re.search(r"∇|\\nabla|∂|\\partial|\bd|grad|\\d\b", text) is None


_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def _besides(out: Outline, relation: Relation, name: str) -> bool:
    r"""Whether it stands behind a definition in its line and gives a number: ``p = …, \quad \sum_i y_i = 1``."""
    last, first = out.chains[-1] if out.chains else None, relation.members[0]
    if name or last is None or not last.defines or relation.words.strip(" .,&") or len(relation.members) != 2:
        return False
    number = cleaned(relation.members[1].text)
    beside = out.document.line(first.start) == out.document.line(last.members[-1].start)
    return beside and _NUMBER.fullmatch(number) is not None and not is_zero(number)


_FUNCTION_LIKE = r"(?:\\nabla|∇|\bgrad|\\partial|∂|(?<![A-Za-z])d)(?:_\{{?\\?\w+\}}?)?\s*(?:\^2|²)?\s*{name}(?![\w])"


def _stands_for_derivative(out: Outline, name: str, said: bool) -> str:
    """``H = …`` for the Hessian, ``J = …`` for the Jacobian, where they are no functions themselves."""
    sign = {"H": "∇^2 ?", "hess": "∇^2 ?", "Hess": "∇^2 ?", "J": "J ?", "grad": "∇ ?", "Grad": "∇ ?"}.get(name, "")
    if not sign or said or not out.defined or name in out.defined:
        return ""
    if name in KEEP:
        return sign
    function = rf"{_FUNCTION_LIKE.format(name=name)}|(?<![\w\\]){name}'\s*\("
    return "" if re.search(function, out.document.source) else sign


def _bound(relation: Relation) -> bool:
    """``x ≠ 0`` and the like, which are conditions."""
    return not relation.goes_on and all(len(m.text) < 12 for m in relation.members)


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
            _say(out, relation, name, "skew" if negative else "sym")
            return True
        if name and is_differential(name) and is_zero(texts[1]):
            out.constant.add(name[1:])
            return True
    sides = [re.fullmatch(r"(\\?[A-Za-z]+)_\{(\w)(\w)\}", text) for text in texts]
    if len(sides) == 2 and sides[0] and sides[1] and sides[0].groups() == tuple(sides[1][k] for k in (1, 3, 2)):
        name = sides[0][1].lstrip("\\")
        capital = re.search(rf"(?<![A-Za-z\\]){re.escape(name.upper())}(?![A-Za-z])", out.document.source)
        out.facts.setdefault(name.upper() if capital else name, set()).add("sym")
        return True
    product = _ORTHOGONAL.fullmatch(texts[0]) if _IDENTITY.fullmatch(texts[-1]) else None
    if product and bare(product["a"]) == bare(product["b"]) and (product["s"] is None) != (product["t"] is None):
        _say(out, relation, bare(product["a"]), "orth")
        return True
    return False


def _stripped(text: str) -> str:
    text = cleaned(text)
    if text.startswith("(") and text.count("(") > text.count(")"):
        text = text[1:]
    return text[:-1] if text.endswith(")") and text.count(")") > text.count("(") else text
