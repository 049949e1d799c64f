"""Printers made wrong: what stands on paper changed before it is spelled, or the brackets and precedences changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import closedform as cf
from closedform.check.certificate import Claim
from closedform.check.certify import certify
from closedform.errors import ClosedformError
from closedform.read.read import read
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.show import Show, walk
from closedform.write import plain, precedence, tex

render = import_module("closedform.write.render")  # the package has a function of that name
Change = Callable[[Show], Show | None]
FORMS = ("text", "unicode", "latex")
Formula = cf.Formula


def rebuilt(root: Show, change: Change) -> Show:
    """The tree with every part changed for which ``change`` gives another."""
    done: dict[int, Show] = {}
    for show in walk(root):
        items = tuple(done[id(i)] for i in show.items)
        same = all(a is b for a, b in zip(items, show.items, strict=True))
        new = show if same else other(show, items=items)
        done[id(show)] = change(new) or new
    return done[id(root)]


def other(show: Show, **new: Any) -> Show:
    names = ("kind", "word", "items", "signs", "tokens", "lead", "mixed", "mark")
    return Show(**{**{name: getattr(show, name) for name in names}, **new})


def of(kind: str, change: Change) -> Change:
    return lambda show: change(show) if show.kind == kind else None


def renamed(show: Show) -> Show | None:
    swaps = {"x": "z", "A": "C", "n": "m"}
    return other(show, word=swaps[show.word]) if show.word in swaps else None


def called(swaps: dict[str, str]) -> Change:
    marks = {"tr": r"\operatorname{tr}({0})"}
    def change(show: Show) -> Show | None:
        word = swaps.get(show.word)
        return other(show, word=word, mark=marks.get(word, "")) if word else None

    return of("call", change)


def all_plus(show: Show) -> Show | None:
    return other(show, signs=(1,) * len(show.signs)) if -1 in show.signs else None


def divided(show: Show) -> Show | None:
    return other(show, signs=last(show)) if show.signs[-1] > 0 and show.items[-1].kind == "name" else None


def elsewhere(show: Show) -> Show | None:
    return other(show, items=(show.items[0], Show("number", "2"))) if show.items[-1].word == "1" else None


def as_product(show: Show) -> Show | None:
    return other(show, kind="product", lead=0) if -1 not in show.signs else None


def last(show: Show) -> tuple[int, ...]:
    return (*show.signs[:-1], -show.signs[-1])


def dropped(show: Show) -> Show | None:
    if len(show.items) == 1:
        return None
    return other(show, items=show.items[:-1], signs=show.signs[:-1], lead=min(show.lead, len(show.items) - 1))


def turned_blocks(show: Show) -> Show | None:
    return other(show, items=show.items[::-1]) if len(set(show.word.split(","))) == 1 else None


CHANGES: dict[str, Change] = {
    "transpose lost": of("transpose", lambda s: s.items[0]),
    "transpose doubled as an inverse": of("transpose", lambda s: other(s, kind="inverse")),
    "inverse lost": of("inverse", lambda s: s.items[0]),
    "inverse for inverse transpose": of("inverse-transpose", lambda s: other(s, kind="inverse")),
    "transpose for inverse transpose": of("inverse-transpose", lambda s: other(s, kind="transpose")),
    "inverse transpose for inverse": of("inverse", lambda s: other(s, kind="inverse-transpose")),
    "another name": of("name", renamed),
    "sign of the last term": of("sum", lambda s: other(s, signs=last(s))),
    "last term dropped": of("sum", dropped),
    "all signs plus": of("sum", all_plus),
    "last factor dropped": of("product", dropped),
    "factors reversed": of("product", lambda s: other(s, items=s.items[::-1]) if -1 not in s.signs else None),
    "times for over": of("product", all_plus),
    "over for times": of("product", divided),
    "elementwise times for over": of("hadamard", all_plus),
    "elementwise factor dropped": of("hadamard", dropped),
    "product for elementwise product": of("hadamard", as_product),
    "another number": of("number", lambda s: other(s, word="3") if s.word == "2" else None),
    "power lost": of("power", lambda s: s.items[0]),
    "elementwise power lost": of("epower", lambda s: s.items[0]),
    "matrix power for elementwise power": of("epower", lambda s: other(s, kind="power")),
    "elementwise power for power": of("power", lambda s: other(s, kind="epower")),
    "one norm for another": of("norm", lambda s: other(s, word="_1") if s.word == "" else None),
    "norm of a matrix without its mark": of("norm", lambda s: other(s, word="") if s.word == "_F" else None),
    "inner product halved": of("inner", lambda s: other(s, items=(s.items[0], s.items[0]))),
    "another function": called({"exp": "sin", "sin": "exp", "tanh": "sinh", "log": "sqrt", "sigmoid": "tanh"}),
    "trace for determinant": called({"det": "tr", "logdet": "tr"}),
    "function lost": of("call", lambda s: s.items[0] if s.word in ("exp", "sin", "tanh", "sigmoid") else None),
    "arguments reversed": of("call", lambda s: other(s, items=s.items[::-1]) if len(s.items) == 2 else None),
    "another index": of("index", elsewhere),
    "ones for the identity": of("eye", lambda s: Show("ones", "", (Show("name", "n"), Show("name", "n")), (), 1)),
    "zeros for ones": of("ones", lambda s: other(s, kind="zeros")),
    "blocks in another order": of("block", turned_blocks),
    "another unit vector": of("unit", lambda s: other(s, items=(Show("number", "2"),))),
    "sum lost": of("sumover", lambda s: s.items[0]),
}  # fmt: skip


def never(*_: Any) -> bool:
    return False


def level_of(kind: str, value: int) -> Callable[[Any], None]:
    return lambda patch: patch(precedence.LEVEL, kind, value)


SPELLING: dict[str, tuple[tuple[str, ...], list[tuple[Any, str, Any]]]] = {
    "no brackets in text": (("text", "unicode"), [(plain, "needs_brackets", never)]),
    "no brackets in LaTeX": (("latex",), [(tex, "_brackets", never)]),
    "a minus lost": (("text", "unicode"), [(plain, "_sum", lambda show, parts, style: " + ".join(parts))]),
    "everything times": (("text", "unicode"), [(plain, "_product", lambda show, parts, style: "*".join(parts))]),
    "everything over": (("text",), [(plain, "_product", lambda show, parts, style: "/".join(parts))]),
    "LaTeX transposes lost": (("latex",), [(tex.AFTER, "transpose", "")]),
    "LaTeX inverses lost": (("latex",), [(tex.AFTER, "inverse", "")]),
    "LaTeX inverse for inverse transpose": (("latex",), [(tex.AFTER, "inverse-transpose", "^{-1}")]),
    "LaTeX norms without a mark": (("latex",), [(tex.NORMS, "_F", tex.NORMS[""])]),
    "LaTeX one-norm for two-norm": (("latex",), [(tex.NORMS, "", tex.NORMS["_1"])]),
    "LaTeX names cut": (("latex",), [(tex, "letter", lambda word: word[0])]),
    **{f"{kind} binds as an atom": (("text",), [(precedence.LEVEL, kind, precedence.ATOM)])
       for kind in ("sum", "product", "hadamard", "power", "epower", "inverse", "transpose")},
    "sum binds as a product": (("text", "unicode", "latex"), [(precedence.LEVEL, "sum", precedence.PRODUCT)]),
    "hadamard binds as a postfix": (("text", "latex"), [(precedence.LEVEL, "hadamard", precedence.POSTFIX)]),
    "open products everywhere": (("text", "latex"), [(precedence, "open_product", lambda *_: True)]),
    "exponents without brackets": (("text",), [(precedence, "_exponent_brackets", never)]),
}  # fmt: skip

PRINTED = [
    ("A'*(A*x - b)", ""),
    ("x'*A*x/(x'*x)", ""),
    ("(A + A')*x", ""),
    ("A^-1*x + A^-T*z", "A in R^(n×n), z in R^n"),
    ("(x - z).*(x + z)./(1 + z.^2)", "x in R^n, z in R^n"),
    ("exp(x).*sin(z).^3", "x in R^n, z in R^n"),
    ("2*x.*(A*(x.*z))", "A in R^(n×n), z in R^n"),
    ("||A*x||*||A - x*z'||_F", "A in R^(n×n), z in R^n"),
    ("tr(A^3*(A + I))", ""),
    ("kron(A, C)*vec(X)", "A in R^(n×n), C in R^(n×n), X in R^(n×n)"),
    ("x[1]*z + x'*z*I[:,1]", "x in R^n, z in R^n"),
    ("sum(i, x[i]^2/(1 + x[i]))", ""),
    ("[A, C; C', A']*[x; z]", "A in R^(n×n), C in R^(n×n), x in R^n, z in R^n"),
    ("(s + t)^2/(s - t)^(p - 2)", "s in R, t in R, p in R"),
    ("-(s - t - (s - r))", "s in R, t in R, r in R"),
    ("A - (C - 2*I)", "A in R^(n×n), C in R^(n×n)"),
    ("log(det(A)) - logdet(C'*C)", "A in R^(n×n), C in R^(n×n)"),
    ("lyap(A, C) - max(A, C)", "A in R^(n×n), C in R^(n×n)"),
    ("ones(n)*x' + A", "A in R^(n×n)"),
    ("tanh(x) - sigmoid(z)", "x in R^n, z in R^n"),
    ("rate*x - dt*z", "x in R^n, z in R^n, rate in R, dt in R"),
    ("<A, C>*A + (x'*z)*C", "A in R^(n×n), C in R^(n×n), x in R^n, z in R^n"),
    ("diag(x)*(A.*C)", "A in R^(n×n), C in R^(n×n)"),
    ("(A*C)'*(x.*z)/2", "A in R^(n×n), C in R^(n×n), x in R^n, z in R^n"),
    ("(A.*C)*x - (A.^2)*z", "A in R^(n×n), C in R^(n×n), x in R^n, z in R^n"),
    ("-2/(s*t)*A^2*x", "A in R^(n×n), s in R, t in R"),
    ("(A^2)'*x + (A')^-1*x", "A in R^(n×n)"),
    ("||x||_1*||x||", ""),
    ("s/(t*(s + t))", "s in R, t in R"),
    ("(x.*z)'*x - (x + z)'*z", "x in R^n, z in R^n"),
    ("(s*t)^p + (s^p)^t", "s > 0, t > 0, p > 0"),
    ("sum(i=2..9, sin(i*s)*x)", "s in R, x in R^n"),
]

EQUIVALENT = {
    **{f"{kind} binds as an atom": "what follows a base is read from left to right: x^2' needs no brackets"
       for kind in ("power", "epower", "inverse", "transpose")},
    "sum binds as a product": "in normal form a sum is never a term of a sum, and in products it is closed",
    "open products everywhere": "LaTeX writes quotients as fractions, and products are associative",
}  # fmt: skip
"""Changes that no printed answer shows, with the reason; in every form where ``SAME_IN`` names none."""
SAME_IN = {"open products everywhere": ("latex",)}


def equivalent(one: Broken) -> bool:
    return one.name in EQUIVALENT and one.form in SAME_IN.get(one.name, FORMS)


def formulas() -> list[cf.Formula]:
    """Formulas that among them print everything the changes touch, and derivatives of some."""
    return [cf.formula(text, where or None) for text, where in PRINTED]


def noticed(formula: cf.Formula, form: str) -> bool:
    """Whether the printed form, read back, is refused or shown to be another formula."""
    fresh = cf.Formula(formula._reading, formula._node)
    try:
        again = read(getattr(fresh, form), formula.where, "latex" if form == "latex" else "text").node
        if again.shape != formula._raw.shape:
            return True
        if normal(again) is formula._node:
            return False
        found = certify(Claim("equal", formula._raw, again))
    except (ClosedformError, IndexError, ValueError, KeyError):
        return True
    return not found.ok and found.decided


@contextmanager
def put(places: list[tuple[Any, str, Any]]) -> Iterator[None]:
    """Attributes or entries of tables, changed for a while."""
    kept = []
    for where, name, value in places:
        table = where if isinstance(where, dict) else vars(where)
        kept.append((table, name, table[name]))
        table[name] = value
    try:
        yield
    finally:
        for table, name, value in reversed(kept):
            table[name] = value


@dataclass(frozen=True)
class Broken:
    """A printer made wrong: in which forms, and what is put where."""

    name: str
    form: str
    places: tuple[tuple[Any, str, Any], ...]

    def noticed(self, among: list[cf.Formula]) -> bool:
        with put(list(self.places)):
            return any(noticed(f, self.form) for f in among)


def broken() -> list[Broken]:
    right = render.display
    out = []
    for name, change in CHANGES.items():
        wrong = (render, "display", lambda node, context, change=change: rebuilt(right(node, context), change))
        out += [Broken(name, form, (wrong,)) for form in FORMS]
    for name, (forms, places) in SPELLING.items():
        out += [Broken(name, form, tuple(places)) for form in forms]
    return out
