r"""The tokens of a formula in LaTeX as they come to be: open brackets, and what ``\log`` or ``\sum`` reach over.

LaTeX leaves out brackets that the text language has. They are put in here: a frame is anything open, seen or not, and
an unseen one ends where typeset mathematics is read to end.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import NoReturn

from closedform.errors import LimitError, ReadError
from closedform.read.alphabet import is_greek
from closedform.read.latex_names import argument
from closedform.read.latex_pieces import quoted
from closedform.read.latex_signs import Sign, Signs
from closedform.read.lexer import Token

MAX_TOKENS = 200_000
MAX_QUOTED = 200
OF_MATRICES = {"det", "Det", "tr", "Tr", "trace", "Trace", "logdet"}
"""Words for numbers made of a matrix, which are no factor of another's argument: ``\\det X \\cdot \\tr(A X)``."""
UNSEEN = ("argument", "sum")


@dataclass(slots=True)
class Open:
    """Something open. ``kind``: base, ``( [ { < | ||``, brace, script, top, bottom, env, argument, sum."""

    kind: str
    sign: Sign
    after: list[Token] = field(default_factory=list)
    greedy: bool = False  # of an argument: takes the whole product
    index: str = ""  # of a sum
    segment: int = -1  # where in the tokens the product begins that stands before or behind ⊙
    operands: int = 0
    elementwise: bool = False  # ⊙ stands before the segment
    added: bool = False
    signed: bool = False
    slash: int = -1
    below: bool = False  # a bracket was opened behind the slash, which the product closes
    dot: int = -1  # where in the tokens the product begins that stands behind \\cdot
    dotted: int = 0  # the operands before it
    opened: int = 0
    function: str = ""


def constant_behind(signs: Signs, sign: Sign) -> bool:
    r"""Whether π or the square of a Greek letter follows a number, and ends the product: ``/2\sigma^2``, ``/2\pi``."""
    place = bisect_left(signs, sign.start, key=lambda s: s.start)
    if sign.kind != "letter" or not is_greek(sign.text) or sign.text[0].isupper():
        return False
    first, last, after = (0, 0, place + 1) if signs[place + 1].kind != "^" else argument(signs, place + 1)
    if sign.text != "pi" and [s.text for s in signs[first:last]] != ["2"]:
        return False
    return signs[after].kind in ("end", "close", "}") or signs[after].text in ("+", "-", ",")


