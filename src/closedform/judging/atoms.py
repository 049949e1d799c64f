"""Derivatives inside what a person writes: ``∇f``, ``∂f/∂x``, ``d(Ax - b)``, each replaced by a name of its own.

The formula language has no signs for the derivative of something; the names stand for it while a line is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from closedform.errors import LimitError
from closedform.judging.applied import calls_of, put_in
from closedform.judging.derivative_signs import (
    ABOVE,
    ALONG,
    AT,
    AT_FIRST,
    BY,
    BY_VEC,
    D2,
    EXPONENT,
    FRAC,
    FRACTION,
    FUNCTIONS,
    GAP,
    MANY,
    NABLA,
    NABLA_TWICE,
    OF_DIFFERENTIAL,
    SECOND,
    SIGNS,
    SLASH,
    TARGET,
    TWICE,
    UNDER,
    D,
)
from closedform.judging.names import NAME, bare, cleaned, named, squeezed
from closedform.judging.spans import (
    TURN,
    behind_space,
    bracketed,
    close_of,
    divided,
    opener,
    scripts,
    term_end,
    unwrapped,
)
from closedform.judging.written import constants_gone, slopes

SQUARE = 3
MAX_APPLIED, MAX_SIGNS = 40, 60
FIRST, TURNED = 901, 1000


@dataclass(frozen=True)
class Atom:
    """A derivative that was written. ``sign``: ``d``, ``nabla``, ``partial``, ``along`` or ``vec``; ``order`` 1 or 2.

    ``by`` may be ""; ``at`` is the point at which it is taken, where that is not the variable itself (of ``along``:
    what the variable moves by).
    """

    sign: str
    of: str
    by: str = ""
    order: int = 1
    at: str = ""


def stacked(atom: Atom) -> Atom:
    """The derivative of a vector by ``vec(X)``, which is the matrix of its differential."""
    return replace(atom, sign="vec", by=atom.by[4:]) if atom.by.startswith("vec ") else atom


@dataclass
class Atoms:
    """The atoms of a derivation, by the names they were given."""

    syntax: str
    functions: dict[str, str] = field(default_factory=dict)  # f -> x, of definitions f(x) = …
    bodies: dict[str, str] = field(default_factory=dict)  # f -> …
    known: set[str] = field(default_factory=set)  # names that are defined or declared to be functions
    usual: set[str] = field(default_factory=set)  # those that are what their letter stands for by habit
    points: list[tuple[str, str]] = field(default_factory=list)  # an argument, and what stands for it somewhere
    found: dict[str, Atom] = field(default_factory=dict)
    variations: bool = False  # δx is written for dx

    def name(self, atom: Atom) -> str:
        for known, other in self.found.items():
            if other == atom:
                return known
        number = FIRST + len(self.found)
        self.found[f"Xi_{number}"] = atom
        return f"Xi_{number}"

    def typed(self, atom: Atom) -> str:
        return f" {self.spelled(self.name(atom))} "

    def spelled(self, name: str) -> str:
        """A name of ours as it is typed."""
        return f"\\Xi_{{{name[3:]}}}" if self.syntax == "latex" else name

    def of_name(self, name: str) -> tuple[Atom | None, bool]:
        """The atom that a name stands for, and whether for its transpose."""
        atom = self.found.get(name)
        if atom is None and name.startswith("Xi_"):
            number = int(name[3:]) if name[3:].isdigit() else 0
            return self.found.get(f"Xi_{number - TURNED}"), True
        return atom, False

    def replaced(self, text: str) -> str:
        """The text with all derivatives in it replaced by names."""
        text = slopes(constants_gone(cleaned(text)), self.functions, self.syntax)
        text = NABLA_TWICE.sub(lambda m: f"{m['nabla']}^2{m['by'] or ''} ", text)
        text = SECOND.sub(r"∂^2 \1/∂\2^2", text) if self.syntax == "text" else text
        if self.variations:
            text = re.sub(r"(?:\\delta|δ)(?![A-Za-z])\s*", " d ", text)
        if len(SIGNS.findall(text)) > MAX_SIGNS:
            raise LimitError(f"over {MAX_SIGNS} derivatives stand in this line (limit: derivatives)")
        steps = (self._evaluated, self._along, self._nabla, self._fraction, self._slash, self._primes, self._applied)
        for step in (*steps, self._differentials):
            text = step(text)
        return text

    def _evaluated(self, text: str) -> str:
        r"""``\left. \frac{d}{dt} f(x + th) \right|_{t=0}``, a derivative at a point."""
        text = AT_FIRST.sub(r"\\left.\1 (\3) \\right|_{\2}", text)
        while found := AT.search(text):
            inner = self.replaced(found["inner"]).strip()
            atom = next((a for name, a in self.found.items() if self.spelled(name) == inner), None)
            if atom is None or atom.sign == "d" or atom.at:
                return text
            at = replace(atom, by=atom.by or bare(found["by"]), at=found["at"])
            text = text[: found.start()] + self.typed(at) + text[found.end() :]
        return text

    def _along(self, text: str) -> str:
        """``Df(x)[h]``, the differential of f where x moves by h."""
        while found := ALONG.search(text):
            end = close_of(text, found.end() - 1)
            bracket = behind_space(text, end)
            if text[bracket : bracket + 1] != "[":
                break
            stop = close_of(text, bracket)
            atom = Atom("along", text[found.end() : end - 1], "", 1, text[bracket + 1 : stop - 1])
            text = text[: found.start()] + self.typed(atom) + text[stop:]
        for name, argument in self.functions.items():
            order = r"(?P<two>\s*(?:²|\^\s*(?:2|\{\s*2\s*\})))?"
            of = rf"\s*{re.escape(name)}\s*\(\s*{re.escape(argument)}\s*\)\s*(?=\[|\()"
            pattern = re.compile(rf"(?<![A-Za-z\\])D{order}{of}")
            while found := pattern.search(text):
                end = close_of(text, found.end())
                at = text[found.end() + 1 : end - 1]
                if found["two"] and "," not in at:  # D²f(X)[H][K]
                    again = behind_space(text, end)
                    if not opener(text, again):
                        break
                    at, end = f"{at},{text[again + 1 : close_of(text, again) - 1]}", close_of(text, again)
                atom = Atom("along", name, bare(argument), 2 if found["two"] else 1, at)
                text = text[: found.start()] + self.typed(atom) + text[end:]
        return text

    # -- gradients
    def _nabla(self, text: str) -> str:
        while found := NABLA.search(text):
            order = 2 if any(found[g] for g in ("two", "two2", "hess", "hess2")) else 1
            target, end = self._product(text, found.end()) or self._target(text, found.end())
            by = named(found["by"] or found["by2"] or "")
            at, end = self._point(text, found.end(), target, end)
            text = text[: found.start()] + self.typed(Atom("nabla", target, by, order, at)) + text[end:]
        return text

    def _fraction(self, text: str) -> str:
        place = 0
        while found := FRAC.search(text, place):
            stop = close_of(text, found.end() - 1)
            opens = text.find("{", stop)
            place = found.end()
            if opens < 0 or text[stop:opens].strip():
                continue
            end = close_of(text, opens)
            above, below = text[found.end() : stop - 1].strip(), text[opens + 1 : end - 1].strip()
            by = _below(below)
            top = ABOVE.match(above)
            if by is None or top is None:
                continue
            of = above[top.end() :].strip()
            if by[1] == 2 and not TWICE.match(above):
                by = (by[0], SQUARE)  # by the square
            if not of:
                of, end = self._whole(text, end)
            atom = stacked(Atom("partial", self._function(unwrapped(of)), *by))
            text, place = text[: found.start()] + self.typed(atom) + text[end:], 0
        return text

    def _slash(self, text: str) -> str:
        """``∂f/∂x``, ``df/dx``, ``∂(x'Ax)/∂x``."""
        while found := SLASH.search(text):
            end = divided(text, found.end())
            of = unwrapped(text[found.end() : end]) if end > 0 else ""
            if not of:
                of, end = self._target(text, found.end())
            behind = UNDER.match(text, end)
            if behind is None:
                if found["d"] == "d":
                    masked = text[: found.start()] + "\x00" + text[found.start() + 1 :]
                    return self._slash(masked).replace("\x00", "d")
                text = f"{text[: found.start()]} d {text[found.end() :]}"  # ∂X for dX
                continue
            by = _below(behind.group().lstrip("/ "))
            assert by is not None
            text = text[: found.start()] + self.typed(stacked(Atom("partial", of, *by))) + text[behind.end() :]
        return text

    def _primes(self, text: str) -> str:
        """``f'(x)`` and ``f''(x)`` of a function that was defined with its argument."""
        for name, argument in self.functions.items():
            at = rf"(?:{re.escape(argument)}|(?P<at>-?\d+))"
            pattern = re.compile(rf"(?<![\w\\]){re.escape(name)}(?P<primes>'{{1,2}})\s*\(\s*{at}\s*\)")
            while found := pattern.search(text):
                atom = Atom("partial", name, bare(argument), len(found["primes"]), found["at"] or "")
                text = text[: found.start()] + self.typed(atom) + text[found.end() :]
        return text

    def _applied(self, text: str) -> str:
        """``f(x)`` is ``f`` where f was defined with that argument."""
        if not self.functions:
            return text
        pattern, place, count = calls_of(self.functions), 0, 0
        while found := pattern.search(text, place):
            end = close_of(text, found.end() - 1)
            name, inner = found["name"], text[found.end() : end - 1]
            own = self._same(name, inner) and name not in self.usual
            factor = TURN.match(text, end) or (self.syntax == "text" and text[end:].lstrip().startswith("("))
            if not own and found.group()[-2].isspace() and factor:  # ``f (x - m)' dx``
                put = f" {name} {self._times(text, found.end() - 1)}"
                text, place = text[: found.start()] + put + text[found.end() - 1 :], found.start() + len(put)
                continue
            if own:
                put = f" {name} {self._times(text, end)}"
            elif name in self.bodies:
                if count >= MAX_APPLIED:
                    raise LimitError(f"{name} is applied over {MAX_APPLIED} times in this line (limit: applications)")
                if name not in self.usual:
                    self.points.append((self.functions[name], inner))
                body = put_in(self.bodies[name], self.functions[name], inner, self.syntax, self.known)
                put, count = f"({body})", count + 1
            else:
                place = found.end()
                continue
            text = text[: found.start()] + put + text[end:]
            place = found.start() + len(name) + 1 if own else place
        return text

    def _times(self, text: str, end: int) -> str:
        """A sign of multiplication where a bracket follows, of which the function is not taken."""
        follows = text[end:].lstrip().startswith("(")
        return "" if not follows else "\\cdot " if self.syntax == "latex" else "* "

    def _point(self, text: str, place: int, target: str, end: int) -> tuple[str, int]:
        r"""What ``\nabla h`` is taken at in ``\nabla h(g(x))``, and the place behind it."""
        start = text.find(target, place) + len(target)
        name = target if target in self.bodies else ""
        if not name or not text[start:].lstrip().startswith("("):
            return "", end
        start = text.index("(", start)
        end = close_of(text, start)
        inner = text[start + 1 : end - 1]
        if self._same(name, inner):
            return "", end
        inner = self._applied(inner)
        self.points.append((self.functions[name], inner))
        return inner, end

    def _same(self, name: str, arguments: str) -> bool:
        return squeezed(arguments) == squeezed(self.functions[name])

    def _function(self, of: str) -> str:
        return self._applied(of).strip()

    def _whole(self, text: str, place: int) -> tuple[str, int]:
        r"""What ``\frac{\partial}{\partial x}`` stands before."""
        end = self._reach(text, place)
        if end is not None and not text[end:].strip():
            return unwrapped(text[place:end]), end
        return self._target(text, place, whole=True)

    def _target(self, text: str, place: int, whole: bool = False) -> tuple[str, int]:
        """What a sign of differentiation stands before: a name with its argument, or brackets; and where it ends."""
        place = behind_space(text, place)
        if opener(text, place):
            end = bracketed(text, place)
            return unwrapped(text[place:end]), end
        if MANY.match(text, place):
            end = term_end(text, place)
            return text[place:end].strip(), end
        found = TARGET.match(text, place)
        known = found is not None and squeezed(found["name"]) in {squeezed(f) for f in self.functions}
        if found is not None and (known or found["arg"] is None) and (known or not whole):
            end = found.end() if known or found["arg"] is None else found.end("name")
            of_value = whole and known and found["arg"] is not None and not self._is_own(found)
            return found.group() if of_value else found["name"], end
        if found is not None and not whole:
            return found["name"], found.end()
        end = term_end(text, place)
        return text[place:end].strip(), end

    def _product(self, text: str, place: int) -> tuple[str, int] | None:
        r"""All of ``w^T A w`` behind ``\nabla_w``, where what stands first is a variable, not a function."""
        place = behind_space(text, place)
        found = TARGET.match(text, place)
        if found is None or found["arg"] or bare(found["name"]) in {"", *self.known}:
            return None
        end = term_end(text, place)
        return text[place:end].strip(), end

    def _is_own(self, found: re.Match[str]) -> bool:
        """Whether a function stands with the argument that it was defined with."""
        own = next(x for f, x in self.functions.items() if squeezed(f) == squeezed(found["name"]))
        return squeezed(found["arg"].strip()[1:-1]) == squeezed(own)

    # -- differentials
    def _differentials(self, text: str) -> str:
        """``d(…)``, ``d log det X``, ``dX^-1`` by names; ``d x`` as ``dx``."""
        text = OF_DIFFERENTIAL.sub(r" d^2 \1 ", text)
        while second := D2.search(text):
            end = self._reach(text, second.end())
            if end is None:
                one = re.compile(rf"\s*{NAME}").match(text, second.end())
                end = one.end() if one else len(text)
            name = self.name(Atom("d", unwrapped(text[second.end() : end]), order=2))
            text = f"{text[: second.start()]} d{self.spelled(name)} {text[end:]}"
        place = 0
        while found := D.search(text, place):
            place = found.end()
            end = self._reach(text, found.end())
            if end is None:
                continue
            of = text[found.end() : end].strip()
            name = self.typed(Atom("d", unwrapped(self._differentials(of)))).strip()
            new = f" d{name} "
            text = text[: found.start()] + new + text[end:]
            place = found.start() + len(new)
        return GAP.sub("d", text)

    def _reach(self, text: str, place: int) -> int | None:
        """Where what a ``d`` at the end of ``text[:place]`` is of ends; None where that is a single name."""
        place = behind_space(text, place)
        if opener(text, place):
            return close_of(text, place)
        bars = re.compile(r"\\\||\\[lL]?[vV]ert\b|\|\||‖|\\left\s*(?:\\\||\\[lr]?[vV]ert\b|\|)|\|").match(text, place)
        if bars and text.count(bars.group(), 0, place) % 2 == 0:
            closing = bars.group().replace("left", "right").replace("lVert", "rVert").replace("lvert", "rvert")
            end = text.find(closing, bars.end())
            whole = text[place:end].count("(") == text[place:end].count(")")
            return scripts(text, end + len(closing)) if end >= 0 and whole else None
        function = re.compile(rf"(?:{FUNCTIONS}\s*(?:_\{{?\w+\}}?)?\s*)+").match(text, place)
        if function:
            end = function.end()
            if opener(text, end):
                return scripts(text, close_of(text, end))
            one = re.compile(rf"\s*(?:{NAME})").match(text, end)
            return scripts(text, one.end()) if one else None
        fraction = re.compile(FRACTION + r"(?=\{)").match(text, place)
        if fraction:
            return close_of(text, text.index("{", close_of(text, fraction.end())))
        if re.compile(r"e\s*\^").match(text, place):
            return scripts(text, place + 1)
        power = re.compile(rf"(?P<name>{NAME})\s*\^").match(text, place)
        if power and power["name"][0] != "d":
            end = scripts(text, power.end("name"))
            if EXPONENT.fullmatch(text[power.end("name") : end]):
                return end
        return None


def _below(text: str) -> tuple[str, int] | None:
    """The variable and the order that stand below."""
    stacked = BY_VEC.fullmatch(text.strip())
    if stacked is not None:
        return "vec " + named(stacked["name"]), 1
    found = BY.fullmatch(text.strip().strip("()").strip())
    if found is None:
        return None
    by, again = named(found["name"]), found["again"]
    if found["square"] and not again:
        return by + "".join(by.partition("_")[2:]) if re.fullmatch(r"[A-Za-z]+_[a-z]", by) else by, 2
    other = re.fullmatch(rf"(?:\\partial|∂|d)\s*({NAME}(?:\[[^\]]*\])?)", again or "")
    base, _, at = named(other[1]).replace("[", "_").rstrip("]").partition("_") if other is not None else ("", "", "")
    if at and base == by.replace("[", "_").partition("_")[0]:  # an entry of the Hessian
        by = by.replace("[", "_").rstrip("]") + at
    return by, 2 if again else 1


def turned(name: str) -> str:
    """The name of the transpose of what ``name`` stands for."""
    return f"Xi_{int(name[3:]) + TURNED}"
