"""The comparison: a derivative in closed form beside automatic differentiation and finite differences."""

from closedform.comparing.report import Comparison
from closedform.comparing.running import compare
from closedform.comparing.sizes import parsed

__all__ = ["Comparison", "compare", "parsed"]
