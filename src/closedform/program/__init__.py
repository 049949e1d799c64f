"""Formulas as straight-line programs: planned with real sizes, written for NumPy, JAX, PyTorch, Julia and Octave."""
