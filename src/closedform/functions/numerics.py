"""Values that need more than a line. ``xp`` is NumPy, with SciPy as ``xp.scipy``; nothing is imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Array = Any
IMAGINARY = 1e-9  # a matrix function with more imaginary part than this (relative) has left the real numbers
ASYMMETRY = 1e-8


def log_determinant(xp: Any, X: Array) -> Array:
    sign, log = xp.linalg.slogdet(X)
    return xp.where(sign > 0, log, xp.nan).reshape(1, 1)


def adjugate(xp: Any, X: Array) -> Array:
    """By singular values, so that it is right at singular matrices too."""
    U, s, Vt = xp.linalg.svd(X)
    others = xp.prod(xp.where(xp.eye(len(s)) == 1, 1.0, s[None, :]), axis=1)
    return xp.linalg.det(U) * xp.linalg.det(Vt) * (Vt.T * others) @ U.T


def pseudo_inverse(xp: Any, X: Array) -> Array:
    """Singular values of the order of rounding of the largest count as zero."""
    return xp.linalg.pinv(X, rcond=32 * max(X.shape) * xp.finfo(float).eps)


def lyapunov(xp: Any, A: Array, Q: Array) -> Array:
    """A*X + X*A = Q as one linear system where that is small, which knows a singular equation."""
    n = A.shape[0]
    if n > 16:
        return xp.scipy.linalg.solve_sylvester(A, A, Q)
    M = xp.kron(xp.eye(n), A) + xp.kron(A.T, xp.eye(n))
    return xp.linalg.solve(M, Q.T.reshape(-1)).reshape(n, n).T


def real(xp: Any, X: Array) -> Array:
    """The real part of a matrix that is real but for rounding; NaN throughout where it is not."""
    if not xp.iscomplexobj(X):
        return X
    small = xp.max(xp.abs(X.imag)) <= IMAGINARY * (1 + xp.max(xp.abs(X)))
    return xp.where(small, X.real, xp.nan)


def principal(xp: Any, f: Any, X: Array) -> Array:
    """The real matrix f(X); NaN throughout where an eigenvalue is negative, or 0 but for rounding."""
    values = xp.linalg.eigvals(X)
    bound = X.shape[0] * xp.finfo(float).eps * xp.max(xp.abs(values))
    if ((values.real <= bound) & (xp.abs(values.imag) <= bound)).any():
        return xp.full(X.shape, xp.nan)
    return real(xp, f(X))


def logarithm(xp: Any, X: Array) -> Array:
    """The matrix is brought to size 1 first, so that small is not taken for singular."""
    size = xp.max(xp.abs(X))
    if not size > 0:
        return xp.full(X.shape, xp.nan)
    return principal(xp, xp.scipy.linalg.logm, X / size) + xp.log(size) * xp.eye(X.shape[0])


def logarithm_frechet(xp: Any, X: Array, E: Array) -> Array:
    """The corner of the logarithm of [X, E; 0, X]."""
    n = X.shape[0]
    both = xp.block([[X, E], [xp.zeros_like(X), X]])
    return logarithm(xp, both)[:n, n:]


def symmetric(xp: Any, S: Array) -> Array:
    """S where it is symmetric, NaN throughout where it is not: the routines below read one triangle."""
    good = xp.max(xp.abs(S - S.T)) <= ASYMMETRY * xp.max(xp.abs(S))
    return xp.where(good, (S + S.T) / 2, xp.nan)


def eigenvalues(xp: Any, S: Array) -> Array:
    S = symmetric(xp, S)
    if xp.isnan(S).any():
        return xp.full((S.shape[0], 1), xp.nan)
    return xp.linalg.eigvalsh(S)[:, None]


def eigenvectors(xp: Any, S: Array) -> Array:
    """Unit eigenvectors in ascending order of eigenvalue; the largest entry of each is positive."""
    S = symmetric(xp, S)
    if xp.isnan(S).any():
        return xp.full(S.shape, xp.nan)
    V = xp.linalg.eigh(S)[1]
    return V * _signs(xp, V)


def top_singular_vectors(xp: Any, X: Array) -> tuple[Array, Array]:
    """Unit u and v with X*v = s*u for the largest s; the largest entry of u is positive."""
    U, _, Vt = xp.linalg.svd(X, full_matrices=False)
    u, v = U[:, :1], Vt[:1].T
    sign = _signs(xp, u)
    return u * sign, v * sign


def _signs(xp: Any, V: Array) -> Array:
    return xp.sign(xp.take_along_axis(V, xp.argmax(xp.abs(V), axis=0)[None, :], axis=0))


def polar_factor(xp: Any, X: Array) -> Array:
    U, _, Vt = xp.linalg.svd(X, full_matrices=False)
    return U @ Vt


def inverse_gaps(xp: Any, w: Array) -> Array:
    gaps = w.T - w + xp.eye(w.shape[0])
    return 1 / gaps - xp.eye(w.shape[0])


def other_products(xp: Any, x: Array) -> Array:
    return xp.prod(xp.where(xp.eye(x.shape[0]) == 1, 1, x.T), axis=1, keepdims=True)


def pair_products(xp: Any, x: Array) -> Array:
    same = xp.eye(x.shape[0]) == 1
    left_out = same[:, None, :] | same[None, :, :]
    return xp.where(same, 0, xp.prod(xp.where(left_out, 1, x[:, 0]), axis=2))


def commutation(xp: Any, m: int, n: int) -> Array:
    """K with K*vec(X) = vec(X') for m×n matrices X."""
    return xp.eye(m * n)[xp.arange(m * n).reshape(n, m).T.reshape(-1)]


def kron_left_value(xp: Any, G: Array, B: Array) -> Array:
    p, q = B.shape
    parts = G.reshape(G.shape[0] // p, p, G.shape[1] // q, q)
    return xp.einsum("ipjq,pq->ij", parts, B)


def kron_right_value(xp: Any, G: Array, A: Array) -> Array:
    m, n = A.shape
    parts = G.reshape(m, G.shape[0] // m, n, G.shape[1] // n)
    return xp.einsum("ipjq,ij->pq", parts, A)


def blocks(xp: Any, parts: Sequence[Array], lengths: Sequence[int]) -> Array:
    rest = iter(parts)
    return xp.block([[next(rest) for _ in range(length)] for length in lengths])
