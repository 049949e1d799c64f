"""The parts of a where-string, which commas or new lines separate."""

from __future__ import annotations

from collections.abc import Iterator

from closedform.errors import DeclarationError
from closedform.read.lexer import Token, Tokens

OPENERS, CLOSERS = "([{<", ")]}>"


class Part:
    """One part of a where-string: its tokens without separators."""

    def __init__(self, whole: Tokens, start: int, end: int) -> None:
        self.whole, self.start, self.end = whole, start, end
        self.tokens = whole.tokens[start:end]
        self.texts = [t.text for t in self.tokens]

    @property
    def span(self) -> tuple[int, int]:
        return self.tokens[0].start, self.tokens[-1].end

    def text(self, first: int, last: int | None = None) -> str:
        end = self.end if last is None else self.start + last
        return self.whole.text(self.start + first, end)

    def fail(self, message: str, hint: str = "") -> DeclarationError:
        return DeclarationError(message, span=self.span, source=self.whole.source, hint=hint)


def parts_of(whole: Tokens, start: int) -> list[Part]:
    """The parts of ``whole`` from token ``start`` on."""
    return _arrows_joined(list(_parts(whole, start)))


def _parts(whole: Tokens, start: int) -> Iterator[Part]:
    depth, begin, bound = 0, start, False
    tokens = whole.tokens
    for place in range(start, len(tokens)):
        token = tokens[place]
        over = token.kind == "end" or token.text == "where" or (depth == 0 and token.text in (",", ";"))
        line = depth == 0 and token.gap == 2 and place > begin and _line_ends(tokens[place - 1], token)
        if over or line:
            if place > begin:
                yield Part(whole, begin, place)
            begin, bound, depth = (place if line and not over else place + 1), False, 0
        bound = bound or token.text == "="
        if token.text in ("(", "[", "{") or (token.text == "<" and bound):
            depth += 1
        elif token.text in (")", "]", "}") or (token.text == ">" and bound and depth):
            depth -= 1


def _arrows_joined(parts: list[Part]) -> list[Part]:
    """``L: R^n, R^m -> R`` is one part: spaces before an arrow belong to the name with the colon."""
    out: list[Part] = []
    for part in parts:
        joined = part
        if "->" in part.texts and part.texts[1:2] != [":"]:
            at = next((k for k in range(len(out) - 1, -1, -1) if out[k].texts[1:2] == [":"]), None)
            if at is not None and not any({"=", "in", "->"} & set(p.texts) for p in out[at:]):
                joined = Part(part.whole, out[at].start, part.end)
                del out[at:]
        out.append(joined)
    return out


def _line_ends(before: Token, after: Token) -> bool:
    """Whether a new line separates parts: not where an operator stands on either side of it."""
    return before.kind in ("num", "name", "mark") or (
        before.text in (*CLOSERS, "'", "|", "||") and after.kind == "name"
    )
