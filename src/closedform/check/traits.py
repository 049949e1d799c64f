"""What the operations of a claim ask of a check: signs, roots, functions that are free, functions of matrices."""

from __future__ import annotations

from time import perf_counter, thread_time

from closedform.check.bounds import whole
from closedform.check.own import Taken
from closedform.check.scene import Scene
from closedform.check.spectral import SPECTRAL
from closedform.expr.walk import postorder

SIGNS = {"abs", "sign", "step", "relu", "max2", "min2", "clip", "huber", "norm1"}
ROOTS = {"sqrt", "norm2", "normF", "erf", "normcdf", "normpdf", "asin", "acos"}
ROOTED = {"sqrtm", "chol", "eigvecs", "eigvec_max", "eigvec_min", "norm_op", "leftvec_max", "rightvec_max", "norm_nuc"}
TRIG = {"sin", "cos", "tan"}
TURNING = {"logm", "logm_frechet", "sqrtm"}
EXPS = {
    "exp", "sinh", "cosh", "tanh", "sigmoid", "softplus", "softmax", "softmax_rows", "logsumexp",
    "logsumexp_rows", "expm1", "normpdf", "normcdf", "erf",
} | TRIG  # fmt: skip
ORDER = {"maxentry", "minentry", "argmax", "argmin", "norm_inf"}
FREE = EXPS | {
    "log", "log1p", "logdet", "asin", "acos", "atan", "gamma", "loggamma", "digamma", "trigamma", "polygamma",
}  # fmt: skip
MANY_BRANCHES, FEW_BRANCHES = 24, 4


class Traits:
    """Of one claim. ``branches`` says how many points of each size it takes in high precision."""

    def __init__(self, scene: Scene, taken: Taken) -> None:
        every = [*scene.nodes, *taken.nodes]
        ops = {n.op.name for n in every}
        powers = [n.args[1] for n in every if n.op.name == "pow"]
        symbols = [any(n.op.name == "sym" for n in postorder(e)) for e in powers]
        broken = any(not s and not whole(e) for s, e in zip(symbols, powers, strict=True))
        symbolic = any(symbols)
        exponents = [n.args[1] for n in scene.nodes if n.op.name == "mpow"]
        rooted = "sqrtm" in ops or any(not whole(e) for e in exponents)
        halves = any(e.op.name == "num" and not whole(e) for e in exponents)
        roots = bool(ops & ROOTS) or broken
        self.signs, self.ordered = bool(ops & SIGNS), bool(ops & ORDER)
        self.spectral_power = rooted
        self.spectral = halves or bool(ops & set(SPECTRAL))
        self.turning = halves or bool(ops & TURNING)
        self.branches = MANY_BRANCHES if self.signs or roots or self.ordered else (FEW_BRANCHES if rooted else 0)
        self.roots = roots or rooted or bool(ops & ROOTED)
        self.exps, self.trig = bool(ops & EXPS) or symbolic, bool(ops & TRIG)
        self.free, self.sided = bool(ops & FREE) or symbolic, bool(scene.sided)


class Clock:
    """The time of the processor that a check may take, and until when its present part may."""

    def __init__(self, seconds: float, wall: float) -> None:
        self.start, self.latest, self.seconds = thread_time(), perf_counter() + wall, seconds
        self.deadline = self.start + seconds

    def allow(self, share: float) -> None:
        """Until when to go on: so much of the time for the whole check."""
        self.deadline = self.start + share * self.seconds

    def more(self, share: float) -> None:
        """So much of the time, from now on."""
        self.deadline = max(self.start, thread_time()) + share * self.seconds

    @property
    def over(self) -> bool:
        """By the clock on the wall, which goes on while the processor has other things to do."""
        return perf_counter() > self.latest
