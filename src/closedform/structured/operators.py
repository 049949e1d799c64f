"""Operators whose products, solves, determinants and diagonals use their structure (Golub and Van Loan 2013, §2.1)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse.linalg

from closedform.errors import ValueProblem
from closedform.run.structural import LARGE, singular_to_rounding

Array = Any
ITERATIONS, TOLERANCE = 10, 1e-10


class Operator(scipy.sparse.linalg.LinearOperator, ABC):  # type: ignore[misc]
    """A square matrix that is not formed. ``@``, ``solve``, ``logdet``, ``diag`` and ``todense``."""

    def __init__(self, n: int) -> None:
        super().__init__(np.dtype(float), (n, n))

    def solve(self, b: Array) -> Array:
        """x with ``self @ x = b``, of a vector or of columns; ValueProblem where the matrix is singular."""
        b = numbers(b)
        if b.ndim not in (1, 2) or len(b) != self.shape[0]:
            raise ValueProblem(f"the right-hand side has shape {b.shape}; {self.shape[0]} rows are wanted")
        return self._solve(b)

    @abstractmethod
    def _solve(self, b: Array) -> Array:
        """What ``solve`` says of an array of the right shape."""

    @abstractmethod
    def logdet(self) -> float:
        """log of the determinant; ValueProblem unless that is positive."""

    @abstractmethod
    def diag(self) -> Array:
        """The diagonal."""

    def todense(self) -> Array:
        """The matrix as an array."""
        return self @ np.eye(self.shape[0])


def numbers(value: Any) -> Array:
    """What is given to an operator as an array; ValueProblem where its entries are no numbers."""
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        raise ValueProblem(f"an array of numbers is wanted; this has entries of {array.dtype}")
    return array


def positive(sign: float, log: float) -> float:
    if sign <= 0:
        raise ValueProblem("the determinant of this matrix is not positive: it has no logarithm")
    return float(log)


class Dense(Operator):
    """A matrix with no structure to use; it is factored once."""

    def __init__(self, matrix: Array) -> None:
        super().__init__(matrix.shape[0])
        self.matrix = matrix
        self._lu: tuple[Array, Array] | None = None

    def _matmat(self, X: Array) -> Array:
        return self.matrix @ X

    def _rmatmat(self, X: Array) -> Array:
        return self.matrix.T @ X

    def _matvec(self, x: Array) -> Array:
        return self.matrix @ x

    def _rmatvec(self, x: Array) -> Array:
        return self.matrix.T @ x

    def _solve(self, b: Array) -> Array:
        if self._lu is None:
            lu = scipy.linalg.lu_factor(self.matrix, check_finite=False)
            if not np.all(np.diagonal(lu[0])):
                raise ValueProblem("this matrix is singular")
            if len(lu[0]) <= LARGE and singular_to_rounding(self.matrix):
                raise ValueProblem("this matrix is singular to rounding")
            self._lu = lu
        return scipy.linalg.lu_solve(self._lu, b, check_finite=False)

    def logdet(self) -> float:
        return positive(*np.linalg.slogdet(self.matrix))

    def diag(self) -> Array:
        return np.diagonal(self.matrix).copy()

    def todense(self) -> Array:
        return self.matrix.copy()


class DenseMap(Dense):
    """A linear map of m×n matrices with no structure to use, as a matrix on vec (columns stacked)."""

    def __init__(self, shape: tuple[int, int], matrix: Array) -> None:
        super().__init__(matrix)
        self.matrices = shape

    def apply(self, X: Array) -> Array:
        """The value at a matrix, as a matrix."""
        return unstacked(self @ stacked(of_shape(X, self.matrices)), self.matrices)

    def solve_matrix(self, G: Array) -> Array:
        """X at which the value is G; ValueProblem where the map is singular."""
        return unstacked(self.solve(stacked(of_shape(G, self.matrices))), self.matrices)


def of_shape(X: Array, shape: tuple[int, int]) -> Array:
    """A matrix of numbers of this shape; ValueProblem where it is none."""
    X = numbers(X)
    if X.shape != shape:
        raise ValueProblem(f"the matrix has shape {X.shape}; {shape} is wanted")
    return X


def stacked(X: Array) -> Array:
    """vec(X): its columns, one below the other."""
    return X.T.reshape(-1)


def unstacked(x: Array, shape: tuple[int, int]) -> Array:
    """The matrix of this shape that vec makes ``x`` of."""
    return x.reshape(shape[1], shape[0]).T


class Diagonal(Operator):
    """diag(d)."""

    def __init__(self, d: Array) -> None:
        super().__init__(len(d))
        self.d = d

    def _matvec(self, x: Array) -> Array:
        return self.d * x.reshape(-1)

    def _matmat(self, X: Array) -> Array:
        return self.d[:, None] * X

    _rmatvec, _rmatmat = _matvec, _matmat

    def _solve(self, b: Array) -> Array:
        if not np.all(self.d):
            raise ValueProblem("this diagonal matrix is singular: an entry of its diagonal is 0")
        return (b.T / self.d).T

    def logdet(self) -> float:
        return positive(float(np.prod(np.sign(self.d))), float(np.sum(np.log(np.abs(self.d)))))

    def diag(self) -> Array:
        return self.d.copy()


class DiagonalPlusLowRank(Operator):
    """diag(d) + U C V' with k columns in U and V: solved by the formula of Woodbury (Hager 1989), in O(n k²)."""

    def __init__(self, d: Array, U: Array, C: Array, V: Array) -> None:
        super().__init__(len(d))
        self.d, self.U, self.C, self.V = d, U, C, V
        self._small: Array | None = None

    def _matmat(self, X: Array) -> Array:
        return self.d[:, None] * X + self.U @ (self.C @ (self.V.T @ X))

    def _matvec(self, x: Array) -> Array:
        x = x.reshape(-1)
        return self.d * x + self.U @ (self.C @ (self.V.T @ x))

    def _rmatmat(self, X: Array) -> Array:
        return self.d[:, None] * X + self.V @ (self.C.T @ (self.U.T @ X))

    def _rmatvec(self, x: Array) -> Array:
        x = x.reshape(-1)
        return self.d * x + self.V @ (self.C.T @ (self.U.T @ x))

    def small(self) -> Array:
        """I + C V' D⁻¹ U, the k×k matrix that decides."""
        if self._small is None:
            if not np.all(self.d):
                raise ValueProblem("the diagonal part has a zero; ask for todense() and solve with that")
            spread = self.U / self.d[:, None]
            self._small = np.eye(self.C.shape[0]) + self.C @ (self.V.T @ spread)
        return self._small

    def _solve(self, b: Array) -> Array:
        small = self.small()
        first = (b.T / self.d).T
        try:
            inner = np.linalg.solve(small, self.C @ (self.V.T @ first))
        except np.linalg.LinAlgError as error:
            raise ValueProblem("this matrix is singular") from error
        terms = np.eye(len(small)) + np.abs(self.C) @ (np.abs(self.V.T) @ np.abs(self.U / self.d[:, None]))
        if len(small) <= LARGE and singular_to_rounding(small, terms):
            raise ValueProblem("this matrix is singular to rounding")
        return first - ((self.U @ inner).T / self.d).T

    def logdet(self) -> float:
        small = self.small()
        sign, log = np.linalg.slogdet(small)
        signs = np.prod(np.sign(self.d))
        return positive(float(sign * signs), float(log + np.sum(np.log(np.abs(self.d)))))

    def diag(self) -> Array:
        return self.d + np.einsum("ij,ij->i", self.U @ self.C, self.V)

    def todense(self) -> Array:
        return np.diag(self.d) + self.U @ self.C @ self.V.T


