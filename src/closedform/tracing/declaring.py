"""Declaring a function while Python runs: its head and rules are read, checked in numbers, and known from then on."""

from __future__ import annotations

import keyword
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from inspect import Parameter, signature
from inspect import Signature as PythonSignature
from typing import Any, cast

from closedform.calculus.jacobian import read_off
from closedform.errors import DeclarationError, MissingRule, ShapeError
from closedform.expr.node import Node, make
from closedform.expr.op import Condition, Conditions, Op, Rule, Shape, no_conditions, no_facts
from closedform.expr.signature import Signature, parse_signature
from closedform.expr.size import ONE, Size
from closedform.expr.walk import postorder
from closedform.functions.algebra import INDEX, SUMOVER, SYM, transpose
from closedform.functions.declare import misfit
from closedform.functions.declared import enter, is_declared
from closedform.functions.define import kept
from closedform.functions.samples import KINDS
from closedform.read.alphabet import GREEK
from closedform.read.lexer import KEYWORDS
from closedform.read.read import read
from closedform.read.vocabulary import APPLIED, CONSTANTS, REFUSED, is_function
from closedform.rewrite.normal.normal import normal
from closedform.tracing.declared import Declared, numeric_of
from closedform.tracing.guess import read_without_values
from closedform.tracing.transposed import as_differential
from closedform.tracing.witnessed import Witness

Given = str | Callable[..., Any]
HEAD = re.compile(r"\s*([A-Za-z]\w*)\s*\(([^()]*)\)\s*")
SAMPLES = {
    "positive": "positive", "nonneg": "positive", "nonzero": "nonzero", "pd": "pd", "invertible": "square",
}  # fmt: skip
"""The conditions that a declaration may state of an argument, and how points inside them are drawn."""
_lock = threading.RLock()


@dataclass(frozen=True)
class Head:
    """The name of a function, its arguments and their shapes."""

    word: str
    names: tuple[str, ...]
    signature: Signature
    elementwise: bool

    def symbols(self, lead: str = "") -> list[Node]:
        """The arguments, or their differentials, as symbols of the shapes in the signature."""
        return [make(SYM, (), (lead + n, ()), p) for n, p in zip(self.names, self.signature.args, strict=True)]

    @property
    def cotangent(self) -> Node:
        return make(SYM, (), ("G", ()), self.signature.result)


def declare(
    head: str, value: Callable[..., Any], *, shape: str | None, d: Given | None,
    adjoint: Given | Mapping[str, Given] | None, domain: str | Mapping[str, str] | None,
    smooth: str | Mapping[str, str] | None, jax: Callable[..., Any] | None, torch: Callable[..., Any] | None,
    doc: str, latex: str,
) -> Declared:  # fmt: skip
    """See ``closedform.declare``."""
    told = head_of(head, shape)
    if d is not None and adjoint is not None:
        raise DeclarationError(f"{told.word}: give its differential d or its adjoint, not both")
    values = {"numpy": value, "jax": jax, "torch": torch}
    given = {name: fn for name, fn in values.items() if fn is not None}
    wrong = next((name for name, fn in given.items() if not callable(fn)), None)
    if wrong:
        raise DeclarationError(f"{told.word}: the value for {wrong} is a {type(given[wrong]).__name__}, not a function")
    handle = Declared(told.word, given, told.signature.args)
    conditions, smoothness = _conditions(told, "domain", domain), _conditions(told, "smooth", smooth)
    bare = Op(
        name=f"{told.word}@{_digest(told, d, adjoint, domain, smooth)}", text=told.word, own=True,
        doc=doc or "Declared by the user.", signature=told.signature, shape=_shape_rule(told),
        elementwise=told.elementwise, facts=(lambda n: kept(n.args[0], "sym")) if _symmetric(told) else no_facts,
        domain=_rule_of(told, conditions), smooth=_rule_of(told, smoothness), latex=latex,
        numeric=numeric_of(handle, told.elementwise, told.signature.result),
    )  # fmt: skip
    with _lock:
        samples = {n: SAMPLES[kind] for n, kind in (smoothness | conditions).items()}
        handle.op = with_rules(told, bare, d, adjoint, Witness(told, handle, samples))
        enter(handle.op, handle, frozenset(given))
    return handle


