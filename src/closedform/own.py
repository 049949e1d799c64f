"""Functions of the user's own: NumPy, JAX or PyTorch code in, closed forms and fast functions out.

Nothing is loaded until a function is given; then what it is written with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from closedform.errors import ClosedformError
from closedform.formula import formula as typed

if TYPE_CHECKING:
    from closedform.formula import Formula
    from closedform.tracing.argmin.minimiser import Minimiser
    from closedform.tracing.calling import Own
    from closedform.tracing.declared import Declared

Argnums = int | str | Sequence[int | str]


def formula(
    source: str | Callable[..., Any], where: str | None = None, syntax: str = "auto", at: Sequence[Any] | None = None
) -> Formula:
    """Read a formula: typed, or a function of Python.

    ``source`` is typed in the formula language (``docs/language.md``), ``where`` holds declarations such as
    ``"A in Sym(n), lam > 0"``; ``syntax`` is ``"auto"``, ``"text"``, ``"latex"`` or ``"matrixcalculus"``.
    A function written with NumPy, JAX or PyTorch is read as ``docs/functions-of-your-own.md`` says; ``at`` are
    arguments to read it at, where names and declarations do not tell the shapes.
    Raises ReadError, ShapeError, DeclarationError or MissingRule, each with the place and the mend.

    >>> formula("1/2*||A*x - b||^2").grad("x").text
    "A'*(A*x - b)"
    >>> import numpy as np
    >>> def loss(w, X, y):
    ...     return np.mean(np.log(1 + np.exp(-y * (X @ w))))
    >>> formula(loss).grad("w").text
    "X'*(y.*(sigmoid(y.*(X*w)) - 1))/m"
    """
    if isinstance(source, str):
        if at is not None:
            raise ClosedformError("at is for functions; a typed formula takes its shapes from where")
        return typed(source, where, syntax)
    if not callable(source):
        raise ClosedformError(f"a formula is a string, or a function; this is a {type(source).__name__}")
    own = _own(source, "value", 0, where)
    if at is not None:
        own(*at)
    return own.function


def _own(fn: Callable[..., Any], op: str, argnums: Argnums, where: str | None) -> Own:
    from closedform.tracing.calling import Own

    return Own(fn, op, argnums, where)


def grad(fn: Callable[..., Any], argnums: Argnums = 0, *, where: str | None = None) -> Own:
    """The gradient of a function of Python, by its closed form.

    It is called as ``fn`` is, and gives arrays of the same library, in the structure of the arguments that
    ``argnums`` says, by position or by name. It has ``.formula``, ``.derivation()``, ``.code()`` and ``.check()``;
    ``where`` declares facts of the arguments, as in ``"S in PD(n)"``. Raises MissingRule for what is not read, with
    file and line, and ClosedformError for a derivative by whole numbers.

    >>> import numpy as np
    >>> slope = grad(lambda x, A: x @ A @ x)
    >>> slope(np.array([1.0, 1.0]), np.array([[1.0, 2.0], [0.0, 3.0]])).tolist()
    [4.0, 8.0]
    >>> slope.formula.text, slope.check().level
    ("(A + A')*x", 'A')
    """
    return _own(fn, "grad", argnums, where)


def value_and_grad(fn: Callable[..., Any], argnums: Argnums = 0, *, where: str | None = None) -> Own:
    """The value and the gradient of a function of Python, which share their work.

    >>> import numpy as np
    >>> both = value_and_grad(lambda x: np.sum(x**2))
    >>> value, slope = both(np.array([1.0, 2.0]))
    >>> float(value), slope.tolist()
    (5.0, [2.0, 4.0])
    """
    return _own(fn, "value_and_grad", argnums, where)


def jacobian(fn: Callable[..., Any], argnums: Argnums = 0, *, where: str | None = None) -> Own:
    """The Jacobian of a function of Python: an array of the shape of its value, then that of the argument.

    >>> import numpy as np
    >>> J = jacobian(lambda x, A: np.tanh(A @ x))
    >>> J(np.zeros(2), np.array([[1.0, 2.0], [0.0, 3.0], [1.0, 0.0]])).tolist()
    [[1.0, 2.0], [0.0, 3.0], [1.0, 0.0]]
    >>> J.formula.text
    '(I - diag(tanh(A*x).^2))*A'
    """
    return _own(fn, "jacobian", argnums, where)


def hessian(fn: Callable[..., Any], argnums: Argnums = 0, *, where: str | None = None) -> Own:
    """The Hessian of a function of Python with one number as value; with several arguments, its blocks.

    >>> import numpy as np
    >>> H = hessian(lambda x, A: 0.5 * np.sum((A @ x) ** 2))
    >>> H(np.zeros(2), np.array([[1.0, 2.0], [0.0, 3.0]])).tolist()
    [[1.0, 2.0], [2.0, 13.0]]
    >>> H.formula.text
    "A'*A"
    """
    return _own(fn, "hessian", argnums, where)


def jvp(fn: Callable[..., Any], argnums: Argnums = 0, *, where: str | None = None) -> Own:
    """The derivative of a function of Python along a direction, which is the last argument.

    >>> import numpy as np
    >>> along = jvp(lambda x: x**3)
    >>> along(np.array([1.0, 2.0]), np.array([1.0, 0.5])).tolist()
    [3.0, 6.0]
    """
    return _own(fn, "jvp", argnums, where)


def vjp(fn: Callable[..., Any], argnums: Argnums = 0, *, where: str | None = None) -> Own:
    """The gradient of ⟨u, fn⟩; u, of the shape of the value, is the last argument.

    >>> import numpy as np
    >>> back = vjp(lambda x, A: A @ x)
    >>> back(np.zeros(2), np.array([[1.0, 2.0], [0.0, 3.0]]), np.array([1.0, 1.0])).tolist()
    [1.0, 5.0]
    """
    return _own(fn, "vjp", argnums, where)


def hvp(fn: Callable[..., Any], argnums: Argnums = 0, *, where: str | None = None) -> Own:
    """The Hessian of a function of Python times a direction, which is the last argument; it is not formed.

    >>> import numpy as np
    >>> along = hvp(lambda x: np.sum(x**3))
    >>> along(np.array([1.0, 2.0]), np.array([1.0, 0.5])).tolist()
    [6.0, 6.0]
    """
    return _own(fn, "hvp", argnums, where)


def argmin(
    fn: Callable[..., Any], solver: Callable[..., Any] | None = None, *, where: str | None = None, starts: int = 8,
    polish: bool = True, on_fail: str = "raise",
) -> Minimiser:  # fmt: skip
    """θ ↦ x*(θ) = argmin fn(x, θ), over the first argument of a function of Python (``docs/argmin.md``).

    It is called as ``fn`` is without its first argument, with ``start=`` where the shape of x does not follow, and
    gives x* in the structure of the start; JAX and PyTorch differentiate through it. ``solver(objective, start)`` is an
    optimiser of yours, ``starts`` how many starts are tried without one; ``polish`` takes Newton's steps to the end.
    Where there is no minimum, and for a derivative that does not exist, it raises NoDerivative; ``on_fail`` may be
    "nan" or "warn". ``.solve`` gives the Solution, ``.with_status`` the verdict in numbers, ``.formula`` the formulas.

    >>> import numpy as np
    >>> def ridge(x, A, b, lam):
    ...     return np.sum((A @ x - b) ** 2) + lam * x @ x
    >>> best = argmin(ridge, where="lam > 0")
    >>> best(np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([4.0, 4.0]), 1.0).tolist()
    [1.6, 2.0]
    >>> best.solve(np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([4.0, 4.0]), 1.0).jacobian("lam").tolist()
    [-0.32, -1.0]
    >>> best.formula.derivative("lam").text
    "-(A'*A + lam*I)^-1*x"
    """
    from closedform.tracing.argmin.minimiser import Minimiser

    return Minimiser(fn, solver, where, starts, polish, on_fail)


def declare(
    head: str,
    value: Callable[..., Any],
    *,
    shape: str | None = None,
    d: str | Callable[..., Any] | None = None,
    adjoint: str | Callable[..., Any] | Mapping[str, str | Callable[..., Any]] | None = None,
    domain: str | Mapping[str, str] | None = None,
    smooth: str | Mapping[str, str] | None = None,
    jax: Callable[..., Any] | None = None,
    torch: Callable[..., Any] | None = None,
    doc: str = "",
    latex: str = "",
) -> Declared:
    """Declare a function of your own: from then on formulas, derivatives and programs know it.

    ``head`` names it and its arguments, as in ``"softsign(x)"``; ``value`` computes it on numbers and NumPy arrays
    (``jax`` and ``torch`` on theirs, for programs of these). Without ``shape`` it acts on each entry by itself; else
    that is written as in ``"(m,n), n -> m"``. ``d`` is its differential, in the arguments and ``dx``; or ``adjoint``
    the cotangent of the argument, given ``G``, that of the value (a dictionary by argument where there are several).
    Both are typed, or functions of NumPy. ``domain`` and ``smooth`` say where it is defined and differentiable:
    positive, nonneg, nonzero, pd or invertible.
    The rule is compared with differences and with the transpose identity at random points: a wrong one is refused
    with the figures. Certificates say that they take it from you. ``remove()``, or ``with``, forgets the function.
    Raises DeclarationError, ReadError or ShapeError.

    >>> import numpy as np
    >>> with declare("softsign(x)", lambda x: x / (1 + np.abs(x)), d="dx./(1 + abs(x)).^2") as softsign:
    ...     slope = formula("c'*softsign(A*x)").grad("x")
    ...     slope.text, slope.check().line().split(", ")[2]
    ("A'*(c./(1 + abs(A*x)).^2)", 'the rule of softsign as it was declared')
    """
    from closedform.tracing.declaring import declare as declared

    return declared(
        head, value, shape=shape, d=d, adjoint=adjoint, domain=domain, smooth=smooth, jax=jax, torch=torch, doc=doc,
        latex=latex,
    )  # fmt: skip
