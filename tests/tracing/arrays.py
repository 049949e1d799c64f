"""General data for the tests: nothing symmetric unless it must be, all sizes different."""

import numpy as np

rng = np.random.default_rng(20261122)
x, y, z = rng.normal(size=5), rng.normal(size=5), rng.normal(size=4)
p = rng.uniform(0.2, 0.8, size=5)
A, B, C = rng.normal(size=(4, 5)), rng.normal(size=(4, 5)), rng.normal(size=(5, 3))
P = rng.uniform(0.2, 0.8, size=(4, 5))
M = rng.normal(size=(4, 4)) + 3 * np.eye(4)
K = rng.normal(size=(4, 4))
S = K @ K.T + np.eye(4)
u, v = rng.normal(size=3), rng.normal(size=3)
