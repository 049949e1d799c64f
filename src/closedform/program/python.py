"""What NumPy, JAX and PyTorch write alike: templates of operations, texts of helpers."""

from __future__ import annotations

import builtins

from closedform.program.spell import Template, infix

T = Template
NAMES = frozenset(dir(builtins)) | {"np", "jnp", "jax", "torch", "scipy", "math"}


def common(xp: str) -> dict[str, Template]:
    """What reads the same in all three but for the name of the library."""
    return {
        **infix(),
        "pow": T("<0^5> ** <1^5>", 4),
        "pi": T("math.pi"),
        "matmul": T("<0^2> @ <1^3>", 2),
        "outer": T(f"{xp}.outer(<0>, <1>)"),
        "plus_rows": T("<0^1> + <1^5>[:, None]", 1),
        "plus_cols": T("<0^1> + <1^2>", 1),
        "less_rows": T("<0^1> - <1^5>[:, None]", 1),
        "less_cols": T("<0^1> - <1^2>", 1),
        "rows": T("<0^5>[:, None] * <1^3>", 2),
        "cols": T("<0^2> * <1^3>", 2),
        "T": T("<0^5>.T"),
        "gram": T("<0^5>.T @ <0^3>", 2),
        "diag": T(f"{xp}.diag(<0>)"),
        "diagonal": T(f"{xp}.diagonal(<0>)"),
        "trace": T(f"{xp}.trace(<0>)"),
        "inner": T(f"{xp}.sum(<0^2> * <1^3>)"),
        "row_inner": T(f'{xp}.einsum("ij,ij->i", <0>, <1>)'),
        "matrix_power": T(f"{xp}.linalg.matrix_power(<0>, <a0>)"),
        "power": T("matrix_power(<0>, <1>)"),
        "solve": T(f"{xp}.linalg.solve(<0>, <1>)"),
        "solve_t": T(f"{xp}.linalg.solve(<0^5>.T, <1>)"),
        "inverse": T(f"{xp}.linalg.inv(<0>)"),
        "kron_times": T("kron_times(<0>, <1>, <2>)"),
        "khatri": T("khatri(<0>, <1>)"),
        "colsum": T("<0^5>.sum(0)"),
        "rowsum": T("<0^5>.sum(1)"),
    }


def common_functions(xp: str) -> dict[str, Template]:
    """Functions of the table likewise; those of one number besides, which is what the vector of length one is."""
    return {
        **{f"{name}:0": T("<0>", 0) for name in SAME_NUMBER},
        **{f"{name}:0": T(f"{xp}.abs(<0>)") for name in ["norm1", "norm2", "normF", "norm_inf", "norm_op", "norm_nuc"]},
        "vec:1": T("<0>", 0),
        "unvec=1": T("<0>", 0),
        "norm_nuc:1": T(f"{xp}.linalg.norm(<0>)"),
        "polar:1": T(f"<0^2> / {xp}.linalg.norm(<0>)", 2),
        "sum": T("<0^5>.sum()"),
        "mean": T("<0^5>.mean()"),
        "prod": T("<0^5>.prod()"),
        "maxentry": T("<0^5>.max()"),
        "minentry": T("<0^5>.min()"),
        "norm2": T(f"{xp}.linalg.norm(<0>)"),
        "normF": T(f"{xp}.linalg.norm(<0>)"),
        "norm_op": T(f"{xp}.linalg.norm(<0>, 2)"),
        "norm_nuc": T(f'{xp}.linalg.norm(<0>, "nuc")'),
        "sub": T("<0^5>[<span>]"),
        "block": T("block(<blocks>)"),
        "block=1": T(f"{xp}.hstack([<all>])"),
        "block=0": T("<0>", 0),
        "huber": T("huber(<0>, <1>)"),
        "run.expm1": T(f"{xp}.expm1(<0>)"),
        "run.log1p": T(f"{xp}.log1p(<0>)"),
        "run.log1mexp": T("log1mexp(<0>)"),
        "run.log_cosh": T("log_cosh(<0>)"),
        **{name: T(f"{helper}(<0>)") for name, helper in ONE_ARGUMENT.items()},
        "lambda_max": T(f"{xp}.linalg.eigvalsh(symmetric(<0>))[-1]"),
        "lambda_min": T(f"{xp}.linalg.eigvalsh(symmetric(<0>))[0]"),
        "eigvals": T(f"{xp}.linalg.eigvalsh(symmetric(<0>))"),
        "eigvec_max": T("eigenvectors(<0>)[:, -1]"),
        "eigvec_min": T("eigenvectors(<0>)[:, 0]"),
        "leftvec_max": T("top_singular(<0>)[0]"),
        "rightvec_max": T("top_singular(<0>)[1]"),
        "chol": T(f"{xp}.linalg.cholesky(symmetric(<0>))"),
        "tril_half": T(f"{xp}.tril(<0>) - {xp}.diag({xp}.diagonal(<0>)) / 2", 1),
        "logm_frechet": T("logm_frechet(<0>, <1>)"),
        "lyap": T("lyap(<0>, <1>)"),
        "comm": T("commutation(<a1>, <a2>)"),
        "kron=2": T(f"{xp}.kron(<two0>, <two1>)"),
        "kron=1": T(f"{xp}.kron(<0>, <1>)"),
        "kron=0": T("<0^2> * <1^3>", 2),
        **{f"{side}=2": T(f"{side}(<two0>, <two1>)") for side in ("kron_left", "kron_right")},
        **{f"{side}=1": T(f"{side}(<two0>, <two1>).reshape(-1)") for side in ("kron_left", "kron_right")},
        **{f"{side}=0": T(f"{side}(<two0>, <two1>).sum()") for side in ("kron_left", "kron_right")},
    }