def head_of(text: str, shape: str | None) -> Head:
    """The head as it is typed, ``name(x, y)``, with its signature; without one it acts on each entry by itself."""
    found = HEAD.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise DeclarationError(f"a function is declared by its head, as in \"softsign(x)\"; this is {text!r}")
    word, names = found[1], tuple(n.strip() for n in found[2].split(","))
    _free_name(word)
    for n in names:
        if not re.fullmatch(r"[A-Za-z]\w*", n) or n in ("G", word) or is_function(n) or n in CONSTANTS | KEYWORDS:
            raise DeclarationError(f"{n or 'nothing'} cannot be the name of an argument of {word}")
    if len({*names, *(f"d{n}" for n in names)}) < 2 * len(names):
        raise DeclarationError(f"the arguments of {word} and their differentials have one name twice")
    try:
        signature = parse_signature(shape or ", ".join(["(m,n)"] * len(names)) + " -> (m,n)")
    except (ValueError, IndexError):
        raise DeclarationError(f'a shape is written as in "(m,n), n -> m"; this is {shape!r}') from None
    told = Head(word, names, signature, shape is None)
    _sensible(told, shape or "")
    return told


def _free_name(word: str) -> None:
    taken = CONSTANTS | KEYWORDS | set(REFUSED) | set(APPLIED) | set(GREEK.values())
    if word in taken or keyword.iskeyword(word) or (is_function(word) and not is_declared(word)):
        raise DeclarationError(f"{word} means something already; choose another name")
    if len(word) == 1 or "__" in word or re.fullmatch("d[A-Za-z]", word):
        raise DeclarationError(f"{word} cannot name a declared function: take a word, as in softsign")


def _sensible(told: Head, shape: str) -> None:
    args, result = told.signature.args, told.signature.result
    if len(args) != len(told.names):
        raise DeclarationError(f"{told.word} has {len(told.names)} arguments; its shape {shape!r} has {len(args)}")
    bound = {s.name for pattern in args for s in pattern}
    loose = sorted({n for pattern in (*args, result) for s in pattern for n in s.names} - bound)
    if loose:
        raise DeclarationError(f"the size {loose[0]} of {told.word} stands in no argument by itself")
    if any(rows is ONE is not cols for rows, cols in (*args, result)):
        raise DeclarationError(f"{told.word}: a row is not an argument or a value; write a vector, as in \"n -> n\"")


def _conditions(told: Head, word: str, given: str | Mapping[str, str] | None) -> dict[str, str]:
    if given is None:
        return {}
    found = {told.names[0]: given} if isinstance(given, str) else dict(given)
    for name, kind in found.items():
        if name not in told.names:
            raise DeclarationError(f"{told.word}: {word} names {name}, which is no argument")
        if kind not in SAMPLES:
            raise DeclarationError(f"{told.word}: {word} is {kind!r}; known are {', '.join(SAMPLES)}")
    assert set(SAMPLES.values()) <= KINDS.keys()
    return {n: found[n] for n in told.names if n in found}


def _rule_of(told: Head, conditions: dict[str, str]) -> Conditions:
    if not conditions:
        return no_conditions
    kinds = [(k, conditions[n]) for k, n in enumerate(told.names) if n in conditions]
    return lambda *args: tuple(Condition(kind, args[k]) for k, kind in kinds)


def _symmetric(told: Head) -> bool:
    return told.elementwise and len(told.names) == 1


