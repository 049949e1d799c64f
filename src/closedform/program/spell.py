"""Programs as source text: one template an operation and backend, short values written inside longer ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from closedform.errors import LimitError, MissingRule
from closedform.expr.size import ONE, Size
from closedform.functions.declared import LIBRARIES, has_value, operation, rank_of_pattern
from closedform.program.in_place import is_into
from closedform.program.ir import Program, Ref, Step, rank
from closedform.program.laying import Layer
from closedform.program.names import Names
from closedform.program.parts import blocks, spans, two_axes

STRING = re.compile(r'"[^"]*"')
SLOT = re.compile(r"<(\w+)(?:\^(\d))?>")
LONG = 2**1000
"""Fractions of longer numbers are written as floats."""
ATOM, WIDTH = 5, 48
"""The tightest binding; and how long a value may be that is written inside another."""


def _as_float(value: Fraction) -> str:
    try:
        found = float(value)
    except OverflowError:
        found = 0.0
    if not found:
        raise LimitError("a number of the formula is beyond the floats, over 1e308 or under 1e-323 (limit: digits)")
    return repr(found)


@dataclass(frozen=True)
class Template:
    """``<0^2>`` is the first argument, in brackets unless it binds as tightly as 2; ``<r>`` and ``<c>`` are sizes."""

    text: str
    level: int = ATOM


@dataclass(frozen=True)
class Backend:
    """How one language or library writes the operations."""

    name: str
    templates: Mapping[str, Template]
    functions: Mapping[str, Template]
    helpers: Mapping[str, str] = field(default_factory=dict)
    imports: tuple[tuple[str, str], ...] = ()
    """Lines to import, each where the text before it appears in the code."""
    reserved: frozenset[str] = frozenset()
    number: str = "a number"
    constant: str = "{}"
    """How a number is written where a function wants an array."""
    answer: str = "{}"
    """How a number is written where it is the answer."""
    copy: str = "{}"
    """How an answer is written that is an argument, or a view of one."""
    like: str = ""
    """What new arrays take from the first argument ``{0}``; ``unlike``: where there is none."""
    like_number: str = ""
    """The same where that argument is a number, which may be one of Python's."""
    unlike: str = ""
    scalar_block: str = "{}"
    """How a scalar stands in a matrix of blocks."""
    laid: str = ""
    """How an array of derivatives is made of its pieces: ``written`` into one, or ``summed``; not at all."""
    zeros: str = "np.zeros(({0}))"
    masked: str = ""
    """An array that is zero off the diagonal of two axes: their length, their places, the array."""
    permuted: str = "{0}.transpose({1})"

    def template(self, step: Step, ranks: tuple[int, ...]) -> Template:
        if step.op == "fn":
            name = step.attrs[0]
            for key in (f"{name}:{ranks[0] if ranks else ''}", f"{name}={step.rank}", name):
                if key in self.functions:
                    return self.functions[key]
            return self.declared(name, ranks, step.rank)
        shapes = "".join(map(str, ranks))
        for key in (f"{step.op}:{shapes}", f"{step.op}={step.rank}", step.op):
            if key in self.templates:
                return self.templates[key]
        raise self.missing(step.op)

    def declared(self, name: str, ranks: tuple[int, ...], rank: int) -> Template:
        """A function of the user's own, by its name."""
        word = name.partition("@")[0]
        op = operation(word)
        if op is None or op.name != name:
            if "@" in name:
                raise MissingRule(f"{word} is declared no more, or was declared anew since the formula was made")
            raise self.missing(name)
        if self.name not in LIBRARIES or not has_value(word, LIBRARIES[self.name]):
            raise MissingRule(f"{word} was declared without a value for {self.name}")
        assert op.signature is not None
        wanted = [rank_of_pattern(p) for p in (*op.signature.args, op.signature.result)]
        if not op.elementwise and wanted != [*ranks, rank]:
            raise MissingRule(f"{word} of a matrix with one row or column has no program; call the formula itself")
        return Template(f"{word}(<all>)")

    def missing(self, name: str) -> MissingRule:
        other = "call the formula itself" if self.name == "NumPy" else "the NumPy program has one"
        said = "the array of a linear map (dense=True)" if name in ARRAYS else name
        return MissingRule(f"{said} has no {self.name} form; {other}")

    @cached_property
    def words(self) -> frozenset[str]:
        """The names that mean something in code of this backend."""
        texts = [t.text for t in (*self.templates.values(), *self.functions.values())]
        texts += [self.constant, self.answer, self.copy, self.like, *(line for _, line in self.imports)]
        plain = (SLOT.sub(" ", STRING.sub("", text)) for text in texts)
        found = {w for text in plain for w in re.findall(r"(?<![\w.<])[A-Za-z_]\w*", text)}
        return frozenset(self.reserved | self.helpers.keys() | found)


