"""The door for values: numbers and arrays by name in, a float, a 1-d or a 2-d array out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from closedform.errors import ValueProblem
from closedform.expr.facts import Facts
from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import Size
from closedform.expr.walk import postorder
from closedform.functions.algebra import MUL, TRANSPOSE
from closedform.functions.known_facts import facts_of
from closedform.run.arrays import as_matrix, check_facts, is_sparse
from closedform.run.fitting import Equation, solve_sizes
from closedform.run.needs import Needs, needs
from closedform.run.numeric import evaluate, evaluate_along
from closedform.run.stable import stable

Array = Any


def value(node: Node, given: Mapping[str, Any], unused: Collection[str] = ()) -> Any:
    """The value of a formula: a float, a 1-d array for a vector, a 2-d array else.

    ``given`` has an array (or number) for each variable, a callable for each abstract function, a number for
    each fixed index (counted from 1) and each size that no array tells. Names in ``unused`` may be given too.
    Everything is computed in float64; where all arrays of floats are float32, an array out is float32.

    >>> from closedform.functions.algebra import sym
    >>> x = sym("x", "n")
    >>> value(x.T @ x, {"x": [3, 4]})
    25.0
    """
    env, sizes = _prepared(node, needs(node), given, unused)
    return shaped(_as_given(evaluate(stable(node), env, sizes), given), node.shape)


def _as_given(array: Array, given: Mapping[str, Any]) -> Array:
    """Computed in float64; single precision again where every array given was."""
    types = {g.dtype for g in given.values() if isinstance(g, np.ndarray) and g.dtype.kind == "f" and g.ndim}
    if not types or np.result_type(*types).itemsize >= 8:
        return array
    with np.errstate(all="ignore"):
        return array.astype(np.result_type(*types))


def array_of_map(
    node: Node, directions: Node | tuple[Node, ...], given: Mapping[str, Any], unused: Collection[str] = ()
) -> Array:
    """A linear map, written in the symbols ``directions``, as an array: the axes of its value, then theirs.

    >>> from closedform.functions.algebra import sym
    >>> A, dx = sym("A", "m", "n"), sym("dx", "n")
    >>> array_of_map(A @ dx, dx, {"A": [[1, 2], [3, 4]]})
    array([[1., 2.],
           [3., 4.]])
    """
    moved = (directions,) if isinstance(directions, Node) else directions
    env, sizes = _prepared_but(node, moved, given, unused)
    parts = _along(stable(node), moved, env, sizes)
    axes = [size for n in (node, *moved) for size in n.shape]
    out = parts.reshape([size.value(sizes) for size in axes])
    return out.reshape([n for n, size in zip(out.shape, axes, strict=True) if size.number != 1])


def parts_of(
    node: Node, directions: tuple[Node, ...], given: Mapping[str, Any], unused: Collection[str]
) -> tuple[Callable[[Node], Any], dict[str, int]]:
    """What gives the value of any part of a formula at arrays that are checked once, and the sizes."""
    env, sizes = _prepared_but(node, directions, given, unused)
    return lambda part: shaped(evaluate(stable(part), env, sizes), part.shape), sizes


def _prepared_but(
    node: Node, directions: tuple[Node, ...], given: Mapping[str, Any], unused: Collection[str]
) -> tuple[dict[str, Any], dict[str, int]]:
    """What was given, checked; the directions are not given, but their sizes are needed."""
    wants = needs(node)
    for direction in directions:
        wants.symbols.pop(direction.params[0], None)
        for size in direction.shape:
            wants.sizes.update(dict.fromkeys(sorted(size.names)))
    return _prepared(node, wants, given, unused)


def _along(node: Node, moved: tuple[Node, ...], env: dict[str, Any], sizes: dict[str, int]) -> Array:
    """The value along every unit of the first direction, of the second, …: the axis of units last for each."""
    first, rest = moved[0], moved[1:]
    rows, cols = (s.value(sizes) for s in first.shape)
    basis = np.eye(rows * cols).reshape(-1, rows, cols)
    if rows == cols:
        basis = np.array([_projected(E, facts_of(first)) for E in basis])
    if not rest:
        return np.moveaxis(np.array(evaluate_along(node, first, basis, env, sizes)), 0, -1)
    parts = [_along(node, rest, {**env, first.params[0]: E}, sizes) for E in basis]
    return np.stack(parts, axis=2).reshape(*parts[0].shape[:2], len(basis), -1)


def _projected(E: Array, facts: Facts) -> Array:
    """The part of a direction in the space of a variable that is declared symmetric, diagonal, …"""
    if "diag" in facts:
        return np.diag(np.diag(E))
    if "sym" in facts or "skew" in facts:
        return (E + E.T) / 2 if "sym" in facts else (E - E.T) / 2
    return np.tril(E) if "lower" in facts else np.triu(E) if "upper" in facts else E


def _prepared(
    node: Node, wants: Needs, given: Mapping[str, Any], unused: Collection[str]
) -> tuple[dict[str, Any], dict[str, int]]:
    """What was given, checked: 2-d arrays and callables by name, and the sizes."""
    _known_names(wants, given, unused)
    env: dict[str, Any] = {}
    for name, symbol in wants.symbols.items():
        env[name] = as_matrix(name, given[name], symbol.shape)
    sizes = solve_sizes(_equations(wants, env), _given_sizes(wants, given))
    for name, symbol in wants.symbols.items():
        check_facts(name, env[name], facts_of(symbol))
        if is_sparse(env[name]):
            _only_multiplies(node, symbol)
    for name, call in wants.calls.items():
        env[name] = _callable(name, given[name], call)
    for name in wants.indices:
        env[name] = _whole(name, given[name], "an index counts from 1")
    return env, sizes


def prepared(
    node: Node, given: Mapping[str, Any], unused: Collection[str], ranges: Mapping[str, tuple[Size, Size]]
) -> tuple[dict[str, Any], dict[str, int]]:
    """What was given, checked, for a part of a formula whose indices run in ``ranges`` outside of it."""
    wants = needs(node)
    for name, limits in ranges.items():
        wants.indices.pop(name, None)
        for size in limits:
            wants.sizes.update(dict.fromkeys(sorted(size.names)))
    return _prepared(node, wants, given, unused)


def shaped(array: Array, shape: Shape) -> Any:
    """A 2-d value as people want it: a float, a 1-d array for a vector, else as it is."""
    if shape[1].number == 1:
        return float(array[0, 0]) if shape[0].number == 1 else array[:, 0]
    return array


def _known_names(wants: Needs, given: Mapping[str, Any], unused: Collection[str]) -> None:
    names = wants.names
    missing = [n for n in names if n not in given]
    if missing:
        listed = ", ".join(f"{n} ({_shape_words(wants, n)})" for n in missing)
        raise ValueProblem(f"no value was given for {listed}")
    strange = [n for n in given if n not in names and n not in wants.mentioned and n not in unused]
    if strange:
        known = ", ".join(names) or "none"
        raise ValueProblem(f"{strange[0]} is no variable of this formula; it needs {known}")


def _shape_words(wants: Needs, name: str) -> str:
    if name in wants.symbols:
        rows, cols = wants.symbols[name].shape
        if cols.number == 1:
            return "a number" if rows.number == 1 else f"a vector of {rows}"
        return f"{rows}×{cols}"
    if name in wants.calls:
        return "a function"
    return "an index, from 1" if name in wants.indices else "a size"


def _equations(wants: Needs, env: Mapping[str, Array]) -> list[Equation]:
    out = []
    for name, array in env.items():
        rows, cols = wants.symbols[name].shape
        vector = cols.number == 1
        symbolic = f"{rows}" if vector else f"{rows}×{cols}"
        have = f"{array.shape[0]}" if vector else "×".join(map(str, array.shape))
        source = f"{name} ({symbolic}) is {have}"
        out += [Equation(rows, array.shape[0], source), Equation(cols, array.shape[1], source)]
    return out


def _given_sizes(wants: Needs, given: Mapping[str, Any]) -> dict[str, int]:
    names = [n for n in given if n in wants.mentioned or n in wants.sizes]
    taken = {*wants.symbols, *wants.calls, *wants.indices}
    return {n: _whole(n, given[n], "it is a size") for n in names if n not in taken}


def _whole(name: str, value: Any, why: str) -> int:
    number = np.asarray(value)
    single = number.size == 1 and number.dtype.kind in "iuf"
    if not single or float(number.reshape(())) % 1 or number.reshape(()) < 1:
        raise ValueProblem(f"{name} is {value!r}; a whole number of 1 or more is wanted ({why})")
    return int(number.reshape(()))


def _callable(name: str, function: Any, call: Node) -> Callable[..., Array]:
    """The person's function, of floats and 1-d arrays, as one of 2-d arrays."""
    if not callable(function):
        have = type(function).__name__
        raise ValueProblem(f"{name} is a function in this formula; a callable is wanted, not {have}")

    def of_matrices(*arrays: Array) -> Array:
        return function(*(shaped(array, arg.shape) for array, arg in zip(arrays, call.args, strict=True)))

    return of_matrices


def _only_multiplies(root: Node, symbol: Node) -> None:
    """Sparse arrays stay sparse in products; anything else would fill them."""
    turned = {symbol}
    for n in postorder(root):
        if n.op is TRANSPOSE and n.args[0] in turned:
            turned.add(n)
        elif n.op is not MUL and any(b in turned for b in n.args):
            name = symbol.params[0]
            raise ValueProblem(
                f"{name} is sparse, but {n.op.text} needs all its entries", hint=f"Give {name}.toarray()."
            )
