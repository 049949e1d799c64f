"""Faults planted on purpose: wrong answers, claims made to fool the checker, broken printers. All must be noticed."""
