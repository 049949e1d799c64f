"""The judging of a person's own answer: is it the derivative, and if not, what is wrong with it."""

from closedform.answers.asked import Asked
from closedform.answers.judging import check, equal
from closedform.answers.verdict import Verdict

__all__ = ["Asked", "Verdict", "check", "equal"]
