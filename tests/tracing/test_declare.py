"""Functions that are declared while Python runs: rules checked, formulas, values, programs, certificates."""

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from scipy.signal import lfilter

import closedform as cf
from closedform.check.certify import certify
from closedform.errors import ClosedformError, DeclarationError, MissingRule, ReadError, ShapeError
from closedform.expr.op import registered
from closedform.functions.table import by_text

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(31)
A, x, c = rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=5)
M = rng.normal(size=(4, 4))


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    before = dict(by_text), dict(registered())
    yield
    assert before == (by_text, registered())


def softsign(**more: Any) -> Any:
    more.setdefault("d", "dx./(1 + abs(x)).^2")
    return cf.declare("softsign(x)", lambda x: x / (1 + np.abs(x)), **more)


def slope(f: Callable[[Any], float], x: Any) -> Any:
    """By differences of the fourth order."""
    def once(h: float) -> Any:
        eye = np.eye(x.size).reshape(x.size, *x.shape)
        return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in eye]).reshape(x.shape)

    return (4 * once(1e-3) - once(2e-3)) / 3


def test_text_derivatives_values_and_certificates() -> None:
    with softsign() as declared:
        f = cf.formula("c'*softsign(A*x)")
        g, H = f.grad("x"), f.hessian("x")
        assert g.text == "A'*(c./(1 + abs(A*x)).^2)"
        np.testing.assert_allclose(g(A=A, x=x, c=c), slope(lambda x: c @ declared(A @ x), x), rtol=1e-7)
        np.testing.assert_allclose(f.compile()(c, A, x), c @ declared(A @ x))
        assert "softsign(A @ x)" in f.code("numpy")
        for certificate in (g.check(), H.check()):
            assert certificate.level == "B" and certificate.bound is None
            assert "the rule of softsign as it was declared" in certificate.heuristics
        assert "derivative of softsign" in str(g.derivation())
        assert cf.formula(f.latex, f.where, syntax="latex") == f


def test_a_wrong_answer_is_refused() -> None:
    with softsign():
        g = cf.formula("c'*softsign(A*x)").grad("x")
        for other in ("A'*(c./(1 + abs(A*x)))", "A'*softsign(c)", "2*A'*(c./(1 + abs(A*x)).^2)"):
            wrong = cf.formula(f"{other}", g.where)._raw
            assert certify(replace(g.claim(), answer=wrong)).level == "X"


def test_functions_of_numpy_jax_and_torch() -> None:
    with softsign(jax=lambda x: x / (1 + jnp.abs(x)), torch=lambda x: x / (1 + torch.abs(x))) as s:
        def loss(w: Any, X: Any) -> Any:
            return (s(X @ w) ** 2).sum()

        truth = jax.grad(loss)(jnp.asarray(x), jnp.asarray(A))
        for array in (np.asarray, jnp.asarray, torch.as_tensor):
            mine = cf.grad(loss)
            np.testing.assert_allclose(np.asarray(mine(array(x), array(A))), truth, rtol=1e-10)
            assert mine.function.text == "sum(softsign(X*w).^2)"
        np.testing.assert_allclose(cf.hessian(loss)(x, A), jax.hessian(loss)(jnp.asarray(x), jnp.asarray(A)), rtol=1e-9)


def test_a_library_without_a_value_is_named() -> None:
    with softsign() as s:
        for array, word in ((jnp.asarray, "JAX"), (torch.as_tensor, "PyTorch")):
            with pytest.raises(MissingRule, match=f"softsign was declared without a value for {word}"):
                cf.grad(lambda w, X: s(X @ w).sum())(array(x), array(A))
        with pytest.raises(MissingRule, match="without a value for Julia"):
            cf.formula("softsign(x)").code("julia")


def test_the_rule_may_be_a_function_or_mention_itself() -> None:
    with cf.declare("swish1(x)", lambda x: x / (1 + np.exp(-x)), d=lambda x, dx: (
        dx / (1 + np.exp(-x)) * (1 + x * (1 - 1 / (1 + np.exp(-x)))))) as s:
        g = cf.formula("sum(swish1(x))").grad("x")
        np.testing.assert_allclose(g(x=x), slope(lambda x: s(x).sum(), x), rtol=1e-8)
    with cf.declare("sg(x)", lambda x: 1 / (1 + np.exp(-x)), d="sg(x).*(1 - sg(x)).*dx"):
        H = cf.formula("c'*sg(A*x)").hessian("x")
        p = 1 / (1 + np.exp(-A @ x))
        np.testing.assert_allclose(H(A=A, x=x, c=c), A.T * (c * p * (1 - p) * (1 - 2 * p)) @ A, rtol=1e-10)
        assert H.check().level == "B"


