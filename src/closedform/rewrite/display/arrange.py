"""The order on paper: terms and factors by first appearance, a positive term first, letters for indices."""

from __future__ import annotations

from collections.abc import Iterable

from closedform.rewrite import show as s
from closedform.rewrite.display.context import UNKNOWN, Context
from closedform.rewrite.show import Show, walk

Key = tuple[int, ...]
Done = dict[int, tuple[Show, Key]]
KEY_LENGTH = 8
LETTERS = "ijklhpqrst"


def arrange(root: Show, context: Context) -> Show:
    """The same tree, at the same length, in the order of the context."""
    letters = _letters(root, context)
    done: Done = {}
    traces = _as_traces(root, context)
    for show in walk(root):
        done[id(show)] = _one(show, done, context, letters)
        if show.other is not None and (traces or show.kind != "inner"):
            for part in walk(show.other):
                if id(part) not in done:
                    done[id(part)] = _one(part, done, context, letters)
            done[id(show)] = (_trace if traces and show.kind == "inner" else _mirror)(show, show.other, done, context)
    return done[id(root)][0]


def _as_traces(root: Show, context: Context) -> bool:
    """Whether ``tr(A'*X^-1*dX)`` is to stand for ``<A, X^-1*dX>``: not where ``<G, dX>`` is reached."""
    inner = (i for show in walk(root) if show.kind == "inner" for i in show.items)
    return context.traces and all(i.kind != "name" or not _is_late(i, context) for i in inner)


def _trace(show: Show, either: Show, done: Done, context: Context) -> tuple[Show, Key]:
    """That of the two traces in which the differential is not transposed."""
    return done[id(either.items[0 if _is_late(show.items[0], context) else 1])]


def _mirror(show: Show, other: Show, done: Done, context: Context) -> tuple[Show, Key]:
    """The print from right to left, where its names come in a better order."""
    there, back = done[id(show)], done[id(other)]
    ends = _is_late(there[0].items[-1], context), _is_late(back[0].items[-1], context)
    return back if ends[1] > ends[0] or (ends[0] == ends[1] and back[1] < there[1]) else there


def _is_late(show: Show, context: Context) -> bool:
    return bool(context.late) and any(i.kind == "name" and i.word in context.late for i in walk(show))


def _letters(root: Show, context: Context) -> dict[str, str]:
    """A letter for each summed index, none that means something else here."""
    summed = [i.word for i in walk(root) if i.kind == "sumover"]
    if not summed:
        return {}
    names = {i.word for i in walk(root) if i.kind == "name"} - set(summed)
    names |= set(context.order) | (context.taken - set(summed))
    out: dict[str, str] = {}
    for word in dict.fromkeys(reversed(summed)):
        keep = word.isalpha() and word.islower() and len(word) == 1 and word not in names
        new = word if keep else next(n for n in _candidates() if n not in names)
        out[word] = new
        names.add(new)
    return out


def _candidates() -> Iterable[str]:
    yield from LETTERS
    k = 1
    while True:
        yield from (f"i{k}",)
        k += 1


def _one(show: Show, done: Done, context: Context, letters: dict[str, str]) -> tuple[Show, Key]:
    parts = [done[id(i)] for i in show.items]
    match show.kind:
        case "name":
            word = letters.get(show.word, show.word)
            return (show if word == show.word else s.name(word)), (context.rank(word),)
        case "number":
            return show, ()
        case "sum":
            return _sum(show, parts)
        case "product" | "hadamard":
            return _product(show, parts, context)
        case "inner":
            (a, ka), (b, kb) = parts
            late = _is_late(a, context), _is_late(b, context)
            if not show.lead and (late[0] > late[1] or (late[0] == late[1] and kb < ka)):
                a, b, ka, kb = b, a, kb, ka
            return show.with_items((a, b)), _cut(ka + kb)
        case "sumover":
            word = letters[show.word]
            body = Show(show.kind, word, tuple(p for p, _ in parts), (), show.tokens)
            return body, _cut(parts[0][1])
        case "row":
            return _row(show, parts, context)
        case _:
            return _rest(show, parts, done, context)


def _rest(show: Show, parts: list[tuple[Show, Key]], done: Done, context: Context) -> tuple[Show, Key]:
    if show.kind in ("eye", "ones", "zeros", "unit"):
        same = show.kind != "unit" or parts[0][0] is show.items[0]
        return (show if same else show.with_items((parts[0][0],))), (2 * UNKNOWN,)
    if show.kind == "call" and show.word == "tr" and parts[0][0].kind == "product":
        parts = [_rotated(show.items[0], parts[0], done, context)]
    items = tuple(p for p, _ in parts)
    key = _cut(k for _, part in parts for k in part)
    if _even(show) and items[0].mixed and not _leads_positive(items[0]):
        items = (_turned(items[0]), *items[1:])
    if all(a is b for a, b in zip(items, show.items, strict=True)):
        return show, key
    return show.with_items(items), key


def _even(show: Show) -> bool:
    """Whether the sign of the first part does not matter."""
    match show.kind:
        case "norm":
            return True
        case "power" | "epower":
            exponent = show.items[1]
            return exponent.kind == "number" and int(exponent.word) % 2 == 0
        case _:
            return show.kind == "call" and show.word in ("abs", "cos", "cosh")


