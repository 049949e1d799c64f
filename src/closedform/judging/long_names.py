r"""Names of several letters that a derivation defines: ``MSE = …``, ``loss = …``, ``\text{KL}(p \| q) = …``.

Letters that run together are a product to the language, so such a name is put aside for one that is read as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from closedform.judging.names import LETTERS, bare, is_differential
from closedform.judging.prose import KEEP, WORDS
from closedform.judging.records import Judgement, Step
from closedform.read.alphabet import canonical
from closedform.read.vocabulary import is_function

NOUNS = {"loss", "objective", "error", "cost", "energy"}
"""Words that are names where they stand first."""
FIRST, LAST = 71, 99
_FONT = r"\\(?:text|textrm|textsc|mathrm|mathit|mathsf|mathbf|operatorname|rm)\s*\{\s*"
_WORD = r"[A-Za-z]{2,}"
_DEFINED = re.compile(
    rf"""(?:^|\$|\\\\|\\\[|\\begin\{{\w+\*?\}}|[.;,:]\s|\b(?:[Ll]et|[Ww]here|[Dd]efine|[Ww]ith|[Aa]nd|[Ss]o|[Tt]hen)\b)
    [\s$>&]*(?:\\\[|\\begin\{{\w+\*?\}})?\s*(?:\d+[.)]\s+)?(?:(?P<font>{_FONT})(?P<named>{_WORD})\s*\}}|(?P<plain>(?<!\\){_WORD}))
    \s*(?:\([^()\n]*\)|\([^()\n]*\([^()\n]*\)\))?\s*&?\s*(?:\\?:?=(?!=)|\\coloneqq|\\equiv|≡|≔)""",
    re.VERBOSE | re.MULTILINE,
)
_RUN = re.compile(r"(?<![A-Za-z\\])[A-Za-z]+(?![A-Za-z])")


@dataclass(frozen=True)
class LongNames:
    """The text with short names, and the way back."""

    text: str
    names: dict[str, str]

    def back(self, text: str) -> str:
        """What we say, with the names as they were written."""
        for number, name in self.names.items():
            text = re.sub(rf"(?<![A-Za-z])(d?)L_?\{{?{number}\}}?(?!\d)", _behind(name), text)
        return text

    def told(self, found: Judgement) -> Judgement:
        return Judgement(tuple(map(self._step, found.steps)), tuple(map(self.back, found.assumed)))

    def _step(self, step: Step) -> Step:
        text, reason, line, needed = map(self.back, (step.text, step.reason, step.right_line, step.right_if))
        shown = step.example
        if shown is not None:
            shown = replace(shown, point={self.back(name): value for name, value in shown.point.items()})
        return replace(step, text=text, reason=reason, right_line=line, right_if=needed, example=shown)


def long_names(source: str, latex: bool) -> LongNames:
    r"""The derivation with its names of several letters put aside.

    >>> long_names("MSE = ||X*w - y||^2, dMSE/dw = 2*X'*(X*w - y)", latex=False).text
    "L71 = ||X*w - y||^2, dL71/dw = 2*X'*(X*w - y)"
    >>> long_names("f = ||Ax - b||^2 where AX = I", latex=False).names
    {}
    """
    names = dict[str, str]()
    for written, pattern in (_spelled(source) if latex else _squares(source)).items():
        number = FIRST + len(names)
        short = f"L_{{{number}}}" if latex else f"L{number}"
        if short not in source:
            names[str(number)] = written
            source = pattern.sub(f"{{{short}}}" if written == "d" else f" {short} ", source)
    spelled = set(names)
    for found in _DEFINED.finditer(source):
        name = found["named"] or found["plain"]
        declared = bool(found["font"]) or (not latex and ":=" in found.group() and not _of_names(name, source, found))
        if name not in names.values() and _is_name(name, source, latex, declared):
            number = FIRST + len(names)
            if number > LAST or f"L{number}" in source or f"L_{{{number}}}" in source:
                break
            names[str(number)] = name
    if not latex and _INDEXED_PI.search(source) and len(names) <= LAST - FIRST:
        names[str(FIRST + len(names))] = "pi"
    if distance(source) and len(names) <= LAST - FIRST:
        names[str(FIRST + len(names))] = "d"
    source = source.replace("π", "pi") if "pi" in names.values() else source
    for at, name in ((at, name) for at, name in names.items() if at not in spelled):
        short = f"L_{{{at}}}" if latex else f"L{at}"
        source = _replaced(source, name, short)
    return LongNames(source, names)


_MOVED = re.compile(r"(?<![A-Za-z\\])d(?:[A-Z]|\\[A-Za-z]|\s*\()")
_ROOT = re.compile(r"(?<=\\sqrt)(?:\s*\{\s*d\s*\}|\s*d(?![A-Za-z]))")
_FILTER = re.compile(r"\b(?:posterior|prior|kalman|filter\w*|updated?|predict\w*|next|new|corrected)\b", re.IGNORECASE)
_SIGNED = re.compile(r"(?<![A-Za-z\\])[A-Za-z]\s*\^\s*(?:[+-]|\{[+-]\})(?![\w{])")
_ANGLE = re.compile(r"\\(?P<f>cos|sin)\s*\(?\s*\\(?P<angle>(?:var)?theta|(?:var)?phi|alpha)\s*\)?(?=\s*&?\s*:?=)")


def _spelled(source: str) -> dict[str, re.Pattern[str]]:
    r"""Signs that are names here, though they look like more: how each is written, and where it stands.

    The size d of ``\sqrt d`` beside differentials; ``P^+`` and ``P^-``, what something is after and before an update
    (elsewhere it is the pseudo-inverse); ``\cos\theta = …`` of an angle that stands nowhere else.
    """
    found = _squares(source)
    if _ROOT.search(source) and _MOVED.search(source):
        found["d"] = _ROOT
    if _FILTER.search(source):
        found |= {re.sub(r"[\s{}]", "", m.group()): re.compile(re.escape(m.group())) for m in _SIGNED.finditer(source)}
    if angle := _ANGLE.search(source):
        every = re.compile(rf"\\{angle['f']}\s*\(?\s*\\{angle['angle']}(?![A-Za-z])\s*\)?")
        if f"\\{angle['angle']}" not in every.sub(" ", source):
            found[f"\\{angle['f']}\\{angle['angle']}"] = every
    return found


_SQUARED = re.compile(
    r"(?:\\partial|∂|\\nabla|∇)(?:_\{?\\?\w+\}?)?\s*(?P<name>\\chi|χ|[A-Za-z])(?P<two>\s*(?:\^\s*\{?2\}?|²))"
    r"(?=[\s(]*(?:[^\W_]\))?\s*(?:\}\s*\{|/|=))"
)


def _squares(source: str) -> dict[str, re.Pattern[str]]:
    r"""Squares that are names: ``d^2 = …`` where ``\partial d^2/\partial x`` stands, and no d without the square."""
    found = _SQUARED.search(source)
    if found is None:
        return {}
    name = re.escape(found["name"])
    square = re.compile(rf"(?<![A-Za-z\\]){name}\s*(?:\^\s*(?:2|\{{2\}})|²)")
    begins = r"(?:^|[$.;,:&\]]\s*|\b[Ll]et\s+|\b[Dd]istance\s+)"
    defined = re.search(rf"{begins}{square.pattern}\s*(?:\([^()]*\))?\s*&?\s*:?=", source, re.M)
    alone = re.search(rf"(?<![A-Za-z\\]){name}(?![A-Za-z])", square.sub(" ", source))
    return {} if defined is None or alone is not None else {found["name"] + "²": square}


_INDEXED_PI = re.compile(r"(?<![A-Za-z])(?:d|∂)?(?:pi|π)_[a-z0-9]")
"""``pi_k`` of text, which is no number."""
_D = r"(?<![A-Za-z\\])d(?![A-Za-z])"
_D_DEFINED = re.compile(
    rf"(?:^|\$|[.;,]\s|&|\b(?:[Ll]et|[Ww]here|[Dd]efine|[Hh]ave)\b)\s*\$?\s*"
    rf"{_D}\s*(?:\(\s*(\\?\w+)\s*\))?\s*&?\s*:?=",
    re.MULTILINE,
)
_DIFFERENTIAL = re.compile(
    r"(?<![A-Za-z\\])d(?:[A-Za-z]|\s*\\?[{(\[]|\s*\\[A-Za-z]+)|\\(?:mathrm|text|rm)\s*\{?\s*d\b|\\dd?\b"
)


def distance(source: str) -> bool:
    r"""Whether d is a name here, ``d(x) = \sqrt{…}``, and nowhere the sign of a differential.

    >>> distance("Let d = sqrt(u'*u). grad d = u/d"), distance("d(x) = A*dx"), distance("f = x'*d\ndf = d'*dx")
    (True, False, False)
    """
    found = _D_DEFINED.search(source)
    if found is None:
        return False
    argument = found[1]
    applied = rf"{_D}\s*\(\s*{re.escape(argument)}\s*\)" if argument else "(?!)"
    return _DIFFERENTIAL.search(re.sub(applied, "D", source)) is None


def _of_names(name: str, source: str, place: re.Match[str]) -> bool:
    """Whether each letter of a name was said to be something before it: ``AB := …`` with A and B."""
    before = source[: place.start()]
    return all(re.search(rf"(?<![A-Za-z]){c}\s*(?::?=|in\b)", before) for c in name)


def _is_name(name: str, source: str, latex: bool, font: bool) -> bool:
    low, known = name.lower(), bare(name) or name in LETTERS or canonical(name) != name
    if known or is_function(name) or is_function(low) or is_differential(name) or name in KEEP:
        return False
    if low in WORDS and low not in NOUNS:
        return False
    if font or low in NOUNS:
        return True
    if len(name) == 2 and name[0].isupper() and name[1].islower():
        return False  # A x
    if latex and not name.isupper():
        return False
    runs = [m.group() for m in _RUN.finditer(source) if name not in m.group()]
    around = [run for run in runs if len(run) == 1 or run.lower() not in WORDS]
    apart = "".join(w for w in around if len(w) <= 3 and not (latex and w in ("top", "bf", "rm")))
    seen = [c for c in set(name) if c in apart]
    return 2 * len(seen) < len(set(name)) and not (seen and name.islower() and len(name) == 2)


def _replaced(source: str, name: str, short: str) -> str:
    divergence = r"(?:\s*\([^()\n]*(?:\|\|?|\\\||‖|\\parallel|;)[^()\n]*\))?"
    source = re.sub(rf"{_FONT}{name}\s*\}}{divergence}", _put(f" {short} "), source)
    return re.sub(rf"(?<![A-Za-z\\])(?P<d>d?)(?:{name})(?![A-Za-z]){divergence}", _put(short), source)


def _behind(name: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found[1] + name


def _put(short: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found.groupdict().get("d", "") + short
