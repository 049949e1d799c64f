r"""LaTeX to the tokens of the text language, each with its place in the LaTeX, for the same parser.

One pass over the signs with an explicit stack: fractions, roots, norms and matrices become brackets and operators;
functions and sums without brackets get them (see ``latex_frames.py``); subscripts become names or indices (see
``latex_names.py``).
"""

from __future__ import annotations

from collections.abc import Callable

from closedform.read import latex_words as words
from closedform.read.latex_brackets import bar, brace, close_bracket, open_bracket, open_script, unbrace
from closedform.read.latex_factorials import factorial
from closedform.read.latex_frames import UNSEEN, Writer
from closedform.read.latex_functions import nabla, word
from closedform.read.latex_layout import begin, cell, finish, fraction, root
from closedform.read.latex_names import Known
from closedform.read.latex_operands import constant, differential, letter, name, number
from closedform.read.latex_primes import another_name
from closedform.read.latex_scripts import subscript, superscript
from closedform.read.latex_signs import Sign, Signs
from closedform.read.latex_sums import end_over_same, summation, term_indices
from closedform.read.lexer import Token


class Translator(Writer):
    """Translates ``signs`` from ``place`` on, up to a word such as ``where`` or the end."""

    def __init__(self, source: str, signs: Signs, known: Known, place: int = 0, end: int = -1) -> None:
        super().__init__(source, signs)
        self.known, self.place = known, place
        self.end = end if end >= 0 else len(signs) - 1
        self.jumps: dict[int, int] = {}
        self.upright: set[str] = set()
        self.bold: set[str] = set()
        self.arrows: set[str] = set()
        self.rows: set[str] = set()
        self.fonts: dict[tuple[str, bool], tuple[str, Sign]] = {}
        self.plain = ""  # the name that has just been read, if it has no index
        self.returns: list[int] = []  # where to go on behind scripts and roots
        self.sized_at = (0, 0)

    def run(self) -> list[Token]:
        while self.place < self.end:
            if self.place in self.jumps:
                self.place = self.jumps[self.place]
                continue
            sign = self.signs[self.place]
            HANDLERS[sign.kind](self, sign)
        self.end_unseen()
        if len(self.frames) > 1:
            sign = self.top.sign
            self.fail(f"{self.typed(sign.start, sign.end)} is never closed", sign)
        self.end_product()
        return self.tokens()

    @property
    def next(self) -> Sign:
        return self.signs[self.place]

    def operator(self, sign: Sign) -> None:
        text = sign.text
        if text in ("+", "-"):
            self._sign(sign)
            return
        if text == "⊤":
            self.prime(sign)
            return
        if text == "!":
            factorial(self, sign)
            return
        if text in ("<", ">") and self._angle(sign):
            return
        if text in ("<=", "≠", "∝", "≈"):
            self.fail(f"{self.typed(sign.start, sign.end)} is no part of a formula", sign)
        if text in (",", ";") and self.top.kind == "[" and not self.top.function:
            hint = r"Write \begin{bmatrix} a \\ b \end{bmatrix} for one above the other, with & for beside it."
            self.fail(f"whether {text} in square brackets stacks what it parts is not clear", sign, hint)
        self.place += 1
        if self.top.below and text in ("*", "×", "⋅", "/", ".*", "./", "⊗"):
            typed = self.typed(sign.start, sign.end)
            self.fail(f"how far / reaches before {typed} is not clear", sign, r"Write \frac{…}{…}.")
        if text in ("*", "×", "⋅"):
            self.stop_arguments(self.place)
            self.top.slash = -1
            self.end_dot()
            if text == "⋅":
                text = "*" if self.out and self.out[-1].kind == "num" else "⋅"
                self.top.dot, self.top.dotted = len(self.out) + 1 if text == "⋅" else -1, self.top.operands
            text = "⨯" if text == "×" else text
        elif text in (".*", "./", "⊗"):
            self._no_arguments()
            if text == "⊗":
                self.end_dot()
                self.top.dot, self.top.dotted = len(self.out) + 1, self.top.operands
            else:
                self.end_segment()
                self.top.elementwise = True
        elif text == "/":
            self._no_arguments(True)
            end_over_same(self)
            self.end_dot()
            self.top.slash = len(self.out)
        else:
            self.end_unseen()
            self.end_product()
        self.put_sign("op", text, sign)
        self.ended = False

    def _no_arguments(self, every: bool = False) -> None:
        while self.top.kind == "argument" and self.ended and (every or not self.top.greedy):
            self.stop_one()

    def _sign(self, sign: Sign) -> None:
        if self.ended:
            going_on = self._summed_on()
            while self.top.kind in UNSEEN and not (self.top.kind == "sum" and self.top.index in going_on):
                self.pop_unseen()
            self.end_product()
            self.top.added = True
        elif self.top.segment < 0:
            self.top.signed = True
        self.place += 1
        self.put_sign("op", sign.text, sign)
        self.ended = False

    def _summed_on(self) -> set[str]:
        """Indices of open sums that stand in the next term as well, which then belongs to the sum."""
        indices = set()
        for frame in reversed(self.frames):
            if frame.kind not in UNSEEN:
                break
            if frame.function != "prod":
                indices.add(frame.index)
        indices.discard("")
        found = term_indices(self.signs, self.place + 1, self.end) & indices if indices else set()
        for index in found:
            self.note(f"The sum over {index} goes on behind {self.next.text}, since {index} stands there too.")
        return found

    def _angle(self, sign: Sign) -> bool:
        if sign.text == "<" and not self.ended:
            open_bracket(self, sign._replace(kind="open"))
        elif sign.text == ">" and self.ended and self.angle_is_open():
            close_bracket(self, sign._replace(text="<"))
        else:
            return False
        return True

    def command(self, sign: Sign) -> None:
        if sign.text in ("sum", "prod"):
            summation(self, sign)
        elif sign.text == "nabla":
            nabla(self, sign)
        elif sign.text == "frac":
            fraction(self, sign)
        elif sign.text == "sqrt":
            root(self, sign)
        else:
            message, hint = words.REFUSED.get(sign.text, (f"\\{sign.text} is not expected here", ""))
            self.fail(message, sign, hint)

    def prime(self, sign: Sign) -> None:
        self._needs_operand(sign)
        self.place += 1
        if self.known.primed and sign.kind == "prime" and self.plain == self.out[-1].text:
            another_name(self, sign)
        else:
            self.put_sign("op", "'", sign)
        self.plain = ""

    def up(self, sign: Sign) -> None:
        self._needs_operand(sign)
        self.plain = ""
        superscript(self, self.place)

    def down(self, sign: Sign) -> None:
        self._needs_operand(sign)
        self.place = subscript(self, self.place)
        self.plain = ""

    def _needs_operand(self, sign: Sign) -> None:
        if not self.ended:
            hint = r"A transpose stands behind: x^\top." if sign.kind == "^" and self.place else ""
            self.fail(f"{self.typed(sign.start, sign.end)} has nothing to stand on", sign, hint)

    def dots(self, sign: Sign) -> None:
        self.fail("dots leave out what is meant", sign, r"Write \sum_{i=1}^{n} ….")

    def point(self, sign: Sign) -> None:
        hint = r"Write it last: \left. … \right|_{x = c}."
        self.fail("an expression at a point is read at the end of a formula only", sign, hint)

    def name(self, base: str, start: int, end: int, sign: Sign) -> None:
        name(self, base, start, end, sign)

    def differential(self, sign: Sign, follower: Sign) -> bool:
        return differential(self, sign, follower)

    def open_script(self, first: int, last: int) -> None:
        open_script(self, first, last)


HANDLERS: dict[str, Callable[[Translator, Sign], None]] = {
    "letter": letter, "word": word, "num": number, "const": constant, "op": Translator.operator, "open": open_bracket,
    "close": close_bracket, "bar": bar, "{": brace, "}": unbrace, "cmd": Translator.command, "begin": begin,
    "finish": finish, "&": cell, "\\": cell, "prime": Translator.prime, "^": Translator.up, "_": Translator.down,
    "dots": Translator.dots, "mid": Translator.command, "at": Translator.point,
}  # fmt: skip
