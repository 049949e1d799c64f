"""What a law says, printed from the table that holds it, so that the page and the derivations agree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from closedform.calculus.derivation.laws import Law, named
from closedform.expr.facts import WORDS, close
from closedform.expr.node import Node
from closedform.expr.walk import leaves
from closedform.functions.algebra import SYM
from closedform.rewrite.display.context import Context
from closedform.rewrite.laws.law import Law as Rewriting
from closedform.rewrite.laws.law import all_laws
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify
from closedform.write.render import Form, render


@dataclass(frozen=True)
class Statement:
    """One law by name, in the three forms; the formulas are empty where the page says it in words."""

    name: str
    text: str = ""
    unicode: str = ""
    latex: str = ""


def statement(name: str) -> Statement:
    """The law of this name, of derivations or of rewriting.

    >>> statement("inverse rule").text
    'd(X^-1) = -X^-1*dX*X^-1'
    >>> statement("log of softmax").unicode
    'log(softmax(x)) = x − logsumexp(x)'
    """
    found = _rewriting().get(name)
    return _rewritten(found) if found is not None else of_law(named(name))


def of_law(law: Law) -> Statement:
    """The statement of a law of derivations."""
    if law.left is not None and law.right is not None:
        left, right = law.left, law.right
        return Statement(law.name, *(f"{_written(left, f)} = {_written(right, f)}" for f in FORMS))
    if law.spelled is not None:
        return Statement(law.name, *law.spelled)
    return Statement(law.name, law.words, law.words, rf"\text{{{law.words}}}" if law.words else "")


FORMS: tuple[Form, ...] = ("text", "unicode", "latex")


@cache
def _rewriting() -> dict[str, Rewriting]:
    return {law.name: law for law in all_laws()}


def _rewritten(law: Rewriting) -> Statement:
    answer = simplify(normal(law.example))
    facts = {n.params[0]: n for n in leaves(law.example) if n.op is SYM and n.params[1]}
    said = f" ({', '.join(f'{name} {_declared(x)}' for name, x in facts.items())})" if facts else ""
    tex = rf"\quad\text{{{said.strip()}}}" if said else ""
    text, unicode, latex = (f"{_written(law.example, f)} = {_plainly(answer, law.example, f)}" for f in FORMS)
    return Statement(law.name, text + said, unicode + said, latex + tex)


def _declared(x: Node) -> str:
    """Its properties in words, without those that follow from others."""
    facts = x.params[1]
    return " and ".join(WORDS[f] for f in facts if not any(f in close([other]) for other in facts if other != f))


def _written(node: Node, form: Form) -> str:
    return render(node, Context(as_written=True, naming=False, taken=frozenset(_names(node))), form)


def _plainly(node: Node, left: Node, form: Form) -> str:
    order = {name: k for k, name in enumerate(_names(left))}
    return render(node, Context(naming=False, order=order), form)


def _names(node: Node) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n.params[0] for n in leaves(node) if n.op is SYM))
