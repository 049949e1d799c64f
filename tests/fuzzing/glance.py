"""Two sides compared at one general point of one prime field: what a wrong answer does not survive, for little time.

A certificate asks for more (every parity and order of sizes, all patterns of signs, a bound); where a glance does not
tell, that is made.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from time import thread_time

from closedform.check.certificate import Claim
from closedform.check.core.evaluate import OutOfTime
from closedform.check.core.field import Field
from closedform.check.core.jet import Redraw, Unfit
from closedform.check.core.sides import without_roots
from closedform.check.core.verdict import Trials
from closedform.check.cover import Cover
from closedform.check.scene import MAX_ENTRIES, Scene

LEAST, SPREAD, TRIES, SECONDS = 2, 3, 12, 0.2


def same_at_a_glance(claim: Claim, rng: Random) -> bool:
    """Whether both sides agreed at a point; False where they did not, or no point was found in little time."""
    claim = replace(claim, function=without_roots(claim.function), answer=without_roots(claim.answer))
    variables = [v for v in (claim.variable, claim.second) if v is not None]
    scene, trials, field = Scene([claim.function, claim.answer, *variables]), Trials(claim), Field(rng, True)
    scene.cover = Cover(scene.size_names)
    deadline = thread_time() + SECONDS
    for attempt in range(TRIES):
        sizes = scene.draw_sizes(rng, LEAST, MAX_ENTRIES, SPREAD)
        field.forget(lenient=attempt < TRIES // 2)
        try:
            if trials.at(field, scene.cast(sizes, MAX_ENTRIES, rng.getrandbits(10)), sizes, rng, deadline):
                return not trials.differ
        except (Redraw, ZeroDivisionError):
            continue
        except (Unfit, OutOfTime):
            return False
    return False
