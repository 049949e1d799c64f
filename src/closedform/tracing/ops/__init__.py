"""What arrays can do, on traced values: the same for NumPy, JAX and PyTorch, whose tables point here."""
