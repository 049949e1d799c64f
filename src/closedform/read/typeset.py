r"""The door for LaTeX: a formula with its declarations as the tokens the parser reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from closedform.errors import ClosedformError, ReadError
from closedform.read.alphabet import canonical
from closedform.read.declarations import Declarations, declare_all
from closedform.read.latex import Translator
from closedform.read.latex_dots import listed
from closedform.read.latex_layers import with_layers
from closedform.read.latex_lexer import Lexer
from closedform.read.latex_names import Known, argument, index_items, turns
from closedform.read.latex_prefix import defines, holds_derivative, said_behind, stop, whole, with_for
from closedform.read.latex_prefix import notes as left_out
from closedform.read.latex_primes import has_primes as has_primes
from closedform.read.latex_primes import without_primes
from closedform.read.latex_rewrites import Point, at_point, put_to
from closedform.read.latex_scripts import member
from closedform.read.latex_signs import Sign, Signs
from closedform.read.lexer import Token, Tokens, lex
from closedform.read.said import DEFINITE, SPOKEN, equation_fact
from closedform.read.vocabulary import INDEX_LETTERS

WHERE = {"where", "with"}
SPACES = {"S": "Sym"}


def lex_latex(
    source: str, where: str, primed: bool = False, fixed: frozenset[str] = frozenset()
) -> tuple[Tokens, Tokens]:
    """The tokens of a formula and of its declarations; these may be LaTeX or text.

    ``primed``: the prime of a name makes another name of it.
    """
    where = plain_names(where)
    signs, layers = with_layers(source, Lexer(without_primes(source)).read(), where)
    known = Known(primed=primed, fixed=fixed)
    left = Known()
    left.scan(signs, _where(signs))
    start = whole(source, signs, _where(signs), left).start
    given = Lexer(where).read() if "\\" in where else None
    plain = lex(where) if given is None else None
    if plain is not None and len(plain.tokens) > 1:
        said = Declarations(ranges=dict.fromkeys(INDEX_LETTERS, "members"))
        declare_all(plain, 0, said)
        known.add(said)
    split = _where(signs)
    known.scan(signs, split, start)
    over, constrained = stop(signs, split)
    point = at_point(signs, over)
    found = whole(source, signs, point.bar if point else over, known, constrained)
    if point and (found.derivative or holds_derivative(signs, point.bar)):
        raise _derivative_at(source, signs, point)
    parts = [(source, signs, split + 1)] if split < len(signs) - 1 else []
    if given is not None:
        parts.append((where, given, 0))
    for text, all_signs, first in parts:  # once for what is declared
        said = Declarations(ranges=dict.fromkeys(INDEX_LETTERS, "members"))
        declare_all(_declared(text, all_signs, first, known), 0, said)
        known.add(said)
    main = Translator(source, signs, known, found.start, found.end)
    tokens = main.run()
    stand = {token.text for token in tokens}
    own = [note for name, note in layers.items() if name in stand]
    notes, upright = [*own, *main.notes, *left_out(source, signs, found)], set(main.upright)
    notes += _omitted(constrained, said_behind(source, signs, over, split))
    if point:
        value = Translator(source, signs, known, point.first, point.last)
        tokens = _at(point, tokens, value)
        notes += value.notes
        upright |= value.upright
    tokens += _ending(source, signs, split, known, upright)
    shapes = map(frozenset, (main.bold, main.arrows, main.rows))
    formula = Tokens(source, tokens, tuple(notes), frozenset(upright), True, *shapes)
    if plain is None:
        assert given is not None
        plain = _declared(where, given, 0, known)
    return formula, plain


def _omitted(constrained: bool, behind: str) -> Iterator[str]:
    """Notes on what stands behind the formula."""
    if constrained:
        yield "The constraints are left out: what is minimised or maximised is read."
    if behind:
        yield f"What follows is left out: {behind}."


def _ending(source: str, signs: Signs, split: int, known: Known, upright: set[str]) -> list[Token]:
    """The tokens from the word ``where`` on, or the end."""
    if split >= len(signs) - 1:
        return [Token("end", "", len(source), len(source), 1)]
    inner = _declared(source, signs, split + 1, known)
    upright |= inner.upright
    return [Token("op", "where", signs[split].start, signs[split].end, 1), *inner.tokens]


def _derivative_at(source: str, signs: Signs, point: Point) -> ReadError:
    hint = "Leave the derivative and the point out, ask for the derivative, and give it the values."
    return ReadError("a derivative at a point is not read", span=_span(signs, point), source=source, hint=hint)


def _at(point: Point, tokens: list[Token], value: Translator) -> list[Token]:
    """A formula with the value of the variable put in its place."""
    put, name = value.run(), point.name.text
    if all(t.kind != "name" for t in put) and name not in value.known.declared - value.known.arrays:
        hint = f"Declare {name} in R for a number; the zero vector is \\mathbf{{0}}."
        head = f"whether {name} is a number or a vector here is not known"
        raise ReadError(head, span=_span(value.signs, point), source=value.source, hint=hint)
    return list(put_to(tokens, point, canonical(name), put, value.source))


_MEMBER = re.compile(r"\b([A-Za-z]+)(?:\^\{\(([0-9]+)\)\}|_\{([A-Za-z0-9]+)\})(?=\s*(?:in\b|[,:>=]|$))")


def plain_names(where: str) -> str:
    """Declarations in text with names as LaTeX has them, ``W^{(1)} in R^n``, in plain letters; all places stay.

    >>> plain_names("W^{(1)} in R^(m×n), b_{k} in R")
    'W_1     in R^(m×n), b_k   in R'
    """
    if "\\" in where:
        return where
    return _MEMBER.sub(lambda m: f"{m[1]}_{m[2] or m[3]}".ljust(len(m.group())), where)


def _span(signs: Signs, point: Point) -> tuple[int, int]:
    return signs[point.bar].start, signs[point.last].end


def _where(signs: Signs) -> int:
    """The place of the word or comma that declarations follow, or of the end."""
    depth = 0
    for place, sign in enumerate(signs):
        depth += (sign.kind in ("open", "{", "begin")) - (sign.kind in ("close", "}", "finish"))
        if sign.kind == "word" and sign.text in WHERE:
            return place
        if depth == 0 and sign.text == "," and place and defines(signs, place + 1):
            return place
    return len(signs) - 1


def _declared(source: str, signs: Signs, start: int, known: Known) -> Tokens:
    """The tokens of declarations from ``start`` on, with an end token."""
    out: list[Token] = []
    notes: dict[str, None] = {}
    upright: set[str] = set()
    with_for(signs, start)
    for first, last in _parts(signs, start):
        if out:
            out.append(Token("op", ",", signs[first].start, signs[first].start, 1))
        equals = next((k for k in range(first, last) if signs[k].text == "="), last)
        bound = (
            equals < last
            and not any(s.text == "for" for s in signs[first:last])
            and signs[first].kind in ("letter", "word")
        )
        if bound and (length := listed(signs, first, last)) is not None:
            parts = [("name", canonical(signs[first].text)), ("op", "in"), ("name", "R"), ("op", "^")]
            out += [Token(kind, text, signs[first].start, signs[last - 1].end, 1) for kind, text in parts]
            out.append(Token(length.kind, length.text, length.start, length.end, 1))
            continue
        behind = argument(signs, first + 1)[2] if signs[first + 1].kind == "_" else first + 1
        applied = signs[behind].text == "("
        fact = _equation(signs, first, last) if bound else _order(signs, first, last)
        if fact is not None:
            said = Token("name", SPOKEN[fact], signs[first].start, signs[last - 1].end, 1)
            out += [*_plain(source, signs, first, first + 1 if bound else last - 2), said]
            continue
        if not bound or (signs[equals - 1].kind == "close" and not applied):
            out += _plain(source, signs, first, last)
            continue
        root = _squared(signs, first, equals)
        left = _entry_named(signs, first, equals, known) or _plain(source, signs, first, first + 1 if root else equals)
        out += [*left, Token("op", "=", signs[equals].start, signs[equals].end, 1)]
        inner = Translator(source, signs, known, equals + 1, last)
        out += _root(inner.run(), notes, left[0]) if root else inner.run()
        notes.update(inner.notes)
        upright |= inner.upright
    upright |= {t.text for t in out if t.kind == "name" and len(t.text) > 1}
    out.append(Token("end", "", len(source), len(source), 1))
    return Tokens(source, out, tuple(notes), frozenset(upright), True)


def _entry_named(signs: Signs, first: int, equals: int, known: Known) -> list[Token]:
    r"""``p[k]`` for ``p_k`` on the left of a sign =, where k is an index; nothing where ``p_k`` is a name."""
    name, mark = signs[first], signs[first + 1]
    if mark.kind not in ("_", "^") or argument(signs, first + 1)[2] != equals:
        return []
    start, last, _ = argument(signs, first + 1)
    items = index_items(signs[start:last]) if mark.kind == "_" else member(signs, start, last)
    if not items or len(items) > 2 or not known.summed.union(INDEX_LETTERS).issuperset(map(str, items)):
        return []
    if name.text not in known.entries and name.text + "_" + "".join(map(str, items)) in known.joined:
        return []
    out = [Token("name", canonical(name.text), name.start, name.end, 1)]
    for item in items:
        out.append(Token("op", "," if len(out) > 1 else "[", mark.start, mark.end))
        out.append(Token("name", str(item), mark.start, mark.end))
    return [*out, Token("op", "]", mark.start, mark.end)]


def _squared(signs: Signs, first: int, equals: int) -> bool:
    r"""Whether ``\sigma^2`` stands on the left of a sign =."""
    above = [s.text for s in signs[first + 2 : equals] if s.kind not in ("{", "}")]
    return signs[first + 1].kind == "^" and above == ["2"]


def _root(body: list[Token], notes: dict[str, None], name: Token) -> list[Token]:
    r"""What σ stands for in ``\sigma^2 = …``."""
    notes[f"{name.text}^2 is given: {name.text} is its positive root."] = None
    start, end = body[0].start, body[-1].end
    opening = [Token("name", "sqrt", start, start, 1), Token("op", "(", start, start)]
    return [*opening, *body, Token("op", ")", end, end)]


def _equation(signs: Signs, first: int, last: int) -> str | None:
    r"""The fact that ``Q^\top = Q`` says."""
    texts, place = list[str](), first
    while place < last:
        turned = signs[place].kind == "prime" or (signs[place].kind == "^" and turns(signs, place))
        texts.append("'" if turned else signs[place].text)
        place = argument(signs, place)[2] if signs[place].kind == "^" else place + 1
    return equation_fact(texts) if "=" in texts else None


def _order(signs: Signs, first: int, last: int) -> str | None:
    r"""The fact that ``A \succ 0`` says."""
    return DEFINITE.get(signs[last - 2].text) if last - first > 2 and signs[last - 1].text == "0" else None


def _parts(signs: Signs, start: int) -> Iterator[tuple[int, int]]:
    depth, begin = 0, start
    for place in range(start, len(signs)):
        sign = signs[place]
        depth += (sign.kind in ("open", "{", "begin")) - (sign.kind in ("close", "}", "finish"))
        splits = (sign.text in (",", ";") and sign.kind == "op") or sign.kind == "\\" or sign.text == "and"
        counting = any(s.kind == "dots" for s in signs[place - 1 : place + 2])
        if sign.kind == "end" or (splits and depth == 0 and not counting):
            if place > begin:
                yield begin, place
            begin = place + 1


def _plain(source: str, signs: Signs, first: int, last: int) -> list[Token]:
    r"""A declaration: ``A \in \mathbb{R}^{m \times n}``, ``a_i \in \mathbb{R}^n \text{ for } i = 1, \dots, m``."""
    out: list[Token] = []
    family = any(s.text == "for" for s in signs[first:last])
    place = first
    while place < last:
        sign = signs[place]
        place += 1
        if sign.kind in ("letter", "word"):
            place = _declared_name(signs, place, sign, family, out)
            continue
        text = {"{": "(", "}": ")", "×": "×", "&": ""}.get(sign.kind if sign.kind in "{}&" else sign.text, sign.text)
        if sign.kind in ("open", "close"):
            text = {"(": "()", "[": "[]", "{": "{}", "<": "<>"}.get(sign.text, "()")[sign.kind == "close"]
        elif sign.kind == "dots":
            text = ".."
        elif sign.text == "," and any(s.kind == "dots" for s in signs[place - 2 : place + 1]):
            continue
        elif sign.kind == "cmd" or sign.kind == "begin":
            raise ReadError(
                "this is no declaration", span=(sign.start, sign.end), source=source, hint=r"Write x \in \mathbb{R}^n."
            )
        if text:
            out.append(Token("num" if sign.kind == "num" else "op", text, sign.start, sign.end, 1))
    return out


def _declared_name(signs: Signs, place: int, sign: Sign, family: bool, out: list[Token]) -> int:
    """A name in a declaration with its subscript; ``dX`` and its kind are one."""
    text, end = sign.text, sign.end
    if text in ("in", "for", "where"):
        out.append(Token("op", text, sign.start, end, 1))
        return place
    if sign.font in ("double", "script") and text in SPACES and signs[place].kind in ("_", "^"):
        return _cone(signs, place, sign, out)
    if text == "d" and signs[place].kind == "letter" and not signs[place].gap:
        text, end, place = text + signs[place].text, signs[place].end, place + 1
    if signs[place].kind == "_":
        start, last, place = argument(signs, place)
        inner = signs[start:last]
        end = signs[place - 1].end
        if family and len(inner) == 1 and inner[0].kind == "letter":
            index = inner[0]
            out += [
                Token("name", canonical(text), sign.start, sign.end, 1), Token("op", "[", index.start, index.start),
                Token("name", index.text, index.start, index.end), Token("op", "]", index.end, index.end),
            ]  # fmt: skip
            return place
        text += "_" + "".join(s.text for s in inner if s.text != ",")
    if sign.font == "double" and text in SPACES:
        text = SPACES[text]
    out.append(Token("name", canonical(text), sign.start, end, 1))
    return place


CONES = {"": "Sym", "+": "PSD", "++": "PD"}


def _cone(signs: Signs, place: int, sign: Sign, out: list[Token]) -> int:
    r"""``\mathbb{S}^n``, ``\mathbb{S}_+^n`` and ``\mathbb{S}_{++}^n`` as ``Sym(n)``, ``PSD(n)`` and ``PD(n)``."""
    definite, inside = "", list[Sign]()
    while signs[place].kind in ("_", "^"):
        first, last, after = argument(signs, place)
        part = [s for s in signs[first:last] if s.kind not in ("{", "}")]
        if all(s.text == "+" for s in part):
            definite = "+" * len(part)
        else:
            inside = part
        place = after
    if definite not in CONES or len(inside) != 1:
        out.append(Token("name", sign.text, sign.start, sign.end, 1))
        return place
    size = inside[0]
    out += [
        Token("name", CONES[definite], sign.start, sign.end, 1), Token("op", "(", size.start, size.start),
        Token("num" if size.kind == "num" else "name", size.text, size.start, size.end),
        Token("op", ")", size.end, size.end),
    ]  # fmt: skip
    return place


# -- errors
_SAID = [
    (re.compile(r"\bpinv\(([^()]*)\)"), r"\1^{+}"),
    (
        re.compile(
            r"\b(inv|softmax_rows|logsumexp_rows|diag|tr|normF|norm_op|rowsum|colsum|abs|sym|expm|sqrtm|logm)\("
        ),
        r"\\operatorname{\1}(",
    ),
    (re.compile(r"(?<![\\\w])(det|exp|log|max|min)\("), r"\\\1("),
    (re.compile(r"\.\^-1\b"), r"^{\\odot -1}"),
    (re.compile(r"\.\^(?:\{([^{}]+)\}|([\w]+|\([^()]*\)))"), r"^{\\odot \1\2}"),
    (re.compile(r"(?<=[\w)}\]|])'\*?"), r"^\\top "),
    (re.compile(r"(?<=\S)\.\*(?=\S)"), r" \\odot "),
    (re.compile(r"(?<=\S)\./(?=\S)"), r" \\oslash "),
    (re.compile(r"(?<=[\w)}])\*(?=[A-Za-z(\\])"), " "),
    (re.compile(r"(?<=[\w)}])\*(?=[0-9])"), r" \\cdot "),
    (re.compile(r"\^-1\b"), "^{-1}"),
    (re.compile(r"\b_inf\b"), r"_\\infty"),
    (re.compile(r"\|\|([^|]*)\|\|"), r"\\|\1\\|"),
    (re.compile(r"\beye\((\w+)\)"), r"I_{\1}"),
    (re.compile(r"\bones\((\w+)\)"), r"\\mathbf{1}_{\1}"),
    (re.compile(r"\bones\((\w+),(\w+)\)"), r"\\mathbf{1}_{\1 \\times \2}"),
    (re.compile(r"\\operatorname\{(\w+)_(\w+)\}"), r"\\operatorname{\1\\_\2}"),
    (re.compile(r" +(?=[ .,?])"), ""),
]
_QUOTED = re.compile(r"\b(?:Declare|declare) .*$")


def spoken(error: ClosedformError) -> ClosedformError:
    """The same error with its mend in LaTeX; declarations stay text."""
    if error.span is not None and error.source is not None and error.span[1] > error.span[0] + 1:
        error.span = _balanced(error.source, *error.span)
    declared = _QUOTED.search(error.hint)
    tail = declared.group() if declared else ""
    hint = error.hint[: len(error.hint) - len(tail)]
    for pattern, replacement in _SAID:
        hint = pattern.sub(replacement, hint)
    error.hint = hint + tail
    return error


_COMMAND_BEFORE = re.compile(r"\\[A-Za-z]+$")


def _balanced(source: str, start: int, end: int) -> tuple[int, int]:
    """A span widened to whole groups, so that ``u}{v`` becomes ``\\frac{u}{v}``."""
    inside = source[start:end].replace("\\{", "  ").replace("\\}", "  ")
    depth = least = 0
    for sign in inside:
        depth += (sign == "{") - (sign == "}")
        least = min(least, depth)
    missing, surplus = -least, depth - least
    while missing and start > 0:
        start -= 1
        missing += (source[start] == "}") - (source[start] == "{")
        if not missing and (found := _COMMAND_BEFORE.search(source, max(0, start - 60), start)):
            start = found.start()
    while surplus and end < len(source):
        surplus += (source[end] == "{") - (source[end] == "}")
        end += 1
    return start, end
