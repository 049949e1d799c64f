r"""LaTeX to the tokens of the text language, each with its place in the LaTeX, for the same parser.

One pass over the signs with an explicit stack: fractions, roots, norms and matrices become brackets and operators;
functions and sums without brackets get them (see ``latex_frames.py``); subscripts become names or indices (see
``latex_names.py``).
"""

from __future__ import annotations

from collections.abc import Callable

from closedform.read import latex_words as words
from closedform.read.alphabet import canonical
from closedform.read.latex_frames import UNSEEN, Open, Writer
from closedform.read.latex_functions import euler, function, nabla, word
from closedform.read.latex_lexer import Sign
from closedform.read.latex_names import Known, Meaning, argument, index_items, is_turn, meaning
from closedform.read.latex_scripts import member, norm_mark, put_index, script_range, subscript, superscript
from closedform.read.latex_sums import summation, term_indices
from closedform.read.lexer import Token
from closedform.read.vocabulary import APPLIED, is_function

ROUND = ("(", "[", "{")
FUNCTION_LETTERS = ("f", "g", "h")


class Translator(Writer):
    """Translates ``signs`` from ``place`` on, up to a word such as ``where`` or the end."""

    def __init__(self, source: str, signs: list[Sign], known: Known, place: int = 0, end: int = -1) -> None:
        super().__init__(source, signs)
        self.known, self.place = known, place
        self.end = end if end >= 0 else len(signs) - 1
        self.jumps: dict[int, int] = {}
        self.upright: set[str] = set()
        self.fonts: dict[str, tuple[str, Sign]] = {}
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

    # -- names
    def letter(self, sign: Sign) -> None:
        follower = self.signs[self.place + 1]
        if sign.text == "d" and not sign.font and self._differential(sign, follower):
            return
        if sign.text == "e" and "e" not in self.known.declared and euler(self, sign):
            return
        run = self._run(sign)
        if run:
            stop = self.place + len(run)
            whole = Sign("word", run, sign.start, self.signs[stop - 1].end, sign.gap)
            self.place = stop - 1
            word(self, whole)
            return
        if sign.text == "Gamma" and follower.kind == "open" and not {"Gamma"} & (self.known.declared | self.known.bare_apart):
            self.place += 1
            self.note(f"{self.typed(sign.start, sign.end)}(…) is read as the gamma function.")
            function(self, "gamma", sign)
            return
        self.name(sign.text, sign.start, sign.end, sign)

    def _run(self, sign: Sign) -> str:
        """Letters typed without a gap that spell a function before a bracket, or a declared name."""
        signs, place, run = self.signs, self.place, ""
        if not sign.text.isascii() or len(sign.text) > 1 or sign.font or (place and _joins(signs[place - 1], sign)):
            return ""
        while signs[place].kind == "letter" and len(signs[place].text) == 1 and not (run and signs[place].gap):
            run += signs[place].text
            place += 1
            if len(run) > 40:
                return ""
        if len(run) > 1 and (run in self.known.declared or (signs[place].kind == "open" and signs[place].text == "(" and is_function(run))):
            if run not in self.known.declared:
                self.note(f"{run}(…), typed as letters, is read as the function {run}.")
            return run
        return ""

    def _differential(self, sign: Sign, follower: Sign) -> bool:
        """``dX``, ``d\\phi``, ``dX_{1}``: one name."""
        if follower.kind not in ("letter", "word") or follower.gap or "d" in self.known.declared | self.known.bare_apart:
            return False
        base, after = follower.text, self.place + 2
        name, end = "d" + base, follower.end
        if self.signs[after].kind == "_":
            first, last, behind = script_range(self.signs, after, self.source)
            items = index_items(self.signs[first:last]) or []
            tail = "".join(map(str, items))
            choices = [name + "_" + tail, name + tail, name + "_" + tail[:-1] + tail[-1:]]
            known = [c for c in choices if c in self.known.declared]
            if tail and (known or tail.isdigit()):
                own = f"{base}_{tail}" in self.known.declared or f"{base}_{tail}" in self.known.joined
                name = known[0] if known else choices[0] if own else choices[1]
                after, end = behind, self.signs[last - 1].end
        self.operand(sign)
        self.put("name", canonical(name), sign.start, end)
        self.place, self.ended, self.plain = after, True, canonical(name)
        self.upright.add(canonical(name))
        return True

    def name(self, base: str, start: int, end: int, sign: Sign) -> None:
        """A name with all its subscripts; ``self.place`` is at its last sign."""
        base = canonical(base)
        items, last_end, self.place = self._items(self.place + 1, end)
        typed = self.typed(start, last_end)
        if base == "I" and base not in self.known.declared and items and ":" not in items and not self._summed(items):
            self._sized("eye", sign, self.sized_at)
            return
        if items and items in (["max"], ["min"]) and self._extreme(base, str(items[0]), sign, last_end):
            return
        found = meaning(base, items, typed, self.known, self.active) if items else Meaning(base)
        if found.ask:
            hint = f"Write ({base})_{items[0]} for the entry, or declare {base}_{items[0]}."
            self.fail(found.ask, (start, last_end), hint)
        if found.note:
            self.note(found.note)
        self._check_font(found.name, sign, typed)
        self.operand(sign)
        self.put("name", found.name, start, last_end if not found.at else end)
        if found.at:
            put_index(self, found.at, last_end, last_end)
        elif "_" in found.name or len(found.name) > 1:
            self.upright.add(found.name)
        self.plain = "" if found.at else found.name
        self.ended = True

    def _summed(self, items: list[int | str]) -> bool:
        return any(i in self.active for i in items)

    def _items(self, place: int, end: int) -> tuple[list[int | str], int, int]:
        """All subscripts of a name, those behind its superscripts and in ``^{(i)}`` included."""
        signs, items = self.signs, []
        after = place
        while signs[after].kind in ("prime", "^", "_"):
            if signs[after].kind == "prime":
                after += 1
                continue
            first, last, behind = script_range(signs, after, self.source)
            index = member(signs, first, last) if signs[after].kind == "^" else None
            if signs[after].kind == "_":
                index = index_items(signs[first:last])
                self.sized_at = (first, last)
                if index is None and not (signs[place - 1].text == "I"):
                    what = self.typed(signs[first].start, signs[last - 1].end)
                    span = (signs[first].start, signs[last - 1].end)
                    self.fail(f"the index {what} is not read", span, "Indices are numbers or letters: x_i, A_{ij}.")
                index = index if index is not None else ["size"]
            if index is not None:
                items = index + items if signs[after].kind == "^" else items + index
                end = max(end, signs[behind - 1].end)
                if after == place:
                    place = behind
                else:
                    self.jumps[after] = behind
            after = behind
        return items, end, place

    def _extreme(self, base: str, which: str, sign: Sign, end: int) -> bool:
        r"""``\lambda_{\max}(X)``, ``\sigma_{\max}(X)``."""
        name = {"lammax": "lambda_max", "lammin": "lambda_min", "sigmamax": "norm_op"}.get(base + which)
        if name is None or self.next.kind not in ("open", "letter", "begin"):
            return False
        function(self, name, Sign("word", name, sign.start, end, sign.gap))
        return True

    def _check_font(self, name: str, sign: Sign, typed: str) -> None:
        """A letter in two shapes is two names for people, and would be one here."""
        known = self.fonts.setdefault(name, (sign.font, sign))
        if known[0] != sign.font:
            other = self.typed(known[1].start, known[1].end)
            hint = "Give one of them another letter."
            self.fail(f"{name} stands in two shapes, which may be one name or two", sign, hint) if other else None

    def _sized(self, name: str, sign: Sign, at: tuple[int, int]) -> None:
        r"""``I_n``, ``\mathbf{1}_{m \times n}``: the constant with its size."""
        self.operand(sign)
        self.put_sign("name", name, sign)
        first, last = at
        self.put("op", "(", self.signs[first].start, self.signs[first].start)
        for k in range(first, last):
            part = self.signs[k]
            text = {"×": ",", "⨯": ","}.get(part.text, part.text)
            if part.kind not in ("letter", "num", "op") or text not in (",", "+", "-", "*") and part.kind == "op":
                if part.kind not in ("{", "}", "open", "close"):
                    self.fail("a size is made of names and whole numbers", part, "Write I_n or \\mathbf{1}_{m \\times n}.")
            if part.kind in ("{", "}"):
                continue
            if name == "eye" and text == ",":
                break
            self.put_sign("name" if part.kind == "letter" else "num" if part.kind == "num" else "op", text, part)
        self.put("op", ")", self.signs[last - 1].end, self.signs[last - 1].end)
        self.ended, self.plain = True, ""

    # -- numbers and constants
    def number(self, sign: Sign) -> None:
        follower = self.signs[self.place + 1]
        if sign.text in ("0", "1") and (follower.kind == "_" or (sign.text == "1" and follower.kind == "^" and is_turn(self.signs[argument(self.signs, self.place + 1)[0]]))):
            self.note(f"{self.typed(sign.start, follower.end)}… is read as the vector of {'ones' if sign.text == '1' else 'zeros'}.")
            self.constant(sign._replace(text={"1": "ones", "0": "zeros"}[sign.text]))
            return
        self.place += 1
        self.operand(sign)
        self.put_sign("num", sign.text, sign)
        self.ended, self.plain = True, ""

    def constant(self, sign: Sign) -> None:
        place = self.place + 1
        if self.signs[place].kind == "_":
            first, last, self.place = script_range(self.signs, place, self.source)
            self._sized(sign.text, sign, (first, last))
            return
        self.place = place
        self.operand(sign)
        self.put_sign("name", sign.text, sign)
        self.ended, self.plain = True, ""

    # -- operators
    def operator(self, sign: Sign) -> None:
        text = sign.text
        if text in ("+", "-"):
            self._sign(sign)
            return
        if text == "⊤":
            self.prime(sign)
            return
        if text in ("<", ">") and self._angle(sign):
            return
        self.place += 1
        if text in ("*", "×"):
            self.stop_arguments()
            self.top.slash = -1
            text = "⨯" if text == "×" else text
        elif text in (".*", "./", "⊗"):
            self._no_arguments()
            if text != "⊗":
                self.end_segment()
                self.top.elementwise = True
        elif text == "/":
            self._no_arguments(True)
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
            indices.add(frame.index)
        indices.discard("")
        found = term_indices(self.signs, self.place + 1, self.end) & indices if indices else set()
        for index in found:
            self.note(f"The sum over {index} goes on behind {self.next.text}, since {index} stands there too.")
        return found

    def _angle(self, sign: Sign) -> bool:
        opened = any(f.kind == "<" for f in self.frames)
        if sign.text == "<" and not self.ended:
            self.open(sign._replace(kind="open"))
        elif sign.text == ">" and self.ended and opened:
            self.close(sign._replace(text="<"))
        else:
            return False
        return True

    # -- brackets
    def open(self, sign: Sign) -> None:
        kind = sign.text
        if kind == "[" and self.ended and self._typed_index(sign):
            return
        self.place += 1
        if kind in ROUND:
            if self._applies():
                self.push(kind, sign)
                self.put_sign("op", "(", sign)
                self.top.opened += 1
                return
            self._check_prime(sign)
            self.stop_arguments()
            if self._names():
                self._check_product(sign)
        if self.ended and (kind in ("|", "||") or self.out[-1].kind == "name"):
            self.put("op", "*", sign.start, sign.start)
        self.operand(sign)
        self.push(kind, sign)
        self.put_sign("op", "(" if kind in ROUND else kind, sign)

    def _names(self) -> bool:
        """Whether a name without an index has just been read."""
        return self.ended and bool(self.plain) and self.out[-1].text == self.plain

    def _applies(self) -> bool:
        """Whether it is a function, applied to the bracket that opens here."""
        known = self.known
        return self._names() and (
            self.plain in known.functions or (self.plain in APPLIED and self.plain not in known.declared)
        )

    def _check_prime(self, sign: Sign) -> None:
        """``f'(x)``: the transpose of f, or its derivative?"""
        if not self.ended or len(self.out) < 2 or self.out[-1].text != "'" or self.out[-2].kind != "name":
            return
        mark, name = self.out[-1], self.out[-2]
        if self.source[mark.start] not in "'′’" or name.text in self.known.declared:
            return
        if name.text not in self.known.bare_apart or name.text in APPLIED or name.text in FUNCTION_LETTERS:
            typed = self.typed(name.start, mark.end)
            hint = f"Write {self.typed(name.start, name.end)}^\\top for the transpose."
            self.fail(f"{typed}(…) may be a product with the transpose or a derivative", (name.start, sign.end), hint)

    def _check_product(self, sign: Sign) -> None:
        """A name before a bracket is a factor, unless it looks like an unknown function."""
        name, known = self.plain, self.known
        if name in known.declared:
            return
        signs, place = self.signs, self.place
        while signs[place].kind == "letter" or signs[place].text == ",":
            place += 1
        lone = signs[place].kind == "close" and (place == self.place + 1 or any(s.text == "," for s in signs[self.place : place]))
        if lone or (name in FUNCTION_LETTERS and name not in known.bare_apart):
            typed = self.typed(self.out[-1].start, self.out[-1].end)
            hint = f"For a product write {typed} \\cdot (…); for a function declare {name}: R^n -> R."
            self.fail(f"{typed}(…) may be a function or a product", (self.out[-1].start, sign.end), hint)
        if not sign.gap and name[0].islower():
            self.note(f"{self.typed(self.out[-1].start, self.out[-1].end)}(…) is read as a product.")

    def _typed_index(self, sign: Sign) -> bool:
        """``x[i]`` as in the text language."""
        signs, place = self.signs, self.place + 1
        while signs[place].kind in ("letter", "num") or signs[place].text in (",", ":"):
            place += 1
        items = index_items(signs[self.place + 1 : place])
        whole = signs[place].kind == "close" and signs[place].text == "[" and items and len(items) <= 2
        if sign.gap or not whole or not items or not all(i == ":" or isinstance(i, int) or i in self.active or i in self.known.summed for i in items):
            return False
        put_index(self, items, sign.start, signs[place].end)
        self.place, self.plain = place + 1, ""
        return True

    def close(self, sign: Sign) -> None:
        self.end_unseen()
        frame, kind = self.top, sign.text
        shut = self.typed(sign.start, sign.end)
        if frame.kind != kind:
            if len(self.frames) == 1:
                self.fail(f"{shut} closes nothing", sign)
            opened = self.typed(frame.sign.start, frame.sign.end)
            self.fail(f"{shut} closes {opened}, which is still open", (frame.sign.start, sign.end))
        self.end_product()
        self.place += 1
        self.frames.pop()
        self.plain = ""
        if frame.index:
            self.active.remove(frame.index)
        alone = kind == "(" and self.next.kind == "_" and len(self.out) - frame.opened == 2 and not frame.after
        if alone and self.out[-1].kind == "name" and self.out[-2].text == "(":
            del self.out[-2]
            self.ended = True
            return
        self.put_sign("op", {"<": ">"}.get(kind, kind if kind[0] == "|" else ")"), sign)
        self.ended = True
        if kind == "||":
            self.place = norm_mark(self, self.place)
        self.out += frame.after

    def bar(self, sign: Sign) -> None:
        """A bar that does not say whether it opens or closes, unless ``\\left`` or ``\\right`` does."""
        frame = next((f for f in reversed(self.frames) if f.kind not in ("argument", "sum", "brace")), self.top)
        if sign.text == "||" and sign.end - sign.start == 2 and self.source[sign.start] == "|":
            if frame.kind == "|" and self.ended:
                middle = sign.start + 1
                self.signs[self.place : self.place + 1] = [
                    sign._replace(text="|", end=middle), sign._replace(text="|", start=middle, gap=False)
                ]  # fmt: skip
                self.end += 1
                sign = self.signs[self.place]
        closes = sign.side < 0 or (sign.side == 0 and self.ended and frame.kind == sign.text)
        (self.close if closes else self.open)(sign)

    # -- braces
    def brace(self, sign: Sign) -> None:
        self.place += 1
        if self.signs[self.place].kind == "}":
            self.place += 1
            return
        self.operand(sign)
        ended = self.ended
        if ended and self.out[-1].kind == "name":
            self.put("op", "*", sign.start, sign.start)
        self.push("brace", sign)
        self.top.signed = ended

    def open_script(self, first: int, last: int) -> None:
        """Read the signs from ``first`` to ``last`` as a bracket, then go on behind them."""
        sign = self.signs[first]
        if self.signs[last].kind != "}" or last == first:
            self.fail("what is meant here is not clear", sign, "Put it in braces: {…}.")
        self.put("op", "(", self.signs[first - 1].start, sign.start)
        self.push("script", sign)
        self.returns.append(self.place)
        self.place = first

    def unbrace(self, sign: Sign) -> None:
        self.end_unseen()
        frame = self.top
        if frame.kind not in ("brace", "script", "top", "bottom"):
            opened = self.typed(frame.sign.start, frame.sign.end)
            self.fail(f"}} closes {opened}, which is still open", (frame.sign.start, sign.end))
        if not self.ended:
            self.fail("something is missing here", sign)
        self.end_product()
        self.frames.pop()
        self.plain = ""
        self.place += 1
        if frame.kind == "brace":
            self._end_brace(frame, sign)
            return
        self.put("op", ")", self.last_end, sign.end if frame.kind == "script" else self.last_end)
        if frame.kind == "script":
            self.place = self.returns.pop()
            self.out += frame.after
        elif frame.kind == "top":
            self.fraction_part("bottom", frame.sign)
        else:
            self.put("op", ")", sign.end, sign.end)

    def _end_brace(self, frame: Open, sign: Sign) -> None:
        self.top.operands += max(0, frame.operands - 1)
        beside = self.next.kind in ("^", "_", "letter", "num", "open", "word", "cmd") or frame.signed
        if frame.added and beside:
            hint = "Write ( ) where brackets are meant."
            self.fail("braces do not show in print, so what they hold together is not clear", (frame.sign.start, sign.end), hint)

    # -- fractions and roots
    def command(self, sign: Sign) -> None:
        if sign.text == "sum":
            summation(self, sign)
        elif sign.text == "nabla":
            nabla(self, sign)
        elif sign.text == "frac":
            self.place += 1
            self.operand(sign)
            self.put_sign("op", "(", sign)
            self.fraction_part("top", sign)
        elif sign.text == "sqrt":
            self._root(sign)
        else:
            message, hint = words.REFUSED.get(sign.text, (f"\\{sign.text} is not expected here", ""))
            self.fail(message, sign, hint)

    def fraction_part(self, part: str, sign: Sign) -> None:
        """Begin the numerator or the denominator at ``self.place``; one sign is read whole."""
        if part == "bottom":
            self.put("op", "/", self.last_end, self.last_end)
        first, last, after = argument(self.signs, self.place - 1)
        if first == last or self.signs[first].kind == "end":
            self.fail("a fraction has two parts", sign, r"Write \frac{a}{b}.")
        one = self.signs[first]
        self.ended = False
        if last - first == 1 and one.kind in ("letter", "num", "const") and one.text != "e":
            self.put_sign("num" if one.kind == "num" else "name", canonical(one.text), one)
            self.ended, self.place = True, after
            if part == "top":
                self.fraction_part("bottom", sign)
            else:
                self.put("op", ")", one.end, max(one.end, self.signs[after - 1].end))
                self.plain = ""
            return
        if self.signs[self.place].kind != "{":
            self.fail("what the fraction takes is not clear", one, r"Put it in braces: \frac{…}{…}.")
        self.put("op", "(", one.start, one.start)
        self.push(part, sign)
        self.place = first

    def _root(self, sign: Sign) -> None:
        self.place += 1
        after: list[Token] = []
        if self.next.text == "[" and self.next.kind == "open":
            order = self.signs[self.place + 1]
            if order.kind not in ("num", "letter") or self.signs[self.place + 2].kind != "close":
                self.fail("the order of a root is a number or a name", order)
            kind = "num" if order.kind == "num" else "name"
            texts = [("op", ")"), ("op", "^"), ("op", "("), ("num", "1"), ("op", "/"), (kind, order.text), ("op", ")")]
            after = [Token(k, text, order.start, order.end, 1) for k, text in texts]
            self.place += 3
        self.operand(sign)
        if after:
            self.put_sign("op", "(", sign)
        else:
            self.put_sign("name", "sqrt", sign)
        first, last, behind = argument(self.signs, self.place - 1)
        one = self.signs[first]
        self.put("op", "(", one.start, one.start)
        self.ended = False
        if last - first == 1 and one.kind in ("letter", "num") and one.text != "e":
            self.put_sign("num" if one.kind == "num" else "name", canonical(one.text), one)
            self.put("op", ")", one.end, one.end)
            self.out += after
            self.ended, self.place, self.plain = True, behind, ""
            return
        if self.next.kind != "{" or first == last:
            self.fail(r"what \sqrt takes is not clear", sign, r"Put it in braces: \sqrt{…}.")
        self.push("script", sign, after=after)
        self.returns.append(behind)
        self.place = first

    # -- matrices
    def begin(self, sign: Sign) -> None:
        self.place += 1
        self.stop_arguments()
        self.operand(sign)
        if sign.text == "vmatrix":
            self.put_sign("name", "det", sign)
            self.put_sign("op", "(", sign)
        self.push("env", sign)
        self.put_sign("op", "[", sign)

    def finish(self, sign: Sign) -> None:
        self.end_unseen()
        frame = self.top
        if frame.kind != "env" or frame.sign.text != sign.text:
            self.fail(f"{self.typed(sign.start, sign.end)} closes nothing that is open", sign)
        self.end_product()
        self.frames.pop()
        self.put_sign("op", "]", sign)
        if sign.text == "vmatrix":
            self.put_sign("op", ")", sign)
        self.place += 1
        self.ended, self.plain = True, ""

    def cell(self, sign: Sign) -> None:
        self.place += 1
        if not any(f.kind == "env" for f in self.frames):
            return
        self.end_unseen()
        self.end_product()
        if sign.kind == "\\" and self.next.kind == "finish":
            return
        if not self.ended:
            self.fail("an entry of the matrix is missing", sign)
        self.put_sign("op", "," if sign.kind == "&" else ";", sign)
        self.ended = False

    # -- the rest
    def prime(self, sign: Sign) -> None:
        self._needs_operand(sign)
        self.place += 1
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
            self.fail(f"{self.typed(sign.start, sign.end)} has nothing to stand on", sign)

    def dots(self, sign: Sign) -> None:
        self.fail("dots leave out what is meant", sign, r"Write \sum_{i=1}^{n} ….")

    def word(self, sign: Sign) -> None:
        word(self, sign)


def _joins(before: Sign, sign: Sign) -> bool:
    return before.kind == "letter" and len(before.text) == 1 and not sign.gap and before.end == sign.start


HANDLERS: dict[str, Callable[[Translator, Sign], None]] = {
    "letter": Translator.letter, "word": Translator.word, "num": Translator.number, "const": Translator.constant,
    "op": Translator.operator, "open": Translator.open, "close": Translator.close, "bar": Translator.bar,
    "{": Translator.brace, "}": Translator.unbrace, "cmd": Translator.command, "begin": Translator.begin,
    "finish": Translator.finish, "&": Translator.cell, "\\": Translator.cell, "prime": Translator.prime,
    "^": Translator.up, "_": Translator.down, "dots": Translator.dots,
}  # fmt: skip