SAME_NUMBER = [
    "sum", "mean", "prod", "maxentry", "minentry", "logsumexp", "vec", "unvec", "cumsum", "revcumsum", "triu", "tril",
    "det", "trace", "lambda_max", "lambda_min", "eigvals",
]  # fmt: skip
"""Functions of which a number is the value at itself."""
ONE_ARGUMENT = {
    "logdet": "logdet", "adj": "adjugate", "polar": "polar_factor", "eigvecs": "eigenvectors", "logm": "logm",
    "sqrtm": "sqrtm", "inv_gaps": "inverse_gaps", "prod_others": "other_products", "prod_pairs": "pair_products",
    "pinv": "pinv",
}  # fmt: skip
"""Functions that every one of the three computes with a helper."""


def named(xp: str, names: str) -> dict[str, Template]:
    """Functions under their own names, or under ``ours=theirs``."""
    return {ours: T(f"{xp}.{theirs}(<0>)") for ours, theirs in _pairs(names)}


def two(xp: str, names: str) -> dict[str, Template]:
    return {ours: T(f"{xp}.{theirs}(<0>, <1>)") for ours, theirs in _pairs(names)}


def _pairs(names: str) -> list[list[str]]:
    return [(n.split("=") * 2)[:2] for n in names.split()]


def helpers(xp: str) -> dict[str, str]:
    """The shared helpers, for one library."""
    return {name: text.replace("xp.", f"{xp}.") for name, text in HELPERS.items()}


