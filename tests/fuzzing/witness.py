"""Values and derivatives beside NumPy, PyTorch and JAX: the translated formula differentiated by the framework."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import closedform as cf
from closedform.calculus.conditions import conditions_of
from closedform.errors import ClosedformError, ValueProblem
from closedform.expr.node import Node
from closedform.run.conditions import holds
from fuzzing.libraries import NUMPY, Library
from fuzzing.points import draw, shaped, sizes, tangent, unshaped
from fuzzing.spelling import symbols
from fuzzing.translate import Translator

Array = Any
CLOSE, STEP, LARGE, POINTS = 1e-7, 1e-5, 1e8, 6
STEPS = (1e-4, 1e-5, 1e-6)


@dataclass
class Point:
    """Arrays for every variable, a weight for the value and a direction for the variable moved."""

    raw: Node
    x: Node
    env: dict[str, Array]
    sizes: dict[str, int]
    weight: Array
    dx: Array
    dx1: Array


def point(raw: Node, x: Node, rng: np.random.Generator) -> Point:
    at = sizes(rng)
    env = {s.params[0]: draw(s, at, rng) for s in symbols(raw)}
    shape = tuple(s.value(at) for s in raw.shape)
    weight = np.ones((1, 1)) if raw.is_scalar else rng.standard_normal(shape)
    move = [tangent(x, rng.standard_normal(env[x.params[0]].shape)) for _ in range(2)]
    return Point(raw, x, env, at, weight, *move)


def inside(p: Point, order: int) -> bool:
    """Whether the conditions hold that the answer states; at a kink nothing is promised."""
    found = conditions_of(p.raw, (p.x,), order)
    try:
        with np.errstate(all="ignore"):
            return all(holds(c, p.env, p.sizes) for c in (*found.defined, *found.differentiable))
    except (ClosedformError, np.linalg.LinAlgError):
        return False


def value(lib: Library, p: Point, env: dict[str, Any] | None = None) -> Array:
    return Translator(lib, env or {k: lib.array(v) for k, v in p.env.items()}, p.sizes).value(p.raw)


# -- what the frameworks say: the value, the weighted value's slope along dx, and the second slope along dx, dx1


def torch_says(p: Point, lib: Library, twice: bool) -> list[Array]:
    """The value; ∇⟨W, f⟩ by x; with ``twice`` the derivative of ⟨∇f, dx⟩ by x."""
    torch = lib.xp
    env = {k: lib.array(v) for k, v in p.env.items()}
    leaf = env[p.x.params[0]].requires_grad_(True)
    found = value(lib, p, env)
    out = [found.detach().numpy()]
    if not found.requires_grad:
        return out + [np.zeros(leaf.shape)] * (1 + twice)
    (g,) = torch.autograd.grad((lib.array(p.weight) * found).sum(), leaf, create_graph=twice, allow_unused=True)
    if g is None:
        return out + [np.zeros(leaf.shape)] * (1 + twice)
    out.append(g.detach().numpy())
    if twice and g.requires_grad:
        (h,) = torch.autograd.grad((lib.array(p.dx) * g).sum(), leaf, allow_unused=True)
        out.append(np.zeros(leaf.shape) if h is None else h.numpy())
    elif twice:
        out.append(np.zeros(leaf.shape))
    return out


def jax_says(p: Point, lib: Library, twice: bool) -> list[Array]:
    import jax

    env = {k: lib.array(v) for k, v in p.env.items()}
    weight, dx = lib.array(p.weight), lib.array(p.dx)

    def weighted(leaf: Array) -> Array:
        found = value(lib, p, {**env, p.x.params[0]: leaf})
        return (weight * found).sum(), found

    (_, found), g = jax.value_and_grad(weighted, has_aux=True)(env[p.x.params[0]])
    out = [np.asarray(found), np.asarray(g)]
    if twice:
        slope = jax.grad(lambda leaf: (jax.grad(lambda a: weighted(a)[0])(leaf) * dx).sum())
        out.append(np.asarray(slope(env[p.x.params[0]])))
    return out


SAY: dict[str, Callable[[Point, Library, bool], list[Array]]] = {"torch": torch_says, "jax": jax_says}


def differences(p: Point) -> list[float]:
    """The slope of ⟨W, f⟩ along dx by central differences of the translated formula, with several steps."""
    name, out = p.x.params[0], []
    for h in STEPS:
        sides = [(p.weight * value(NUMPY, p, {**p.env, name: p.env[name] + s * h * p.dx})).sum() for s in (1, -1)]
        out.append(float(sides[0] - sides[1]) / (2 * h))
    return out


# -- what we say


def ours(f: cf.Formula, g: cf.Formula | None, kind: str, p: Point) -> list[Array]:
    """The value, and what ``torch_says`` gives next, from the answer evaluated at its public door."""
    name = p.x.params[0]
    given = {**{k: shaped(v) for k, v in p.env.items()}, **p.sizes}
    out = [unshaped(f(**{k: given[k] for k in f.variables}), p.weight.shape)]
    if g is None:
        return out
    moved = {**given, f"d{name}": shaped(p.dx), f"d{name}1": shaped(p.dx)}
    answer = g(**{k: moved[k] for k in g.variables})
    X = p.env[name]
    if kind == "gradient":
        return [*out, unshaped(answer, X.shape)]
    if kind == "jacobian":
        J = np.asarray(answer, float).reshape(p.weight.size, X.size)
        return [*out, (J.T @ p.weight.reshape(-1, 1)).reshape(X.shape)]
    if kind == "map":
        return [*out, np.array([[float((p.weight * unshaped(answer, p.weight.shape)).sum())]])]
    H = np.asarray(answer, float)
    matrix = not any(v.startswith(f"d{name}") for v in g.variables) and g.shape == (str(p.x.rows), str(p.x.rows))
    if matrix and X.shape[1] == 1 and p.x.is_column and "1" not in g.shape[:1]:
        return [*out, (H.reshape(X.size, X.size) @ p.dx).reshape(X.shape)]
    return [*out, H.reshape(X.shape) * (float(p.dx[0, 0]) if X.size == 1 and matrix else 1.0)]


def read_as(kind: str, said: list[Array], p: Point) -> list[Array]:
    """The framework's answer in the form of ours."""
    if kind == "map":
        return [said[0], np.array([[float((said[1] * p.dx).sum())]])]
    return [said[0], tangent(p.x, said[-1])] if kind != "jacobian" else [said[0], said[1]]


