"""What a compiled formula runs where that is quicker than the readable form of the same steps.

NumPy: fewer temporaries, lighter calls; for arrays of float64 alone, so that what is written into an array loses
nothing. ``A.dot(x)`` makes the same call of BLAS as ``A @ x``, half a microsecond sooner. JAX: a transpose that is laid
out before a large product, since XLA multiplies by one that is not at half the speed.
"""

from __future__ import annotations

from dataclasses import replace

from closedform.program.in_place import ENTRYWISE, INTO
from closedform.program.jax import JAX
from closedform.program.numpy import NUMPY
from closedform.program.python import T

HELPERS = {
    "sigmoid_slope": '''def sigmoid_slope(x, k=1):
    """sigmoid(k * x) * sigmoid(-k * x) for k > 0, with one exponential that cannot overflow."""
    e = np.abs(x)
    e *= -k
    e = np.exp(e, e) if e.ndim else np.exp(e)
    d = e + 1
    d *= d
    e /= d
    return e
''',
    "softmax": '''def softmax(x, axis=-1):
    """By the largest entry of all where no entry is lost below it, which is quicker than row by row."""
    top = np.maximum.reduce(x, None)
    if not top - np.minimum.reduce(x, None) < 500:
        top = x.max(axis, keepdims=True)
    e = x - top
    np.exp(e, e)
    if e.ndim == 1:
        e /= e.sum()
    else:
        e /= e.dot(np.ones(e.shape[1]))[:, None]
    return e
''',
    "logsumexp": '''def logsumexp(x, axis=-1):
    top = x.max(axis, keepdims=True)
    e = x - top
    return np.log(np.exp(e, e).sum(axis)) + top.squeeze(axis)
''',
    "kron_eye": '''def kron_eye(G, n):
    """kron(G, I) with I of size n: one write along the diagonals of all blocks."""
    p, q = G.shape
    K = np.zeros((p * n, q * n))
    row = 8 * q * n
    np.ndarray((p, q, n), float, K, 0, (n * row, 8 * n, row + 8))[:] = G[:, :, None]
    return K
''',
    "eye_kron": '''def eye_kron(n, G):
    """kron(I, G) with I of size n: one write of all blocks."""
    p, q = G.shape
    K = np.zeros((n * p, n * q))
    row = 8 * n * q
    np.ndarray((n, p, q), float, K, 0, (p * row + 8 * q, row, 8))[:] = G
    return K
''',
    "inverse_spd": '''def inverse_spd(M):
    """The inverse of a positive definite matrix, by Cholesky. LAPACK reads M.T = M without copying it around."""
    R, info = scipy.linalg.lapack.dpotrf(M.T)
    if info:
        raise np.linalg.LinAlgError("the matrix is not positive definite")
    definite(R.diagonal(), M.diagonal())
    R = scipy.linalg.lapack.dpotri(R, overwrite_c=1)[0]
    R.ravel("K")[:: len(R) + 1] /= 2
    return R + R.T
''',
    "definite": '''def definite(pivots, diagonal):
    """Whether a change of the diagonal by a few roundings could make the matrix singular: then an error."""
    if (pivots * pivots <= 9e-16 * diagonal).any():
        raise np.linalg.LinAlgError("the matrix is singular to rounding")
''',
    "cholesky": '''def cholesky(M):
    F = scipy.linalg.cho_factor(M, lower=True)
    definite(F[0].diagonal(), M.diagonal())
    return F
''',
    "inverse": '''def inverse(A):
    """The inverse of A. An error where a change of the entries of a small A by a few roundings makes it singular: where
    a column of the inverse solves A x = 0 as well (Oettli and Prager 1964)."""
    X = np.linalg.inv(A)
    if len(A) <= 32 and (np.eye(len(A)) <= 9e-16 * np.abs(A).dot(np.abs(X))).all(0).any():
        raise np.linalg.LinAlgError("the matrix is singular to rounding")
    return X
''',
    "solve": '''def solve(A, B):
    if len(A) <= 32:
        inverse(A)
    return np.linalg.solve(A, B)
''',
    "lu": '''def lu(M):
    """The LU factorisation of a regular matrix, and the matrix."""
    LU, swaps, info = scipy.linalg.lapack.dgetrf(M)
    if info:
        raise np.linalg.LinAlgError("Singular matrix")
    return LU, swaps, M
''',
    "lu_solve": '''def lu_solve(F, B, trans=0):
    LU, swaps, M = F
    if len(M) <= 32:
        inverse(M)
    return scipy.linalg.lu_solve((LU, swaps), B, trans)
''',
    "lu_det": NUMPY.helpers["lu_det"].replace("LU, swaps = F", "LU, swaps, M = F"),
    "lu_logdet": NUMPY.helpers["lu_logdet"].replace("LU, swaps = F", "LU, swaps, M = F"),
    "khatri": '''def khatri(A, B):
    """Row by row the Kronecker product of two matrices, made column by column: the long axis is the inner one."""
    K = np.ascontiguousarray(A.T)[:, None, :] * np.ascontiguousarray(B.T)
    return K.reshape(A.shape[1] * B.shape[1], len(A)).T
''',
    "weighted_gram": '''def weighted_gram(w, A):
    """(w[:, None] * A).T @ (w[:, None] * A), some rows at a time: what is scaled stays in the cache."""
    m, n = A.shape
    rows = max(64, 524288 // n)
    S, G = np.empty((min(rows, m), n)), np.zeros((n, n)).T
    for i in range(0, m, rows):
        k = min(rows, m - i)
        np.multiply(w[i : i + k, None], A[i : i + k], S[:k])
        G = scipy.linalg.blas.dsyrk(1.0, S[:k].T, 1.0, G, lower=1, overwrite_c=1)
    G = G.T
    for i in range(0, n, 64):
        D = G[i : i + 64, i : i + 64]
        D += np.triu(D, 1).T
        G[i + 64 :, i : i + 64] = G[i : i + 64, i + 64 :].T
    return G
''',
}  # fmt: skip
WRITING = {
    "add_into": T("<0> += <1>"),
    "sub_into": T("<0> -= <1>"),
    "mul_into": T("<0> *= <1>"),
    "div_into": T("<0> /= <1>"),
    "from_into": T("np.subtract(<1>, <0>, <0>)"),
    "under_into": T("np.divide(<1>, <0>, <0>)"),
    "neg_into": T("np.negative(<0>, <0>)"),
    "rows_into": T("<0> *= <1^5>[:, None]"),
    "cols_into": T("<0> *= <1>"),
    "plus_rows_into": T("<0> += <1^5>[:, None]"),
    "plus_cols_into": T("<0> += <1>"),
    "less_rows_into": T("<0> -= <1^5>[:, None]"),
    "less_cols_into": T("<0> -= <1>"),
}
LIGHT = {
    **{f"matmul:{ranks}": T("<0^5>.dot(<1>)") for ranks in ("11", "12", "21")},
    "gram": T("<0^5>.T.dot(<0>)"),
    "outer": T("<0^5>[:, None] * <1^3>", 2),
    "colsum": T("np.ones(<p0>).dot(<0>)"),
    "rowsum": T("<0^5>.dot(np.ones(<q0>))"),
    "weighted_gram": T("weighted_gram(<0>, <1>)"),
    "diagonal": T("np.diagonal(<0>).copy()"),
    "solve": T("solve(<0>, <1>)"),
    "solve_t": T("solve(<0^5>.T, <1>)"),
    "inverse": T("inverse(<0>)"),
    "solve_lu": T("lu_solve(<0>, <1>)"),
    "solve_lu_t": T("lu_solve(<0>, <1>, 1)"),
    "inv": T("lu_solve(<0>, np.eye(<r>))"),
    "chol": T("cholesky(<0>)"),
}
ENTRIES = {
    f"{name}{INTO}": T(NUMPY.functions[name].text.replace("(<0>)", "(<0>, <0>)")) for name in sorted(ENTRYWISE)
}
TUNED_NUMPY = replace(
    NUMPY,
    templates={**NUMPY.templates, **WRITING, **LIGHT},
    functions={**NUMPY.functions, **ENTRIES, "sigmoid_slope_times": T("sigmoid_slope(<0>, <a1>)")},
    helpers={**NUMPY.helpers, **HELPERS},
)
TUNED_JAX = replace(
    JAX,
    templates={
        **JAX.templates,
        "gram": T("gram(<0>)"),
        "turned_times": T("jax.lax.optimization_barrier(<0^5>.T) @ <1^3>", 2),
    },
    helpers={
        **JAX.helpers,
        "gram": '''def gram(A):
    """A.T @ A, the transpose laid out first."""
    T = jax.lax.optimization_barrier(A.T)
    return T @ T.T
''',
    },
)