def infix(*, add: str = "+", sub: str = "-", mul: str = "*", div: str = "/") -> dict[str, Template]:
    return {
        "add": Template(f"<0^1> {add} <1^2>", 1),
        "sub": Template(f"<0^1> {sub} <1^2>", 1),
        "mul": Template(f"<0^2> {mul} <1^3>", 2),
        "div": Template(f"<0^2> {div} <1^3>", 2),
        "neg": Template("-<0^3>", 3),
    }


@dataclass(frozen=True)
class Text:
    """A written value and how tightly it binds."""

    text: str
    level: int = ATOM


class Speller:
    """One program being written for one backend."""

    def __init__(self, backend: Backend, program: Program, name: str, early: frozenset[Ref] = frozenset()) -> None:
        self.backend, self.program, self.early = backend, program, early
        self.count = 0
        own = {s.attrs[0].partition("@")[0] for s in program.by_ref().values() if s.op == "fn" and "@" in s.attrs[0]}
        self.names = Names({*backend.words, name, "prepare", *own})
        self.uses = program.uses()
        self.texts: dict[Ref, Text] = {}
        self.steps = program.by_ref()
        self.users: dict[Ref, list[Step]] = {}
        for step in self.steps.values():
            for ref in set(step.args):
                self.users.setdefault(ref, []).append(step)
        self.size_names: dict[str, str] = {}
        for step in program.inputs:
            self.texts[step.ref] = Text(self.names.of(step.attrs[0]))
        for size in sorted(program.sizes):
            self.size_names[size] = self.names.fresh(size)
        self.sizes_used: dict[str, None] = {}
        self.whole: dict[Size, str] = {}
        """Sums and products of sizes that are the length of an axis of an argument."""
        self.counted: frozenset[str] = frozenset()
        """The inputs that are indices."""
        self.at_hand = program.inputs
        """The inputs that have values where what is being written runs."""

    def lines(self) -> list[str]:
        """The statements; the last one returns."""
        late = tuple(s for s in self.program.steps if s.ref not in self.early)
        return [*self.block(late), self.returned()]

    def early_lines(self) -> list[str]:
        """The statements for what depends on fixed variables alone; to be asked for first."""
        self.at_hand = tuple(s for s in self.program.inputs if s.ref in self.early)
        lines = list(self.block(tuple(s for s in self.program.steps if s.ref in self.early)))
        self.at_hand = self.program.inputs
        return lines

    def returned(self) -> str:
        return "return " + ", ".join(self.answers())

    def answers(self) -> Iterator[str]:
        """The texts of the answers: arrays that nobody else holds."""
        seen: set[Ref] = set()
        for ref in self.program.outputs:
            text = self.texts[ref].text
            if self.is_constant(ref):
                whole = text if self.steps[ref].op != "number" or any(c in text for c in "/.e") else f"{text}.0"
                yield self.backend.answer.format(whole, self.like())
            elif ref in seen or self.is_shared(ref):
                yield self.backend.copy.format(self.bound(ref, ATOM))
            else:
                yield text
            seen.add(ref)

    def is_shared(self, ref: Ref) -> bool:
        """Whether a value is an argument, a view of one, or kept from call to call."""
        while self.steps[ref].op in VIEWS or self.steps[ref].attrs[:1] in VIEW_FUNCTIONS:
            if ref in self.early:
                return True
            ref = self.steps[ref].args[0]
        return self.steps[ref].rank > 0 and (self.steps[ref].op == "input" or ref in self.early)

    def bound(self, ref: Ref, level: int) -> str:
        text = self.texts[ref]
        return text.text if text.level >= level else f"({text.text})"

    def block(self, steps: tuple[Step, ...]) -> Iterator[str]:
        inside = _used_inside_loops(steps)
        for step in steps:
            if step.op == "index":
                self.texts[step.ref] = Text(self.names.of(step.attrs[0]))
            elif step.op == "loop":
                yield from self.loop(step)
            elif is_into(step):
                yield from self.into(step)
            elif step.op == "dense" and self.backend.laid == "written":
                name = self.names.fresh("H")
                yield from Layer(self, step).written(name)
                self.texts[step.ref] = Text(name)
            else:
                text = self.written(step)
                if self.stays(step, text) or (step.ref in inside and step.op not in LEAVES):
                    name = self.names.fresh(self.wish(step))
                    yield self.assigned(name, text.text)
                    text = Text(name)
                self.texts[step.ref] = text

    def into(self, step: Step) -> Iterator[str]:
        """A value written over by the result of its only use, whose name is its own from then on."""
        target = step.args[0]
        if not self.texts[target].text.isidentifier():
            name = self.names.fresh(self.wish(self.steps[target]))
            yield self.assigned(name, self.texts[target].text)
            self.texts[target] = Text(name)
        yield self.written(step).text
        self.texts[step.ref] = self.texts[target]

    def wish(self, step: Step) -> str:
        self.count += 1
        return {0: "s", 1: "v", 2: "M"}[step.rank] + str(self.count)

    def assigned(self, name: str, text: str) -> str:
        return f"{name} = {text}"

    def stays(self, step: Step, text: Text) -> bool:
        """Whether a value gets a name of its own."""
        if step.op in LEAVES:
            return False
        answer = step.ref in self.program.outputs
        if step.ref in self.early and step.op != "T" and (answer or self.crosses(step)):
            return True
        return self.uses[step.ref] > 1 or (len(text.text) > WIDTH and not answer) or self.used_twice(step)

    def crosses(self, step: Step) -> bool:
        """Whether a value computed early is used by one computed late."""
        late = (s for s in self.program.steps if s.ref not in self.early)
        return any(step.ref in s.args or step.ref in _used_inside_loops((s,)) for s in late)

    def used_twice(self, step: Step) -> bool:
        """Whether the template of the one step that uses a value writes it more than once."""
        for user in self.users.get(step.ref, ()):
            if user.op not in ("loop", "dense"):
                ranks = tuple(self.steps[a].rank for a in user.args)
                slots = [m.group(1) for m in SLOT.finditer(self.backend.template(user, ranks).text)]
                if slots.count(str(user.args.index(step.ref))) > 1:
                    return True
        return False

    def loop(self, step: Step) -> Iterator[str]:
        name, low, high = step.attrs
        total = self.names.fresh("total")
        yield self.assigned(total, self.zero())
        counter = self.names.fresh(self.names.of(name)) if name in self.names.given else self.names.of(name)
        self.names.given[name] = counter
        yield self.loop_head(counter, low, high)
        for line in self.block(step.body):
            yield "    " + line
        yield "    " + self.assigned(total, f"{total} {self.plus} {self.texts[step.args[0]].text}")
        yield from self.loop_end()
        self.texts[step.ref] = Text(total)

    plus = "+"

    def zero(self) -> str:
        return "0.0"

    def loop_head(self, counter: str, low: Size, high: Size) -> str:
        return f"for {counter} in range({self.size(low)}, {self.size(high + ONE)}):"

    def loop_end(self) -> Iterator[str]:
        return iter(())

    # -- values

    def written(self, step: Step) -> Text:
        if step.op == "number":
            return self.number(step.attrs[0])
        if step.op == "dense" and self.backend.laid:
            return Text(Layer(self, step).summed(), 1)
        if step.op == "size":
            return Text(self.size(step.attrs[0]), ATOM if step.attrs[0].name else 1)
        ranks = tuple(self.steps[a].rank for a in step.args)
        template = self.backend.template(step, ranks)
        return Text(SLOT.sub(lambda m: self.slot(step, m), template.text), template.level)

    def slot(self, step: Step, match: re.Match[str]) -> str:
        what, level = match.group(1), int(match.group(2) or 0)
        if what == "r":
            return self.size(step.shape[0])
        if what == "c":
            return self.size(step.shape[1])
        if what == "n":
            return self.size(step.shape[0] if step.shape[0] is not ONE else step.shape[1])
        if what[0] == "a" and what != "all":
            return self.attribute(step.attrs[int(what[1:])])
        if what[0] in "pq":
            shape = self.steps[step.args[int(what[1:])]].shape
            return self.size(shape[0] if what[0] == "p" else shape[1])
        if what == "all":
            return ", ".join(self.argument(a, 0) for a in step.args)
        if what == "blocks":
            return self.blocks(step)
        if what == "span":
            return self.spans(step)
        if what in ("two0", "two1"):
            return two_axes(self, step.args[int(what[3])], step.attrs[-1][int(what[3])])
        if what == "turn":
            return "'" if rank(step.attrs[-1][0]) == 2 and step.shape[0] is ONE is not step.shape[1] else ""
        if what == "like":
            return self.like()
        written = self.argument if step.op == "fn" else self.bound
        return written(step.args[int(what)], level)

    def blocks(self, step: Step) -> str:
        return blocks(self, step)

    def spans(self, step: Step) -> str:
        return spans(self, step)

    def argument(self, ref: Ref, level: int) -> str:
        """An argument of a function, which may want an array."""
        if self.is_constant(ref) and self.backend.constant != "{}":
            return self.backend.constant.format(self.texts[ref].text, self.like())
        return self.bound(ref, level)

    def is_constant(self, ref: Ref) -> bool:
        """Whether a value is a number of the language rather than an array."""
        step = self.steps[ref]
        return step.op in LEAVES or (bool(step.args) and step.rank == 0 and all(map(self.is_constant, step.args)))

    def like(self) -> str:
        """The kind of new arrays: that of the first argument that has one."""
        arrays = sorted(self.at_hand, key=lambda s: s.rank == 0)
        kept = [s for s in arrays if s.attrs[0] not in self.counted]
        if not kept:
            return self.backend.unlike
        number = kept[0].rank == 0 and self.backend.like_number
        return (number or self.backend.like).format(self.texts[kept[0].ref].text)

    def attribute(self, value: object) -> str:
        if isinstance(value, Size):
            return self.size(value)
        return str(value)

    def number(self, value: Fraction) -> Text:
        whole = value.denominator == 1
        text = str(value.numerator) if whole else f"{value.numerator} / {value.denominator}"
        long = max(abs(value.numerator), value.denominator) >= LONG
        if long or (whole and abs(value.numerator) >= 2**31):  # JAX takes no larger whole numbers where it has 32 bits
            return Text(_as_float(value), ATOM if value >= 0 else 3)
        return Text(text, (ATOM if value >= 0 else 3) if whole else 2)

    def size(self, size: Size) -> str:
        """A size in terms of the names that the first lines set."""
        if size in self.whole:
            return self.whole[size]
        for name in size.names:
            self.sizes_used[name] = None
        if size.name:
            return self.size_names[size.name]
        text = ""
        for monomial, c in sorted(size.terms, key=lambda term: term[1] < 0):
            names = " * ".join(self.size_names[n] for n in monomial)
            term = f"{abs(c)} * {names}" if names and abs(c) != 1 else names or str(abs(c))
            text += f" {'-' if c < 0 else '+'} {term}" if text else f"{'-' if c < 0 else ''}{term}"
        return text or "0"


ARRAYS = ("dense", "khatri")
"""The operations that arrays of maps alone are made of."""
LEAVES = ("number", "size", "pi")
VIEWS = ("T", "diagonal")
VIEW_FUNCTIONS = (("vec",), ("unvec",), ("sub",))
"""What may give back a part of its argument, in the same memory."""


def _used_inside_loops(steps: tuple[Step, ...]) -> set[Ref]:
    return {a for s in steps for inner in s.body for a in inner.args}
