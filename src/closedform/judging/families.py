r"""``u`` beside ``u_k``: where the ``u_k`` cannot be entries of ``u``, they are a family of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from closedform.judging.records import Example, Judgement, Step

_FONT = r"\\(?:mathbf|boldsymbol|bm|vec|pmb)\s*"
_MEMBER = re.compile(
    rf"(?<![A-Za-z\\_])(?P<font>{_FONT}\{{?)?(?P<letter>[a-z])(?P<close>\}}?)(?P<at>\s*_\s*(?:[i-t](?![A-Za-z])|\{{[i-t]\}})"
    r"|\[[i-t]\])"
)
_COMMAND = re.compile(r"\\[A-Za-z]+|[A-Za-z]{3,}")
FREE = "vwgcqszehabyx"


@dataclass(frozen=True)
class Apart:
    """A derivation in which members of families have letters of their own; ``letters`` from those to the ones typed."""

    text: str
    letters: dict[str, str]

    def are_vectors(self, found: Judgement) -> bool:
        """Whether all members were read as vectors."""
        return all(any(a.startswith(f"{new}[i] ∈") for a in found.assumed) for new in self.letters)

    def told(self, found: Judgement) -> Judgement:
        """What was found, in the letters that were typed."""
        notes = [f"the {x}_k are a family of their own beside {x}" for x in self.letters.values()]
        rows = tuple(f"{new} is the matrix with the rows" for new in self.letters)
        kept = [self._back(a) for a in found.assumed if not a.startswith(rows) and "whose rows are" not in a]
        return Judgement(tuple(map(self._step, found.steps)), (*kept, *notes))

    def _back(self, text: str) -> str:
        for new, old in self.letters.items():
            text = re.sub(rf"(?<![A-Za-z\\]){re.escape(new)}(?=\}}?\s*_|\[)", old, text)
        return text

    def _step(self, step: Step) -> Step:
        text, reason, line = map(self._back, (step.text, step.reason, step.right_line))
        ours = any(re.search(rf"(?<![A-Za-z\\]){re.escape(new)}(?![A-Za-z])", line) for new in self.letters)
        return replace(step, text=text, reason=reason, right_line="" if ours else line, example=self._example(step))

    def _example(self, step: Step) -> Example | None:
        shown = step.example
        if shown is None:
            return None
        names = {x: f"{self.letters[x]}_k" if x in self.letters else x for x in shown.point}
        return replace(shown, point={names[x]: value for x, value in shown.point.items()})


def apart(source: str) -> Apart | None:
    r"""The derivation with other letters for families; None where no letter stands with and without an index.

    >>> apart("S = sum(k, u_k*u_k'), f = u'*S*u").text
    "S = sum(k, v_k*v_k'), f = u'*S*u"
    >>> apart("f = sum(k, u_k*u_k')") is None
    True
    """
    plain = _COMMAND.sub(" ", source)
    letters, taken = dict[str, str](), set(re.findall(r"[A-Za-z]", plain))
    for letter in dict.fromkeys(m["letter"] for m in _MEMBER.finditer(source)):
        alone = rf"(?<![A-Za-z_]){letter}(?![A-Za-z]|\}}?\s*_|\[)"
        new = next((c for c in FREE if c not in taken), "")
        if new and re.search(alone, plain):
            taken.add(new)
            letters[letter] = new
    if not letters:
        return None

    def put(found: re.Match[str]) -> str:
        letter = letters.get(found["letter"], found["letter"])
        return f"{found['font'] or ''}{letter}{found['close']}{found['at']}"

    return Apart(_MEMBER.sub(put, source), {new: old for old, new in letters.items()})
