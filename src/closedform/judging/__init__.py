"""The judging of a person's own derivation, line by line."""

from closedform.judging.judge import judge
from closedform.judging.records import Example, Judgement, Step

__all__ = ["Example", "Judgement", "Step", "judge"]