def _shape_rule(told: Head) -> Callable[[tuple[Node, ...], tuple[Any, ...]], Shape]:
    def rule(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
        found = told.signature.apply(tuple(a.shape for a in args))
        if found is None:
            raise ShapeError(misfit(told.word, told.signature, args))
        return found

    return rule


def _digest(told: Head, *parts: Any) -> str:
    """What tells this declaration from another of the name; the same in every run for rules that are texts."""
    h = blake2b(repr((told.word, told.names, told.signature)).encode(), digest_size=6)
    for part in parts:
        every = part.items() if isinstance(part, Mapping) else [("", part)]
        for name, rule in every:
            code = getattr(rule, "__code__", None)
            said = (code.co_code, repr(code.co_consts), code.co_names) if code else rule
            h.update(repr((name, said)).encode())
    return h.hexdigest()


# rules


def with_rules(
    told: Head, bare: Op, d: Given | None, adjoint: Given | Mapping[str, Given] | None, witness: Witness
) -> Op:
    """The operation with its rule, which is compared with its value at random points."""
    witness.value(bare)
    texts = [r for r in (d, *(adjoint.values() if isinstance(adjoint, Mapping) else (adjoint,))) if isinstance(r, str)]
    if any(re.search(rf"\b{told.word}\b", text) for text in texts):
        enter(bare, witness.handle, frozenset())
    try:
        if d is not None:
            rule = read_rule(told, "d", d, [*told.symbols(), *told.symbols("d")])
            return witness.differential(_with_differential(told, bare, rule))
        if adjoint is None:
            return replace(bare, linear=tuple(k for k in range(len(told.names)) if witness.is_linear(bare, k)))
        return _with_adjoint(told, bare, adjoint, witness)
    finally:
        witness.restore()


def _with_differential(told: Head, bare: Op, rule: Node) -> Op:
    return _closed(bare, lambda op: replace(op, d=template(told, rule, [*told.symbols(), *told.symbols("d")])))


def _with_adjoint(told: Head, bare: Op, adjoint: Given | Mapping[str, Given], witness: Witness) -> Op:
    """A rule that is linear as it stands is the adjoint; of one that is not, the transpose is the differential."""
    if not isinstance(adjoint, Mapping) and len(told.names) > 1:
        count = len(told.names)
        raise DeclarationError(f"{told.word} has {count} arguments: give adjoint a dictionary of rules by name")
    given = adjoint if isinstance(adjoint, Mapping) else {told.names[0]: adjoint}
    strange = [n for n in given if n not in told.names]
    if strange:
        raise DeclarationError(f"{told.word}: adjoint names {strange[0]}, which is no argument")
    G, rules = told.cotangent, dict[int, Node]()
    for name, rule in given.items():
        k = told.names.index(name)
        rules[k] = read_rule(told, f"the adjoint by {name}", rule, [G, *told.symbols()], told.signature.args[k])
    if all(witness.is_linear(bare, k) for k in rules):
        made = {k: template(told, rule, [G, *told.symbols()]) for k, rule in rules.items()}
        known = {k: matrix_of(rule, G, k, told) for k, rule in rules.items()}
        matrices = {k: template(told, M, told.symbols()) for k, M in known.items() if M is not None}
        return witness.adjoint(_closed(bare, lambda op: replace(op, adjoint=made, matrix=matrices)))
    missing = [n for k, n in enumerate(told.names) if k not in rules]
    if missing:
        raise DeclarationError(f"{told.word} is not linear: adjoint must have a rule for {missing[0]} too")
    turned = as_differential(told.word, rules, G, told.symbols("d"))
    return witness.differential(_with_differential(told, bare, turned))


def matrix_of(rule: Node, G: Node, k: int, told: Head) -> Node | None:
    """The matrix M of a linear function of a column, whose adjoint is M'*G; None where it has no such form."""
    if not G.is_column or not told.symbols()[k].is_column:
        return None
    try:
        return transpose(read_off(normal(rule), G))
    except MissingRule:
        return None


def _closed(bare: Op, finish: Callable[[Op], Op]) -> Op:
    """The operation with rules in which its own name means itself."""
    made = finish(bare)
    held: dict[str, Op] = {}

    def own(rule: Rule) -> Rule:
        def ready(*args: Node) -> Node:
            return _with_op(rule(*args), bare, held["op"])

        return ready

    def owned(rules: Mapping[int, Rule]) -> dict[int, Rule]:
        return {k: own(rule) for k, rule in rules.items()}

    d = own(made.d) if made.d else None
    held["op"] = replace(made, d=d, adjoint=owned(made.adjoint), matrix=owned(made.matrix))
    return held["op"]


def _with_op(root: Node, old: Op, new: Op) -> Node:
    found: dict[Node, Node] = {}
    for n in postorder(root):
        args = tuple(found[a] for a in n.args)
        changed = n.op is old or any(a is not b for a, b in zip(args, n.args, strict=True))
        found[n] = make(new if n.op is old else n.op, args, n.params, n.shape) if changed else n
    return found[root]


def read_rule(told: Head, what: str, rule: Given, allowed: list[Node], shape: Shape | None = None) -> Node:
    """A rule, typed or as a function of NumPy, as a node in the symbols that it may hold."""
    shape = shape or told.signature.result
    where = ", ".join(_said(x) for x in allowed)
    if isinstance(rule, str):
        found = read(rule, where).node
    elif callable(rule):
        names = _with_names(rule, allowed, told.word)
        found = read_without_values(names, where, frozenset(), False, told.word, kept=True)[0].formula._raw
    else:
        raise DeclarationError(f"{told.word}: {what} is a text or a function; this is a {type(rule).__name__}")
    known = {x.params[0] for x in allowed}
    strange = next((n for n in postorder(found) if n.op is SYM and n.params[0] not in known), None)
    if strange is not None:
        raise DeclarationError(f"{told.word}: {what} mentions {strange.params[0]}, which is no argument")
    if found.shape != shape:
        raise ShapeError(f"{told.word}: {what} has the shape {_two(found.shape)}; {_two(shape)} is wanted")
    return without_sums(told.word, found)


def _said(x: Node) -> str:
    rows, cols = x.shape
    kind = "R" if x.is_scalar else f"R^({rows.text})" if cols is ONE else f"R^(({rows.text})×({cols.text}))"
    return f"{x.params[0]} in {kind}"


def _two(shape: Shape) -> str:
    return f"{shape[0].text}×{shape[1].text}"


def _with_names(rule: Callable[..., Any], allowed: list[Node], word: str) -> Callable[..., Any]:
    """The function with parameters named as the symbols are."""
    count = len(signature(rule).parameters)
    if count != len(allowed):
        names = ", ".join(x.params[0] for x in allowed)
        raise DeclarationError(f"{word}: a rule takes {len(allowed)} arguments ({names}); this one takes {count}")

    named: Any = partial(rule)
    named.__signature__ = PythonSignature([Parameter(x.params[0], Parameter.POSITIONAL_OR_KEYWORD) for x in allowed])
    return cast("Callable[..., Any]", named)


def without_sums(word: str, root: Node) -> Node:
    """A rule is put in place of its function within other formulas, where an index of a sum might be captured."""
    if not any(n.op in (SUMOVER, INDEX) for n in postorder(root)):
        return root
    done = normal(root)
    if any(n.op in (SUMOVER, INDEX) for n in postorder(done)):
        raise DeclarationError(f"{word}: a rule with a sum over an index, or with an entry, is not taken: use matrices")
    return done


def template(told: Head, rule: Node, holders: list[Node]) -> Rule:
    """The rule as a function of nodes that stand in the places of its symbols; sizes follow."""
    names = [x.params[0] for x in holders]
    shapes = [x.shape for x in holders]

    def filled(*nodes: Node) -> Node:
        sizes: dict[str, Size] = {}
        for pattern, node in zip(shapes, nodes, strict=True):
            for want, have in zip(pattern, node.shape, strict=True):
                if want.name is not None:
                    sizes.setdefault(want.name, have)
        return put(rule, dict(zip(names, nodes, strict=True)), sizes)

    return filled


def put(root: Node, symbols: Mapping[str, Node], sizes: Mapping[str, Size]) -> Node:
    """The node with other nodes for its symbols and other sizes for its sizes, all at once."""
    new: dict[Node, Node] = {}
    for n in postorder(root):
        if n.op is SYM and n.params[0] in symbols:
            new[n] = symbols[n.params[0]]
            continue
        params = tuple(p.put(sizes) if isinstance(p, Size) else p for p in n.params)
        new[n] = make(n.op, tuple(new[a] for a in n.args), params, (n.rows.put(sizes), n.cols.put(sizes)))
    return new[root]
