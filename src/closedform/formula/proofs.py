"""What is claimed of a derivative: its certificate and its derivation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from closedform.calculus.spaces import ambient
from closedform.check.certificate import Certificate, Claim
from closedform.errors import ClosedformError
from closedform.expr.walk import rebuild
from closedform.formula.base import Origin
from closedform.formula.roots import Solving
from closedform.read.read import read

if TYPE_CHECKING:
    from closedform.derivations import Derivation


class Proofs(Solving):
    """Claims, certificates and derivations."""

    def claim(self) -> Claim:
        """What the certificate is about: the printed answer read back, as a derivative of the function read.

        Raises ClosedformError for a formula that was typed.

        >>> formula("x'*x").grad("x").claim().kind
        'gradient'
        """
        origin = self._origin
        if origin is None:
            raise ClosedformError("this formula was typed; a certificate is for a derivative")
        answer = read(self.text, self.where, "text").node
        return Claim(
            _CLAIMS.get(origin.kind, origin.kind), origin.function._raw, answer, origin.variable, origin.second,
            () if origin.kind in ("vjp", "batch") else tuple(d.params[0] for d in origin.directions), origin.layout,
            "free" if origin.symmetric == "free" else "space", partial(self._words, origin),
        )  # fmt: skip

    def _words(self, origin: Origin) -> dict[str, Any]:
        """The claim in words, for its certificate."""
        said = f"{origin.kind} of {origin.function.text} by {origin.variable.params[0]} is {self.text}"
        texts = partial(self._texts, origin.function._context)
        return {"claim": said, "reading": self.where, "conditions": self.conditions, "texts": texts}

    def _texts(self, context: Any) -> dict[str, Any] | None:
        """The claim as texts, where they read back to it."""
        from closedform.claim_texts import texts_of

        return texts_of(self.claim(), context, self.text, self.where)

    def derivation(self, method: str = "differentials", detail: str = "normal") -> Derivation:
        """How it is derived, a law a line, each certified.

        ``method`` is "differentials" or "coordinates", ``detail`` (of differentials) "short", "normal" or "full".
        Raises ClosedformError where the formula is no derivative, MissingRule where there is no derivation of it by
        coordinates.

        >>> print(formula("b'*x").grad("x").derivation().steps[1].law)
        constant factor: d(A*X*B) = A*dX*B; db = 0
        """
        from closedform.coordinate_lines import Question, by_coordinates
        from closedform.derivations import Asked, derive

        origin = self._origin
        if origin is None:
            raise ClosedformError("this formula was typed; a derivation is that of a derivative")
        if method not in ("differentials", "coordinates"):
            raise ClosedformError('method is "differentials" or "coordinates"')
        f, x, y = origin.function, origin.variable, origin.second
        if method == "coordinates":
            question = Question(
                origin.kind, f._raw, x, self._raw, y, origin.directions, origin.layout, origin.symmetric
            )
            return by_coordinates(question, self._context, f.where, self.claim)
        if origin.kind.startswith("implicit"):
            return self._implicit_derivation(detail)
        name = str(origin.directions[0].params[0]) if origin.directions and origin.kind == "map" else None
        asked = Asked(
            origin.kind, rebuild(f._raw, lambda n, _: ambient(n) if n in (x, y) else None), ambient(x),
            None if y is None else ambient(y), name, origin.layout, origin.symmetric, detail,
        )  # fmt: skip
        return derive(asked, self._raw, self._context, f._origin is None, self.claim, f.where)

    def _implicit_derivation(self, detail: str) -> Derivation:
        from closedform.implicit import implicit_lines

        origin = self._origin
        assert origin is not None and origin.second is not None
        f, x, y = origin.function, str(origin.variable.params[0]), str(origin.second.params[0])

        def by(name: str) -> Derivation:
            other = f._variable(name)
            found = f.grad(name) if f._raw.is_scalar else f.jacobian(name) if other.is_column else f.derivative(name)
            lines: Derivation = found.derivation("differentials", detail)
            return lines

        first = f.implicit(y, x)
        answers = [(first._raw, first.claim)] + ([(self._raw, self.claim)] if self._raw is not first._raw else [])
        return implicit_lines((by(x), by(y)), answers, self._context, x, y)

    def check(self) -> Certificate:
        """Certify the printed answer, read back, by evaluating both sides exactly at random points.

        Raises ClosedformError for a formula that was typed: there is nothing to compare it with.

        >>> certificate = formula("x'*A*x").grad("x").check()
        >>> certificate.ok, certificate.level
        (True, 'A')
        """
        from closedform.check.certify import certify

        return certify(self.claim())


_CLAIMS = {"second-map": "hessian", "vjp": "gradient", "batch": "equal"}