class Kronecker(Operator):
    """kron(A, B): products and solves by the two factors (Van Loan 2000)."""

    def __init__(self, A: Operator, B: Operator) -> None:
        super().__init__(A.shape[0] * B.shape[0])
        self.A, self.B = A, B

    def _apply(self, x: Array, left: Any, right: Any) -> Array:
        p, q = self.A.shape[0], self.B.shape[0]
        X = x.reshape(p, q)
        return left(right(X.T).T).reshape(-1)

    def _matvec(self, x: Array) -> Array:
        return self._apply(x, lambda X: self.A @ X, lambda X: self.B @ X)

    def _rmatvec(self, x: Array) -> Array:
        return self._apply(x, lambda X: self.A.rmatmat(X), lambda X: self.B.rmatmat(X))

    def _solve(self, b: Array) -> Array:
        if b.ndim > 1:
            return np.stack([self.solve(c) for c in b.T], axis=1)
        return self._apply(b, self.A.solve, self.B.solve)

    def logdet(self) -> float:
        p, q = self.A.shape[0], self.B.shape[0]
        a, b = np.linalg.slogdet(self.A.todense()), np.linalg.slogdet(self.B.todense())
        return positive(float(a[0] ** q * b[0] ** p), float(q * a[1] + p * b[1]))

    def diag(self) -> Array:
        return np.kron(self.A.diag(), self.B.diag())

    def todense(self) -> Array:
        return np.kron(self.A.todense(), self.B.todense())


