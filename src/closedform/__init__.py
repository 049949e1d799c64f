"""Matrix calculus in closed form: derivatives derived step by step, checked, and compiled to code."""

from closedform._version import __version__

__all__ = ["__version__"]
