"""Names for the rows of a table, their adjoints and tangents, and how each is spelled."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from unicodedata import normalize

from closedform.errors import MissingRule
from closedform.write.marks import greek
from closedform.write.render import Form
from closedform.write.tex import letter

LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LETTERS = "vuahqgk"
FORMS: tuple[Form, ...] = ("text", "unicode", "latex")
WORD = re.compile(r"[A-Za-z\u0370-\u03ff][A-Za-z0-9_\u0370-\u03ff]*")
UPRIGHT = re.compile(r"\\mathrm\{[^{}]*\}(?:_\{(?:[^{}]|\\mathrm\{[^{}]*\})*\})?")
MARK = {"bar": ("\u0304", "\u0305", "bar"), "dot": ("\u0307", "\u0307", "dot")}


@dataclass
class Names:
    """Names that no variable has. Inside, every name has an underscore: ``vbar_3``, ``zbar_``."""

    taken: Collection[str]
    spelled: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    stem: str = field(init=False)

    def __post_init__(self) -> None:
        stems = {n.partition("_")[0] for n in self.taken}
        free = (s for s in (*LETTERS, *(f"{s}{s}" for s in LETTERS)) if not _near(s, stems))
        self.stem = next(free, "")
        if not self.stem:
            raise MissingRule("no letter is free for the rows of the table: rename a variable")

    def row(self, number: int, wish: str | None) -> str:
        """The name of a row: the one the person gave it, else a number."""
        return self._spell(wish or f"{self.stem}_{number}", "")

    def root(self, title: str = "") -> str:
        """The name of the whole: that of its definition, else f where that is free."""
        stems = {n.partition("_")[0] for n in self.taken}
        free = (s for s in ("f", "F", "value") if not _near(s, stems))
        return self._spell(title or next(free, f"{self.stem}_0"), "")

    def bar(self, name: str) -> str:
        return self._spell(name, "bar")

    def dot(self, name: str) -> str:
        return self._spell(name, "dot")

    def _spell(self, name: str, mark: str) -> str:
        stem, line, below = name.partition("_")
        typed = f"{stem}{mark}{line}{below}"
        while mark and typed in self.taken:
            typed = f"{stem}{mark}{mark}{line}{below}" if mark + mark not in typed else typed + mark
        inside = typed if "_" in typed or not mark else f"{typed}_"
        self.spelled[inside] = typed, _unicode(stem, below, mark), _latex(stem, below, mark)
        return inside

    def rewrite(self, text: str, form: Form) -> str:
        """A printed expression with the names spelled as people write them."""
        place = FORMS.index(form)
        if form == "latex":
            known = {letter(inside): spelled[2] for inside, spelled in self.spelled.items()}
            return UPRIGHT.sub(lambda m: known.get(m.group(), m.group()), text.replace(r"\,", " "))
        known = {greek(inside): spelled[place] for inside, spelled in self.spelled.items()}
        return WORD.sub(lambda m: known.get(m.group(), m.group()), text)

    def written(self, inside: str, form: Form) -> str:
        """One name as people write it."""
        if inside in self.spelled:
            return self.spelled[inside][FORMS.index(form)]
        return {"text": inside, "unicode": greek(inside), "latex": letter(inside)}[form]


def _near(stem: str, stems: set[str]) -> bool:
    return any(s in stems for s in (stem, f"{stem}bar", f"{stem}dot"))


def _unicode(stem: str, below: str, mark: str) -> str:
    shown = greek(stem)
    if mark:
        one, several, _ = MARK[mark]
        shown = shown + one if len(shown) == 1 else "".join(c + several for c in shown)
    lowered = below.translate(LOWERED) if below.isdigit() else f"_{below}" if below else ""
    return normalize("NFC", shown + lowered)


def _latex(stem: str, below: str, mark: str) -> str:
    shown = letter(stem)
    if mark:
        wide = "overline" if mark == "bar" and len(greek(stem)) > 1 else MARK[mark][2]
        shown = rf"\{wide}{{{shown}}}"
    if not below:
        return shown
    return f"{shown}_{{{below if len(below) == 1 or below.isdigit() else letter(below)}}}"
