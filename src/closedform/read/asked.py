"""What people type out of habit, in text: ``minimize …``, ``norm(X, 'fro')``, and ``x^t A x``, which is asked."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from closedform.errors import ReadError
from closedform.read.lexer import Token, Tokens

ORDERS = {"minimize", "maximize", "minimise", "maximise", "Minimize", "Maximize", "min", "max", "argmin", "argmax"}
NORMS = {"fro": "normF", "Fro": "normF", "inf": "norm_inf", "Inf": "norm_inf", "nuc": "norm_nuc"}
OPENING = {"(", "[", "||", "|", "<", "-"}


def as_asked(formula: Tokens, known: Container[str]) -> Tokens:
    """The formula without ``minimize``, and with the names of norms.

    >>> from closedform.read.lexer import lex
    >>> [t.text for t in as_asked(lex("minimize norm(X, 'fro')"), ()).tokens]
    ['normF', '(', 'X', ')', '']
    """
    _ask_of_turns(formula, known)
    return _with_norms(_without_order(formula, known), known)


def _ask_of_turns(formula: Tokens, known: Container[str]) -> None:
    """``x^t A x`` and ``tr(A^t*B)``, where t is nothing else: beside a matrix, or before what is written next to it."""
    tokens = formula.tokens
    raised = [k for k in range(1, len(tokens)) if tokens[k].text == "t" and tokens[k - 1].text == "^"]
    if formula.typeset or "t" in known or sum(t.text == "t" for t in tokens) > len(raised):
        return
    matrices = any(t.kind == "name" and t.text[0].isupper() for t in tokens)
    for k in raised:
        if matrices or tokens[k + 1].kind in ("name", "num") or tokens[k + 1].text in OPENING - {"-", "<", "|", "||"}:
            span = (tokens[k - 1].start, tokens[k].end)
            hint = "Write ' for the transpose, or declare t in R for the power."
            raise ReadError("^t may be a transpose or a power", span=span, source=formula.source, hint=hint)


def _without_order(formula: Tokens, known: Container[str]) -> Tokens:
    first, second = formula.tokens[0], formula.tokens[min(1, len(formula.tokens) - 1)]
    word, _, variable = first.text.partition("_")
    if formula.typeset or first.kind != "name" or word not in ORDERS or first.text in known or not second.gap:
        return formula
    if word == first.text and len(word) < len("minimize"):
        return formula  # min (x) is the least entry
    if variable and all(t.text != variable for t in formula.tokens[1:]):
        return formula
    if second.kind not in ("name", "num") and second.text not in OPENING:
        return formula
    note = f"{formula.source[first.start : first.end]} is left out: what it is taken of is read."
    return replace(formula, tokens=formula.tokens[1:], notes=(*formula.notes, note))


def _with_norms(formula: Tokens, known: Container[str]) -> Tokens:
    tokens, opened = list(formula.tokens), list[int]()
    if formula.typeset or "norm" in known or not any(t.text == "norm" for t in tokens):
        return formula
    gone = set[int]()
    for place, token in enumerate(formula.tokens):
        if token.text == "(":
            opened.append(place)
        elif token.text == ")" and opened:
            start, comma = opened.pop(), _mark(tokens, place, known)
            if comma and start and tokens[start - 1].text == "norm":
                name = next(t.text for t in tokens[comma + 1 : place] if t.kind == "name")
                tokens[start - 1] = tokens[start - 1]._replace(text=NORMS[name])
                gone |= set(range(comma, place))
    return replace(formula, tokens=[t for k, t in enumerate(tokens) if k not in gone])


def _mark(tokens: list[Token], place: int, known: Container[str]) -> int:
    """The comma before ``'fro'`` or ``inf`` and the bracket at ``place``, or 0."""
    quoted = place >= 4 and [t.text for t in (tokens[place - 1], tokens[place - 3])] == ["'", "'"]
    name, comma = place - 1 - quoted, place - 2 - 2 * quoted
    word = tokens[name].text
    fits = word in NORMS and word not in known and (quoted or word in ("inf", "Inf"))
    return comma if fits and comma > 0 and tokens[comma].text == "," else 0
