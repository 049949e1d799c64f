"""What laws and remarks say, in the three forms, and the order of remarks."""

from __future__ import annotations

from dataclasses import replace

from closedform.calculus.derivation.laws import Law
from closedform.derivations.expression import FORMS
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM, D, d
from closedform.rewrite.display import display
from closedform.rewrite.display.context import Context
from closedform.rewrite.display.sharing import Shared
from closedform.rewrite.normal.engine import negative
from closedform.write.render import Form, render_shared

EMPTY = ("", "", "")


def statement(law: Law, form: Form) -> str:
    text = rf"\text{{{in_text(law.words)}}}" if form == "latex" and law.words else law.words
    if law.spelled is not None:
        text = law.spelled[FORMS.index(form)]
    if law.left is not None and law.right is not None:
        text = f"{_formula(law.left, form)} = {_formula(law.right, form)}"
    elif law.left is not None:  # ``s > 0``, ``D diagonal``
        name = _formula(law.left, form)
        text = f"{name} {text} 0" if law.spelled is not None else name + (r"\ " if form == "latex" else " ") + text
    if not law.name:
        return text
    name = rf"\text{{{in_text(law.name)}}}" if form == "latex" else law.name
    if not text:
        return name
    return rf"\text{{{in_text(law.name)}: }} {text}" if form == "latex" else f"{name}: {text}"


def in_text(words: str) -> str:
    return words.replace("_", r"\_")


def _formula(node: Node, form: Form) -> str:
    names = frozenset(n.params[0] for n in postorder(node) if n.op is SYM)
    return render_shared(Shared(node), Context(as_written=True, taken=names), form)


def in_order(notes: tuple[Law, ...], context: Context) -> tuple[Law, ...]:
    """Remarks with what they say of expressions first, then ``dA = 0, db = 0`` in the order of the names."""
    said = dict.fromkeys(_turned(note, context) for note in notes)
    return tuple(sorted(said, key=lambda note: _note_rank(note, context)))


def is_still(law: Law) -> bool:
    """Whether it says that a variable does not move: ``dA = 0``."""
    return not law.name and law.left is not None and law.left.op is D and law.left.args[0].op is SYM


def _note_rank(note: Law, context: Context) -> tuple[bool, int]:
    if note.left is None or not is_still(note):
        return False, 0
    return True, context.rank(note.left.args[0].params[0])


def _turned(note: Law, context: Context) -> Law:
    """``d(A*x - b) = A*dx`` rather than ``d(-A*x + b) = -A*dx``."""
    if note.left is None or note.right is None or note.left.op is not D:
        return note
    if not display(note.left.args[0], context).mark.startswith("negative"):
        return note
    return replace(note, left=d(negative(note.left.args[0])), right=negative(note.right))
