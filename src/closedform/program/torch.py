"""The operations in PyTorch: for autograd and ``torch.func``; new arrays have the first argument's dtype and device."""

from __future__ import annotations

from closedform.program.python import NAMES, T, common, common_functions, helpers, named, two
from closedform.program.spell import Backend

TEXTS = {
    "kron": '''def kron(A, B):
    """torch.kron of two matrices, which fails on transposed ones."""
    K = A[:, None, :, None] * B[None, :, None, :]
    return K.reshape(len(A) * len(B), A.shape[1] * B.shape[1])
''',
    "top_singular": '''def top_singular(M):
    """Unit u and v with M v = s u for the largest s, the largest entry of u positive."""
    U, _, Vt = torch.linalg.svd(M, full_matrices=False)
    sign = torch.sign(torch.take_along_dim(U[:, 0], abs(U[:, 0]).argmax()[None], 0))
    return sign * U[:, 0], sign * Vt[0]
''',
    "lyap": '''def lyap(A, Q):
    """X with A X + X A = Q."""
    n, I = len(A), torch.eye(len(A), dtype=A.dtype, device=A.device)
    M = torch.kron(I, A) + torch.kron(A.T.contiguous(), I)
    return torch.linalg.solve(M, Q.T.reshape(-1)).reshape(n, n).T
''',
    "unit": '''def unit(i, n, **like):
    """The unit vector of length n with its 1 at i, counted from 1."""
    if not 1 <= i <= n:
        raise IndexError(f"index {i} is not in 1..{n}")
    return torch.eye(n, **like)[int(i) - 1]
''',
    "step": '''def step(x):
    return torch.where(torch.isnan(x), x, (x > 0).to(x.dtype))
''',
    "softplus": '''def softplus(x):
    return torch.logaddexp(x, torch.zeros_like(x))
''',
    "pinv": '''def pinv(M):
    return torch.linalg.pinv(M, rtol=32 * max(M.shape) * torch.finfo(M.dtype).eps)
''',
    "logdet": '''def logdet(M):
    sign, log = torch.linalg.slogdet(M)
    return torch.where(sign > 0, log, torch.nan)
''',
    "lu_solve": '''def lu_solve(F, b, transposed=False):
    if b.ndim > 1:
        return torch.linalg.lu_solve(*F, b, adjoint=transposed)
    return torch.linalg.lu_solve(*F, b[:, None], adjoint=transposed)[:, 0]
''',
    "cho_solve": '''def cho_solve(L, b):
    return torch.cholesky_solve(b, L) if b.ndim > 1 else torch.cholesky_solve(b[:, None], L)[:, 0]
''',
    "lu_det": '''def lu_det(F):
    LU, pivots = F
    swaps = (pivots != torch.arange(1, len(pivots) + 1, device=pivots.device)).sum()
    return torch.prod(torch.diagonal(LU)) * (1 - 2 * (swaps % 2))
''',
    "lu_logdet": '''def lu_logdet(F):
    LU, pivots = F
    d = torch.diagonal(LU)
    odd = ((pivots != torch.arange(1, len(d) + 1, device=d.device)).sum() + (d < 0).sum()) % 2
    return torch.where(odd == 1, torch.nan, torch.log(torch.abs(d)).sum())
''',
    "block": '''def block(rows):
    return torch.vstack([torch.hstack(row) for row in rows])
''',
    "expm_frechet": '''def expm_frechet(A, E):
    """The derivative of the matrix exponential at A along E."""
    n = len(A)
    return torch.linalg.matrix_exp(block([[A, E], [0 * A, A]]))[:n, n:]
''',
    "eigenvectors": '''def eigenvectors(S):
    """Unit columns, the largest entry of each positive."""
    V = torch.linalg.eigh(symmetric(S))[1]
    return V * torch.sign(torch.take_along_dim(V, abs(V).argmax(0)[None], 0))
''',
    "commutation": '''def commutation(m, n, **like):
    """K with K vec(X) = vec(X.T) for m×n matrices X."""
    return torch.eye(m * n, **like)[torch.arange(m * n).reshape(n, m).T.reshape(-1)]
''',
}  # fmt: skip


def _placed(text: str) -> str:
    """A shared helper, its identity matrices on the device of its argument."""
    for name in "Mwx":
        text = text.replace(f"torch.eye(len({name}))", f"torch.eye(len({name}), device={name}.device)")
        text = text.replace(f"dtype={name}.dtype)", f"dtype={name}.dtype, device={name}.device)")
    return text