class Identity(Diagonal):
    def __init__(self, n: int) -> None:
        super().__init__(np.ones(n))


class TwoSided(Operator):
    """The map X ↦ Σ Lᵢ X Rᵢ of m×n matrices, as a matrix on vec (columns stacked)."""

    def __init__(self, shape: tuple[int, int], terms: Sequence[tuple[Operator, Operator]]) -> None:
        super().__init__(shape[0] * shape[1])
        self.matrices, self.terms = shape, list(terms)

    def apply(self, X: Array) -> Array:
        """The value at a matrix, as a matrix."""
        X = of_shape(X, self.matrices)
        out = np.zeros(self.matrices)
        for left, right in self.terms:
            part = X if isinstance(left, Identity) else left @ X
            out = out + (part if isinstance(right, Identity) else right.rmatmat(part.T).T)
        return out

    def _matvec(self, x: Array) -> Array:
        return stacked(self.apply(unstacked(x, self.matrices)))

    def _rmatvec(self, x: Array) -> Array:
        X, out = unstacked(x, self.matrices), np.zeros(self.matrices)
        for left, right in self.terms:
            out = out + (right @ left.rmatmat(X).T).T
        return stacked(out)

    def solve_matrix(self, G: Array) -> Array:
        """X with Σ Lᵢ X Rᵢ = G: two solves for one term, Bartels and Stewart for L X + X R, else dense."""
        G = of_shape(G, self.matrices)
        if len(self.terms) == 1:
            left, right = self.terms[0]
            return transposed_solve(right, left.solve(G).T).T
        sides = [self._one_sided(t) for t in self.terms]
        if all(s is not None for s in sides) and sides:
            A = sum((s[1] for s in sides if s is not None and s[0] == "left"), np.zeros((self.matrices[0],) * 2))
            B = sum((s[1] for s in sides if s is not None and s[0] == "right"), np.zeros((self.matrices[1],) * 2))
            return scipy.linalg.solve_sylvester(A, B, G)
        return DenseMap(self.matrices, self.todense()).solve_matrix(G)

    @staticmethod
    def _one_sided(term: tuple[Operator, Operator]) -> tuple[str, Array] | None:
        left, right = term
        if isinstance(right, Identity):
            return "left", left.todense()
        return ("right", right.todense()) if isinstance(left, Identity) else None

    def _solve(self, b: Array) -> Array:
        if b.ndim > 1:
            return np.stack([self.solve(c) for c in b.T], axis=1)
        return stacked(self.solve_matrix(unstacked(b, self.matrices)))

    def logdet(self) -> float:
        return Dense(self.todense()).logdet()

    def diag(self) -> Array:
        return sum(
            (np.kron(right.diag(), left.diag()) for left, right in self.terms), np.zeros(self.shape[0])
        )

    def todense(self) -> Array:
        n = self.shape[0]
        return sum((np.kron(right.todense().T, left.todense()) for left, right in self.terms), np.zeros((n, n)))


def transposed_solve(operator: Operator, b: Array) -> Array:
    """x with operator' x = b."""
    if isinstance(operator, Diagonal):
        return operator.solve(b)
    return Dense(operator.todense().T).solve(b)
