"""What each question of the API is made of: checked before anything is computed, and described as OpenAPI."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from closedform.answers.asked import OPS
from closedform.read.read import SYNTAXES

ALONG = ("jvp", "vjp", "hvp")
MODES = ("reverse", "forward", "both")
KINDS = ("contours", "curve", "jacobian", "hessian")
EXPORTS = ("latex", "markdown", "html")
TARGETS = ("numpy", "jax", "torch", "julia", "octave", "matlab")
LONGEST = 20_000
"""Characters of one field; the reader of formulas has its own, lower limit."""


class BadRequest(Exception):
    """A request that is not asked as the API says; the text is for people."""


@dataclass(frozen=True)
class Field:
    """One member of a request: a text, one of some words where ``choices`` are given."""

    name: str
    means: str
    choices: tuple[str, ...] = ()
    needed: bool = False

    def of(self, given: dict[str, Any]) -> str:
        value = given.get(self.name, "")
        if not isinstance(value, str):
            raise BadRequest(f"{self.name} must be a text")
        if self.needed and not value.strip():
            raise BadRequest(f"{self.name} is missing")
        if len(value) > LONGEST:
            raise BadRequest(f"{self.name} has over {LONGEST} characters (limit: length)")
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise BadRequest(f"{self.name} is not text in Unicode")
        if value and self.choices and value not in self.choices:
            raise BadRequest(f"{self.name} is one of {', '.join(self.choices)}; this is {value[:40]}")
        return value

    @property
    def schema(self) -> dict[str, Any]:
        choices = {"enum": [*self.choices, *([] if self.needed else [""])]} if self.choices else {}
        return {"type": "string", "maxLength": LONGEST, "description": self.means, **choices}


FORMULA = Field("formula", "The formula, as text or LaTeX.", needed=True)
WHERE = Field("where", 'Declarations, as "A in Sym(n), lam > 0".')
SYNTAX = Field("syntax", "How the formula is typed; by default this is found out.", ("auto", *SYNTAXES))
OP = Field("op", "What is wanted; by default what fits the formula.", (*OPS, *ALONG))
VALUES = Field("values", 'Numbers and arrays by name, as JSON: {"x": [1, 2], "lam": 0.1}.')
CONVENTIONS = (
    Field("layout", "Jacobians with dy = J dx (numerator), or their transposes.", ("numerator", "denominator")),
    Field("symmetric", "Gradients by a symmetric matrix: in their space, or by free entries.", ("projected", "free")),
)
STEPS = (
    Field("method", "With the derivation: by differentials, or entry by entry.", ("differentials", "coordinates")),
    Field("detail", "How much the derivation shows.", ("short", "normal", "full")),
)
QUESTIONS: dict[str, tuple[str, tuple[Field, ...]]] = {
    "read": ("A formula as it is read: its text and LaTeX, its variables, what was assumed.", (FORMULA, WHERE, SYNTAX)),
    "answer": ("A derivative in closed form, with its certificate.", (
        FORMULA, WHERE, SYNTAX, OP, Field("by", "The variable, or several with commas; by default every one."),
        Field("and_by", "The second variable of a mixed Hessian, with the op hessian."), *CONVENTIONS, *STEPS,
    )),
    "check": ("Judge an answer: is it the derivative of the formula?", (
        FORMULA, Field("answer", "The answer to judge.", needed=True), WHERE, SYNTAX,
        Field("op", "What the answer is; by default what fits.", OPS),
        Field("by", "The variable; by default each that fits."),
        Field("and_by", "The second variable of a mixed Hessian."), *CONVENTIONS,
    )),
    "judge": ("Judge a derivation line by line.", (
        Field("derivation", "Lines as f = x'*A*x, df = …, or LaTeX.", needed=True), WHERE,
        Field("syntax", "How it is typed.", ("auto", "text", "latex")),
    )),
    "code": ("Source text of a fast function of a formula, or of a derivative.", (
        FORMULA, WHERE, SYNTAX, OP, Field("by", "The variable; without it, the formula itself."),
        Field("target", "The language or library.", TARGETS), Field("name", "The name of the function (f)."),
    )),
    "eval": ("The value of a formula or of a derivative; at random numbers where none are given.", (
        FORMULA, WHERE, SYNTAX, OP, Field("by", "The variable; without it, the formula itself."), VALUES,
    )),
    "witness": ("A derivative at numbers by automatic differentiation, where JAX or PyTorch is installed.", (
        FORMULA, WHERE, SYNTAX, Field("op", "The derivative.", ("gradient", "jacobian", "hessian")),
        Field("by", "The variable.", needed=True), VALUES,
    )),
    "argmin": ("The derivative of an argmin, and with numbers the point, a verdict and the derivative there.", (
        FORMULA, Field("over", "The variable that is minimised over.", needed=True),
        Field("by", "The parameters; by default every one."), WHERE, SYNTAX,
        Field("subject_to", 'Constraints, as "x >= 0, sum(x) = 1".'), VALUES,
        Field("start", "Where the search starts, as JSON: [0, 0]."),
        Field("point", "A point to judge instead of searching, as JSON."),
        Field("picture", "Whether to draw the function around the point too.", ("yes", "no")),
    )),
    "backprop": ("What automatic differentiation does: the graph, and the passes as tables.", (
        FORMULA, WHERE, SYNTAX, Field("by", "The variables; by default every one."),
        Field("mode", "Adjoints, tangents or both.", MODES), VALUES,
    )),
    "plot": ("A picture in SVG: contours, a curve, or a Jacobian or Hessian at a point.", (
        FORMULA, WHERE, SYNTAX, Field("by", "The variables that are drawn over."),
        Field("kind", "The picture; by default the one that fits.", KINDS), VALUES,
        Field("span", "The range of each axis, or of both, as JSON: [[-2, 2]]."),
    )),
    "export": ("An answer with its derivation in LaTeX, in Markdown, or as one page in HTML that reads offline.", (
        FORMULA, WHERE, SYNTAX, Field("op", "What is wanted; by default what fits the formula.", OPS),
        Field("by", "The variable, or several with commas; by default every one."),
        Field("and_by", "The second variable of a mixed Hessian."), *CONVENTIONS, *STEPS,
        Field("form", "What is made.", EXPORTS, needed=True),
    )),
    "explain": ("The page of a law or a function.", (Field("name", "Its name, as in a derivation.", needed=True),)),
    "replay": ("Check the claim of a certificate anew, at fresh random points.", (
        Field("certificate", "Its JSON.", needed=True),
    )),
}  # fmt: skip

WITNESS = "witness"
"""The question that is asked of a process of its own, which may load JAX and PyTorch."""
PATIENT = {"argmin": 3, "plot": 3, "backprop": 2, "export": 2, "explain": 2}
"""Questions that one asks with a button, not while typing: how many times the limit of time they may take."""


def checked(question: str, body: bytes) -> dict[str, str]:
    """The members of a request that is JSON. Raises BadRequest."""
    try:
        given = json.loads(body, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise BadRequest("the body is no JSON") from None
    if not isinstance(given, dict):
        raise BadRequest("the body is no JSON object")
    fields = QUESTIONS[question][1]
    known = [field.name for field in fields]
    if strange := [name for name in given if name not in known]:
        raise BadRequest(f"there is no member {strange[0][:40]!a}; there are {', '.join(known)}")
    found = {field.name: value for field in fields if (value := field.of(given))}
    if "and_by" in found and found.get("op") != "hessian":
        raise BadRequest(f"and_by is for the op hessian; this asks for {found.get('op', 'what fits')}")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members differ in their names. Raises BadRequest."""
    found = dict[str, Any]()
    for name, value in pairs:
        if name in found:
            raise BadRequest(f"{name[:40]!a} is given twice")
        found[name] = value
    return found


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number
