"""Arguments, keys and closed-over arrays named like words of the language: every text still reads back."""

import keyword
from typing import Any

import numpy as np
import pytest

import closedform as cf
from closedform.check.certify import replay
from closedform.claim_texts import claim_of_texts
from closedform.errors import ClosedformError
from closedform.expr.op import registered
from closedform.read.alphabet import canonical
from closedform.read.lexer import KEYWORDS, lex
from closedform.read.vocabulary import APPLIED, CONSTANTS, REFUSED, STRUCTURAL, SYNONYMS
from closedform.tracing.calling import Own
from closedform.tracing.names import chosen, is_word

rng = np.random.default_rng(11)
x, y, A = rng.normal(size=3), rng.normal(size=3), rng.normal(size=(4, 3))
TYPED = {word for op in registered().values() for word in (op.name, op.text, *op.aliases)}
EVERY = sorted(TYPED | STRUCTURAL | CONSTANTS | KEYWORDS | set(SYNONYMS) | set(APPLIED) | set(REFUSED))
WORDS = [w for w in EVERY if w.isidentifier() and not keyword.iskeyword(w)]
ODD = ["d", "e", "i", "j", "E", "T", "H", "R", "dx", "lambda_", "_x", "x_", "x__y", "a_", "é", "x1_", "変数", "µ", "αβ"]
SHORT = ["exp", "pi", "eye", "I", "ones", "sum", "T", "e", "norm", "tr"]


def _told(own: Own, *arrays: Any) -> dict[str, Any]:
    """The gradient called, and by name the formulas of it, each read back and certified."""
    own(*arrays)
    found = own.formula if isinstance(own.formula, dict) else {"": own.formula}
    checks = own.check() if len(found) > 1 else {"": own.check()}
    for name, f in found.items():
        assert cf.formula(f.text, f.where) == f
        assert cf.formula(f.unicode, f.where) == f
        assert checks[name].level in ("A", "B")
    return found


def _function(source: str) -> Any:
    space: dict[str, Any] = {"np": np}
    exec(source, space)  # noqa: S102 a function with an argument of any name
    return space["f"]


@pytest.mark.parametrize("word", [*WORDS, *ODD])
def test_the_name_chosen_is_read_as_one_name(word: str) -> None:
    for wish in (word, f"{word}_", f"params_{word}", f"0.{word}"):
        (name,) = chosen([wish])
        tokens = lex(name).tokens
        assert [t.kind for t in tokens] == ["name", "end"]
        assert tokens[0].text == name == canonical(name)
        assert not is_word(name)


@pytest.mark.parametrize("word", SHORT)
def test_an_argument_named_like_a_word(word: str) -> None:
    f = _function(f"def f({word}, X): return np.sum(np.exp(X @ {word})) + np.sum({word}**2) * np.trace(X.T @ X)")
    slope = cf.grad(f)
    _told(slope, x, A)
    np.testing.assert_allclose(slope(x, A), A.T @ np.exp(A @ x) + 2 * x * np.sum(A**2))


@pytest.mark.parametrize("word", SHORT)
def test_a_key_named_like_a_word(word: str) -> None:
    slope = cf.grad(lambda params, X: np.sum(np.exp(X @ params[word])) + params[word] @ params["b"])
    found = slope({word: x, "b": y}, A)
    np.testing.assert_allclose(found[word], A.T @ np.exp(A @ x) + y)
    np.testing.assert_allclose(found["b"], x)
    _told(slope, {word: x, "b": y}, A)


@pytest.mark.parametrize("word", SHORT)
def test_an_array_closed_over_named_like_a_word(word: str) -> None:
    f = _function(f"def make({word}):\n    return lambda x: np.sum(np.exp({word} @ x)) + np.sum({word})\nf = make")(A)
    slope = cf.grad(f)
    np.testing.assert_allclose(slope(x), A.T @ np.exp(A @ x))
    _told(slope, x)


def test_a_name_like_the_differential_of_another() -> None:
    def f(dx: Any, x: Any, A: Any) -> Any:
        return np.sum(np.tanh(A @ (x + dx * x)))

    for by in (0, 1, 2, (0, 1)):
        _told(cf.grad(f, by), y, x, A)
    turned = A.T @ (1 - np.tanh(A @ (x + y * x)) ** 2)
    np.testing.assert_allclose(cf.grad(f, 1)(y, x, A), turned * (1 + y))
    assert chosen(["dx", "x"]) == ["dx_2", "x"]
    assert chosen(["x", "dx1", "X", "dX"]) == ["x", "dx10", "X", "dX_2"]


def test_directions_find_a_free_name() -> None:
    f = _function("def f(x, v_x, u, X): return np.tanh(X @ (x + v_x * u))")
    _told(cf.jvp(f), x, y, x, A, y)
    _told(cf.vjp(f), x, y, x, A, rng.normal(size=4))
    _told(cf.hvp(lambda x, v_x, X: np.sum(f(x, v_x, v_x, X))), x, y, A, y)


def test_declarations_use_the_names_of_the_code() -> None:
    f = _function("def f(eye, inv): return eye @ np.linalg.inv(inv) @ eye")
    S = A.T @ A
    slope = cf.grad(f, 1, where="inv in PD(n)")
    found = slope(x, S)
    v = np.linalg.solve(S, x)
    np.testing.assert_allclose(found, -np.outer(v, v))
    assert slope.formula.where == "eye_1 in R^n, inv_1 in PD(n)"
    assert cf.formula(f, "inv in PD(n)").where == "eye_1 in R^n, inv_1 in PD(n)"


def test_formulas_replay_under_these_names() -> None:
    slope = cf.grad(_function("def f(pi, where): return np.sum(np.exp(where @ pi)) + np.sum(pi**2)"))
    slope(x, A)
    again, before = replay(slope.check().to_json(), claim_of_texts)
    assert (again.level, before and before.level) == ("A", "A")
    with pytest.raises(ClosedformError, match="pi_1"):
        slope.formula.grad("nothing")