HELPERS = {
    "matrix_power": '''def matrix_power(M, k):
    """M to a power that is a whole number."""
    if k != int(k):
        raise ValueError(f"a matrix is raised to {k}, which is no whole number")
    return xp.linalg.matrix_power(M, int(k))
''',
    "kron_times": '''def kron_times(A, B, v):
    """kron(A, B) @ v of one column without the Kronecker product."""
    V = v.reshape(A.shape[1], B.shape[1])
    return (A @ V @ B.T).reshape(-1, *v.shape[1:])
''',
    "khatri": '''def khatri(A, B):
    """Row by row the Kronecker product of two matrices."""
    return (A.T[:, None, :] * B.T[None, :, :]).reshape(A.shape[1] * B.shape[1], len(A)).T
''',
    "huber": '''def huber(x, delta):
    size = abs(x)
    return xp.where(size <= delta, x * x / 2, delta * (size - delta / 2))
''',
    "log1mexp": '''def log1mexp(z):
    """log(1 - exp(z)) of negative z."""
    return xp.where(z > -0.6931471805599453, xp.log(-xp.expm1(z)), xp.log1p(-xp.exp(z)))
''',
    "log_cosh": '''def log_cosh(z):
    size = abs(z)
    near = xp.log1p(2 * xp.sinh(xp.where(size < 1, z, 0 * size) / 2) ** 2)
    return xp.where(size < 1, near, size + xp.log1p(xp.expm1(-2 * size) / 2))
''',
    "symmetric": '''def symmetric(S):
    """S, which is symmetric; NaN throughout where it is not."""
    near = abs(S - S.T).max() <= xp.finfo(S.dtype).eps ** 0.5 * abs(S).max()
    return xp.where(near, (S + S.T) / 2, xp.nan)
''',
    "top_singular": '''def top_singular(M):
    """Unit u and v with M v = s u for the largest s, the largest entry of u positive."""
    U, _, Vt = xp.linalg.svd(M, full_matrices=False)
    sign = xp.sign(xp.take_along_axis(U[:, 0], abs(U[:, 0]).argmax()[None], 0))
    return sign * U[:, 0], sign * Vt[0]
''',
    "polar_factor": '''def polar_factor(M):
    U, _, Vt = xp.linalg.svd(M, full_matrices=False)
    return U @ Vt
''',
    "logm_frechet": '''def logm_frechet(M, E):
    """The derivative of the logarithm at M along E."""
    n = len(M)
    return logm(xp.vstack([xp.hstack([M, E]), xp.hstack([0 * M, M])]))[:n, n:]
''',
    "kron_left": '''def kron_left(G, B):
    """Entry i, j: the inner product of B with block i, j of G."""
    (p, q), (m, n) = B.shape, G.shape
    return xp.einsum("ipjq,pq->ij", G.reshape(m // p, p, n // q, q), B)
''',
    "kron_right": '''def kron_right(G, A):
    """The sum of A[i, j] times block i, j of G."""
    (m, n), (p, q) = A.shape, G.shape
    return xp.einsum("ipjq,ij->pq", G.reshape(m, p // m, n, q // n), A)
''',
    "lyap": '''def lyap(A, Q):
    """X with A X + X A = Q."""
    n, I = len(A), xp.eye(len(A), dtype=A.dtype)
    M = xp.kron(I, A) + xp.kron(A.T, I)
    return xp.linalg.solve(M, Q.T.reshape(-1)).reshape(n, n).T
''',
    "inverse_gaps": '''def inverse_gaps(w):
    """Entry i, j: 1 / (w[j] - w[i]), 0 on the diagonal."""
    I = xp.eye(len(w), dtype=w.dtype)
    return 1 / (w[None, :] - w[:, None] + I) - I
''',
    "other_products": '''def other_products(x):
    """Entry i: the product of all but x[i]."""
    one = xp.ones_like(x[:1])
    before = xp.cumprod(xp.concatenate((one, x[:-1])), 0)
    after = xp.cumprod(xp.concatenate((one, xp.flip(x, (0,))[:-1])), 0)
    return before * xp.flip(after, (0,))
''',
    "pair_products": '''def pair_products(x):
    """Entry i, j: the product of all but x[i] and x[j], 0 on the diagonal."""
    same = xp.eye(len(x)) == 1
    return xp.where(same, 0.0, xp.where(same[:, None, :] | same[None, :, :], 1.0, x).prod(2))
''',
    "commutation": '''def commutation(m, n, **like):
    """K with K vec(X) = vec(X.T) for m×n matrices X."""
    return xp.eye(m * n, **like)[xp.arange(m * n).reshape(n, m).T.reshape(-1)]
''',
    "adjugate": '''def adjugate(M):
    U, s, Vt = xp.linalg.svd(M)
    return xp.linalg.det(U) * xp.linalg.det(Vt) * (Vt.T * other_products(s)) @ U.T
''',
    "sqrtm": '''def sqrtm(M, steps=14):
    """The principal square root by Newton's iteration (Denman and Beavers); NaN throughout where it fails."""
    I = xp.eye(len(M), dtype=M.dtype)
    X, Y = M, M
    for k in range(steps):
        sign, log = xp.linalg.slogdet(X)
        c = xp.exp(-log / (2 * len(M))) if k < 6 else 1.0
        back = xp.linalg.inv(X)
        Y = c * Y @ (I + back / c**2) / 2
        X = (2 * I + c**2 * X + back / c**2) / 4
    bad = abs(Y @ Y - M).max() > 1e3 * len(M) * xp.finfo(M.dtype).eps * abs(M).max()
    return xp.where(bad, xp.nan, Y)
''',
    "logm": '''def logm(M, roots=8):
    """The principal logarithm: of a root near the identity by a quadrature (Padé), then undone."""
    size = abs(M).max()
    root = M / size
    for _ in range(roots):
        root = sqrtm(root)
    I = xp.eye(len(M), dtype=M.dtype)
    nodes = [
        (0.03376524289842403, 0.08566224618958514), (0.16939530676686776, 0.18038078652406936),
        (0.38069040695840156, 0.23395696728634552), (0.6193095930415985, 0.23395696728634552),
        (0.8306046932331322, 0.18038078652406936), (0.9662347571015759, 0.08566224618958514),
    ]
    total = 0 * M
    for t, weight in nodes:
        total = total + weight * xp.linalg.solve(I + t * (root - I), root - I)
    return 2**roots * total + xp.log(size) * I
''',
}  # fmt: skip
"""What is written alike in the libraries; ``xp`` stands for the library."""