class Writer:
    """Tokens, and the frames that are open."""

    def __init__(self, source: str, signs: Signs) -> None:
        self.source, self.signs = source, signs
        self.out: list[Token] = []
        self.inserted: list[tuple[int, Token]] = []
        self.frames: list[Open] = [Open("base", signs[0])]
        self.angles: list[tuple[int, Open]] = []  # the brackets < with their places among the frames
        self.notes: dict[str, None] = {}
        self.active: list[str] = []  # indices of open sums
        self.ended = False  # whether the last token ends an operand

    @property
    def top(self) -> Open:
        return self.frames[-1]

    def fail(self, message: str, sign: Sign | tuple[int, int], hint: str = "") -> NoReturn:
        span = (sign.start, sign.end) if isinstance(sign, Sign) else sign
        raise ReadError(message, span=span, source=self.source, hint=hint)

    def note(self, sentence: str) -> None:
        self.notes[sentence] = None

    def typed(self, start: int, end: int) -> str:
        if end <= start + MAX_QUOTED:
            return quoted(self.source, start, end)
        return " ".join(self.source[start : start + MAX_QUOTED].split()) + " …"

    # -- tokens
    def put(self, kind: str, text: str, start: int, end: int, gap: int = 1) -> None:
        self.out.append(Token(kind, text, start, end, gap))
        if len(self.out) > MAX_TOKENS:
            raise LimitError(f"the formula has over {MAX_TOKENS} signs (limit: signs)")

    def put_sign(self, kind: str, text: str, sign: Sign) -> None:
        self.put(kind, text, sign.start, sign.end)

    @property
    def last_end(self) -> int:
        return self.out[-1].end if self.out else 0

    def tokens(self) -> list[Token]:
        """All tokens, with the brackets that were found to be needed later."""
        if not self.inserted:
            return self.out
        done: list[Token] = []
        waiting = sorted(self.inserted, key=lambda item: item[0], reverse=True)
        for place, token in enumerate(self.out):
            while waiting and waiting[-1][0] == place:
                done.append(waiting.pop()[1])
            done.append(token)
        return done

    # -- operands
    def operand(self, sign: Sign) -> None:
        """An operand begins here."""
        frame = self.top
        if self.ended and frame.slash >= 0:
            self._divided(frame, sign)
        if frame.segment < 0:
            frame.segment = len(self.out)
        frame.operands += 1

    def _divided(self, frame: Open, sign: Sign) -> None:
        r"""``a/2 \|x\|`` has a factor behind what it is divided by; ``a/2x`` is asked about."""
        divisor = self.out[frame.slash + 1 :]
        frame.slash = -1
        if divisor[-1].text == ")" or len(divisor) > 3:
            return
        by = self.typed(divisor[0].start, divisor[-1].end)
        above = self.out[len(self.out) - len(divisor) - 2]
        if divisor[-1].kind == above.kind == "num" and frame.operands == 2 and sign.gap:
            self.note(f"{above.text}/{by} is read as a number in front of what follows.")
            return
        if divisor[-1].text == "'" or (divisor[-1].kind == "num" and constant_behind(self.signs, sign)):
            start = divisor[0].start
            self.inserted.append((len(self.out) - len(divisor), Token("op", "(", start, start, 1)))
            frame.below = True
            self.note(f"What stands behind / is divided by as a whole: {by} {self.typed(sign.start, sign.end)} ….")
            return
        if sign.kind in ("letter", "num", "const"):
            what = self.typed(self.out[frame.segment].start, divisor[-1].end)
            mend = rf"Write \frac{{{what.rpartition('/')[0].strip()}}}{{{by}}} … or \frac{{…}}{{{by} …}}."
            self.fail(f"what / divides by is not clear: {by} or all that follows", (divisor[0].start, sign.end), mend)
        self.note(f"What follows /{by} is not divided by.")

    # -- products
    def end_dot(self) -> None:
        r"""A product that stands behind ``\\cdot`` is complete: ``x \\cdot A y`` is x times A y."""
        frame = self.top
        if frame.dot >= 0 and frame.operands - frame.dotted > 1:
            start = self.out[frame.dot].start
            self.inserted.append((frame.dot, Token("op", "(", start, start, 1)))
            self.put("op", ")", self.last_end, self.last_end)
        frame.dot = -1

    def end_segment(self) -> None:
        """A product that stands beside ⊙ is complete: it is held together."""
        self.end_dot()
        frame = self.top
        if frame.operands > 1 and frame.segment >= 0:
            start = self.out[frame.segment].start
            self.inserted.append((frame.segment, Token("op", "(", start, start, 1)))
            self.put("op", ")", self.last_end, self.last_end)
        frame.segment, frame.operands, frame.slash = -1, 0, -1

    def end_product(self) -> None:
        frame = self.top
        self.end_dot()
        if frame.below:
            self.put("op", ")", self.last_end, self.last_end)
            frame.below = False
        if frame.elementwise:
            self.end_segment()
        frame.segment, frame.operands, frame.elementwise, frame.slash = -1, 0, False, -1

    # -- frames
    def push(self, kind: str, sign: Sign, **more: object) -> Open:
        frame = Open(kind, sign, **more)  # type: ignore[arg-type]
        frame.opened = len(self.out)
        if kind == "<":
            self.angles.append((len(self.frames), frame))
        self.frames.append(frame)
        self.ended = False
        return frame

    def angle_is_open(self) -> bool:
        """Whether a bracket < is open."""
        while self.angles:
            place, frame = self.angles[-1]
            if place < len(self.frames) and self.frames[place] is frame:
                return True
            self.angles.pop()
        return False

    def pop_unseen(self) -> None:
        """End one argument or sum that has no brackets of its own."""
        frame = self.top
        if not self.ended:
            self.fail(f"{self.typed(frame.sign.start, frame.sign.end)} has nothing to stand on", frame.sign)
        many = frame.operands > 1 or frame.elementwise
        self.end_product()
        if frame.kind == "argument" and many:
            name = self.typed(frame.sign.start, frame.sign.end)
            inner = self.typed(self.out[frame.opened].start, self.last_end)
            self.note(f"{name} {inner} is read as {name}({inner}).")
        if frame.index:
            self.active.remove(frame.index)
        self.frames.pop()
        self.put("op", ")", self.last_end, self.last_end)
        self.out += frame.after

    def end_unseen(self) -> None:
        """End all that has no brackets of its own, as ``+`` or a closing bracket does."""
        while self.top.kind in UNSEEN:
            self.pop_unseen()

    def stop_arguments(self, before: int = -1) -> None:
        r"""End ``\log x`` and the like before a bracket, a function or a sign of multiplication; ``\det X`` before a
        trace, a determinant or its logarithm, whose word stands at the place ``before``."""
        words = [s.text for s in self.signs[before : before + 2] if s.kind == "word"] if before >= 0 else []
        words = words[1:] if words[:1] in (["log"], ["ln"]) else words[:1]
        number = not OF_MATRICES.isdisjoint(words)
        while self.top.kind == "argument" and self.ended:
            if not (self.top.greedy and number) and (self.top.greedy or self.top.signed or self._reaching()):
                return
            self.stop_one()

    def stop_one(self) -> None:
        frame = self.top
        name = self.typed(frame.sign.start, frame.sign.end)
        inner = self.typed(self.out[frame.opened].start, self.last_end)
        self.pop_unseen()
        self.note(f"{name} takes {inner} alone, not what follows.")

    def _reaching(self) -> bool:
        """Whether a product cannot end here: after a row, a matrix."""
        last = self.out[-1]
        return last.text == "'" or (last.kind == "name" and (last.text[0].isupper() or last.text == "ones"))
