"""One table of how tightly everything printed binds; text, Unicode and LaTeX read it."""

from __future__ import annotations

from closedform.errors import LimitError
from closedform.rewrite.show import Show

SUM, PRODUCT, POSTFIX, ATOM = 1, 2, 3, 4
LEVEL = {
    "sum": SUM,
    "product": PRODUCT,
    "hadamard": PRODUCT,
    "power": POSTFIX,
    "epower": POSTFIX,
    "inverse": POSTFIX,
    "inverse-transpose": POSTFIX,
    "transpose": POSTFIX,
    "unit": ATOM,
    "index": ATOM,
}
"""Everything else is closed by brackets of its own, or is a name or a number."""

MAX_TOKENS = 2_000_000


def level(show: Show) -> int:
    return LEVEL.get(show.kind, ATOM)


def check_length(show: Show) -> None:
    if show.tokens > MAX_TOKENS:
        raise LimitError(f"the answer has over {MAX_TOKENS} printed tokens (limit: length)")


def needs_brackets(parent: Show, at: int) -> bool:
    """Whether part ``at`` of ``parent`` must stand in brackets to be read back as it is."""
    child = parent.items[at]
    binds = level(child)
    match parent.kind:
        case "sum":
            return binds <= SUM and (at > 0 or parent.signs[at] < 0 or child.kind == "sum")
        case "product":
            return binds <= SUM or (binds == PRODUCT and not (_open_hadamard(parent, at) or open_product(parent, at)))
        case "hadamard":
            scalar = at == 0 and parent.lead and -1 not in child.signs
            return binds <= SUM or (binds == PRODUCT and not scalar)
        case "power" | "epower":
            return _exponent_brackets(child) if at else binds < ATOM
        case "transpose" | "inverse" | "inverse-transpose":
            return binds < ATOM
        case "index":
            return at == 0 and (binds < ATOM or child.kind in ("index", "unit", "number"))
        case _:
            return False


def _open_hadamard(parent: Show, at: int) -> bool:
    """``2*s*x.*y``: scalars before an elementwise product need no brackets, nor does ``x.*y/s``."""
    child = parent.items[at]
    if child.kind != "hadamard" or parent.signs[at] < 0 or at > parent.lead:
        return False
    return all(s > 0 for s in parent.signs[:at]) and all(s < 0 for s in parent.signs[at + 1 :])


def open_product(parent: Show, at: int) -> bool:
    """``2*s*x'*A*y``: a product after scalars needs no brackets, products being read from left to right."""
    child = parent.items[at]
    if child.kind != "product" or -1 in child.signs or at > parent.lead:
        return False
    return all(s > 0 for s in parent.signs[: at + 1]) and all(s < 0 for s in parent.signs[at + 1 :])


def _exponent_brackets(show: Show) -> bool:
    """An exponent is a signed atom."""
    if show.kind == "sum" and len(show.items) == 1:
        show = show.items[0]
    return show.kind not in ("name", "number")
