"""The operations in JAX: pure, for ``jit``, ``vmap`` and ``grad``; new arrays have the dtype of the first argument."""

from __future__ import annotations

from closedform.program.python import NAMES, T, common, common_functions, helpers, named, two
from closedform.program.spell import Backend

SHARED = helpers("jnp")
HELPERS = {
    **SHARED,
    "unit": '''def unit(i, n, dtype):
    """The unit vector of length n with its 1 at i, counted from 1; NaN where there is no such place."""
    return jnp.where((i >= 1) & (i <= n), (jnp.arange(1, n + 1) == i).astype(dtype), jnp.nan)
''',
    "step": '''def step(x):
    return jnp.where(jnp.isnan(x), x, (x > 0).astype(jnp.result_type(x)))
''',
    "logdet": '''def logdet(M):
    sign, log = jnp.linalg.slogdet(M)
    return jnp.where(sign > 0, log, jnp.nan)
''',
    "lu_det": '''def lu_det(F):
    LU, swaps = F
    return jnp.prod(jnp.diagonal(LU)) * (-1.0) ** jnp.count_nonzero(swaps != jnp.arange(len(swaps)))
''',
    "lu_logdet": '''def lu_logdet(F):
    LU, swaps = F
    d = jnp.diagonal(LU)
    odd = (jnp.count_nonzero(swaps != jnp.arange(len(d))) + jnp.count_nonzero(d < 0)) % 2
    return jnp.where(odd, jnp.nan, jnp.log(jnp.abs(d)).sum())
''',
    "eigenvectors": '''def eigenvectors(S):
    """Unit columns, the largest entry of each positive."""
    V = jnp.linalg.eigh(symmetric(S))[1]
    return V * jnp.sign(jnp.take_along_axis(V, abs(V).argmax(0)[None], 0))
''',
    "sigmoid_slope": '''def sigmoid_slope(x):
    """sigmoid(x) * sigmoid(-x), with one exponential that cannot overflow."""
    e = jnp.exp(-jnp.abs(x))
    return e / ((1 + e) * (1 + e))
''',
    "kron_eye": '''def kron_eye(G, n):
    """kron(G, I) with I of size n."""
    K = jnp.where(jnp.eye(n, dtype=bool)[None, :, None, :], G[:, None, :, None], 0)
    return K.reshape(n * G.shape[0], n * G.shape[1])
''',
    "eye_kron": '''def eye_kron(n, G):
    """kron(I, G) with I of size n."""
    K = jnp.where(jnp.eye(n, dtype=bool)[:, None, :, None], G[None, :, None, :], 0)
    return K.reshape(n * G.shape[0], n * G.shape[1])
''',
    "pinv": '''def pinv(M):
    return jnp.linalg.pinv(M, rtol=32 * max(M.shape) * jnp.finfo(M.dtype).eps)
''',
}  # fmt: skip
SAME = "exp log sqrt sin cos tan asin=arcsin acos=arccos atan=arctan sinh cosh tanh abs sign triu tril cumsum"
EYE = "jnp.eye(<r>, <like>)"
CHOL = "jax.scipy.linalg.cho_factor(<0>, lower=True)"
JAX = Backend(
    "JAX",
    {
        **common("jnp"),
        "eye": T(EYE),
        "ones": T("jnp.ones((<r>, <c>), <like>)"),
        "ones=1": T("jnp.ones(<n>, <like>)"),
        "ones=0": T("1.0"),
        "zeros": T("jnp.zeros((<r>, <c>), <like>)"),
        "zeros=1": T("jnp.zeros(<n>, <like>)"),
        "zeros=0": T("jnp.zeros((), <like>)"),
        "unit": T("unit(<0>, <n>, <like>)"),
        "row_times": T("<0^3> @ <1^3>", 2),
        "inner": T("jnp.vdot(<0>, <1>)"),
        "add_diag:21": T("<0^1> + jnp.diag(<1>)", 1),
        "diag:0": T(f"<0^2> * {EYE}", 2),
        "add_diag:20": T(f"<0^1> + <1^2> * {EYE}", 1),
        "kron_eye": T("kron_eye(<0>, <a0>)"),
        "eye_kron": T("eye_kron(<a0>, <0>)"),
        "lu": T("jax.scipy.linalg.lu_factor(<0>)"),
        "solve_lu": T("jax.scipy.linalg.lu_solve(<0>, <1>)"),
        "solve_lu_t": T("jax.scipy.linalg.lu_solve(<0>, <1>, trans=1)"),
        "inv": T(f"jax.scipy.linalg.lu_solve(<0>, {EYE})"),
        "det_lu": T("lu_det(<0>)"),
        "logdet_lu": T("lu_logdet(<0>)"),
        "chol": T(CHOL),
        "solve_chol": T("jax.scipy.linalg.cho_solve(<0>, <1>)"),
        "inv_chol": T(f"jax.scipy.linalg.cho_solve(<0>, {EYE})"),
        "inverse_spd": T(f"jax.scipy.linalg.cho_solve({CHOL}, {EYE})"),
        "det_chol": T("jnp.prod(jnp.diagonal(<0^5>[0])) ** 2", 4),
        "logdet_chol": T("2 * jnp.log(jnp.diagonal(<0^5>[0])).sum()", 2),
    },
    {
        **common_functions("jnp"),
        **named("jnp", SAME),
        "sigmoid_slope": T("sigmoid_slope(<0>)"),
        **named("jax.nn", "sigmoid softplus relu softmax softmax_rows=softmax logsumexp"),
        **named("jax.scipy.special", "erf normcdf=ndtr gamma loggamma=gammaln digamma run.log_normcdf=log_ndtr"),
        **two("jnp", "max2=maximum min2=minimum cross"),
        "logsumexp_rows": T("jax.nn.logsumexp(<0>, axis=-1)"),
        "trigamma": T("jax.scipy.special.polygamma(1, <0>)"),
        "polygamma": T("jax.scipy.special.polygamma(jnp.asarray(<0>, int), <1>)"),
        "normpdf": T("jnp.exp(-<0^5> * <0^5> / 2) / jnp.sqrt(2 * math.pi)", 2),
        "step": T("step(<0>)"),
        "clip": T("jnp.minimum(jnp.maximum(<0>, <1>), <2>)"),
        "argmax": T("jax.nn.one_hot(jnp.argmax(<0>), <n>, <like>)"),
        "argmin": T("jax.nn.one_hot(jnp.argmin(<0>), <n>, <like>)"),
        "norm1": T("jnp.abs(<0>).sum()"),
        "norm_inf": T("jnp.abs(<0>).max()"),
        "det": T("jnp.linalg.det(<0>)"),
        "block": T("jnp.block(<blocks>)"),
        "expm": T("jax.scipy.linalg.expm(<0>)"),
        "expm_frechet": T("jax.scipy.linalg.expm_frechet(<0>, <1>, compute_expm=False)"),
        "revcumsum": T("jnp.cumsum(<0^5>[::-1])[::-1]"),
        "vec": T("<0^5>.T.reshape(-1)"),
        "unvec": T("<0^5>.reshape(<c>, <r>).T"),
        "comm": T("commutation(<a1>, <a2>, <like>)"),
    },
    HELPERS,
    (("jax.scipy.", "import jax.scipy"), ("jax.", "import jax"), ("jnp.", "import jax.numpy as jnp"),
     ("math.", "import math")),
    NAMES,
    answer="jnp.asarray({0}, {1})",
    like="dtype={0}.dtype",
    like_number="dtype=jnp.result_type({0})",
    unlike="dtype=float",
    laid="summed",
    zeros="jnp.zeros(({0}), {1})",
    masked="jnp.where(jnp.eye({0}, dtype=bool)[{1}], {2}, 0)",
)  # fmt: skip
