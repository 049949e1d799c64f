"""What NumPy, PyTorch and JAX call the few things that the translator needs. Loaded by name, when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

Array = Any
SAME = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs", "sign", "maximum", "minimum", "kron")


class Library:
    """A framework: functions by the names used here, on 2-d arrays of float64."""

    sqrt: Callable[[Array], Array]
    exp: Callable[[Array], Array]
    log: Callable[[Array], Array]
    tanh: Callable[[Array], Array]
    abs: Callable[[Array], Array]
    sign: Callable[[Array], Array]
    erf: Callable[[Array], Array]
    maximum: Callable[[Array, Array], Array]
    minimum: Callable[[Array, Array], Array]
    kron: Callable[[Array, Array], Array]
    inv: Callable[[Array], Array]
    pinv: Callable[[Array], Array]
    expm: Callable[[Array], Array]
    cholesky: Callable[[Array], Array]

    def __init__(self, name: str) -> None:
        self.name = name
        {"numpy": self._numpy, "jax": self._jax, "torch": self._torch}[name]()

    def _numpy(self) -> None:
        np, special = import_module("numpy"), import_module("scipy.special")
        self._arrays(np, np)
        self.erf, self.expm = special.erf, import_module("scipy.linalg").expm
        self.lgamma, self.psi = special.gammaln, lambda k, x: special.polygamma(k, x)

    def _jax(self) -> None:
        jax = import_module("jax")
        jax.config.update("jax_enable_x64", True)
        np, special = import_module("jax.numpy"), import_module("jax.scipy.special")
        self._arrays(np, np)
        self.erf, self.expm = special.erf, import_module("jax.scipy.linalg").expm
        self.lgamma, self.psi = special.gammaln, lambda k, x: special.polygamma(k, x)
        self.fixed = jax.lax.stop_gradient

    def _arrays(self, np: Any, arc: Any) -> None:
        for name in SAME:
            setattr(self, name, getattr(np, name))
        self.asin, self.acos, self.atan = np.arcsin, np.arccos, np.arctan
        self.xp, self.linalg, self.fixed = np, np.linalg, lambda x: x
        self.inv, self.pinv, self.cholesky = np.linalg.inv, np.linalg.pinv, np.linalg.cholesky
        self.above = lambda parts: np.concatenate(parts, axis=0)
        self.beside = lambda parts: np.concatenate(parts, axis=1)

    def _torch(self) -> None:
        torch = import_module("torch")
        torch.set_num_threads(1)
        for name in (*SAME, "asin", "acos", "atan", "erf"):
            setattr(self, name, getattr(torch, name))
        self.xp, self.linalg, self.fixed = torch, torch.linalg, lambda x: x.detach()
        self.inv, self.pinv, self.cholesky = torch.linalg.inv, torch.linalg.pinv, torch.linalg.cholesky
        self.expm, self.lgamma = torch.linalg.matrix_exp, torch.lgamma
        self.psi = lambda k, x: torch.polygamma(k, x) if k else torch.digamma(x)
        self.above = lambda parts: torch.cat(parts, 0)
        self.beside = lambda parts: torch.cat(parts, 1)

    # -- arrays

    def array(self, values: Any) -> Array:
        if self.name == "torch":
            return self.xp.tensor(values, dtype=self.xp.float64)
        return self.xp.asarray(values, dtype=self.xp.float64)

    def full(self, rows: int, cols: int, value: float) -> Array:
        return self.xp.full((rows, cols), value, dtype=self.xp.float64)

    def eye(self, n: int) -> Array:
        return self.xp.eye(n, dtype=self.xp.float64)

    def constant(self, x: Array) -> Array:
        """A number that no derivative goes through."""
        return self.fixed(x)

    def detached(self, x: Array) -> float:
        return float(self.fixed(x).reshape(()))

    # -- functions that are called otherwise, or differ

    def polygamma(self, k: int, x: Array) -> Array:
        """The k-th derivative of digamma; of order -1 the logarithm of gamma."""
        return self.lgamma(x) if k < 0 else self.psi(k, x)

    def det(self, X: Array) -> Array:
        return self.linalg.det(X).reshape(1, 1)

    def eigh(self, S: Array) -> tuple[Array, Array]:
        w, V = self.linalg.eigh(S)
        return w.reshape(-1, 1), V

    def svd(self, X: Array) -> tuple[Array, Array]:
        U, _, Vt = self.linalg.svd(X, full_matrices=False)
        return U, Vt.T

    def largest(self, x: Array) -> Array:
        return self.xp.max(x).reshape(1, 1)

    def place_of_largest(self, x: Array) -> int:
        return int(self.xp.argmax(self.fixed(x)))

    def signs(self, V: Array) -> Array:
        """Of each column, the sign of its largest entry."""
        fixed = self.fixed(V)
        columns: Sequence[Array] = [fixed[:, k] for k in range(V.shape[1])]
        return self.array([[float(self.xp.sign(c[int(self.xp.argmax(self.xp.abs(c)))])) for c in columns]])


NUMPY = Library("numpy")