def test_linear_functions_by_their_adjoint() -> None:
    L = np.tril(np.ones((5, 5)))
    with cf.declare("acc(x)", np.cumsum, shape="n -> n", adjoint=lambda G, x: np.sum(G) - np.cumsum(G) + G):
        f = cf.formula("1/2*||acc(A*x) - c||^2")
        np.testing.assert_allclose(f.grad("x")(A=A, x=x, c=c), A.T @ L.T @ (L @ A @ x - c), rtol=1e-10)
        np.testing.assert_allclose(f.hessian("x")(A=A), A.T @ L.T @ L @ A, rtol=1e-10)
        assert f.hessian("x").check().level == "B"
    with cf.declare("bil(X, y)", lambda X, y: X @ y, shape="(m,n), n -> m", adjoint={"X": "G*y'", "y": "X'*G"}):
        f = cf.formula("sum(bil(A, x).^2)")
        np.testing.assert_allclose(f.grad("A")(A=A, x=x), 2 * np.outer(A @ x, x), rtol=1e-10)
        assert f.hessian("x").text == "2*A'*A" and f.grad("A").check().level == "B"


def test_the_adjoint_of_a_function_that_is_not_linear() -> None:
    with cf.declare("energy(x)", lambda x: np.sum(x**4), shape="n -> 1", adjoint="4*G*x.^3"):
        f = cf.formula("energy(A*x - c)")
        r = A @ x - c
        np.testing.assert_allclose(f.grad("x")(A=A, x=x, c=c), 4 * A.T @ r**3, rtol=1e-10)
        np.testing.assert_allclose(f.hessian("x")(A=A, x=x, c=c), A.T * (12 * r**2) @ A, rtol=1e-10)
        assert f.hessian("x").check().level == "B"


def test_black_boxes() -> None:
    """A filter with a filter as adjoint; a function whose derivative is code in both directions."""
    up, down = [1.0, 0.5], [1.0, -0.3, 0.1]
    with (
        cf.declare("unfilt(y)", lambda y: lfilter(up, down, y[::-1])[::-1], shape="n -> n"),
        cf.declare("filt(x)", lambda x: lfilter(up, down, x), shape="n -> n", adjoint="unfilt(G)"),
    ):
        g = cf.formula("1/2*||filt(A*x) - c||^2").grad("x")
        F = lfilter(up, down, np.eye(5), axis=0)
        np.testing.assert_allclose(g(A=A, x=x, c=c), A.T @ F.T @ (F @ A @ x - c), rtol=1e-10)
        notes = ("the rule of filt as it was declared", "unfilt as an unknown function, linear in its argument 1")
        assert g.check().heuristics == notes
        with pytest.raises(MissingRule, match="unfilt"):
            cf.formula("sum(unfilt(A*x))").grad("x")
    L = np.tril(np.ones((5, 5)))
    with (
        cf.declare("pull(g, x)", lambda g, x: np.cumsum((g * np.cos(np.cumsum(x)))[::-1])[::-1], shape="n, n -> n"),
        cf.declare("push(x, v)", lambda x, v: np.cos(np.cumsum(x)) * np.cumsum(v), shape="n, n -> n",
                   adjoint={"v": "pull(G, x)"}),
        cf.declare("box(x)", lambda x: np.sin(np.cumsum(x)), shape="n -> n", d="push(x, dx)") as box,
    ):  # fmt: skip
        mine = cf.grad(lambda x: np.sum(box(A @ x) ** 2))
        truth = A.T @ L.T @ (2 * np.sin(L @ A @ x) * np.cos(L @ A @ x))
        np.testing.assert_allclose(mine(x), truth, rtol=1e-10)
        assert mine.check().level == "B"


def test_domains_are_conditions_and_where_points_are_drawn() -> None:
    with pytest.raises(DeclarationError, match='domain="positive"'):
        cf.declare("lg(x)", np.log, d="dx./x")
    with cf.declare("lg(x)", np.log, d="dx./x", domain="positive"):
        assert cf.formula("sum(lg(x))").grad("x").conditions == ("every entry of x > 0",)
    with cf.declare("ld(S)", lambda S: np.linalg.slogdet(S)[1], shape="(n,n) -> 1", d="tr(inv(S)*dS)", domain="pd"):
        g = cf.formula("ld(S)", "S in PD(n)").grad("S")
        S = M @ M.T + np.eye(4)
        np.testing.assert_allclose(g(S=S), np.linalg.inv(S), rtol=1e-9)
        assert g.check().level == "B"


