"""The text of an array of derivatives: each piece on its axes, what is off a diagonal left zero."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from closedform.expr.size import ONE
from closedform.program.dense import Laid
from closedform.program.ir import Step

if TYPE_CHECKING:
    from closedform.program.spell import Speller

LETTERS = "ijkl"
ATOM = 5


class Layer:
    """One array being written for one backend."""

    def __init__(self, speller: Speller, step: Step) -> None:
        self.speller, self.step = speller, step
        self.laid, axes = step.attrs
        self.kept = [k for k, s in enumerate(axes) if s is not ONE]
        self.sizes = {k: speller.size(axes[k]) for k in self.kept}

    def whole(self) -> str:
        return self.text_of(self.sizes[k] for k in self.kept)

    @staticmethod
    def text_of(sizes: Iterable[str]) -> str:
        texts = list(sizes)
        return texts[0] + "," if len(texts) == 1 else ", ".join(texts)

    def product(self, piece: Laid, kept: list[int]) -> str:
        """The factors of a piece, each with its entries on the axes ``kept``."""
        return " * ".join(self.factor(k, at, kept) for k, at in piece.factors)

    def factor(self, k: int, at: tuple[int, ...], kept: list[int]) -> str:
        ref = self.step.args[k]
        if not at:
            return self.speller.bound(ref, 3)
        text = self.speller.bound(ref, ATOM)
        if list(at) != sorted(at):
            order = sorted(range(len(at)), key=lambda j: at[j])
            own = ", ".join(self.sizes[a] for a in at)
            turned = ", ".join(map(str, order))
            text = self.speller.backend.permuted.format(f"{text}.reshape({own})", turned)
        shape = [self.sizes[a] if a in at else "1" for a in kept]
        return text if len(at) == len(kept) < 2 else f"{text}.reshape({', '.join(shape)})"

    # -- NumPy: written into an array

    def written(self, name: str) -> Iterator[str]:
        rest = list(self.laid)
        if rest and self.fills(rest[0]):
            first = rest.pop(0)
            text = self.fresh_product(first, self.kept)
            yield f"{name} = {text if self.is_fresh(first) else f'1.0 * {text}'}"
            if first.sign < 0:
                yield f"np.negative({name}, {name})"
        else:
            yield f"{name} = {self.speller.backend.zeros.format(self.whole())}"
        for piece in rest:
            text = self.fresh_product(piece, self.own(piece))
            yield f"{self.view(name, piece)} {'+' if piece.sign > 0 else '-'}= {text}"

    def fresh_product(self, piece: Laid, kept: list[int]) -> str:
        """``product``; one matrix within the axes of another by ``einsum``, at half the time of a broadcast product."""
        if len(piece.factors) == 2 and len(kept) == 4 and all(len(at) == 2 for _, at in piece.factors):
            (first, a), (second, b) = piece.factors
            if {*a} in ({kept[0], kept[3]}, {kept[1], kept[2]}):
                letters = ("".join(LETTERS[k] for k in at) for at in (a, b, kept))
                one, two = (self.speller.bound(self.step.args[k], 0) for k in (first, second))
                return 'np.einsum("{},{}->{}", {}, {})'.format(*letters, one, two)
        return self.product(piece, kept)

    def fills(self, piece: Laid) -> bool:
        covered = {a for _, at in piece.factors for a in at}
        return not piece.diagonals and covered == set(self.kept)

    def is_fresh(self, piece: Laid) -> bool:
        """Whether the product of a piece is an array of its own."""
        if len(piece.factors) > 1:
            return True
        ref, early = self.step.args[piece.factors[0][0]], self.speller.early
        own = self.speller.steps[ref].op in ("matmul", "gram") and self.speller.uses[ref] == 1
        return own and (ref not in early or self.step.ref in early)

    def own(self, piece: Laid) -> list[int]:
        """The axes of a piece: of two on whose diagonal it lies, the first."""
        second = {b for _, b in piece.diagonals}
        return [a for a in self.kept if a not in second]

    def view(self, name: str, piece: Laid) -> str:
        if not piece.diagonals:
            return name
        same = {b: a for a, b in piece.diagonals}
        letters = "".join(LETTERS[same.get(a, a)] for a in self.kept)
        return f'np.einsum("{letters}->{"".join(LETTERS[a] for a in self.own(piece))}", {name})[...]'

    # -- JAX, PyTorch: a sum of arrays

    def summed(self) -> str:
        text, full, backend = "", False, self.speller.backend
        for piece in self.laid:
            one = self.product(piece, self.kept)
            for a, b in piece.diagonals:
                places = ", ".join(":" if k in (a, b) else "None" for k in self.kept)
                one = backend.masked.format(self.sizes[a], places, one, self.speller.like())
            own = {a for _, at in piece.factors for a in at}
            full = full or (bool(own) and own | {a for pair in piece.diagonals for a in pair} == set(self.kept))
            text += f" {'+' if piece.sign > 0 else '-'} {one}"
        if full:
            return text[3:] if text.startswith(" +") else f"-{text[3:]}"
        return backend.zeros.format(self.whole(), self.speller.like()) + text
