"""Tokens to a syntax tree. Precedence climbing on an explicit stack, so that depth costs nothing.

Each open bracket is a ``Frame`` that holds the sum, the ``:`` product, the product and the signs it is in the
midst of; the levels are few and flat, so a frame needs no stack of its own.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NoReturn

from closedform.errors import LimitError
from closedform.expr.partials import is_kind
from closedform.read.alphabet import is_greek
from closedform.read.brackets import Frame, close_frame
from closedform.read.lexer import Token, spell
from closedform.read.names import differential, split_name
from closedform.read.postfix import Postfix
from closedform.read.strangers import imaginary, stranger
from closedform.read.syntax import Call, Name, Negative, Number, Power, Tree
from closedform.read.vocabulary import APPLIED, OVER, REFUSED, is_function, suggestion

MAX_TOWER = 500
USUAL_FUNCTIONS = {"f", "g", "h", "phi", "psi"}
INFIX = {"*": "*", "/": "/", ".*": ".*", "./": "./", "⊗": "⊗", "×": "*", "⨯": "×", "⋅": "·"}
CLOSERS = {")": "(", "]": "[", "}": "{", ">": "<"}
WORDS_ENDING = {"where", "in", "for", "=", ">=", "->", "..", "∞", "ℝ"}


def _is_number(tree: Tree) -> bool:
    return isinstance(tree.inner if isinstance(tree, Negative) else tree, Number)


class Parser(Postfix):
    """Reads one expression from ``tokens`` at ``place``; ``trees`` are its parts, inner ones first."""

    # -- the loop
    def expression(self) -> Tree:
        """The tree up to a token that ends it: a comma, ``where`` or the end."""
        while True:
            if self.current is None:
                self._operand()
            elif not self._postfix() and not self._infix() and self._ending():
                break
        if len(self.frames) > 1:
            self._unclosed()
        return self.top.finish(self)

    def _unclosed(self) -> None:
        """Fail at the bracket that is open: behind its name for a call, both bars of a norm."""
        start = self.top.start
        while self.source[start].isalnum() or self.source[start] in "_ ":
            start += 1
        length = 2 if self.source.startswith("||", start) else 1
        self.fail(f"{self.source[start : start + length]} is never closed", (start, start + length))

    def _ending(self) -> bool:
        """Act on a token that closes or separates; whether the expression is over."""
        token = self.token
        text = token.text
        if text in CLOSERS:
            self._close(CLOSERS[text])
        elif text and text[0] == "|":
            self._close_bar()
        elif text in (",", ";") and len(self.frames) > 1:
            self._separate(text)
        elif token.kind == "end" or (len(self.frames) == 1 and text in (",", "where", ";", "=")):
            return True
        elif token.kind == "mark":
            self.fail(f"_{text} belongs behind a norm", hint="Write x[i] for an entry.")
        elif token.kind == "end" or text == "where":
            self._unclosed()
        else:
            first = "The index stands first: sum(i, …), or sum(i=1..m, …) with a range."
            self.fail(f"{text} is not expected here", hint=first if text == "for" else "")
        return False

    # -- operands
    def _operand(self) -> None:
        token = self.token
        if token.kind == "num":
            self.place += 1
            self._given(Number((token.start, token.end), Fraction(token.text)))
        elif token.kind == "name":
            self._name(token)
        elif token.text in ("(", "[", "<", "{"):
            if token.text == "{" and self.power is None:
                self.fail("{ opens nothing here", hint="Write ( ).")
            self._open({"[": "block"}.get(token.text, token.text), token)
        elif token.text and token.text[0] == "|":
            self._open_bar(token)
        elif token.text in ("+", "-") and (self.power is not None or not self.top.pending):
            self._sign(token)
        elif token.text in ("+", "-"):
            self.top.negative ^= token.text == "-"
            self.place += 1
        else:
            self._no_operand(token)

    def _sign(self, token: Token) -> None:
        self.place += 1
        if self.power is not None:
            base, operator, negative = self.power
            self.power = (base, operator, negative ^ (token.text == "-"))
        else:
            self.top.sign *= -1 if token.text == "-" else 1

    def _no_operand(self, token: Token) -> NoReturn:
        if token.kind == "end" and self.place == 0:
            self.fail("there is no formula here", hint="Type one, for instance x'*A*x.")
        if token.text == ")" and self.tokens[self.place - 1].text == "(":
            self.fail("( ) is empty")
        if token.kind == "end" or token.text in CLOSERS or token.text in (",", "where"):
            behind = self.tokens[self.place - 1]
            typed = self.source[behind.start : behind.end] or behind.text
            where = f"after {typed}" if self.place else "here"
            self.fail(f"something is missing {where}", (behind.start, behind.end) if self.place else None)
        self.fail(f"{token.text} stands where a number, a name or a bracket must stand")

    def _given(self, tree: Tree) -> None:
        """An operand is complete but for what follows it; an exponent is complete."""
        self.keep(tree)
        if self.power is None:
            self.current = tree
            return
        base, operator, negative = self.power
        self.power = None
        if negative:
            start = self.source.rfind("-", base.span[1], tree.span[0])
            tree = self.keep(Negative((start if start >= 0 else tree.span[0], tree.span[1]), tree))
        end = tree.span[1]
        if isinstance(base, Name) and base.name == "e" and not self.scope.knows("e"):
            self.current = self.keep(self._exponential(base, tree))
            return
        self._one_above_another(base, tree)
        self.current = self.keep(Power((base.span[0], end), base, tree, operator == ".^"))

    def _one_above_another(self, base: Tree, tree: Tree) -> None:
        """``2^s^2`` is asked about; ``X^-1^2`` is read from left to right."""
        if isinstance(base, Power) and not all(map(_is_number, (base.exponent, tree))):
            span, (a, b, c) = (base.span[0], tree.span[1]), map(self.typed, (base.base, base.exponent, tree))
            self.fail("one power stands on another", span, f"Write ({a}^{b})^{c} or {a}^({b}^{c}).")

    def _open(self, kind: str, token: Token, call: Call | None = None, start: int | None = None) -> None:
        frame = Frame(kind, token.start if start is None else start, power=self.power, call=call)
        self._raise_tower(1)
        self.power = None
        self.frames.append(frame)
        self.place += 1

    def _raise_tower(self, by: int) -> None:
        """Count the exponents that stand within exponents."""
        self.tower += by if self.power is not None else 0
        if self.tower > MAX_TOWER:
            raise LimitError(f"exponents stand over {MAX_TOWER} deep within exponents (limit: exponents)")

    def _separate(self, text: str) -> None:
        frame = self.top
        if frame.kind not in ("call", "<", "block") or (text == ";" and frame.kind != "block"):
            self.fail(f"{text} is not expected here")
        frame.args.append(frame.finish(self))
        if text == ";":
            frame.rows.append(len(frame.args))
        self.current = None
        self.place += 1

    def _close(self, opener: str) -> None:
        frame, token = self.top, self.token
        kinds = {"(": ("(", "call"), "[": ("block",), "{": ("{",), "<": ("<",)}[opener]
        if frame.kind not in kinds:
            if len(self.frames) == 1:
                self.fail(f"{token.text} closes nothing")
            opened = self.source[frame.start : frame.start + 1]
            self.fail(f"{token.text} closes {opened}, which is still open", (frame.start, token.end))
        frame.args.append(frame.finish(self))
        self.place += 1
        self._closed(frame, token.end)

    def _closed(self, frame: Frame, end: int, mark: str = "") -> None:
        self.frames.pop()
        self.current = None
        self.power = frame.power
        self._raise_tower(-1)
        self._given(close_frame(self, frame, end, mark))

    # -- bars
    def _open_bar(self, token: Token) -> None:
        left = len(token.text) - self.bars
        size = 2 if left >= 2 and left % 2 == 0 else 1
        self.frames.append(Frame("||" if size == 2 else "|", token.start + self.bars, power=self.power))
        self._raise_tower(1)
        self.power = None
        self._use_bars(size)

    def _use_bars(self, size: int) -> None:
        self.bars += size
        if self.bars >= len(self.token.text):
            self.place += 1
            self.bars = 0

    def _close_bar(self) -> None:
        token, frame = self.token, self.top
        left = len(token.text) - self.bars
        if frame.kind == "||" and left == 1:  # it was two absolute values: ||s| - 1|
            outer = Frame("|", frame.start, power=frame.power)
            frame.kind, frame.start, frame.power = "|", frame.start + 1, None
            self.frames.insert(-1, outer)
        if frame.kind not in ("|", "||"):
            self.fail("| closes nothing here")
        size = len(frame.kind)
        end = token.end if self.bars + size >= len(token.text) else token.start + self.bars + size
        frame.args.append(frame.finish(self))
        self._use_bars(size)
        mark = ""
        if size == 2 and self.bars == 0 and self.token.kind == "mark":
            mark, end = self.token.text, self.token.end
            self.place += 1
        self._closed(frame, end, mark)

    # -- names
    def _name(self, token: Token) -> None:
        name, scope = token.text, self.scope
        after = self.tokens[self.place + 1]
        opens = after.text == "("
        if is_kind(name) and after.text == "[" and name not in scope.declared:
            self._derivative_call(name, token)
        elif name in scope.functions or (opens and is_function(name) and name not in scope.declared):
            if not opens:
                self.fail(f"{name} needs its parentheses", hint=f"Write {name}(…).")
            self._open_call(name, token, abstract=name in scope.functions)
        elif opens and name in APPLIED and name not in scope.declared and self.power is None:
            scope.note(f"{self.source[token.start : token.end]}(…) is read as {APPLIED[name]}(…).")
            self._open_call(APPLIED[name], token)
        elif opens and not scope.knows(name) and self.power is None:
            self._unknown_call(name, token)
        else:
            self._variable(name, token)

    def _apart(self, name: str, token: Token) -> bool:
        """Whether ``lam (1 - sum(x))`` is a product: a letter that is no usual function, a space, a sum."""
        opening = self.place + 1
        if not self.tokens[opening].gap or name in USUAL_FUNCTIONS or not self.scope.admits(name):
            return False
        depth = 0
        for place in range(opening, len(self.tokens)):
            text = self.tokens[place].text
            depth += (text == "(") - (text == ")")
            if depth == 0 or (depth == 1 and text in ("+", "-")):
                return depth == 1 and place > opening + 1
        return False

    def _unknown_call(self, name: str, token: Token) -> None:
        pieces = split_name(name, self.scope)
        if pieces and all(map(self.scope.knows, pieces[-1:])):
            self._variable(name, token)
            return
        typed = self.source[token.start : token.end]
        span = (token.start, token.end)
        if self._apart(name, token):
            self._variable(name, token)
            return
        if name in REFUSED:
            self.fail(f"{REFUSED[name]} are not supported: {typed}(…)", span)
        mend = suggestion(name)
        if len(name) == 1 or is_greek(name):
            mend = mend or f"For a product write {typed}*(…); for a function declare {typed}: R^n -> R."
        mend = mend or f"Declare {typed}: R^n -> R for a function of your own, or give its formula: {typed}(x) = …."
        self.fail(f"{typed} is no known function", span, mend)

    def _open_call(self, name: str, token: Token, abstract: bool = False, kind: str = "", skip: int = 1) -> None:
        call = Call((token.start, token.end), name, (), kind, abstract)
        self.place += skip
        self._open("call", self.token, call, token.start)
        if name in OVER and not abstract:
            self._sum_header(call)

    def _derivative_call(self, kind: str, token: Token) -> None:
        name = self.tokens[self.place + 2].text
        shape = [t.text for t in self.tokens[self.place + 3 : self.place + 5]]
        if name not in self.scope.functions or shape != ["]", "("]:
            self.fail(f"{kind}[f](u) takes a function declared with an arrow", hint="Declare f: R^n -> R.")
        self._open_call(name, token, True, kind, 4)

    def _sum_header(self, call: Call) -> None:
        """``i,`` or ``i=low..high,`` at the start of a sum."""
        first, second = self.tokens[self.place], self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if first.kind != "name" or second.text not in (",", "=", "in"):
            return
        end = self.place + 1
        while self.tokens[end].text != "," and self.tokens[end].kind != "end":
            end += 1
        if self.tokens[end].kind == "end":
            self.fail("the range of a sum ends with a comma", (first.start, second.end), "Write sum(i=1..m, …).")
        bounds = spell(self.tokens[self.place + 2 : end]) if second.text != "," else ""
        low, dots, high = bounds.replace("…", "..").replace("...", "..").partition("..")
        if second.text != "," and not (dots and low.strip() and high.strip()):
            self.fail("the range of a sum is not understood", (first.start, second.end), "Write sum(i=1..m, …).")
        if first.text in self.scope.indices:
            self.fail(f"{first.text} is summed twice", (first.start, first.end), "Give each sum its own index.")
        self._not_summed(first.text, first, summed=True)
        self.top.index = (first.text, low.strip(), high.strip())
        self.scope.indices.append(first.text)
        self.scope.every_index.add(first.text)
        self.place = end + 1

    def _not_summed(self, name: str, token: Token, summed: bool = False) -> None:
        """Refuse a name that is the index of a sum here and stands outside that sum there."""
        if name in self.scope.standing and (summed or name in self.scope.every_index):
            span = (token.start, token.end)
            self.fail(f"{name} is summed in one place and fixed in another", span, "Give one of them another name.")

    def _variable(self, name: str, token: Token) -> None:
        scope = self.scope
        self.place += 1
        known = scope.knows(name) or name in scope.indices or differential(name, scope) is not None
        if not known:
            scope.standing.add(name)
            self._not_summed(name, token)
        pieces = None if known else split_name(name, scope)
        if pieces is None:
            if not known and not scope.admits(name):
                stranger(self, name, token)
            self._given(Name((token.start, token.end), name))
            return
        if self.power is not None:
            self.fail(f"the exponent {name} is not clear", (token.start, token.end), f"Write ({'*'.join(pieces)}).")
        scope.note(f"{self.source[token.start : token.end]} is read as {'*'.join(pieces)}.")
        place = token.start
        for number, piece in enumerate(pieces):
            if number:
                self._seal("")
            self._given(Name((place, place + len(piece)), piece))
            place += len(piece)

    # -- operators between operands
    def _seal(self, operator: str) -> None:
        """The operand is a factor; ``operator`` stands before the next."""
        frame, tree = self.top, self.current
        assert tree is not None
        if frame.negative:
            tree = self.keep(Negative(tree.span, tree))
        frame.factors.append((frame.operator, tree))
        frame.operator, frame.negative, frame.pending = operator, False, True
        self.current = None

    def _infix(self) -> bool:
        token, frame = self.token, self.top
        text = token.text
        if text in INFIX:
            self.place += 1
            self._seal(INFIX[text])
        elif text in ("+", "-"):
            self.place += 1
            frame.end_term(self)
            frame.sign = -1 if text == "-" else 1
            self.current = None
        elif text == ":" and frame.kind in ("", "(", "call", "|", "||", "<", "{", "block"):
            self.place += 1
            frame.end_inner(self)
            self.current = None
        elif self._starts_operand(token):
            self._implicit(token)
        else:
            return False
        return True

    def _starts_operand(self, token: Token) -> bool:
        if token.text and token.text[0] == "|":
            return not any(f.kind in ("|", "||") for f in self.frames[-1:])
        return token.kind in ("num", "name") or token.text in ("(", "<", "[")

    def _implicit(self, token: Token) -> None:
        frame, left = self.top, self.current
        assert left is not None
        if isinstance(left, Number) and token.text in ("i", "j") and token.gap == 0:
            imaginary(self, left, token)
        if isinstance(left, Number) and token.kind == "num" and "/" in token.text:
            self.fail("a number may not follow here", hint=f"Write {left.value + Fraction(token.text)}.")
        if token.kind == "num" and not (isinstance(left, Number) and token.gap):
            self.fail("a number may not follow here", hint=f"Write {self.typed(left)}*{token.text}.")
        if isinstance(left, Number) and token.kind == "num":
            self.fail("two numbers stand side by side", hint="Write * between them.")
        product = token.gap and any(not isinstance(tree, Number) for _, tree in frame.factors)
        if frame.operator == "/" and (product or token.text == "||") and isinstance(left, Number | Name):
            self.scope.note(f"What follows /{self.typed(left)} is not divided by.")
        elif frame.operator in ("/", "./") and token.gap == 0:
            number = self.typed(left)
            start = frame.factors[-1][1].span[0]
            before, quotient = self.source[start : left.span[0]], self.source[start : left.span[1]]
            mend = f"Write {before}({number}*…) or ({quotient})*…."
            self.fail(f"what / divides by is not clear: {number} or all that follows", (start, token.end), mend)
        if token.text == "(" and isinstance(left, Name):
            self.scope.note(f"{self.typed(left)}(…) is read as a product.")
        self._seal("")
