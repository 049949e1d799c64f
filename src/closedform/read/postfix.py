"""What stands behind an operand: primes, powers of T, indices, exponents of e."""

from __future__ import annotations

from fractions import Fraction
from typing import NoReturn

from closedform.read.cursor import Cursor
from closedform.read.lexer import Token
from closedform.read.syntax import Call, Group, Index, Name, Number, Power, Transpose, Tree
from closedform.read.vocabulary import INDEX_LETTERS


def _expects(at: Cursor, base: Tree) -> bool:
    """Whether ``E[…]`` may be an expected value."""
    return isinstance(base, Name) and base.name == "E" and not at.scope.knows("E")


class Postfix(Cursor):
    """Reads the signs behind the present operand."""

    # -- what follows an operand
    def _postfix(self) -> bool:
        token, base = self.token, self.current
        assert base is not None
        if token.text == "'":
            self.place += 1
            base = self._all_ones(base)
            if isinstance(base, Name) and self.token.text == "(" and self.token.gap == 0:
                self._prime(base)
            letter = self._letter(token.end) if token.kind == "T" else None
            self.current = self.keep(Transpose((base.span[0], token.end), base, letter))
        elif token.text in ("^", ".^"):
            self.place += 1
            if isinstance(base, Name) and base.name == "e" and not self.scope.knows("e"):
                self._euler(base)
            if not (token.text == "^" and self._transposing(base)):
                self.power, self.current = (base, token.text, False), None
        elif token.text == "[" and token.gap == 0:
            self._index(base)
        else:
            return False
        return True

    def _euler(self, base: Name) -> None:
        """``e^x`` is the exponential where e is nothing else; ``e^-x^2`` is asked about."""
        raised = sum(t.text == "e" and self.tokens[k + 1].text == "^" for k, t in enumerate(self.tokens[:-1]))
        if self.scope.counts.get("e", 0) > raised or self.tokens[self.place - 1].text != "^":
            hint = "Write exp(…), or declare e in R."
            self.fail("e^… may be the exponential or the power of a variable e", base.span, hint)
        self.scope.note("e^… is read as exp(…).")

    def _exponential(self, base: Name, exponent: Tree) -> Tree:
        if self.token.text in ("^", ".^") or (self.token.text == "'" and not isinstance(exponent, Group)):
            hint = "Write exp(…) around all of the exponent."
            self.fail("how far the exponent of e reaches is not clear", (base.span[0], self.token.end), hint)
        return Call((base.span[0], exponent.span[1]), "e^", (exponent,))

    def _all_ones(self, base: Tree) -> Tree:
        """``1'``: a number has no transpose, the vector of ones has."""
        if not isinstance(base, Number) or base.value != 1:
            return base
        if "ones" in self.scope.declared:
            self.fail("1' may be the vector of ones, whose name ones is declared as something else", base.span)
        self.scope.note("1' is read as the transpose of the vector of ones.")
        return self.keep(Name(base.span, "ones"))

    def _prime(self, base: Name) -> None:
        name = base.name
        if name not in self.scope.declared and self.scope.counts.get(name, 0) < 2:
            span = (base.span[0], self.token.start)
            hint = f"Write {name}'*(…) for a product, diff[{name}](…) for the derivative of a declared function."
            self.fail(f"{name}'(…) may be a product with the transpose or a derivative", span, hint)

    def _transposing(self, base: Tree) -> bool:
        """``^T``, ``^-T``, ``^{T}``, ``^{-T}``, ``^{+}``: read here; whether it was one."""
        ahead, place = "", self.place
        while len(ahead) < 5 and self.tokens[place].text in ("{", "-", "T", "+", "}", "⊤"):
            ahead += self.tokens[place].text
            place += 1
            if ahead in ("T", "-T", "{T}", "{-T}", "{+}"):
                break
        if self._hermitian(base):
            return True
        if ahead not in ("T", "-T", "{T}", "{-T}", "{+}"):
            word = self.tokens[place].text
            if word[:1] == "T" and word[1:].isdigit() and word not in self.scope.declared:
                hint = f"Write ({self.typed(base)}^-T)^{word[1:]}, or declare {word}."
                self.fail(f"^{ahead}{word} is not clear", hint=hint)
            return False
        end = self.tokens[place - 1].end
        typed = any(t.text == "T" and t.kind == "name" for t in self.tokens[self.place : place])
        self.place = place
        if "+" in ahead:
            self.current = self.keep(Call((base.span[0], end), "pinv", (base,)))
            return True
        base = self._all_ones(base)
        if "-" in ahead:
            one = self.keep(Number((end - 1, end), Fraction(-1)))
            base = self.keep(Power((base.span[0], end), base, one, False))
        letter = self._letter(end) if typed else None
        self.current = self.keep(Transpose((base.span[0], end), base, letter))
        return True

    def _letter(self, end: int) -> Tree | None:
        """The T of ``x^T``, where T is also the name of something."""
        return self.keep(Name((end - 1, end), "T")) if self.scope.stands("T", self.tokens) else None

    def _hermitian(self, base: Tree) -> bool:
        """``^H``, ``^{H}``, where H is no other name here: the transpose, since all numbers are real."""
        braced = self.token.text == "{"
        word, end = self.tokens[self.place + braced], self.tokens[min(self.place + 2, len(self.tokens) - 1)]
        if word.text != "H" or (braced and end.text != "}") or "H" in self.scope.declared:
            return False
        if self.scope.stands("H", self.tokens):
            x = self.typed(base)
            hint = f"Write {x}' for the transpose, {x}^(H) for the power."
            self.fail(f"{x}^H may be the transpose or the power H", base.span, hint)
        self.place += 3 if braced else 1
        end_of = self.tokens[self.place - 1].end
        self.scope.note(f"{self.source[base.span[0] : end_of]} is read as the transpose: all numbers are real.")
        self.current = self.keep(Transpose((base.span[0], end_of), base))
        return True

    def _index(self, base: Tree) -> None:
        self.place += 1
        at: list[int | str | None] = []
        shifts: list[int] = []
        while True:
            shift = self._number_before()
            token = self.token
            if token.kind == "num" and token.text.isdigit():
                if int(token.text) == 0 and not self.scope.typeset:
                    self.fail("indices start at 1")
                at.append(int(token.text))
            elif token.kind == "name" and token.text in self.scope.counting:
                at.append(self.scope.counting[token.text])
            elif token.kind == "name":
                if _expects(self, base) and token.text not in INDEX_LETTERS:
                    self._no_index(base)
                self._index_name(token)
                at.append(token.text)
            elif token.text == ":":
                at.append(None)
            elif token.kind == "end":
                self.fail("[ is never closed", (base.span[0], token.end))
            else:
                self._no_index(base)
            self.place += 1
            shifts.append(shift or self._shift(at[-1]))
            if self.token.text not in (",", "]"):
                self._no_index(base)
            self.place += 1
            if self.tokens[self.place - 1].text == "]":
                break
        if len(at) > 2 or at in ([None], [None, None]):
            self.fail("an index is x[i], A[i,j], A[i,:] or A[:,j]", (base.span[0], self.tokens[self.place - 1].end))
        end = self.tokens[self.place - 1].end
        self.current = self.keep(Index((base.span[0], end), base, tuple(at), tuple(shifts) if any(shifts) else ()))

    def _number_before(self) -> int:
        """What is added in ``x[1 + n]``; the number is passed over."""
        number, *behind = self.tokens[self.place : self.place + 3]
        if not number.text.isdigit() or len(behind) < 2 or behind[0].text != "+" or behind[1].kind != "name":
            return 0
        self.place += 2
        return int(number.text)

    def _shift(self, at: int | str | None) -> int:
        """What is added in ``x[i+1]``, where a sum runs over i."""
        sign, number = self.tokens[self.place], self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if sign.text not in ("+", "-") or not isinstance(at, str) or not number.text.isdigit():
            return 0
        self.place += 2
        return int(number.text) if sign.text == "+" else -int(number.text)

    def _no_index(self, base: Tree) -> NoReturn:
        if _expects(self, base):
            hint = "Write mean(x) for the mean of the entries, sum(i, …)/m for that over data."
            self.fail("expected values are not supported", base.span, hint)
        hint = "Write x[i], A[i,j], A[i,:] or A[:,j]; what belongs together stands in ( )."
        self.fail("an index is a number, a name or a colon", hint=hint)

    def _index_name(self, token: Token) -> None:
        scope, name = self.scope, token.text
        if name not in scope.indices:
            scope.free_indices.add(name)
        if name in scope.free_indices and name in scope.every_index:
            self.fail(f"{name} is summed in one place and fixed in another", hint="Give one of them another name.")