@pytest.mark.parametrize(("head", "value", "more", "said"), [
    ("softsign(x)", lambda x: x / (1 + abs(x)), {"d": "2*dx./(1 + abs(x)).^2"}, "by its rule it is .* by differences"),
    ("twice(x)", lambda x: 2 * x, {"adjoint": "3*G"}, r"the adjoint of twice by x is wrong: ⟨G, twice\(x\)⟩ is"),
    ("accu(x)", lambda x: np.cumsum(x, 0), {"d": "dx"}, "does not act on each entry by itself"),
    ("sq(x)", lambda x: x @ x, {"shape": "n -> n", "d": "dx"}, "gives an array of shape"),
    ("sq(x)", lambda x: x @ x, {"shape": "n -> 1", "d": "c'*dx"}, "mentions c, which is no argument"),
    ("sq(x)", lambda x: x**2, {"d": "2*x.*dx", "adjoint": "2*x.*G"}, "not both"),
    ("sq(x)", lambda x: x**2, {"d": "dx.^2"}, "the differential of sq is wrong"),
    ("sin(x)", np.sin, {}, "means something already"),
    ("x(t)", np.sin, {}, "cannot name a declared function"),
    ("foo(x, dx)", np.sin, {}, "one name twice"),
    ("foo(x", np.sin, {}, "declared by its head"),
    ("foo(x)", np.sin, {"shape": "n -> k"}, "the size k of foo"),
    ("foo(x)", 3, {}, "not a function"),
    ("foo(x)", np.sin, {"d": "cos(x).*dx", "torch": torch.cos}, "its value for torch"),
    ("foo(x)", np.sin, {"domain": "big"}, "known are positive"),
])  # fmt: skip
def test_what_is_wrong_is_refused_with_the_figures(head: str, value: Any, more: dict[str, Any], said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        cf.declare(head, value, **more)


def test_shapes_of_rules_and_arguments() -> None:
    with pytest.raises(ShapeError, match="1×1; n×1 is wanted"):
        cf.declare("foo(x)", lambda x: x, shape="n -> n", d="sum(dx)")
    with cf.declare("lse(x)", lambda x: np.log(np.sum(np.exp(x))), shape="n -> 1", d="softmax(x)'*dx") as lse:
        with pytest.raises(ShapeError, match="lse takes a vector"):
            cf.formula("lse(X)", "X in R^(m×n)")
        with pytest.raises(ShapeError, match=r"test_declare\.py, line .* an array of 2 axes"):
            cf.grad(lambda X: lse(X))(A)


def test_declared_anew() -> None:
    first = softsign()
    f = cf.formula("c'*softsign(A*x)")
    g = cf.formula("sum(softsign(x).^2)").grad("x")
    with cf.declare("softsign(x)", lambda x: 2 * x / (1 + np.abs(x)), d="2*dx./(1 + abs(x)).^2"):
        assert cf.formula("c'*softsign(A*x)") != f
        np.testing.assert_allclose(f(A=A, x=x, c=c), c @ (A @ x / (1 + np.abs(A @ x))))
        with pytest.raises(MissingRule, match="declared anew"):
            f.compile()(c, A, x)
        certificate = g.check()
        assert not certificate.decided and "softsign was declared anew" in certificate.reason
        first.remove()
        assert cf.formula("softsign(3)")() == pytest.approx(1.5)


def test_a_wrong_declaration_leaves_the_one_before() -> None:
    with softsign():
        f = cf.formula("sum(softsign(x))")
        with pytest.raises(DeclarationError):
            softsign(d="dx.*softsign(x)")
        assert cf.formula("sum(softsign(x))") == f


def test_forgotten() -> None:
    with softsign() as s:
        f = cf.formula("c'*softsign(A*x)")
    with pytest.raises(ReadError, match="softsign is no known function"):
        cf.formula("softsign(x)")
    np.testing.assert_allclose(f(A=A, x=x, c=c), c @ (A @ x / (1 + np.abs(A @ x))))
    with pytest.raises(ClosedformError, match="declared no more"):
        f.compile()(c, A, x)
    with pytest.raises(ClosedformError, match="declared no more"):
        cf.grad(lambda x: np.sum(s(x)))(x)


def test_pickled_and_read_where_it_is_declared_and_where_not() -> None:
    with softsign():
        f = cf.formula("c'*softsign(A*x)")
        data = pickle.dumps(f._raw)
        assert pickle.loads(data) is f._raw
    with pytest.raises(MissingRule, match="softsign is not declared here"):
        pickle.loads(data)
    text = (
        "import sys, pickle, numpy as np, closedform as cf\n"
        "cf.declare('softsign(x)', lambda x: x / (1 + np.abs(x)), d='dx./(1 + abs(x)).^2')\n"
        "print(pickle.loads(sys.stdin.buffer.read()) is cf.formula(\"c'*softsign(A*x)\")._raw)\n"
    )
    done = subprocess.run([sys.executable, "-c", text], input=data, capture_output=True, check=True)
    assert done.stdout.strip() == b"True"


def test_threads_declare_beside_each_other() -> None:
    said: list[Any] = []

    def work(k: int) -> None:
        try:
            for _ in range(4):
                with cf.declare(f"word{k}(x)", lambda x: x**k, d=f"{k}*x.^({k} - 1).*dx"):
                    g = cf.formula(f"sum(word{k}(x))").grad("x")
                    said.append(np.allclose(g(x=x), k * x ** (k - 1)))
        except ClosedformError as error:
            said.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(2, 7)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert said == [True] * 20
