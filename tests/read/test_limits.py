"""Long and deep inputs are refused or answered in time."""


import pytest
from timing import seconds

from closedform.errors import ClosedformError, LimitError
from closedform.read.read import read

pytestmark = pytest.mark.usefixtures("alone")
REFUSED = {
    "many terms": "+".join(["x"] * 100000), "many signs": "-" * 100000 + "x",
    "many transposes": "x" + ".T" * 100000,
    "long number": "0." + "1" * 10**5, "digits": "1" * 5000, "big number": "1/(10^100000)",
    "tower": "9^9^9^9^9^9^9",
    "power": "X^(2^31)", "named power": "X^2147483648", "long name": "a" * 200, "huge name": "a" * 10**6,
    "literal": "[" + ";".join(",".join(["1"] * 100) for _ in range(100)) + "]",
}  # fmt: skip


@pytest.mark.parametrize("formula", REFUSED.values(), ids=REFUSED.keys())
def test_refused_at_once(formula: str) -> None:
    def ask() -> None:
        with pytest.raises(LimitError, match="limit"):
            read(formula)

    assert seconds(ask, 2) < 2


DEEP = {
    "parentheses": "(" * 10000 + "x" + ")" * 10000, "signs": "-" * 90000 + "x",
    "transposes": "x" + "'" * 10000,
    "braces": "x^{" * 3000 + "y" + "}" * 3000, "calls": "exp(" * 500 + "x" + ")" * 500,
    "blocks": "[" * 100 + "x" + "]" * 100,
    "norms": "norm(" * 1000 + "x" + ")" * 1000, "negatives": "-(" * 5000 + "x" + ")" * 5000,
    "terms": "+".join(["x"] * 10000), "names": "+".join(f"a_{i}*x^{i}" for i in range(2, 3000)),
    "clashes": "*".join(["w*x"] * 200), "layers": "tanh(W*" * 1000 + "x" + ")" * 1000,
}  # fmt: skip


@pytest.mark.parametrize("formula", DEEP.values(), ids=DEEP.keys())
def test_deep_and_long(formula: str) -> None:
    def ask() -> None:
        try:
            read(formula)
        except ClosedformError as error:
            assert str(error)

    assert seconds(ask, 2) < 2


def test_a_textbook_formula_takes_about_a_millisecond() -> None:
    assert min(seconds(lambda: read("1/2*||A*x - b||^2 + lam/2*||x||^2"), 0.005) for _ in range(5)) < 0.005
