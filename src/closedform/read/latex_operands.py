r"""Names, numbers and constants of LaTeX: one letter is one name, with the subscripts that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from closedform.read.alphabet import canonical
from closedform.read.latex_functions import euler, function, refuse_expectation, word
from closedform.read.latex_names import Meaning, argument, index_items, is_turn, letter_of, meaning
from closedform.read.latex_runs import typed_word
from closedform.read.latex_scripts import member, put_index, script_range
from closedform.read.latex_signs import Sign
from closedform.read.vocabulary import WEIGHTS

if TYPE_CHECKING:
    from closedform.read.latex import Translator


def letter(t: Translator, sign: Sign) -> None:
    follower = t.signs[t.place + 1]
    run = typed_word(t, sign)
    if not run and sign.text == "d" and not sign.font and differential(t, sign, follower):
        return
    if not run and sign.text == "e" and "e" not in t.known.declared and euler(t, sign):
        return
    expected = sign.text == "E" and follower.kind == "open" and follower.text == "["
    if expected and "E" not in t.known.declared:
        refuse_expectation(t, sign)
    refuse_densities(t, sign)
    if run:
        stop = t.place + len(run)
        whole = Sign("word", run, sign.start, t.signs[stop - 1].end, sign.gap)
        t.place = stop - 1
        word(t, whole)
        return
    if sign.text == "Gamma" and follower.kind == "open" and not {"Gamma"} & (t.known.declared | t.known.bare_apart):
        t.place += 1
        t.note(f"{t.typed(sign.start, sign.end)}(…) is read as the gamma function.")
        function(t, "gamma", sign)
        return
    name(t, sign.text, sign.start, sign.end, sign)


def refuse_densities(t: Translator, sign: Sign) -> None:
    r"""``\mathcal{N}(x \mid \mu, \Sigma)`` and ``\Gamma_p(n/2)``, which are no products, are refused by name."""
    follower = t.signs[t.place + 1]
    if sign.text == "N" and sign.font == "script" and follower.text == "(" and "N" not in t.known.declared:
        hint = r"Write it out: \exp(-\frac12 (x-\mu)^\top \Sigma^{-1} (x-\mu)) / \sqrt{\det(2\pi\Sigma)}."
        t.fail("the density of the normal distribution is not read by its name", sign, hint)
    if sign.text == "Gamma" and follower.kind == "_" and "Gamma" not in t.known.declared | t.known.bare_apart:
        first, last, after = argument(t.signs, t.place + 1)
        p = t.typed(t.signs[first].start, t.signs[last - 1].end)
        name = f"Gamma_{p}"
        if t.signs[after].text == "(" and t.signs[after].kind == "open" and name not in t.known.declared:
            span = (sign.start, t.signs[after].end)
            hint = rf"Write \pi^{{{p}({p}-1)/4}} \prod_{{j=1}}^{{{p}}} \Gamma(a + (1-j)/2) for \Gamma_{p}(a)."
            t.fail("the multivariate gamma function is not read by its name", span, hint)


def differential(t: Translator, sign: Sign, follower: Sign) -> bool:
    """``dX``, ``d\\phi``, ``dX_{1}``: one name."""
    if follower.kind not in ("letter", "word") or follower.gap or "d" in t.known.declared | t.known.bare_apart:
        return False
    base, after = follower.text, t.place + 2
    name, end = "d" + base, follower.end
    if t.signs[after].kind == "_":
        first, last, behind = script_range(t.signs, after, t.source)
        items = index_items(t.signs[first:last]) or []
        tail = "".join(map(str, items))
        choices = [name + "_" + tail, name + tail, name + "_" + tail[:-1] + tail[-1:]]
        known = [c for c in choices if c in t.known.declared]
        if tail and (known or tail.isdigit()):
            own = f"{base}_{tail}" in t.known.declared or f"{base}_{tail}" in t.known.joined
            own = own and canonical(base + tail) not in t.known.declared
            name = known[0] if known else choices[0] if own else choices[1]
            after, end = behind, t.signs[last - 1].end
    t.operand(sign)
    t.put("name", canonical(name), sign.start, end)
    t.place, t.ended, t.plain = after, True, canonical(name)
    t.upright.add(canonical(name))
    return True


def name(t: Translator, base: str, start: int, end: int, sign: Sign) -> None:
    """A name with all its subscripts; ``t.place`` is at its last sign."""
    base = canonical(base)
    items, last_end, t.place = _items(t, t.place + 1, end)
    typed = t.typed(start, last_end)
    sizes = base == "I" and base not in t.known.declared and items not in ([], [0]) and ":" not in items
    if sizes and not _summed(t, items):
        sized(t, "eye", sign, t.sized_at)
        return
    if items and items in (["max"], ["min"]) and _extreme(t, base, str(items[0]), sign, last_end):
        return
    if base == "pi" and items and "pi" not in t.known.declared and _summed(t, items):
        base = WEIGHTS
        t.note(f"{typed} is read as an entry of a vector, called {WEIGHTS}; π alone is the number.")
    doubled = [type(i) for i in items] == [int, str] and "," not in typed and base not in t.known.matrices
    if doubled and base[0].islower() and (_summed(t, items[1:]) or "-" in str(items[1])):
        entry = f"{base}_{{{items[0]},{items[1]}}}"
        hint = f"Write {entry} for an entry of a matrix; multiples of an index are not read."
        t.fail(f"what {typed} means is not clear", (start, last_end), hint)
    _check_nested(t, base, items, (start, last_end))
    found = meaning(base, items, typed, t.known, t.active) if items else Meaning(base)
    if found.ask:
        hint = f"Write ({base})_{items[0]} for the entry, or declare {base}_{items[0]}."
        t.fail(found.ask, (start, last_end), hint)
    if found.note:
        t.note(found.note)
    _check_font(t, found, sign, typed)
    t.operand(sign)
    t.put("name", found.name, start, last_end if not found.at else end)
    if found.at:
        put_index(t, found.at, last_end, last_end)
    elif "_" in found.name or len(found.name) > 1:
        t.upright.add(found.name)
    if sign.font in VECTORS or found.name == f"{base}_all":
        (t.rows if found.at else t.arrows if sign.font == "arrow" else t.bold).add(found.name)
    t.plain = "" if found.at else found.name
    t.ended = True


def _check_nested(t: Translator, base: str, items: Sequence[int | str], span: tuple[int, int]) -> None:
    r"""Refuse ``w_{y_n}`` beneath a sum over n: an index that is looked up is no part of a name."""
    for item in map(str, items):
        inner, *below = item.split("_")
        if below and item not in t.known.declared and not {*t.known.summed, *t.active}.isdisjoint(below):
            typed, row = f"{base}_{{{inner}_{below[0]}}}", rf"\sum_k e_{{{below[0]} k}} {base}_k"
            hint = f"Write it with a matrix e of 0 and 1: {row}, with 1 where k is {inner}_{below[0]}."
            t.fail(f"the index of {typed} has itself an index, which is not read", span, hint)


MARKED = {"+": "plus", "-": "minus"}


def marked_name(t: Translator, base: Sign, inside: Sequence[Sign], span: tuple[int, int]) -> str:
    """The word for the + of ``k_+`` where ``k_plus`` is declared; else it is asked about."""
    word = MARKED.get(inside[0].text, "") if len(inside) == 1 and inside[0].kind == "op" else ""
    name = f"{canonical(base.text)}_{word}"
    if word and name not in t.known.declared:
        part = base.text if word == "plus" else "-" + base.text
        typed = t.typed(*span)
        hint = f"Write [{part}]_+ for \\max(0, {part}), or declare {name} for a name."
        t.fail(f"{typed} may be a part of {base.text} by sign or a name of its own", span, hint)
    return word


def _summed(t: Translator, items: list[int | str]) -> bool:
    return any(letter_of(i) in t.active for i in items)


def _items(t: Translator, place: int, end: int) -> tuple[list[int | str], int, int]:
    """All subscripts of a name, those behind its superscripts and in ``^{(i)}`` included."""
    signs = t.signs
    items: list[int | str] = []
    after = place
    while signs[after].kind in ("prime", "^", "_"):
        if signs[after].kind == "prime":
            after += 1
            continue
        first, last, behind = script_range(signs, after, t.source)
        index = member(signs, first, last) if signs[after].kind == "^" else None
        if signs[after].kind == "_":
            index = index_items(signs[first:last])
            summed = {s.text for s in signs[first:last]} & {*t.active}
            index = None if summed and any(s.kind in ("bar", "mid") for s in signs[first:last]) else index
            t.sized_at = (first, last)
            base = signs[place - 1]
            marked = marked_name(t, base, signs[first:last], (base.start, signs[behind - 1].end))
            index = [marked] if marked else index
            if index is None and signs[place - 1].text != "I":
                what = t.typed(signs[first].start, signs[last - 1].end)
                span = (signs[first].start, signs[last - 1].end)
                t.fail(f"the index {what} is not read", span, "Indices are numbers or letters: x_i, A_{ij}.")
            index = index if index is not None else ["size"]
        if index is not None:
            items = index + items if signs[after].kind == "^" else items + index
            end = max(end, signs[behind - 1].end)
            if after == place:
                place = behind
            else:
                t.jumps[after] = behind
        after = behind
    return items, end, place


def _extreme(t: Translator, base: str, which: str, sign: Sign, end: int) -> bool:
    r"""``\lambda_{\max}(X)``, ``\sigma_{\max}(X)``."""
    name = {"lammax": "lambda_max", "lammin": "lambda_min", "sigmamax": "norm_op"}.get(base + which)
    if name is None or t.next.kind not in ("open", "letter", "begin"):
        return False
    function(t, name, Sign("word", name, sign.start, end, sign.gap))
    return True


def _check_font(t: Translator, found: Meaning, sign: Sign, typed: str) -> None:
    r"""A letter in two shapes is two names for people; but ``x_i`` is an entry of ``\mathbf{x}``."""
    name, entry = found.name, bool(found.at)
    known = t.fonts.setdefault((name, entry), (sign.font, sign))
    other_kind = t.fonts.get((name, not entry), known)
    whole, part = (other_kind, known) if entry else (known, other_kind)
    if known[0] == sign.font and whole[0] in VECTORS and part[0] == "":
        t.note(f"{t.typed(sign.start, sign.end) if entry else name}_… is read as an entry of the bold {name}.")
        return
    if known[0] in VECTORS and (name, not entry) in t.fonts and name.islower():
        said = f"{name} stands with and without an index, each time as a vector"
        t.fail(said, sign, "Give the one without an index another letter, or write the entries in plain letters.")
    if {known[0], other_kind[0]} != {sign.font}:
        other = t.typed(known[1].start, known[1].end)
        hint = "Give one of them another letter."
        t.fail(f"{name} stands in two shapes, which may be one name or two", sign, hint) if other else None


def sized(t: Translator, name: str, sign: Sign, at: tuple[int, int]) -> None:
    r"""``I_n``, ``\mathbf{1}_{m \times n}``: the constant with its size."""
    t.operand(sign)
    t.put_sign("name", name, sign)
    first, last = at
    t.put("op", "(", t.signs[first].start, t.signs[first].start)
    for part in t.signs[first:last]:
        if name == "eye" and part.text == "×":  # I_{n \times n}
            break
        if part.kind in ("letter", "num"):
            t.put_sign("name" if part.kind == "letter" else "num", part.text, part)
        elif part.text in (",", "×", "+", "-", "*", "⋅"):
            t.put_sign("op", {"×": ",", "⋅": "*"}.get(part.text, part.text), part)
        elif part.kind not in ("{", "}", "open", "close"):
            hint = r"Write I_n or \mathbf{1}_{m \times n}."
            t.fail("a size is made of names and whole numbers", part, hint)
    t.put("op", ")", t.signs[last - 1].end, t.signs[last - 1].end)
    t.ended, t.plain = True, ""


VECTORS = {"bold", "arrow"}
"""Shapes of letters that vectors have, whose entries are in plain letters."""


def number(t: Translator, sign: Sign) -> None:
    follower = t.signs[t.place + 1]
    if sign.text in ("0", "1") and (
        follower.kind == "_"
        or (sign.text == "1" and t.ended and t.known.turned_one and t.top.slash < 0)
        or (sign.text == "1" and follower.kind == "^" and is_turn(t.signs[argument(t.signs, t.place + 1)[0]]))
    ):
        t.note(
            f"{t.typed(sign.start, follower.end)}… is read as the vector of {'ones' if sign.text == '1' else 'zeros'}."
        )
        constant(t, sign._replace(text={"1": "ones", "0": "zeros"}[sign.text]))
        return
    t.place += 1
    apart = t.ended and t.out[-1].text == ")" and (sign.gap or t.out[-1].start == t.out[-1].end)
    if apart and t.top.kind != "argument":
        t.put("op", "*", sign.start, sign.start)  # \\frac{a}{b}\\, 2 x
    t.operand(sign)
    t.put_sign("num", sign.text, sign)
    t.ended, t.plain = True, ""


def constant(t: Translator, sign: Sign) -> None:
    place = t.place + 1
    if t.signs[place].kind == "_":
        first, last, t.place = script_range(t.signs, place, t.source)
        sized(t, sign.text, sign, (first, last))
        return
    t.place = place
    t.operand(sign)
    t.put_sign("name", sign.text, sign)
    t.ended, t.plain = True, ""
