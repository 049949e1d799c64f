"""Other formulas made of one: names replaced, simplified, compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from closedform.errors import DeclarationError, ShapeError
from closedform.expr.facts import WORDS
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.formula.base import Base
from closedform.formula.derivatives import Derivatives
from closedform.functions.algebra import SIZE, SUMOVER
from closedform.functions.known_facts import facts_of
from closedform.read.named import variable_name
from closedform.read.substitution import apart, declarations, kind, new_size, renamed_words, words
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify

if TYPE_CHECKING:
    from closedform.formula import Formula


class Replaced(Derivatives):
    """Substitution, simplification, comparison."""

    _read: ClassVar[Callable[..., Formula]]
    """What reads a formula; set where the public class is made."""

    def substitute(self, **values: Any) -> Formula:
        """The formula with names replaced, all at once: by text, numbers or other formulas; sizes too.

        Names keep their declarations; where these do not fit any more, what was not declared is inferred again.
        Raises DeclarationError for a name that is not there, or that an index of a sum would capture, and for a
        value that is not known to be what the name is declared to be (symmetric, positive).

        >>> formula("x'*x").substitute(x="A*z").grad("z").text
        "2*A'*A*z"
        >>> formula("x'*A*y").substitute(x="y", y="x + y").text
        "y'*A*(y + x)"
        >>> formula("1/n*sum(x)").substitute(n=3).text
        'sum(x)/3'
        """
        texts = {variable_name(k): v.text if isinstance(v, Replaced) else str(v) for k, v in values.items()}
        sizes = {name: new_size(name, text) for name, text in texts.items() if name in self._size_names()}
        parts = {name: text for name, text in texts.items() if name not in sizes}
        for text in parts.values():
            self._not_captured(text)
        try:
            return self._replaced(parts, sizes, keep=True)
        except ShapeError:
            found = self._replaced(parts, sizes, keep=False)
            if any(kind(x) != kind(found._reading.names.get(name, x)) for name, x in self._reading.names.items()):
                raise
            return found

    def _size_names(self) -> set[str]:
        here = {name for n in (self._raw, *self._reading.names.values()) for s in n.shape for name in s.names}
        return here | {name for s in self._sizes() for name in s.names}

    def _replaced(self, parts: dict[str, str], sizes: dict[str, str], *, keep: bool) -> Formula:
        """The names replaced; ``keep``: shapes that were not declared are kept too."""
        reading, old = self._reading, {name: self._variable(name) for name in parts}
        used = {w for text in parts.values() for w in words(text)}
        fresh = apart((n for n in parts if n in used), used | reading.names.keys() | self._size_names())
        head, _, bound = renamed_words(self.text, fresh).partition(" where ")
        bindings = [f"{fresh.get(n, n)} = {text}{self._length_kept(old[n])}" for n, text in parts.items()]
        told = {note.partition(" ∈ ")[0].partition("[")[0] for note in reading.assumed if not keep and " ∈ " in note}
        stays = {n: x for n, x in reading.names.items() if (n not in parts or n in used) and n not in told}
        said = declarations(reading, stays, reading.families)
        where = ", ".join(p for p in (bound, *bindings, said) if p)
        found = self._read(renamed_words(head, sizes), renamed_words(where, sizes), "text")
        for name, text in parts.items():
            _keeps_facts(old[name], found._reading.bound[fresh.get(name, name)], text)
        return found

    def _not_captured(self, text: str) -> None:
        """Refuse a name that a sum of this formula runs over: inside the sum it would mean the index."""
        captured = sorted({n.params[0] for n in postorder(self._raw) if n.op is SUMOVER} & words(text))
        if captured:
            raise DeclarationError(f"{captured[0]} is the index of a sum in this formula: rename it in {text}")

    def _length_kept(self, x: Node) -> str:
        """What ties the sizes of a replaced variable to those that stand as numbers (``1/n``); else nothing."""
        numbers = [n.params[0] for n in postorder(self._raw) if n.op is SIZE]
        numbers += [s for n in postorder(self._raw) if n.op is SUMOVER for s in n.params[1:]]
        if (x.rows.names | x.cols.names).isdisjoint(name for s in numbers for name in s.names):
            return ""
        return f" + zeros({x.rows})" if x.is_column else f" + zeros({x.rows},{x.cols})"

    def simplify(self) -> Formula:
        """The shortest form found; never longer than the formula.

        >>> formula("x'*A*x + x'*B*x").simplify().text
        "x'*(A + B)*x"

        It is equal where the formula has a value, and its conditions say where that is.

        >>> short = formula("x/x", "x in R").simplify()
        >>> short.text, short.conditions
        ('1', ('x ≠ 0',))
        """
        found = self._new(simplify(self._node), self._origin)
        found._typed = self._typed
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Base):
            return NotImplemented
        return self._node is other._node or simplify(self._node) is simplify(other._node)

    def __hash__(self) -> int:
        return hash(self.shape)


def _keeps_facts(old: Node, new: Node, text: str) -> None:
    """Refuse a value that is not known to be as its name is declared: the formula may rest on it."""
    lost = sorted(facts_of(old) - facts_of(normal(new)))
    if lost:
        name = old.params[0]
        what = WORDS.get(next((f for f in STRONGEST if f in lost), lost[0]), lost[0])
        hint = "Read the formula anew, with what holds of the new names declared."
        raise DeclarationError(f"{name} is declared {what}, which {text} is not known to be", hint=hint)


STRONGEST = ("pd", "psd", "diag", "orth", "skew", "lower", "upper", "sym", "inv", "pos", "nonneg")
"""The facts in the order in which one is named for all."""
