"""Shapes for the variables of a derivation: those that suit all of its expressions, or as many as they can."""

from __future__ import annotations

import re
from contextlib import suppress

from closedform.errors import ClosedformError
from closedform.judging.lexed import Lexed
from closedform.judging.names import NAME, bare, is_differential
from closedform.judging.prose import WRITTEN
from closedform.read.lexer import Tokens, lex
from closedform.read.read import read_tokens
from closedform.read.spaces import space_text


def settle(lexed: Lexed) -> tuple[str, ...]:
    """Declare all variables; what was assumed of them."""
    bound = _defined(lexed)
    _scalar_arguments(lexed, bound)
    bound |= _inner(lexed)
    for k, (name, found) in enumerate(lexed.outline.facts.items()):
        if found and name not in bound:
            bound[f"Q_{700 + k}"] = lex(f"{name} - {name}'")
    bound |= _points(lexed)
    others = _others(lexed, bound)
    lexed.shared.declared -= bound.keys()
    lexed.shared.settle(bound, others)
    lexed.shared.declared -= bound.keys()
    return _facts(lexed)


def _defined(lexed: Lexed) -> dict[str, Tokens]:
    """What names are defined to be, but for derivatives."""
    found = {name: lexed.tokens.get(id(chain.members[1])) for name, chain in lexed.outline.defined.items()}
    return {name: t for name, t in found.items() if t is not None and not lexed.derivatives(t)}


def _inner(lexed: Lexed) -> dict[str, Tokens]:
    """What ``d(…)`` is taken of."""
    bound = {}
    for name, atom in lexed.atoms.found.items():
        if atom.sign == "d":
            with suppress(ClosedformError):
                tokens = lexed.shared.tokens(atom.of)
                if not lexed.derivatives(tokens):
                    bound[name] = tokens
    return bound


def _points(lexed: Lexed) -> dict[str, Tokens]:
    """Where functions are taken, beside their arguments, which are of the same size."""
    bound = {}
    for k, (argument, value) in enumerate(dict.fromkeys(lexed.atoms.points)):
        with suppress(ClosedformError):
            bound[f"Q_{800 + k}"] = lexed.shared.tokens(f"{argument} - ({lexed.atoms.replaced(value)})")
    return bound


def _others(lexed: Lexed, bound: dict[str, Tokens]) -> list[Tokens]:
    """Expressions that are no definitions, but for those that need what is known later."""
    defined = lexed.outline.defined
    later = {n for n, c in defined.items() if n not in bound and id(c.members[1]) in lexed.tokens}
    for atom in lexed.atoms.found.values():
        if atom.sign != "d" and not bare(atom.of):
            with suppress(ClosedformError):
                lexed.tokens.setdefault(id(atom), lexed.shared.tokens(atom.of))
    equations = _equations(lexed)
    others = [t for t in lexed.tokens.values() if t not in bound.values() and not lexed.derivatives(t)]
    others = [t for t in [*others, *equations] if not any(o.kind == "name" and o.text in later for o in t.tokens)]
    return others


def _equations(lexed: Lexed) -> list[Tokens]:
    """Both sides of what is said to equal a name that nothing defines, ``A u = b``: they have one size."""
    found = list[Tokens]()
    for chain in (c for c in lexed.outline.chains if len(c.members) == 2 and not (c.defines or c.solves)):
        sides = [lexed.tokens.get(id(m)) for m in chain.members]
        name = lexed.lone_name(chain.members[1])
        if None in sides or not bare(name) or name in lexed.outline.defined or is_differential(name):
            continue
        if not any(map(lexed.derived, chain.members)):
            with suppress(ClosedformError):
                found.append(lexed.shared.tokens(" - ".join(f"({lexed.texts[id(m)]})" for m in chain.members)))
    return found


def _scalar_arguments(lexed: Lexed, bound: dict[str, Tokens]) -> None:
    """``f'(x)`` of a function with as many values as x has entries is the derivative by a number."""
    shared = lexed.shared
    for typed_name, argument in lexed.outline.functions.items():
        name, tokens = bare(typed_name), bound.get(bare(typed_name))
        prime = rf"{re.escape(typed_name)}\s*(?:'|\^\s*\{{?\\prime\s*\}}?)\s*(?:\(|&?=)"
        primed = re.search(prime, lexed.outline.document.source)
        found = shared.joint([(name, tokens)]) if primed and tokens is not None else None
        own = found.bound.get(name) if found is not None else None
        unfit = primed and tokens is not None and found is None
        many = own is not None and own.is_column and not own.is_scalar
        if (unfit or many) and re.fullmatch(NAME, argument):
            shared.where = ", ".join(w for w in (shared.where, f"{bare(argument)} in R") if w)


def _facts(lexed: Lexed) -> tuple[str, ...]:
    """Declare what is said of matrices: that they are symmetric, and so on."""
    shared, reading = lexed.shared, lexed.shared.reading
    if reading is None:
        return ()
    before = shared.where
    for name, found in lexed.outline.facts.items():
        symbol = reading.names.get(name)
        if symbol is None or not symbol.is_square or symbol.is_scalar:
            continue
        plain = f"{name} in {space_text(symbol.shape)}"
        spaces = [f"{name} in {WRITTEN[f]}({symbol.rows})" for f in found if f in WRITTEN]
        shared.where = re.sub(rf"(?<!\w){re.escape(plain)}", ", ".join(spaces) or plain, shared.where)
    if shared.where != before:
        shared.reading = read_tokens(lex("0"), lex(shared.where), shared.syntax)
    return reading.assumed
