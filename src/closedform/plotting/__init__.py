"""Pictures: contours with gradient and descent path, heat maps of derivatives, the eigenvalues of a Hessian."""

from closedform.plotting.make import KINDS, plot
from closedform.plotting.picture import Picture

__all__ = ["KINDS", "Picture", "plot"]
