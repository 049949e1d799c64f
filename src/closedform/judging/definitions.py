"""The definitions of a derivation, read in an order in which each finds what it uses."""

from __future__ import annotations

from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.judging.chains import Chain
from closedform.judging.members import Members
from closedform.judging.names import is_differential


def define(members: Members) -> None:
    """Put all definitions that can be read into the book."""
    waiting = dict(members.lexed.outline.defined)
    _declare_inner(members)
    while waiting:
        ready = [n for n, c in waiting.items() if not _uses(members, c) & waiting.keys() - {n}] or list(waiting)
        for name in ready:
            chain = waiting.pop(name)
            try:
                _define(members, name, chain)
            except ClosedformError as error:
                if chain.defines:
                    members.lexed.problems[id(chain.members[1])] = error
                members.unread.append(name)
            _declare_inner(members)


def _define(members: Members, name: str, chain: Chain) -> None:
    member, shared = chain.members[1], members.shared
    if id(member) in members.lexed.problems:
        raise members.lexed.problems[id(member)]
    like = _known(members, name) if chain.defines else members.read(chain.members[0])[0].own  # H = 2*I
    if like is not None:
        members.likes[id(member)] = like
    own = members.read(member, like)[0].own
    members.book.defined[name] = own
    shared.declared.discard(name)
    shared.declare(name, own)


def _known(members: Members, name: str) -> Node | None:
    """What a definition was found to be, of its size, where all expressions were read together."""
    reading = members.shared.reading
    return reading.bound.get(name) if reading is not None else None


def _declare_inner(members: Members) -> None:
    """Declare the names of what ``d(…)`` is taken of, as far as it can be read by now."""
    shared, defined = members.shared, members.lexed.outline.defined
    for name, atom in members.atoms.found.items():
        if atom.sign == "d" and name not in shared.declared:
            try:
                inside = {t.text for t in shared.tokens(atom.of).tokens if t.kind == "name"}
                if inside & (defined.keys() - members.book.defined.keys()):
                    continue
                for derivative in members.lexed.derivatives(shared.tokens(atom.of)):
                    members.declare(derivative)
                shared.declare(name, shared.node(atom.of))
            except ClosedformError:
                continue


def _uses(members: Members, chain: Chain) -> set[str]:
    outline, atoms = members.lexed.outline, members.atoms
    found = set(members.lexed.names(chain.members[1]))
    for name in found & atoms.found.keys():
        found |= {n for n in outline.defined if n in atoms.found[name].of}
    found |= set() if chain.defines else {outline.function}
    return found | {n[1:] for n in found if is_differential(n)}
