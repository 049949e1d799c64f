r"""What a name of LaTeX with a subscript means: a name of its own (``W_1``), an entry, a row, a member of a family."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from closedform.expr.size import ONE
from closedform.read.alphabet import canonical
from closedform.read.declarations import Declarations
from closedform.read.latex_signs import Sign, Signs
from closedform.read.unify import is_scalar
from closedform.read.vocabulary import INDEX_LETTERS


@dataclass
class Known:
    """What is known of names before a formula is read: what is declared, and how names stand in all of it."""

    declared: set[str] = field(default_factory=set)
    arrays: set[str] = field(default_factory=set)  # declared as no scalars
    matrices: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)  # stand without a subscript
    bare_apart: set[str] = field(default_factory=set)  # and not before a bracket, or as the d of dX
    paired: set[str] = field(default_factory=set)  # letters that are indices of an entry A_{ij}
    joined: set[str] = field(default_factory=set)  # X_1
    summed: set[str] = field(default_factory=set)  # letters that some sum runs over
    entries: set[str] = field(default_factory=set)  # have a summed index somewhere
    blocks: set[str] = field(default_factory=set)  # stand with two indices and are inverted or transposed: K_{mm}^{-1}
    zero: set[str] = field(default_factory=set)  # have an index that some sum runs over from 0
    highs: set[str] = field(default_factory=set)  # letters up to which some sum runs
    turned: set[str] = field(default_factory=set)  # stand with one index and are transposed, or in an inner product
    apart: set[str] = field(default_factory=set)  # stand with one index beside themselves without one: x - x_i
    turned_one: bool = False  # 1^\top stands for the ones
    primed: bool = False  # x' is another name than x
    fixed: frozenset[str] = frozenset()  # indices that stand for one entry each
    counts: set[str] = field(default_factory=set)  # declared as whole numbers, which may be indices: k = 2
    bold: set[tuple[str, bool]] = field(default_factory=set)  # small bold letters, and whether with an index
    low: set[str] = field(default_factory=set)  # stand elsewhere than alone in a superscript

    def add(self, said: Declarations) -> None:
        self.declared |= said.variables | said.sizes.keys() | said.bound.keys() | said.entries.keys()
        self.counts |= {n for n, bound in said.bound.items() if bound.tokens.tokens[bound.start].text.isdigit()}
        self.summed |= {index for entry in said.entries.values() for index in entry.parameters}
        self.arrays |= {n for n, shape in said.shapes.items() if not is_scalar(shape)}
        self.matrices |= {n for n, (rows, cols) in said.shapes.items() if ONE not in (rows, cols)}
        self.functions |= said.functions.keys() | said.formulas.keys()

    def scan(self, signs: Signs, end: int, start: int = 0) -> None:
        """Note how names stand in ``signs`` from ``start`` up to ``end``."""
        zeros, ones = set[str](), set[str]()
        for place, sign in enumerate(signs[:end]):
            if sign.text in ("sum", "prod") and sign.kind == "cmd":
                self.summed.update(_summed(signs, place + 1))
                low, high = _ends(signs, place + 1)
                zeros |= low["0"]
                ones |= low["1"]
                self.highs |= high
        for place, sign in enumerate(signs[start:end], start):
            if sign.kind == "num" and sign.text == "1" and _turning(signs, place + 1):
                self.turned_one = True
            if sign.kind not in ("letter", "word"):
                continue
            if not _raised(signs, place):
                self.low.add(sign.text)
            behind = signs[place + 1]
            if sign.font in ("bold", "arrow") and sign.text.islower():
                self.bold.add((sign.text, behind.kind == "_"))
            if behind.kind != "_":
                self.bare.add(sign.text)
                whole = [s.text for s in signs[place + 2 : place + 4]] == ["_", "F"]  # ‖a‖_F is of all a_i
                moved = sign.text == "d" and behind.kind == "letter" and not behind.gap
                if behind.kind != "open" and not moved and not whole:
                    self.bare_apart.add(sign.text)
                continue
            first, last, after = argument(signs, place + 1)
            items = index_items(signs[first:last])
            if items and not (place and signs[place - 1].text == "d"):
                self.joined.add(sign.text + "_" + "".join(map(spelled, items)))
            if items and len(items) == 2 and INDEX_LETTERS.issuperset(map(str, items)):
                self.paired.update(map(str, items))
                if sign.text[0].isupper() and (_turning(signs, after) or _inverted(signs, after)):
                    self.blocks.add(sign.text)
            if items and self.summed.intersection(map(letter_of, items)):
                self.entries.add(sign.text)
            before = {f"{letter}-1" for letter in ones}  # x_{k-1}, where k runs from 1
            if items and (zeros.intersection(map(letter_of, items)) or before.intersection(map(str, items))):
                self.zero.add(sign.text)
            turned = _turning(signs, after) or _before(signs, place) or _beside_own(signs, place, after)
            if items and len(items) == 1 and turned:
                self.turned.add(sign.text)
            if items and len(items) == 1 and _subtracted_own(signs, place, after):
                self.apart.add(sign.text)


def _summed(signs: Signs, place: int) -> Iterable[str]:
    for _ in range(2):
        if signs[place].kind not in ("_", "^"):
            return
        first, last, after = argument(signs, place)
        if signs[place].kind == "_":
            for sign in signs[first:last]:
                if sign.text in ("=", "in"):
                    break
                if sign.kind == "letter":
                    yield sign.text
        place = after


def _ends(signs: Signs, place: int) -> tuple[dict[str, set[str]], set[str]]:
    """The index of a sum that runs from 0 or 1, and the letters in the end of its range."""
    low: dict[str, set[str]] = {"0": set(), "1": set()}
    high = set[str]()
    for _ in range(2):
        if signs[place].kind not in ("_", "^"):
            break
        first, last, after = argument(signs, place)
        inside = [s.text for s in signs[first:last]]
        if signs[place].kind == "^":
            high = {s.text for s in signs[first:last] if s.kind == "letter"}
        elif len(inside) == 3 and inside[1] == "=" and inside[2] in low:
            low[inside[2]].add(inside[0])
        place = after
    return low, high


def _raised(signs: Signs, place: int) -> bool:
    """Whether a sign stands alone in a superscript."""
    if signs[place - 1].kind == "^":
        return True
    return signs[place - 1].kind == "{" and signs[place - 2].kind == "^" and signs[place + 1].kind == "}"


def _turning(signs: Signs, place: int) -> bool:
    return signs[place].kind == "prime" or (signs[place].kind == "^" and turns(signs, place))


def _inverted(signs: Signs, place: int) -> bool:
    first, last, _ = argument(signs, place) if signs[place].kind == "^" else (0, 0, 0)
    return [s.text for s in signs[first:last]] == ["-", "1"]


def _before(signs: Signs, place: int) -> bool:
    before = signs[place - 1] if place else None
    if before is None:
        return False
    return before.text in ("<", "top") or (before.kind == "}" and place > 1 and signs[place - 2].text == "top")


def _beside_own(signs: Signs, place: int, after: int) -> bool:
    r"""Whether ``x_i`` stands beside the vector x itself: ``x_i \cdot x``, ``\|x - x_i\|``, ``\|x_i - x\|``."""

    def own(at: int) -> bool:
        return 0 <= at < len(signs) - 1 and signs[at].text == signs[place].text and signs[at + 1].kind != "_"

    if signs[after].text == "⋅":
        return own(after + 1)
    if signs[after].text in ("-", "+") and own(after + 1):
        return signs[place - 1].text == "||"
    return place > 2 and signs[place - 1].text in ("-", "+") and own(place - 2) and signs[place - 3].text == "||"


def _subtracted_own(signs: Signs, place: int, after: int) -> bool:
    """Whether ``x_i`` stands in ``x - x_i``, ``x_i - x`` or ``K(x_i, x)`` with no more to either."""

    def own(at: int) -> bool:
        return 0 <= at < len(signs) - 1 and signs[at].text == signs[place].text and signs[at + 1].kind not in ("_", "^")

    before = place > 1 and signs[place - 1].text in ("-", ",") and own(place - 2)
    return before or (signs[after].text in ("-", ",") and own(after + 1))


def turns(signs: Signs, place: int) -> bool:
    r"""Whether the superscript at ``place`` is one that transposes: ``^\top``, ``^T``, ``^{\mathsf T}``."""
    first, last, _ = argument(signs, place)
    return last - first == 1 and is_turn(signs[first])


def is_turn(sign: Sign) -> bool:
    return (sign.kind == "cmd" and sign.text in ("top", "intercal", "prime")) or (
        sign.text in ("T", "⊤") and sign.kind in ("letter", "word", "op")
    )


def argument(signs: Signs, place: int) -> tuple[int, int, int]:
    """First and last sign of the argument of a script or command at ``place``, and the place behind it."""
    start = place + 1
    end = signs.mates.get(start)
    if end is not None:
        return start + 1, end, end + 1
    last = min(start + 1, len(signs) - 1)
    return start, last, last


MOST_SIGNS = 200
"""A subscript of more signs lists no indices."""


def index_items(signs: Sequence[Sign]) -> list[int | str] | None:
    """The indices that a subscript lists, ``":"`` among them; None where it is something else."""
    items: list[int | str] = []
    place = 0
    if len(signs) > MOST_SIGNS:
        return None
    if (given := _given_that(signs)):
        return [given]
    while place < len(signs):
        sign, behind = signs[place], [s.text for s in signs[place + 1 : place + 3]]
        place += 1
        if sign.kind in ("letter", "word"):
            if behind[:1] == ["_"]:
                inner, place = _below(signs, place + 1)
                items.append("_".join([sign.text, *inner]))
                continue
            shift = len(behind) == 2 and behind[0] in ("+", "-") and behind[1].isdigit() and sign.kind == "letter"
            items.append(sign.text + "".join(behind) if shift else sign.text)
            place += 2 if shift else 0
        elif sign.kind == "num" and behind[:1] == ["+"] and signs[place + 1 :] and signs[place + 1].kind == "letter":
            items.append(f"{behind[1]}+{sign.text}")  # _{1 + N}
            place += 2
        elif sign.kind == "num" and sign.text.isdigit():
            items.append(int(sign.text))
        elif sign.text in (":", "*", "⋅") and sign.kind == "op":
            items.append(":")
        elif sign.text != "," and sign.kind not in ("{", "}"):
            return None
    return items


def _below(signs: Sequence[Sign], place: int) -> tuple[list[str], int]:
    r"""What stands below an index, as ``s`` in ``L_{X_s}``, and the place behind it."""
    depth, inner = 0, list[str]()
    while place < len(signs):
        sign = signs[place]
        depth += (sign.kind == "{") - (sign.kind == "}")
        inner += [sign.text] * (sign.kind in ("letter", "word", "num"))
        place += 1
        if depth == 0:
            break
    return inner, place


def _given_that(signs: Sequence[Sign]) -> str:
    """The word for ``k|k-1``, the subscript of an estimate; empty where it is none."""
    bars = [k for k, s in enumerate(signs) if s.kind in ("bar", "mid")]
    sides = (signs[: bars[0]], signs[bars[0] + 1 :]) if len(bars) == 1 else ([], [])
    if not all(side and all(s.kind in ("letter", "num") or s.text in ("+", "-", ",") for s in side) for side in sides):
        return ""
    return "_".join(spelled("".join(s.text for s in side if s.text != ",")) for side in sides)


def letter_of(item: int | str) -> str:
    """The letter of an index, ``i`` of ``i+1``."""
    return re.split(r"[+-]", str(item))[0]


def spelled(item: int | str) -> str:
    """An index as part of a name: ``h_{t-1}`` is ``h_tm1``."""
    return str(item).replace("+", "p").replace("-", "m").replace(":", "")


@dataclass(frozen=True)
class Meaning:
    """A name, or a name with indices; ``note`` says so where it was doubtful, ``ask`` that it must be asked."""

    name: str
    at: tuple[int | str, ...] = ()
    note: str = ""
    ask: str = ""


def meaning(base: str, items: list[int | str], typed: str, known: Known, active: Sequence[str]) -> Meaning:
    """What ``base`` with the subscripts ``items`` is."""
    worded = [i for i in items if isinstance(i, str) and i.isalpha() and len(i) > 1 and i not in known.summed]
    if len(worded) == 1 and len(items) > 1 and any(letter_of(i) in known.summed for i in items):
        base, items = f"{base}_{worded[0]}", [i for i in items if i != worded[0]]  # x_{\mathrm{train}, i}
    whole = canonical(base + "_" + "".join(map(spelled, items)))
    if whole in known.declared and ":" not in items:
        return Meaning(whole)
    joined = canonical(base + "".join(map(str, items)))
    if joined in known.declared and all(isinstance(i, int) for i in items):
        return Meaning(joined)
    summed = [i for i in items if letter_of(i) in known.summed or letter_of(i) in active or i in known.fixed]
    letters = all(i == ":" or (isinstance(i, str) and (i in summed or i in INDEX_LETTERS)) for i in items)
    if len(items) == 1 and summed and ({(base, True), (base, False)} <= known.bold or _beside_members(base, known)):
        own, vectors = f"{base}_all", base in known.turned or (base, True) in known.bold
        said = f"vectors, called {own}, beside the vector {base}" if vectors else f"called {own}, beside {base}"
        return Meaning(own, tuple(items), f"The {base}_{items[0]} are {said}.")
    if base in known.blocks and len(items) == 2 and not summed and ":" not in items:
        return Meaning(whole)
    if len(items) <= 2 and (summed or ":" in items or (len(items) == 2 and letters)):
        return _entry(base, items, typed, known)
    ends = base in known.entries and known.highs.issuperset(letter_of(i) for i in items if i != letter_of(i))
    if any(i != letter_of(i) for i in map(str, items)) and ends:
        return Meaning(base, tuple(items), f"{typed} is read as the entry {', '.join(map(str, items))} of {base}.")
    if any(i != letter_of(i) for i in map(str, items)):
        own = f"{typed} is a name of its own, {whole}."
        return Meaning(whole, note=own)
    if len(items) > 2 or (isinstance(items[0], str) and len(items[0]) > 1 and items[0] not in known.summed):
        return Meaning(whole)
    return _fixed(base, items, typed, whole, known)


def _beside_members(base: str, known: Known) -> bool:
    r"""Whether a small letter stands for vectors and for one vector as well: ``\sum_i \alpha_i x_i^\top x``."""
    small = base.islower() and len(base) == 1 and base not in known.matrices
    return small and base in (known.turned | known.apart) & known.bare_apart


def _entry(base: str, items: list[int | str], typed: str, known: Known) -> Meaning:
    at = tuple(items)
    capital = base.upper()
    if base == "delta" and len(at) == 2 and "delta" not in known.declared | known.bare:
        return Meaning("I", at, f"{typed} is read as the Kronecker delta.")
    other = base.islower() and len(base) == 1 and base not in known.declared and base not in known.bare
    if other and len(at) == 2 and (capital in known.declared or capital in known.bare):
        return Meaning(capital, at, f"{typed} is read as an entry of {capital}.")
    if other and len(at) == 1 and capital in known.arrays and base in known.turned:
        return Meaning(capital, (at[0], ":"), f"{typed} is read as a row of {capital}.")
    if base.isupper() and len(at) == 1 and base in known.arrays and base in known.turned:
        return Meaning(base, at)
    return Meaning(base, at)


def _fixed(base: str, items: list[int | str], typed: str, whole: str, known: Known) -> Meaning:
    """One number or letter that no sum runs over."""
    at = tuple(items)
    if 0 in at and base not in known.zero:
        return Meaning(whole)
    what = f"the entry {', '.join(map(str, at))} of {base}"
    if base in known.arrays:
        if base in known.bare and base not in known.entries:
            return Meaning(whole, ask=f"{typed} may be {what} or a name of its own")
        return Meaning(base, at, f"{typed} is read as {what}.")
    if base in known.entries or (at[0] in known.paired and isinstance(at[0], str)):
        return Meaning(base, at, f"{typed} is read as {what}.")
    return Meaning(whole)
