"""``sum(y_i*w'*x_i)`` in text has no index, and its names look like entries: it is asked about."""

from __future__ import annotations

from collections.abc import Container, Iterable

from closedform.errors import DeclarationError
from closedform.read.infer import Unit
from closedform.read.syntax import Call, names_in
from closedform.read.vocabulary import INDEX_LETTERS


def check_summed(units: Iterable[Unit], declared: Container[str]) -> None:
    """Refuse a sum without an index over two names or more with one index below, none of them declared."""
    for unit in units:
        for tree in unit.trees:
            if not isinstance(tree, Call) or tree.name != "sum":
                continue
            found: dict[str, set[str]] = {}
            for name in names_in(tree):
                base, _, at = name.rpartition("_")
                if base and at in INDEX_LETTERS and name not in declared:
                    found.setdefault(at, set()).add(name)
            for at, names in sorted(found.items()):
                if len(names) > 1:
                    head = f"the sum has no index, and {' and '.join(sorted(names))} may be entries"
                    own = f"or declare {min(names)} in R^n for a name of its own."
                    hint = f"Write sum({at}, …) for the sum over {at}, {own}"
                    raise DeclarationError(head, span=tree.span, source=unit.source, hint=hint)
