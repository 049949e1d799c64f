"""A JAX program over several devices: data split over samples, sums become one all-reduce.

``jax.jit`` partitions the program by the placement of its arguments (GSPMD, Xu and others 2021).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from closedform.errors import ClosedformError, ValueProblem
from closedform.program.compiled import Compiled
from closedform.program.given import cleaned
from closedform.program.ir import rank

AXES = {"rows": 0, "columns": 1, "entries": 0}


def sharded(compiled: Compiled, mesh: Any, shard: Mapping[str, str]) -> Sharded:
    """A compiled formula over a mesh."""
    if compiled.target != "jax" or mesh is None:
        raise ClosedformError('a program is split over a mesh of JAX devices: compile("jax", mesh=…, shard={…})')
    if not hasattr(mesh, "axis_names"):
        raise ClosedformError(f"{mesh!r} is no mesh; jax.sharding.Mesh makes one of devices")
    if not isinstance(shard, Mapping):
        kind = type(shard).__name__
        raise ClosedformError(f'shard says how each argument is split, {{"A": "rows"}}; this is a {kind}')
    sizes = [a.name for a in compiled._free if a.is_size]
    if sizes:
        raise ValueProblem(f"no array tells the size {sizes[0]}, and a program over a mesh takes arrays alone",
                           hint=f'Fix it: fixed={{"{sizes[0]}": …}}.')  # fmt: skip
    return Sharded(compiled, mesh, shard)


class Sharded:
    """A function whose arguments are laid over a mesh: ``rows``, ``columns`` or ``entries`` split, all else replicated.

    The answer is replicated. Called with arrays of the whole problem, or with arrays that are placed already.
    """

    def __init__(self, function: Compiled, mesh: Any, shard: Mapping[str, str]) -> None:
        import jax
        from jax.sharding import NamedSharding, PartitionSpec

        axis = mesh.axis_names[0]
        self.function = function
        self.arguments = function.arguments
        arguments = {a.name: rank(a.shape) for a in function._free}
        self.shardings = []
        for name, axes in arguments.items():
            how = shard.get(name)
            self.shardings.append(NamedSharding(mesh, _spec(PartitionSpec, name, axes, how, axis)))
        strange = [n for n in shard if n not in arguments]
        if strange:
            raise ValueProblem(f"{strange[0]} is to be split, but the arguments are {', '.join(arguments)}")
        self.parts = mesh.shape[axis]
        self.shard = dict(shard)
        self.jitted = jax.jit(
            function, in_shardings=tuple(self.shardings), out_shardings=NamedSharding(mesh, PartitionSpec())
        )

    def placed(self, *given: Any, **named: Any) -> tuple[Any, ...]:
        """The arrays on their devices; ValueProblem where a split axis is no multiple of the devices."""
        import jax

        given = cleaned("mesh", self.function._free, self.function.ordered(given, named))
        for name, value in zip(self.arguments, given, strict=True):
            how = self.shard.get(name)
            if how is not None and value.shape[AXES[how]] % self.parts:
                raise ValueProblem(
                    f"{name} has {value.shape[AXES[how]]} {how}, which {self.parts} devices do not divide evenly",
                    hint="Pad the data with samples of weight 0, or choose another number of devices.",
                )
        return tuple(jax.device_put(v, s) for v, s in zip(given, self.shardings, strict=True))

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self.jitted(*self.placed(*given, **named))

    def compiled_text(self, *given: Any, **named: Any) -> str:
        """What XLA made of it for arrays of these shapes; the collectives stand in it by name."""
        text: str = self.jitted.lower(*self.placed(*given, **named)).compile().as_text()
        return text


def _spec(spec: Any, name: str, rank: int, how: str | None, axis: str) -> Any:
    if how is None:
        return spec()
    if how not in AXES:
        raise ClosedformError(f"{name} is split by rows, columns or entries; {how} is none of them")
    if AXES[how] >= rank:
        raise ClosedformError(f"{name} has {rank} axes: it has no {how} to split")
    return spec(*(axis if k == AXES[how] else None for k in range(rank)))
