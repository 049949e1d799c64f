"""An expression of a derivation, printed in the three forms."""

from __future__ import annotations

from dataclasses import dataclass, replace

from closedform.calculus.derivation.naming import Binding
from closedform.expr.node import Node
from closedform.rewrite.display import display
from closedform.rewrite.display.context import Context
from closedform.rewrite.display.sharing import Shared
from closedform.write.render import Form, render_shared

FORMS: tuple[Form, ...] = ("text", "unicode", "latex")


@dataclass(frozen=True)
class Expression:
    """A printed expression with the parts that have names in it; ``str()`` is Unicode."""

    node: Node
    context: Context
    bindings: tuple[Binding, ...] = ()

    def written(self, form: Form, bindings: bool = True) -> str:
        shared = Shared(self.node, self.bindings if bindings else ())
        return render_shared(shared, replace(self.context, taken=self.context.taken | self._names), form)

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.bindings)

    @property
    def text(self) -> str:
        return self.written("text")

    @property
    def unicode(self) -> str:
        return self.written("unicode")

    @property
    def latex(self) -> str:
        return self.written("latex")

    @property
    def tokens(self) -> int:
        """Printed tokens, named parts apart."""
        return display(self.node, self.context).tokens

    def __str__(self) -> str:
        return self.unicode
