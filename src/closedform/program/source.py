"""A program as a function to paste: imports, helpers, sizes off the arrays, a docstring with the shapes."""

from __future__ import annotations

import re

from closedform.errors import MissingRule
from closedform.expr.size import ONE, Size
from closedform.program.arguments import Argument, shape_note
from closedform.program.fused import fused
from closedform.program.in_place import in_place
from closedform.program.ir import Program, hoisted, rank
from closedform.program.lowered import lowered
from closedform.program.spell import Backend, Speller


class Python:
    """Python source for one backend. With ``fixed`` variables: a function of them that returns the function."""

    speller_class = Speller

    def __init__(
        self, backend: Backend, program: Program, arguments: tuple[Argument, ...], name: str, doc: str,
        fixed: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.backend, self.arguments = backend, arguments
        early = hoisted(program, fixed) if fixed else frozenset()
        has = {*backend.templates, *backend.functions}
        program = lowered(fused(program, early), has)
        self.program = in_place(program, has, hoisted(program, fixed) if fixed else frozenset())
        self.name, self.doc, self.fixed = name, doc, fixed
        early = hoisted(self.program, fixed) if fixed else frozenset()
        self.speller = self.speller_class(backend, self.program, name, early)
        self.speller.counted = frozenset(a.name for a in arguments if a.is_index)
        for argument in arguments:
            if argument.is_size:
                self.speller.size_names[argument.name] = self.speller.names.of(argument.name)
            else:
                self.speller.names.of(argument.name)

        for argument in sorted(arguments, key=lambda a: a.name not in fixed):  # what is fixed is there first
            axes = [s for s in argument.shape if s is not ONE]
            for k, s in enumerate(axes):
                if s.name is None and s.number is None:
                    self.speller.whole.setdefault(s, self.axis(self.speller.names.of(argument.name), k, len(axes)))

    def text(self) -> str:
        """The whole text, which runs as it stands."""
        early = [a for a in self.arguments if a.name in self.fixed]
        late = [a for a in self.arguments if a.name not in self.fixed]
        code = self.prepared(early, late) if self.fixed else self.function(self.name, late, self.speller.lines(), set())
        return self.assembled(code)

    def assembled(self, code: str) -> str:
        """Imports, helpers, function."""
        helpers = self.helpers(code)
        whole = "\n\n".join([*helpers, code])
        imports = self.imports(whole)
        return "\n".join(imports) + "\n\n\n" + whole if imports else whole

    def prepared(self, early: list[Argument], late: list[Argument]) -> str:
        """A function of the fixed variables; what they alone decide is computed in it once."""
        first = self.speller.early_lines()
        sizes = self.size_lines(early, set())
        known = set(self.speller.sizes_used)
        return self.closure(early, late, [*sizes, *first], self.speller.lines(), known)

    def closure(
        self, early: list[Argument], late: list[Argument], first: list[str], lines: list[str], known: set[str]
    ) -> str:  # fmt: skip
        """A function of ``early`` that computes ``first`` and returns the function of ``late`` within it."""
        inner = self.function(self.name, late, lines, known)
        body = [*first, *([""] if first else []), *inner.splitlines(), f"return {self.name}"]
        return self.function("prepare", early, body, set(self.speller.sizes_used))

    def function(self, name: str, arguments: list[Argument], lines: list[str], known: set[str]) -> str:
        names = [self.speller.names.of(a.name) for a in arguments]
        body = [*self.docstring(arguments, names), *self.size_lines(list(self.arguments), known), *lines]
        return "\n".join([f"def {name}({', '.join(names)}):", *(f"    {line}" if line else "" for line in body)]) + "\n"

    def docstring(self, arguments: list[Argument], names: list[str]) -> list[str]:
        said = [re.sub(r'["\\]', "", line) for line in self.said()] or [self.name]
        shapes = [f"{n}: {self.note(a)}" for n, a in zip(names, arguments, strict=True)]
        return ['"""' + said[0], *said[1:], *([""] if shapes else []), *shapes, '"""']

    def note(self, argument: Argument) -> str:
        """What an argument has to be."""
        is_scalar = rank(argument.shape) == 0 and not (argument.is_size or argument.is_index)
        return self.backend.number if is_scalar else shape_note(argument)

    def said(self) -> list[str]:
        """What is said of the function, a line at a time, of printable signs alone."""
        lines = ("".join(ch for ch in line if ch.isprintable()).strip() for line in self.doc.splitlines())
        return [line for line in lines if line]

    def size_lines(self, arguments: list[Argument], known: set[str]) -> list[str]:
        """``n = A.shape[1]`` and the like, for the sizes that the code reads and does not know yet."""
        ready = known | {a.name for a in arguments if a.is_size}
        wanted = [n for n in self.speller.sizes_used if n not in ready]
        lines: list[str] = []
        while wanted:
            found = {n: text for n in wanted if (text := self.size_from_shapes(n, arguments, ready)) is not None}
            if not found:
                more = self.on_the_way(wanted, arguments, ready)
                if more is None:
                    raise MissingRule(f"the size {wanted[0]} cannot be read off an argument")
                wanted.append(more)
                continue
            lines += [f"{self.speller.size_names[n]} = {text}" for n, text in found.items()]
            ready |= found.keys()
            wanted = [n for n in wanted if n not in found]
        return lines

    def on_the_way(self, wanted: list[str], arguments: list[Argument], ready: set[str]) -> str | None:
        """A size that the code does not read, but one that it reads is computed from."""
        names = (n for a in arguments for s in a.shape for n in sorted(s.names - ready) if n not in wanted)
        return next((n for n in names if self.size_from_shapes(n, arguments, ready) is not None), None)

    def size_from_shapes(self, name: str, arguments: list[Argument], ready: set[str]) -> str | None:
        """The text that reads a size off an argument; from ``n + 1`` or ``m*n`` where it stands nowhere alone."""
        found: list[tuple[int, str]] = []
        for argument in arguments:
            axes = [s for s in argument.shape if s is not ONE]
            for axis, size in enumerate(axes):
                if name in size.names and size.names - {name} <= ready:
                    text = self.solved(size, name, self.axis(self.speller.names.of(argument.name), axis, len(axes)))
                    found += [(size.name != name, text)] if text is not None else []
        return min(found)[1] if found else None

    def axis(self, array: str, axis: int, rank: int) -> str:
        return f"{array}.shape[{axis}]"

    divide = "//"

    def solved(self, size: Size, name: str, whole: str) -> str | None:
        """``name`` where ``whole = c*name + rest``; the other names in c and in the rest are known."""
        if size.name == name:
            return whole
        terms = dict(size.terms)
        if any(m.count(name) > 1 for m in terms):
            return None
        c = Size({tuple(x for x in m if x != name): k for m, k in terms.items() if name in m})
        rest = Size({m: k for m, k in terms.items() if name not in m})
        minus = f" - ({self.speller.size(rest)})" if len(rest.terms) > 1 or (rest.number or 0) < 0 else ""
        minus = minus or (f" - {self.speller.size(rest)}" if rest.number != 0 else "")
        if c is ONE:
            return f"{whole}{minus}"
        below = self.speller.size(c)
        above = f"({whole}{minus})" if minus else whole
        return f"{above} {self.divide} {below if c.name or c.number else f'({below})'}"

    def helpers(self, code: str) -> list[str]:
        """The helpers that the code calls, and those that they call."""
        wanted: list[str] = []
        todo = [code]
        while todo:
            text = todo.pop()
            for name, helper in self.backend.helpers.items():
                if name not in wanted and re.search(rf"(?<![\w.]){name}\(", text):
                    wanted.append(name)
                    todo.append(helper)
        return [self.backend.helpers[n] for n in reversed(wanted)]

    def imports(self, code: str) -> list[str]:
        return [line for mark, line in self.backend.imports if re.search(rf"(?<![\w.]){re.escape(mark)}", code)]
