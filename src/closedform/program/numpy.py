"""The operations in NumPy and SciPy."""

from __future__ import annotations

from closedform.program.python import NAMES, T, common, common_functions, helpers, named, two
from closedform.program.spell import Backend

HELPERS = {
    **helpers("np"),
    "add_to_diagonal": '''def add_to_diagonal(M, d):
    """M + diag(d), in place: M is a fresh array."""
    M.flat[:: M.shape[1] + 1] += d
    return M
''',
    "kron": '''def kron(A, B):
    """np.kron of two matrices, with less overhead."""
    K = A[:, None, :, None] * B[None, :, None, :]
    return K.reshape(len(A) * len(B), A.shape[1] * B.shape[1])
''',
    "kron_eye": '''def kron_eye(G, n):
    """kron(G, I) with I of size n."""
    p, q = G.shape
    K = np.zeros((p, n, q, n), G.dtype)
    i = np.arange(n)
    K[:, i, :, i] = G
    return K.reshape(p * n, q * n)
''',
    "eye_kron": '''def eye_kron(n, G):
    """kron(I, G) with I of size n."""
    p, q = G.shape
    K = np.zeros((n, p, n, q), G.dtype)
    i = np.arange(n)
    K[i, :, i, :] = G
    return K.reshape(n * p, n * q)
''',
    "sigmoid_slope": '''def sigmoid_slope(x):
    """sigmoid(x) * sigmoid(-x), with one exponential that cannot overflow."""
    e = np.exp(-np.abs(x))
    d = 1 + e
    return e / (d * d)
''',
    "softmax": '''def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)
''',
    "logsumexp": '''def logsumexp(x, axis=-1):
    top = x.max(axis, keepdims=True)
    return np.log(np.exp(x - top).sum(axis)) + top.squeeze(axis)
''',
    "lu": '''def lu(M):
    """The LU factorisation of a regular matrix."""
    (getrf,) = scipy.linalg.get_lapack_funcs(("getrf",), (M,))
    LU, swaps, info = getrf(M)
    if info:
        raise np.linalg.LinAlgError("Singular matrix")
    return LU, swaps
''',
    "lu_det": '''def lu_det(F):
    LU, swaps = F
    return np.prod(np.diagonal(LU)) * (-1.0) ** np.count_nonzero(swaps != np.arange(len(swaps)))
''',
    "lu_logdet": '''def lu_logdet(F):
    LU, swaps = F
    d = np.diagonal(LU)
    odd = (np.count_nonzero(swaps != np.arange(len(d))) + np.count_nonzero(d < 0)) % 2
    return np.nan if odd else np.log(np.abs(d)).sum()
''',
    "logdet": '''def logdet(M):
    sign, log = np.linalg.slogdet(M)
    return log if sign > 0 else np.nan
''',
    "inverse_spd": '''def inverse_spd(M):
    """The inverse of a positive definite matrix, by Cholesky. LAPACK reads M.T = M without copying it around."""
    lapack = scipy.linalg.lapack
    single = M.dtype == np.float32
    R, info = lapack.spotrf(M.T) if single else lapack.dpotrf(M.T)
    if info:
        raise np.linalg.LinAlgError("the matrix is not positive definite")
    X = lapack.spotri(R)[0] if single else lapack.dpotri(R)[0]
    X = X + X.T
    X.flat[:: len(X) + 1] /= 2
    return X
''',
    "chol_inverse": '''def chol_inverse(F):
    """The inverse, from a Cholesky factorisation."""
    (potri,) = scipy.linalg.get_lapack_funcs(("potri",), (F[0],))
    X = np.tril(potri(F[0], lower=1)[0])
    return X + np.tril(X, -1).T
''',
    "symmetric": '''def symmetric(S):
    if abs(S - S.T).max() > np.finfo(S.dtype).eps ** 0.5 * abs(S).max():
        raise ValueError("a symmetric matrix is wanted")
    return (S + S.T) / 2
''',
    "eigenvectors": '''def eigenvectors(S):
    """Unit columns, the largest entry of each positive."""
    V = np.linalg.eigh(symmetric(S))[1]
    return V * np.sign(np.take_along_axis(V, abs(V).argmax(0)[None], 0))
''',
    "top_singular": '''def top_singular(M):
    """Unit u and v with M v = s u for the largest s, the largest entry of u positive."""
    U, _, Vt = np.linalg.svd(M, full_matrices=False)
    sign = np.sign(U[abs(U[:, 0]).argmax(), 0])
    return sign * U[:, 0], sign * Vt[0]
''',
    "unit": '''def unit(i, n):
    """The unit vector of length n with its 1 at i, counted from 1."""
    if not 1 <= i <= n:
        raise IndexError(f"index {i} is not in 1..{n}")
    e = np.zeros(n)
    e[int(i) - 1] = 1.0
    return e
''',
    "one_hot_max": '''def one_hot_max(x):
    return (np.arange(len(x)) == np.argmax(x)) * 1.0
''',
    "real": '''def real(M):
    if np.iscomplexobj(M) and abs(M.imag).max() > 1e-9 * (1 + abs(M).max()):
        raise ValueError("this function of the matrix is not real")
    return np.real(M)
''',
    "principal": '''def principal(M):
    """Whether no eigenvalue is negative, or 0 but for rounding: then the logarithm and the root are defined."""
    w = np.linalg.eigvals(M)
    bound = len(M) * np.finfo(w.real.dtype).eps * abs(w).max()
    return not ((w.real <= bound) & (abs(w.imag) <= bound)).any()
''',
    "of_symmetric": '''def of_symmetric(function, S):
    w, V = np.linalg.eigh(S)
    if w[0] <= len(S) * np.finfo(w.dtype).eps * abs(w).max():
        return np.full(S.shape, np.nan)
    return (V * function(w)) @ V.T
''',
    "logm": '''def logm(M):
    if (M == M.T).all():
        return of_symmetric(np.log, M)
    if not principal(M):
        return np.full(M.shape, np.nan)
    size = abs(M).max()
    return real(scipy.linalg.logm(M / size)) + np.log(size) * np.eye(len(M))
''',
    "sqrtm": '''def sqrtm(M):
    if (M == M.T).all():
        return of_symmetric(np.sqrt, M)
    return real(scipy.linalg.sqrtm(M)) if principal(M) else np.full(M.shape, np.nan)
''',
    "pinv": '''def pinv(M):
    return np.linalg.pinv(M, 32 * max(M.shape) * np.finfo(M.dtype).eps)
''',
    "block": '''def block(rows):
    return np.block(rows)
''',
    "lyap": '''def lyap(A, Q):
    """X with A X + X A = Q."""
    return scipy.linalg.solve_sylvester(A, A, Q)
''',
}  # fmt: skip
SAME = "exp log sqrt sin cos tan asin=arcsin acos=arccos atan=arctan sinh cosh tanh abs sign triu tril cumsum"
NUMPY = Backend(
    "NumPy",
    {
        **common("np"),
        "pow=0": T("np.power(<0>, <1>)"),
        "eye": T("np.eye(<r>)"),
        "ones": T("np.ones((<r>, <c>))"),
        "ones=1": T("np.ones(<n>)"),
        "ones=0": T("1.0"),
        "zeros": T("np.zeros((<r>, <c>))"),
        "zeros=1": T("np.zeros(<n>)"),
        "zeros=0": T("0.0"),
        "unit": T("unit(<0>, <n>)"),
        "inner": T("np.vdot(<0>, <1>)"),
        "add_diag:21": T("<0^1> + np.diag(<1>)", 1),
        "diag:0": T("<0^2> * np.eye(<r>)", 2),
        "add_diag:20": T("<0^1> + <1^2> * np.eye(<r>)", 1),
        "add_diag_here": T("add_to_diagonal(<0>, <1>)"),
        "outers": T("np.stack([<0>, <1>], 1) @ np.stack([<2>, <3>])", 2),
        "kron_eye": T("kron_eye(<0>, <a0>)"),
        "eye_kron": T("eye_kron(<a0>, <0>)"),
        "lu": T("lu(<0>)"),
        "solve_lu": T("scipy.linalg.lu_solve(<0>, <1>)"),
        "solve_lu_t": T("scipy.linalg.lu_solve(<0>, <1>, trans=1)"),
        "inv": T("scipy.linalg.lu_solve(<0>, np.eye(<r>))"),
        "det_lu": T("lu_det(<0>)"),
        "logdet_lu": T("lu_logdet(<0>)"),
        "chol": T("scipy.linalg.cho_factor(<0>, lower=True)"),
        "solve_chol": T("scipy.linalg.cho_solve(<0>, <1>)"),
        "inv_chol": T("chol_inverse(<0>)"),
        "inverse_spd": T("inverse_spd(<0>)"),
        "det_chol": T("np.prod(np.diagonal(<0^5>[0])) ** 2", 4),
        "logdet_chol": T("2 * np.log(np.diagonal(<0^5>[0])).sum()", 2),
    },
    {
        **common_functions("np"),
        "kron=2": T("kron(<two0>, <two1>)"),
        **named("np", SAME),
        **named("scipy.special", "sigmoid=expit erf normcdf=ndtr gamma loggamma=gammaln digamma"),
        **named("scipy.special", "run.log_normcdf=log_ndtr"),
        **two("np", "max2=maximum min2=minimum cross"),
        "trigamma": T("scipy.special.polygamma(1, <0>)"),
        "polygamma": T("scipy.special.polygamma(<0>, <1>)"),
        "normpdf": T("np.exp(-<0^5> * <0^5> / 2) / np.sqrt(2 * math.pi)", 2),
        "sigmoid_slope": T("sigmoid_slope(<0>)"),
        "softplus": T("np.logaddexp(0, <0>)"),
        "relu": T("np.maximum(<0>, 0)"),
        "step": T("np.heaviside(<0>, 0.0)"),
        "clip": T("np.minimum(np.maximum(<0>, <1>), <2>)"),
        "argmax": T("one_hot_max(<0>)"),
        "argmin": T("one_hot_max(-<0^3>)"),
        "softmax": T("softmax(<0>)"),
        "softmax_rows": T("softmax(<0>)"),
        "logsumexp": T("logsumexp(<0>)"),
        "logsumexp_rows": T("logsumexp(<0>)"),
        "norm1": T("np.abs(<0>).sum()"),
        "norm_inf": T("np.abs(<0>).max()"),
        "det": T("np.linalg.det(<0>)"),
        "block": T("np.block(<blocks>)"),
        "expm": T("scipy.linalg.expm(<0>)"),
        "expm_frechet": T("scipy.linalg.expm_frechet(<0>, <1>, compute_expm=False)"),
        "revcumsum": T("np.cumsum(<0^5>[::-1])[::-1]"),
        "vec": T("<0^5>.T.reshape(-1)"),
        "unvec": T("<0^5>.reshape(<c>, <r>).T"),
    },
    HELPERS,
    (("np.", "import numpy as np"), ("math.", "import math"), ("scipy.linalg.", "import scipy.linalg"),
     ("scipy.special.", "import scipy.special")),
    NAMES,
    copy="{}.copy()",
    laid="written",
)  # fmt: skip