def _rotated(written: Show, arranged: tuple[Show, Key], done: Done, context: Context) -> tuple[Show, Key]:
    """The product inside a trace, turned so that what came first stands first."""
    if written.lead or -1 in written.signs or arranged[0].signs != written.signs:
        return arranged
    parts = [done[id(i)] for i in written.items]
    turns = [parts[k:] + parts[:k] for k in range(min(len(parts), 12))]
    best = min(
        turns, key=lambda turn: (not _is_late(turn[-1][0], context), _cut(k for _, key in turn for k in key))
    )
    return written.with_items(tuple(p for p, _ in best)), _cut(k for _, key in best for k in key)


def _cut(key: Iterable[int]) -> Key:
    out = []
    for k in key:
        out.append(k)
        if len(out) == KEY_LENGTH:
            break
    return tuple(out)


def _sum(show: Show, parts: list[tuple[Show, Key]]) -> tuple[Show, Key]:
    rows = []
    for (item, key), sign in zip(parts, show.signs, strict=True):
        if sign < 0 and item.mixed and not _leads_positive(item):
            item, sign = _turned(item), 1
        rows.append((key, item.tokens, item, sign))
    rows.sort(key=lambda r: (r[0], r[1]))
    lead = "negative" if rows[0][3] < 0 else ""
    if all(r[3] < 0 for r in rows):
        at = next((k for k, r in enumerate(rows) if r[2].mixed), None)
        if at is not None:
            key, tokens, item, _ = rows[at]
            rows[at] = (key, tokens, s.flip(item), 1)
    first = next((k for k, r in enumerate(rows) if r[3] > 0), 0)
    rows.insert(0, rows.pop(first))
    items, signs = tuple(r[2] for r in rows), tuple(r[3] for r in rows)
    mixed = s.can_turn(items, signs)
    out = Show("sum", "", items, signs, show.tokens, mixed=mixed, mark=f"{lead} {first}")
    return out, _cut(k for r in rows for k in r[0])


def _leads_positive(item: Show) -> bool:
    """Whether the sum that would take the sign has its first name in a positive term already."""
    while item.kind != "sum":
        item = next(i for i in item.items if i.mixed)
    return not item.mark.startswith("negative")


def _turned(item: Show) -> Show:
    """The negative of an arranged construct; the terms of the sum that takes the sign keep their order."""
    path: list[tuple[Show, int]] = []
    inner = item
    while inner.kind != "sum":
        at = next(k for k, i in enumerate(inner.items) if i.mixed)
        path.append((inner, at))
        inner = inner.items[at]
    if -1 not in inner.signs or not inner.mark:
        return s.flip(item)
    rows = list(zip(inner.items, inner.signs, strict=True))
    rows.insert(int(inner.mark.split()[-1]), rows.pop(0))
    lead = "negative" if rows[0][1] > 0 else ""
    first = next(k for k, (_, sign) in enumerate(rows) if sign < 0)
    rows.insert(0, rows.pop(first))
    out = Show("sum", "", tuple(i for i, _ in rows), tuple(-sign for _, sign in rows), inner.tokens, mixed=True,
               mark=f"{lead} {first}")  # fmt: skip
    for parent, at in reversed(path):
        out = parent.with_items((*parent.items[:at], out, *parent.items[at + 1 :]))
    return out


def _in_pairs(parts: list[tuple[Show, Key]]) -> list[tuple[Show, Key]]:
    """Two factors that both begin with a minus, ``(b - a)*(t - 1)`` for ``(a - b)*(1 - t)``, are turned."""
    bad = [k for k, (part, _) in enumerate(parts) if part.mixed and not _leads_positive(part)]
    turned = set(bad[: len(bad) // 2 * 2])
    return [(_turned(part), key) if k in turned else (part, key) for k, (part, key) in enumerate(parts)]


def _product(show: Show, parts: list[tuple[Show, Key]], context: Context) -> tuple[Show, Key]:
    parts = _in_pairs(parts)
    if show.kind == "hadamard":
        ups = [p for p, sign in zip(parts, show.signs, strict=True) if sign > 0]
        downs = [p for p, sign in zip(parts, show.signs, strict=True) if sign < 0]
        ups = [*ups[: show.lead], *sorted(ups[show.lead :], key=_factor)]
        parts = ups + sorted(downs, key=_factor)
        signs = (1,) * len(ups) + (-1,) * len(downs)
    else:
        free = sorted(parts[: show.lead], key=_factor)
        late = [part for part in free if _is_late(part[0], context)]
        parts = [part for part in free if part not in late] + late + parts[show.lead :]
        signs = show.signs
    out = show.with_items(tuple(p for p, _ in parts), signs)
    return out, _cut(k for _, key in parts for k in key)


FACTORS = {"number": 0, "name": 1, "product": 3, "sum": 4}
"""Numbers stand first among factors that commute, then names, functions, products, sums."""


def _factor(part: tuple[Show, Key]) -> tuple[int, Key, int]:
    show, key = part
    named = show.kind == "power" and show.items[0].kind == "name"
    return 1 if named else FACTORS.get(show.kind, 2), key, show.tokens


def _row(show: Show, parts: list[tuple[Show, Key]], context: Context) -> tuple[Show, Key]:
    (base, key), (at, _) = parts
    if context.families is None or base.word in context.families:
        return s.index(base, at), key
    return s.index(base, at, s.ALL), key
