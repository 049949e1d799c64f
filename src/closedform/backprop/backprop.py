"""What automatic differentiation does with a formula: its graph, the pass forward and the pass backward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from closedform.backprop import pages
from closedform.backprop.lines import Line, Passes
from closedform.errors import ClosedformError, LimitError
from closedform.read.alphabet import canonical

if TYPE_CHECKING:
    from closedform.formula import Formula

MODES = ("reverse", "forward", "both")


@dataclass(frozen=True)
class Backprop:
    """The computation graph of a formula with its forward and backward table; ``str()`` is Unicode.

    ``values`` are the lines of the forward pass, ``adjoints`` of the backward pass, ``tangents`` of forward mode;
    ``gradients`` the closed forms that the backward pass amounts to, which can be certified. ``numbers`` (after
    :meth:`at`) has the value of every name.

    >>> from closedform.formula import formula
    >>> table = formula("1/2*(sigmoid(w*x + b) - t)^2").backprop("w", "b")
    >>> print(table)
    forward pass
      v₁ = wx
      v₂ = v₁ + b
      v₃ = sigmoid(v₂)
      v₄ = v₃ − t
      v₅ = v₄²
      f  = 1/2 v₅
    backward pass
      f̄  = 1
      v̄₅ = f̄/2
      v̄₄ = 2 v̄₅ v₄
      v̄₃ = v̄₄
      v̄₂ = v̄₃ v₃(1 − v₃)
      v̄₁ = v̄₂
      w̄  = v̄₁ x
      b̄  = v̄₂
    in closed form
      ∂f/∂w = x s(1 − s)(s − t) where s = sigmoid(wx + b)
      ∂f/∂b = s(1 − s)(s − t) where s = sigmoid(wx + b)
    """

    function: Formula
    passes: Passes
    mode: str = "reverse"
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def values(self) -> tuple[Line, ...]:
        return tuple(self.passes.value_lines())

    @cached_property
    def adjoints(self) -> tuple[Line, ...]:
        return tuple(self.passes.adjoint_lines())

    @cached_property
    def tangents(self) -> tuple[Line, ...]:
        return tuple(self.passes.tangent_lines())

    @cached_property
    def gradients(self) -> dict[str, Formula]:
        """The gradients in closed form, where the formula is a scalar and they can be written."""
        return {name: found for name, found in self._closed.items() if not isinstance(found, str)}

    @cached_property
    def unwritten(self) -> dict[str, str]:
        """Why a gradient is not written in closed form: it would be too large. The tables have it all the same."""
        return {name: found for name, found in self._closed.items() if isinstance(found, str)}

    @cached_property
    def _closed(self) -> dict[str, Formula | str]:
        out: dict[str, Formula | str] = {}
        for x in self.passes.wanted if self.function._raw.is_scalar else ():
            name = str(x.params[0])
            try:
                out[name] = self.function.grad(name)
            except LimitError as error:
                out[name] = error.message
        return out

    def at(self, data: Mapping[str, Any] | None = None, /, **values: Any) -> Backprop:
        """The same with numbers. Seed and directions (``fbar``, ``xdot``) are given by name, as the variables.

        Raises ValueProblem where an array does not fit.

        >>> from closedform.formula import formula
        >>> table = formula("x'*A*x").backprop("x").at(x=[1.0, 2.0], A=[[1.0, 0.0], [4.0, 3.0]])
        >>> table.numbers["xbar"].tolist()
        [10.0, 16.0]
        """
        from closedform.backprop.numbers import numbers

        given = self.function._with_sizes({canonical(n): a for n, a in {**(data or {}), **values}.items()})
        found = numbers(self.passes, given, self.function._allowed())
        spell = self.passes.names.written
        return replace(self, numbers={spell(name, "text"): value for name, value in found.items()})

    @property
    def sections(self) -> list[tuple[str, tuple[Line, ...]]]:
        """The tables that the mode shows, each with its title."""
        out = [("forward pass", self.values)]
        if self.mode in ("forward", "both"):
            out.append(("tangents", self.tangents))
        if self.mode in ("reverse", "both"):
            out.append(("backward pass", self.adjoints))
        return out

    @cached_property
    def text(self) -> str:
        """The tables in the language in which formulas are typed."""
        return pages.plain(self, "text")

    @cached_property
    def unicode(self) -> str:
        return pages.plain(self, "unicode")

    @cached_property
    def latex(self) -> str:
        """The tables as one ``align*``."""
        return pages.latex(self)

    @cached_property
    def markdown(self) -> str:
        """Tables in Markdown, the formulas in LaTeX."""
        return pages.markdown(self)

    @cached_property
    def html(self) -> str:
        """Tables in HTML, the formulas in Unicode."""
        return pages.html(self)

    def __str__(self) -> str:
        return self.unicode

    def _repr_html_(self) -> str:
        """The tables, and the graph where something can draw it."""
        try:
            svg = self.svg()
        except ClosedformError:
            return self.html
        graph = svg[svg.index("<svg") :]
        return f"{self.html}\n<details><summary>graph</summary>\n{graph}\n</details>"

    def _repr_markdown_(self) -> str:
        return self.markdown

    def dot(self) -> str:
        """The graph in the language of Graphviz, values and adjoints on it."""
        from closedform.backprop.picture import source

        return source(self)

    def svg(self) -> str:
        """The graph as SVG: by Graphviz where that is installed, else by networkx and matplotlib.

        Raises ClosedformError where neither is there.
        """
        from closedform.backprop.picture import drawn

        return drawn(self, "svg").decode("utf-8")

    def save(self, path: str) -> None:
        """Write the graph to a file that ends on .svg, .png or .dot."""
        from closedform.backprop.picture import save

        save(self, path)


def checked_mode(mode: str) -> str:
    if mode not in MODES:
        raise ClosedformError('mode is "reverse", "forward" or "both"')
    return mode

