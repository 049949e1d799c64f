"""A program as a function to paste: imports, helpers, sizes off the arrays, a docstring with the shapes."""

from __future__ import annotations

import re

from closedform.errors import MissingRule
from closedform.expr.size import ONE, Size
from closedform.program.arguments import Argument, shape_note
from closedform.program.fused import fused
from closedform.program.ir import Program, hoisted
from closedform.program.spell import Backend, Speller


class Python:
    """Python source for one backend. With ``fixed`` variables: a function of them that returns the function."""

    speller_class = Speller

    def __init__(
        self, backend: Backend, program: Program, arguments: tuple[Argument, ...], name: str, doc: str,
        fixed: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.backend, self.program, self.arguments = backend, fused(program), arguments
        self.name, self.doc, self.fixed = name, doc, fixed
        self.speller = self.speller_class(backend, self.program, hoisted(self.program, fixed) if fixed else frozenset())
        for argument in arguments:
            if argument.is_size:
                self.speller.size_names[argument.name] = self.speller.names.of(argument.name)
            else:
                self.speller.names.of(argument.name)

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
        inner = self.function(self.name, late, self.speller.lines(), known)
        body = [*sizes, *first, *([""] if sizes or first else []), *inner.splitlines(), f"return {self.name}"]
        return self.function("prepare", early, body, known)

    def function(self, name: str, arguments: list[Argument], lines: list[str], known: set[str]) -> str:
        names = [self.speller.names.of(a.name) for a in arguments]
        body = [*self.docstring(arguments, names), *self.size_lines(list(self.arguments), known), *lines]
        return "\n".join([f"def {name}({', '.join(names)}):", *(f"    {line}" if line else "" for line in body)]) + "\n"

    def docstring(self, arguments: list[Argument], names: list[str]) -> list[str]:
        safe = re.sub(r'["\\]', "", self.doc).splitlines() or [self.name]
        shapes = [f"{n}: {shape_note(a)}" for n, a in zip(names, arguments, strict=True)]
        return ['"""' + safe[0], *safe[1:], "", *shapes, '"""']

    def size_lines(self, arguments: list[Argument], known: set[str]) -> list[str]:
        """``n = A.shape[1]`` and the like, for the sizes that the code reads and does not know yet."""
        given = {a.name for a in arguments if a.is_size}
        wanted = [n for n in self.speller.sizes_used if n not in known | given]
        return [f"{self.speller.size_names[n]} = {self.size_from_shapes(n, arguments)}" for n in wanted]

    def size_from_shapes(self, name: str, arguments: list[Argument]) -> str:
        """The text that reads a size off an argument; from ``n + 1`` or ``2*n`` where it stands nowhere alone."""
        found: list[tuple[int, str]] = []
        for argument in arguments:
            if argument.is_size:
                continue
            axes = [s for s in argument.shape if s is not ONE]
            for axis, size in enumerate(axes):
                if name in size.names:
                    text = self.solved(size, name, self.axis(self.speller.names.of(argument.name), axis, len(axes)))
                    if text is not None:
                        found.append((size.name != name, text))
        if not found:
            raise MissingRule(f"the size {name} cannot be read off an argument")
        return min(found)[1]

    def axis(self, array: str, axis: int, rank: int) -> str:
        return f"{array}.shape[{axis}]"

    def solved(self, size: Size, name: str, whole: str) -> str | None:
        """``name`` where ``whole = c*name + rest``, ``rest`` a number."""
        if size.name == name:
            return whole
        c = dict(size.terms).get((name,), 0)
        rest = size - Size({(name,): c})
        if not c or rest.number is None:
            return None
        less = f"({whole} {'-' if rest.number > 0 else '+'} {abs(rest.number)})" if rest.number else whole
        return less if c == 1 else f"{less} // {c}"

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
