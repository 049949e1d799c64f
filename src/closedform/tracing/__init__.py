"""Reading the user's own functions: NumPy, JAX and PyTorch code as formulas. ``closedform.own`` is the door."""