HELPERS = {**{name: _placed(text) for name, text in helpers("torch").items()}, **TEXTS}
SAME = "exp log sqrt sin cos tan asin acos atan sinh cosh tanh abs sign triu tril sigmoid relu erf"
EYE = "torch.eye(<r>, <like>)"
TORCH = Backend(
    "PyTorch",
    {
        **common("torch"),
        "eye": T(EYE),
        "ones": T("torch.ones(<r>, <c>, <like>)"),
        "ones=1": T("torch.ones(<n>, <like>)"),
        "ones=0": T("1.0"),
        "zeros": T("torch.zeros(<r>, <c>, <like>)"),
        "zeros=1": T("torch.zeros(<n>, <like>)"),
        "zeros=0": T("torch.zeros((), <like>)"),
        "unit": T("unit(<0>, <n>, <like>)"),
        "T": T("<0^5>.mT"),
        "gram": T("<0^5>.mT @ <0^3>", 2),
        "inner": T("(<0^2> * <1^3>).sum()"),
        "row_inner": T("(<0^2> * <1^3>).sum(1)"),
        "solve_t": T("torch.linalg.solve(<0^5>.mT, <1>)"),
        "add_diag:21": T("<0^1> + torch.diag(<1>)", 1),
        "diag:0": T(f"<0^2> * {EYE}", 2),
        "add_diag:20": T(f"<0^1> + <1^2> * {EYE}", 1),
        "lu": T("torch.linalg.lu_factor(<0>)"),
        "solve_lu": T("lu_solve(<0>, <1>)"),
        "solve_lu_t": T("lu_solve(<0>, <1>, transposed=True)"),
        "inv": T(f"torch.linalg.lu_solve(*<0^5>, {EYE})"),
        "chol": T("torch.linalg.cholesky(<0>)"),
        "solve_chol": T("cho_solve(<0>, <1>)"),
        "inv_chol": T("torch.cholesky_inverse(<0>)"),
        "inverse_spd": T("torch.cholesky_inverse(torch.linalg.cholesky(<0>))"),
        "det_chol": T("torch.prod(torch.diagonal(<0>)) ** 2", 4),
        "logdet_chol": T("2 * torch.log(torch.diagonal(<0>)).sum()", 2),
        "det_lu": T("lu_det(<0>)"),
        "logdet_lu": T("lu_logdet(<0>)"),
    },
    {
        **common_functions("torch"),
        **named("torch", SAME),
        **named("torch.special", "normcdf=ndtr loggamma=gammaln digamma run.log_normcdf=log_ndtr"),
        **two("torch", "max2=maximum min2=minimum"),
        "trigamma": T("torch.special.zeta(2, <0>)"),
        "polygamma": T("torch.special.polygamma(int(<0>), <1>)"),
        "gamma": T("torch.exp(torch.special.gammaln(<0>))"),
        "normpdf": T("torch.exp(-<0^5> * <0^5> / 2) / math.sqrt(2 * math.pi)", 2),
        "softplus": T("softplus(<0>)"),
        "step": T("step(<0>)"),
        "clip": T("torch.minimum(torch.maximum(<0>, <1>), <2>)"),
        "argmax": T("torch.nn.functional.one_hot(<0^5>.argmax(), <n>).to(<0^5>.dtype)"),
        "argmin": T("torch.nn.functional.one_hot(<0^5>.argmin(), <n>).to(<0^5>.dtype)"),
        "softmax": T("torch.softmax(<0>, -1)"),
        "softmax_rows": T("torch.softmax(<0>, -1)"),
        "logsumexp": T("torch.logsumexp(<0>, -1)"),
        "logsumexp_rows": T("torch.logsumexp(<0>, -1)"),
        "norm1": T("<0^5>.abs().sum()"),
        "norm_inf": T("<0^5>.abs().max()"),
        "det": T("torch.linalg.det(<0>)"),
        "expm": T("torch.linalg.matrix_exp(<0>)"),
        "kron=2": T("kron(<two0>, <two1>)"),
        "expm_frechet": T("expm_frechet(<0>, <1>)"),
        "cumsum": T("torch.cumsum(<0>, 0)"),
        "revcumsum": T("torch.cumsum(<0^5>.flip(0), 0).flip(0)"),
        "cross": T("torch.linalg.cross(<0>, <1>)"),
        "vec": T("<0^5>.mT.reshape(-1)"),
        "unvec": T("<0^5>.reshape(<c>, <r>).mT"),
        "comm": T("commutation(<a1>, <a2>, <like>)"),
    },
    HELPERS,
    (("torch.", "import torch"), ("math.", "import math")),
    NAMES,
    number="a number, as a tensor",
    constant="torch.tensor({0}, {1})",
    copy="{}.clone()",
    answer="torch.tensor({0}, {1})",
    like="dtype={0}.dtype, device={0}.device",
    unlike="dtype=torch.float64",
    laid="summed",
    zeros="torch.zeros(({0}), {1})",
    masked="torch.where(torch.eye({0}, {3}).bool()[{1}], {2}, 0)",
    permuted="{0}.permute({1})",
    scalar_block="{}.reshape(1, 1)",
)  # fmt: skip
