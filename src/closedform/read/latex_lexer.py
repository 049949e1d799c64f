r"""LaTeX to the signs it is made of, with places: letters, words, brackets, commands; spacing and fonts taken away.

What the signs mean for each other (how far ``\log`` or ``\sum`` reach, whether a subscript is an index) is decided in
``latex.py``.
"""

from __future__ import annotations

from typing import NoReturn

from closedform.errors import LimitError, ReadError
from closedform.read import latex_marks as marks
from closedform.read import latex_words as words
from closedform.read.alphabet import GREEK
from closedform.read.latex_cases import array_of_cases, without_cases
from closedform.read.latex_dots import without_dots
from closedform.read.latex_pieces import ARGUMENT, LENGTH, OLD_WORD, RELATION_BELOW, SCAN, SPACE, WORD, WORD_BELOW
from closedform.read.latex_rewrites import rewritten
from closedform.read.latex_signs import Sign, Signs
from closedform.read.lexer import MAX_CHARACTERS, MAX_NAME, check_number, stranger

MAX_DEPTH_OF_FONTS = 50
_ONE = {"1": "ones", "0": "zeros"}


class Lexer:
    """Reads ``source`` to a list of signs that ends with ``end``."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.signs = Signs()
        self.mates: dict[int, int] = {}
        self.singles: set[int] = set()
        self.fonts: list[tuple[int, str]] = []
        self.hidden: set[int] = set()  # braces that belong to a font or to a wrapper
        self.gap = False
        self.side = 0
        self.lefts: list[bool] = []  # of each \\left that is open: whether no bracket stands behind it
        self.unseen = False  # whether this \\right closes such a one
        self.overs: dict[int, int] = {}  # \\over, and the brace it stands in
        self.skipped: dict[int, int] = {}  # labels that are left out
        self.first, self.tail = marks.head(source), marks.tail(source)
        self.last = min(self.tail, len(source.rstrip("$. \n\t]})\\")))

    def fail(self, message: str, start: int, end: int, hint: str = "") -> NoReturn:
        raise ReadError(message, span=(start, end), source=self.source, hint=hint)

    def read(self) -> Signs:
        source = self.source
        if len(source) > MAX_CHARACTERS:
            raise LimitError(f"the text has {len(source)} characters (limit: {MAX_CHARACTERS} characters)")
        self.mates, self.overs = marks.braces(source)
        self._range(0, len(source))
        if self.side:
            self.fail("a bracket is missing here", len(source) - 1, len(source))
        for place in reversed(marks.merged_bars(self.signs)):
            first, second = self.signs[place : place + 2]
            self.signs[place : place + 2] = [first._replace(text="||", end=second.end)]
        self._add("end", "", len(source), len(source))
        self.signs = rewritten(without_dots(without_cases(source, self.signs)))
        self.signs.pair()
        return self.signs

    def _range(self, place: int, end: int) -> None:
        while place < end:
            found = SCAN.match(self.source, place)
            assert found is not None
            place = self._one(str(found.lastgroup), found.group(), place)

    def _add(self, kind: str, text: str, start: int, end: int, font: str = "") -> None:
        self.signs.append(Sign(kind, text, start, end, self.gap, font, self.side if kind == "bar" else 0))
        self.gap = False

    def _one(self, kind: str, text: str, place: int) -> int:
        """Read one piece; the place behind it."""
        end = place + len(text)
        if place in self.skipped:
            return self.skipped[place]
        while self.fonts and place >= self.fonts[-1][0]:
            self.fonts.pop()
        if kind == "gap":
            self.gap = True
            return end
        if self.side and not (text in words.PLAIN_BRACKETS or kind in ("command", "bars") or text in "<>./"):
            self.fail("a bracket must stand here", place, end)
        if kind == "command":
            return self._command(text[1:], place, end)
        if kind == "num":
            return self._number(text, place)
        if kind == "letter":
            self._add("letter", text, place, end, self.fonts[-1][1] if self.fonts else "")
        elif kind == "prime":
            self._add("prime", "'", place, end)
        elif kind == "bars":
            if self.side and len(text) == 2:
                text, end = "|", place + 1
            self._bracket("bar", text, place, end)
        else:
            return self._other(text, place, end)
        return end

    def _number(self, text: str, place: int) -> int:
        if place in self.singles:
            text = text[0]
        check_number(text, 0, text)
        if self.fonts and self.fonts[-1][1] and text in _ONE:
            self._add("const", _ONE[text], place, place + 1)
        else:
            self._add("num", text, place, place + len(text))
        return place + len(text)

    def _other(self, text: str, place: int, end: int) -> int:
        old = OLD_WORD.match(self.source, place) if text == "{" else None
        if old:
            self._add("word", old.group(1), place, old.end())
            return old.end()
        if text in "{}":
            if place in self.overs.values():
                self._add("cmd", "frac", place, end)
            if place not in self.hidden:
                self._add(text, text, place, end)
            return end
        if text in "^_":
            self._script(text, place, end)
        elif text == "&":
            self._add("&", text, place, end)
        elif text in words.PLAIN_BRACKETS:
            self._bracket(*words.PLAIN_BRACKETS[text], place, end)
        elif self.side and text in "<>":
            self._bracket("open" if text == "<" else "close", "<", place, end)
        elif self.side and text == ".":
            self._unseen(place, end)
        elif text == "!":
            self._add("op", "!", place, end)
        elif text in ",;" and place >= self.tail:
            self.gap = True
        elif text in words.BASIC:
            self._add("op", words.BASIC[text], place, end)
        elif text in GREEK:
            self._add("letter", GREEK[text], place, end)
        elif text not in "$." or self.first <= place < self.last:
            if text == "$":
                self.fail("$ stands in the midst of a formula", place, end, "Read one formula at a time.")
            raise stranger(self.source, place)
        return end

    def _script(self, text: str, place: int, end: int) -> None:
        self._add(text, text, place, end)
        self._single(end)

    def _single(self, place: int) -> int:
        """If a digit stands at ``place``, it is an argument by itself; the place behind the argument."""
        found = SPACE.match(self.source, place)
        assert found is not None
        place = found.end()
        if place < len(self.source) and self.source[place].isdigit():
            self.singles.add(place)
            return place + 1
        if place in self.mates:
            return self.mates[place] + 1
        argument = ARGUMENT.match(self.source, place)
        return argument.end() if argument else place

    def _bracket(self, kind: str, text: str, start: int, end: int) -> None:
        if self.unseen and (kind, text) != ("bar", "|"):
            self.fail("brackets of which one is left out are not read", start, end, "Write both.")
        if self.unseen:
            self._add("close", "(", start, start)
            self._add("at", "|", start, end)
            self.unseen = False
        elif self.side and kind == "bar":
            self._add("bar", text, start, end)
        elif self.side and (kind == "open") != (self.side > 0):
            self.fail("this bracket looks the wrong way", start, end)
        else:
            self._add(kind, text, start, end)
        self.side = 0

    def _unseen(self, place: int, end: int) -> None:
        r"""``\\left.`` and ``\\right.``: brackets that do not show, where both do not."""
        if self.side < 0 and not self.unseen and array_of_cases(self.signs):
            self.side = 0
            return
        if self.side < 0 and not self.unseen:
            self.fail("brackets of which one is left out are not read", place, end, "Write both.")
        if self.side > 0 and self.lefts:
            self.lefts[-1] = True
        self._add("open" if self.side > 0 else "close", "(", place, end)
        self.side, self.unseen = 0, False

    def _doubled(self, place: int) -> bool:
        r"""Whether ``\\vert`` stands right behind another."""
        before = self.signs[-1] if self.signs else None
        return before is not None and before[:2] == ("bar", "|") and before.end == place and not (self.side or self.gap)

    # -- commands
    def _command(self, name: str, place: int, end: int) -> int:
        if self.source.startswith("*", end) and name in ("operatorname",):
            end += 1
        if self.side and name not in words.BRACKETS:
            self.fail("a bracket must stand here", place, end)
        if name == "\\":
            self._add("\\", name, place, end)
        elif place in self.overs and self.overs[place] not in self.hidden:
            self._add("}", "}", place, end)
            self._add("{", "{", place, end)
        elif name == "vert" and self._doubled(place):
            self.signs[-1] = self.signs[-1]._replace(text="||", end=end)
        elif name in words.BRACKETS:
            self._bracket(*words.BRACKETS[name], place, end)
        elif name in words.SIZINGS:
            self._sizing(name, place, end)
        elif name in words.LETTERS:
            font = self.fonts[-1][1] if self.fonts else ""
            self._add("letter", words.LETTERS[name], place, end, font or name * name.startswith("var"))
        elif name in words.UPRIGHT or (name in words.FONTS and words.FUNCTION.match(self.source, end)):
            return self._word(place, end)
        elif name in words.FONTS and not (name == "vec" and marks.applied(self.source, end)):
            return self._font(name, place, end)
        elif name in words.ACCENTS:
            return self._accent(name, place, end)
        elif name in words.FUNCTIONS:
            self._add("word", words.FUNCTIONS[name], place, end)
        elif name in ("exponentialE", "differentialD"):
            self._add("word", name[-1].lower(), place, end)
            return SPACE.match(self.source, end).end()  # type: ignore[union-attr]
        elif name in ("arg", "underset", "overset", "stackrel"):
            return self._searched(name, place, end)
        elif name in ("begin", "end"):
            return self._environment(name, place, end)
        elif name in words.WRAPPERS:
            if self.first < place + 1 and end - 2 < self.tail and place != self.first - 2:
                self.fail(f"\\{name} stands in the midst of a formula", place, end, "Read one formula at a time.")
        elif name in words.SPACES:
            self.gap = self.gap or name not in ("!", "negthinspace")
            if name == "mathop" and (start := words.OPERATOR.match(self.source, end)):
                self.hidden |= {start.end() - 1, self.mates.get(start.end() - 1, -1)}
        elif name in words.FRAMES:
            return self._framed(name, place, end)
        elif name in words.SPACES_WITH_ARGUMENT:
            return self._skip_argument(end)
        else:
            self._sign(name, place, end)
        return end

    def _sign(self, name: str, place: int, end: int) -> None:
        if (operator := words.OPERATORS.get(name) or words.RELATIONS.get(name)) is not None:
            self._add("op", operator, place, end)
        elif name in words.DOTS:
            self._add("dots", name, place, end)
        elif name in words.FRACTIONS or name in ("sqrt", "sum", "nabla"):
            self._add("cmd", "frac" if name in words.FRACTIONS else name, place, end)
            if name in words.FRACTIONS:
                self._single(self._single(end))
            elif name == "sqrt":
                self._single(end)
        elif name in ("binom", "tbinom", "dbinom"):
            self._add("cmd", "binom", place, end)
            self._single(self._single(end))
        elif name in ("top", "intercal", "prime", "infty", "dagger", "partial", "prod", "succ", "succeq"):
            self._add("cmd", name, place, end)
        elif name == "mid":
            self._add("mid", name, place, end)
        elif name in ("_", "&", "%", "#", "$"):
            self.fail(f"\\{name} stands alone here", place, end)
        else:
            self._unknown(name, place, end)

    def _unknown(self, name: str, place: int, end: int) -> NoReturn:
        message, hint = marks.unknown(name)
        self.fail(message, place, end, hint)

    def _sizing(self, name: str, place: int, end: int) -> None:
        name = name.removeprefix("m") if name in ("mleft", "mright") else name
        if name == "left":
            self.lefts.append(False)
        self.unseen = name == "right" and bool(self.lefts) and self.lefts.pop()
        self.side = 1 if name == "left" or name[-1] == "l" else -1 if name == "right" or name[-1] == "r" else 0

    def _argument(self, place: int, end: int) -> tuple[int, int]:
        """Where the argument of a command starts and ends, braces included."""
        found = SPACE.match(self.source, end)
        assert found is not None
        start = found.end()
        if start in self.mates:
            return start, self.mates[start] + 1
        one = ARGUMENT.match(self.source, start)
        if one is None:
            self.fail(f"{self.source[place:end]} has nothing to stand on", place, end)
        return start, one.end()

    def _skip_argument(self, end: int) -> int:
        self.gap = True
        length = LENGTH.match(self.source, end)
        return length.end() if length else self._argument(end, end)[1]

    def _word(self, place: int, end: int) -> int:
        """An upright word; ``\\mathrm{d}`` and the like included."""
        start, stop = self._argument(place, end)
        word = marks.upright(self.source[start:stop])
        if len(word) > MAX_NAME:
            message = f"a name has {len(word)} characters (limit: {MAX_NAME})"
            raise LimitError(message, source=self.source, span=(place, stop))
        if word.startswith("_"):
            self.fail(f"{word} begins with no letter", place, stop, r"Write \text{a_b}, or the index after the braces.")
        if word in (",", "."):
            self._add("op", ",", place, stop)
        elif word in _ONE:
            self._add("const", _ONE[word], place, stop)
        elif word and not WORD.fullmatch(word) and not word.isascii() and len(word) == 1 and word in GREEK:
            self._add("letter", GREEK[word], place, stop)
        elif word:
            self._add("word", word.strip(" ,:;."), place, stop)
        else:
            self.gap = True
        return stop

    def _font(self, name: str, place: int, end: int) -> int:
        if name in ("bf", "cal"):
            opener = len(self.source[:place].rstrip()) - 1
            if opener not in self.mates:
                self.fail(f"\\{name} is read only at the start of a group", place, end, r"Write \mathbf{x}.")
            self.fonts.append((self.mates[opener], words.FONTS[name]))
            return end
        start, stop = self._argument(place, end)
        if words.FONTS[name] == "double" and self.source[start:stop].strip("{} ") in ("E", "P"):
            what = "probabilities" if "P" in self.source[start:stop] else "expected values"
            hint = r"Write the mean over data as a sum: \frac{1}{m} \sum_{i=1}^{m} …."
            self.fail(f"{what} are not supported", place, stop, hint if what[0] == "e" else "")
        if start in self.mates:
            self.fonts.append((stop - 1, words.FONTS[name]))
            self.hidden |= {start, stop - 1}
            if len(self.fonts) > MAX_DEPTH_OF_FONTS:
                raise LimitError("fonts are nested too deep (limit: fonts)", source=self.source, span=(place, end))
            return start + 1
        self.fonts.append((stop, words.FONTS[name]))
        self.singles.add(start)
        return end

    def _framed(self, name: str, place: int, end: int) -> int:
        r"""``\\underbrace{…}_{…}``, ``\\color{red}``: a label is left out."""
        self.gap = True
        stop = self._argument(place, end)[1]
        if "color" in name:
            return stop
        after = SPACE.match(self.source, stop).end()  # type: ignore[union-attr]
        if name != "boxed" and self.source[after : after + 1] in ("_", "^"):
            self.skipped[after] = self._label(after)
        return end

    def _label(self, place: int) -> int:
        r"""The place behind the label at ``place``; that in ``_\text{…}`` is a command with what it takes."""
        start, stop = self._argument(place, place + 1)
        return self._argument(place, stop)[1] if self.source[start + 1 : stop] in words.UPRIGHT else stop

    def _searched(self, name: str, place: int, end: int) -> int:
        r"""``\\arg\\min``, and ``\\underset{x}{\\operatorname{argmin}}`` as it is written in a line."""
        if name == "arg":
            found = marks.searched(self.source, end)
            if found is None:
                self._unknown(name, place, end)
            self._add("word", found[0], place, found[1])
            return found[1]
        start, stop = self._argument(place, end)
        if name != "underset" and (sign := RELATION_BELOW.match(self.source, stop)):  # \stackrel{\text{def}}{=}
            self._add("op", "=", place, sign.end())
            return sign.end()
        said = marks.supported(self.source, stop)
        if not said or start not in self.mates or name != "underset":
            self._unknown(name, place, end)
        behind = self._argument(place, stop)[1]
        behind = behind if self.source[behind - 1] == "}" else self._argument(place, behind)[1]
        self._add("word", said, stop, behind)
        self._add("_", "_", start, start)
        self._range(start, stop)
        return behind

    def _accent(self, name: str, place: int, end: int) -> int:
        start, stop = self._argument(place, end)
        if (word := WORD_BELOW.fullmatch(self.source[start:stop])) is not None:
            self._add("word", f"{word[1]}_{words.ACCENTS[name]}", place, stop)
            return stop
        if (letter := marks.accented(self.source[start:stop], name)) is None:
            self.fail(f"\\{name} stands over one letter", place, stop, r"Write \hat{x}.")
        self._add("letter", f"{letter}_{words.ACCENTS[name]}", place, stop)
        return stop

    def _environment(self, name: str, place: int, end: int) -> int:
        start, stop = self._argument(place, end)
        kind = self.source[start:stop].strip("{}")
        if kind in words.LINES:
            self.gap = True
            return stop
        if kind not in words.MATRICES and kind not in words.CASES:
            hint = r"Matrices are \begin{bmatrix} … \end{bmatrix}."
            self.fail(f"the environment {kind} is not read", place, stop, hint)
        self._add("begin" if name == "begin" else "finish", kind, place, stop)
        if name == "begin" and kind == "array":
            stop = self._skip_argument(stop)
        return stop
