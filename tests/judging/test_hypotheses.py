"""What is supposed for lines that follow makes no line before it right; the lines that follow are read with it."""

import pytest

from closedform.judging import judge

RIGHT = [
    "f = x'Ax\ngrad f = (A + A')x\nIf A is symmetric, grad f = 2Ax.",
    "f = x'Ax\ngrad f = 2Ax if A = A'",
    "If A is symmetric, f = x'Ax has df = 2x'A dx, grad f = 2Ax",
    "f = tr(X'AXB)\ndf/dX = A X B + A' X B'\nIf A = A' and B = I then df/dX = 2 A X",
    "f = 1/2||Ax-b||^2 + lambda ||x||^2\ngrad f = A'(Ax-b) + 2 lambda x\nFor lambda = 0 we get grad f = A'(Ax - b).",
    r"$f(w) = \|Xw-y\|^2 + \lambda\|w-c\|^2$. $\nabla f(w) = 2X^T(Xw-y) + 2\lambda(w-c)$."
    r" In the special case $c = 0$ this is $\nabla f(w) = 2X^T(Xw - y) + 2\lambda w$.",
    "f = x'Sx/(x'x), S symmetric\ngrad f = 2(Sx - f x)/(x'x)\nWhen x'x = 1 this is grad f = 2(Sx - f x)",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_follows_may_use_it(text: str) -> None:
    found = judge(text)
    assert found.verdict == "right", found.text


WRONG = [
    ("f = x'Ax\ndf = dx'Ax + x'A dx\n   = 2x'A dx\ngrad f = (A + A')x\nIf A is symmetric, grad f = 2Ax.", 3),
    ("f = x'Ax\ngrad f = 2Ax\nWhen A = A' this becomes\ngrad f = 2Ax", 2),
    ("f = x'Ax\ngrad f = (A + A')x\nIf A is symmetric, grad f = 3Ax.", 3),
    ("f = tr(X'AXB)\ndf/dX = A X B + A' X B\nIf B = I then df/dX = (A + A') X", 2),
    ("f = 1/2||Ax-b||^2 + lambda ||x||^2\ngrad f = A'(Ax-b) + 3 lambda x\nFor lambda = 0, grad f = A'(Ax - b).", 2),
    ("f = x'Sx/(x'x), S symmetric\ngrad f = 2(Sx - f x)\nWhen x'x = 1 this is grad f = 2(Sx - f x)", 2),
]


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_lines_before_may_not(text: str, line: int) -> None:
    found = judge(text)
    assert found.first_wrong is not None and found.first_wrong.line == line, found.text
    assert [s.line for s in found.steps if s.status == "wrong"] == [line], found.text
