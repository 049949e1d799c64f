"""Functions of which only the kind is declared, and derivatives of the one that a derivation is about."""

from __future__ import annotations

import re

from closedform.judging.atoms import Atom, Atoms
from closedform.judging.chains import Outline
from closedform.judging.names import bare


def abstract(out: Outline) -> set[str]:
    """Functions that are declared with an arrow, of which nothing else is known."""
    return {m[1] for w in out.where for m in re.finditer(r"(?<![\w\[])([A-Za-z]\w*)\s*:\s*R\b", w)}


def of_number(out: Outline, name: str) -> bool:
    """Whether an abstract function is one of a number."""
    return any(re.search(rf"(?<![\w\[]){name}\s*:\s*R\s*->\s*R\s*(?:,|$)", w) for w in out.where)


def hessian_or_gradient(text: str, function: str, atoms: Atoms) -> str:
    """``∇ ?``, the gradient of the function that the derivation is about."""
    if not text.rstrip().endswith("?"):
        return text
    order = 2 if "^2" in text else 1
    found = re.search(r"_\{(.*?)\}", text)
    return atoms.typed(Atom("jacobian" if "J" in text else "nabla", function, bare(found[1]) if found else "", order))
