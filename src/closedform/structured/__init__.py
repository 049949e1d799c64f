"""Matrices as operators that know their structure: diagonal plus low rank, Kronecker, sums of two-sided products."""