def apart(a: Array, b: Array, scale: float = 0.0) -> float:
    """The relative distance; 0 where either has no value or is beyond what float64 tells."""
    size = max(float(np.abs(a).max(initial=0)), float(np.abs(b).max(initial=0)), scale, 1e-3)
    if not np.isfinite(size) or size > LARGE:
        return 0.0
    return float(np.abs(a - b).max(initial=0)) / size


def finite(arrays: list[Array]) -> bool:
    return all(np.isfinite(a).all() and np.abs(a).max(initial=0) < LARGE for a in arrays)


def disagreement(
    f: cf.Formula, g: cf.Formula | None, kind: str, raw: Node, x: Node, seed: int, lib: Library
) -> tuple[int, str]:
    """How many values were compared, and what differs at every point tried ("" where nothing does)."""
    rng, said = np.random.default_rng(seed), ""
    for _ in range(POINTS):
        p = point(raw, x, rng)
        try:
            theirs = read_as(kind, SAY[lib.name](p, lib, kind == "hessian"), p)
        except (RuntimeError, np.linalg.LinAlgError):  # torch: a singular matrix
            continue
        theirs = theirs[:1] if g is None else theirs
        if not finite(theirs):
            continue
        try:
            mine = ours(f, g, kind, p)
        except ValueProblem as error:
            said = said or f"no value: {error}"
            continue
        pairs = enumerate(zip(mine, theirs, strict=True))
        wrong = [k for k, (a, b) in pairs if not apart(a, b) < CLOSE or not finite([a])]
        if not wrong:
            return sum(a.size for a in mine), ""
        if inside(p, 1 + (kind == "hessian")):
            said = said or f"{['value', kind][wrong[0]]}: {mine[wrong[0]].tolist()} beside {theirs[wrong[0]].tolist()}"
    return 0, said


def own_values(f: cf.Formula, raw: Node, x: Node, seed: int) -> tuple[int, str]:
    """The value beside the translated formula in NumPy."""
    rng, said = np.random.default_rng(seed), ""
    for _ in range(POINTS):
        p = point(raw, x, rng)
        with np.errstate(all="ignore"):
            try:
                want = value(NUMPY, p, p.env)
            except np.linalg.LinAlgError:
                continue
            if not finite([want]):
                continue
            try:
                got = ours(f, None, "value", p)[0]
            except ValueProblem as error:
                said = said or f"no value: {error}"
                continue
        if finite([got]) and apart(got, want) < CLOSE:
            return got.size, ""
        if inside(p, 1):
            said = said or f"value: {got.tolist()} beside {want.tolist()}"
    return 0, said


def slope_apart(f: cf.Formula, g: cf.Formula, kind: str, raw: Node, x: Node, seed: int) -> str:
    """What differs between the answer along a direction and differences of the translated formula, at every point."""
    rng, said = np.random.default_rng(seed), ""
    for _ in range(POINTS):
        p = point(raw, x, rng)
        with np.errstate(all="ignore"):
            try:
                want = differences(p)
            except np.linalg.LinAlgError:
                continue
            if not finite([np.array(want)]):
                continue
            try:
                answer = ours(f, g, kind, p)[1]
            except ValueProblem as error:
                said = said or f"no value: {error}"
                continue
        got = float(answer.reshape(-1)[0]) if kind == "map" else float((answer * p.dx).sum())
        scale = max(abs(got), *(abs(w) for w in want), float(np.abs(p.env[x.params[0]]).max()), 1.0)
        if min(abs(got - w) for w in want) <= 1e-4 * scale:
            return ""
        if inside(p, 1):
            said = said or f"slope: {got} beside {want}"
    return said
