"""The derivative of an argmin, with an honest diagnosis: solve, judge, differentiate, enclose."""
