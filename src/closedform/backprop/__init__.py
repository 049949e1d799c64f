"""Backpropagation made visible: the graph of a formula, forward and backward pass, values and adjoints."""

from closedform.backprop.backprop import Backprop
from closedform.backprop.make import backprop

__all__ = ["Backprop", "backprop"]
