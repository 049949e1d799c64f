"""Names of several letters, solutions after a gradient, steps of an algorithm, what is not in a function, limits."""


import pytest
from timing import seconds

from closedform import judge
from closedform.errors import LimitError
from closedform.judging.long_names import long_names

LEAST = "f = 1/2*||A*x-b||^2\n"
QUADRATIC = "f = 1/2*x'*A*x - b'*x with A symmetric\n"
RIGHT = [
    # x = … after a gradient or a differential solves it
    LEAST + "grad f = A'*(A*x-b)\nx = inv(A'*A)*A'*b",
    LEAST + "df = (A*x-b)'*A*dx\nx = inv(A'*A)*A'*b",
    LEAST + "df = (A*x-b)'*A*dx\nA'*A*x = A'*b\nx = inv(A'*A)*A'*b",
    LEAST + "df/dx = A'*(A*x-b)\nA'*A*x = A'*b\nx = inv(A'*A)*A'*b",
    QUADRATIC + "grad f = A*x - b\nx = A^-1*b",
    # but a name that something else is differentiated through is defined there
    "f = y'*y\ndf = 2*y'*dy\ny = A*x\ndy = A*dx\ndf = 2*x'*A'*A*dx",
    "L = ||z-t||^2\ndL/dz = 2*(z-t)\nz = W*x+b\ndL/dW = 2*(z-t)*x'",
    # the variable that only the line tells
    "f = 1/2*||X*w-y||^2\ngrad f = X'*(X*w-y)",
    "f = 1/2*||W*x-y||^2\ngrad f = (W*x-y)*x'",
    # names of several letters
    "MSE = 1/n*||X*w-y||^2, n in R\ndMSE/dw = 2/n*X'*(X*w - y)",
    "loss = 1/2*||X*w-y||^2\ngrad loss = X'*(X*w-y)",
    "NLL = -sum(log(sigmoid(X*w)))\ndNLL/dw = -X'*(1-sigmoid(X*w))",
    "CE = -y'*log(softmax(z)), with sum(y) = 1\ndCE/dz = softmax(z) - y",
    "ELBO(mu) = -1/2*||x-mu||^2\n∇ELBO = x - mu",
    "KL(p||q) = sum(p.*log(p./q))\ndKL/dp = log(p./q) + 1",
    r"\begin{align*} MSE &= \|Xw-y\|^2\\ \frac{\partial MSE}{\partial w} &= 2X^\top(Xw-y) \end{align*}",
    r"$\mathrm{MSE}(w) = \|Xw-y\|^2$, $\nabla \mathrm{MSE}(w) = 2X^\top(Xw-y)$",
    r"$\text{loss} = \|Xw-y\|^2$, so $\nabla_w \text{loss} = 2X^\top(Xw-y)$",
]
WRONG = [
    (LEAST + "grad f = A'*(A*x-b)\nx = inv(A'*A)*A'*b + b", 3),
    (LEAST + "df = (A*x-b)'*A*dx\nA'*A*x = -A'*b", 3),
    (QUADRATIC + "grad f = A*x - b\nx = A*b", 3),
    ("f = 1/2*||X*w-y||^2\ngrad f = -X'*(X*w-y)", 2),
    ("NLL = -sum(log(sigmoid(X*w)))\ndNLL/dw = X'*(1-sigmoid(X*w))", 2),
    ("loss = 1/2*||X*w-y||^2\ngrad loss = X*(X*w-y)", 2),
    ("KL(p||q) = sum(p.*log(p./q))\ndKL/dp = log(p./q)", 2),
]


@pytest.mark.parametrize("text", RIGHT)
def test_is_right(text: str) -> None:
    found = judge(text)
    assert found.verdict == "right" and any(s.status == "right" for s in found.steps), found.text


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_the_slip_is_found_at_its_line(text: str, line: int) -> None:
    found = judge(text)
    assert found.first_wrong is not None and found.first_wrong.line == line, found.text


@pytest.mark.parametrize("text", ["f = tr(X), XY = I", "Ax = b", "QR = A, Q'*Q = I", "df = 2*x'*dx", "AXB = C, X = A"])
def test_letters_that_run_together_are_a_product(text: str) -> None:
    assert not long_names(text, latex=False).names


def test_long_names_are_said_as_they_were_written() -> None:
    found = judge("loss = 1/2*||X*w-y||^2\ngrad loss = 2*X'*(X*w-y)\nRSS = a'*x\nRSS = b'*x")
    assert [s.text for s in found.steps][:3] == ["loss = 1/2*||X*w-y||^2", "grad loss = 2*X'*(X*w-y)", "RSS = a'*x"]
    assert "L7" not in found.text and "L_7" not in found.text


@pytest.mark.parametrize(
    "step",
    ["W = W - eta*(W*x-y)*x'", "W := W - eta*dL/dW", "W <- W - eta*dL/dW", "W -= eta*dL/dW", "W ← W - η∇L",
     "W_new = W - eta*(W*x-y)*x'", "W^{k+1} = W^k - t*(W^k*x-y)*x'", "W_{t+1} = W_t - η*(W_t*x-y)*x'"],
)  # fmt: skip
def test_steps_of_an_algorithm_are_not_judged(step: str) -> None:
    found = judge("L = 1/2*||W*x-y||^2\ndL/dW = (W*x-y)*x'\n" + step)
    assert [s.status for s in found.steps] == ["given", "right", "given"]
    assert "step of an algorithm" in found.steps[-1].reason


def test_what_holds_of_a_name_by_itself_is_judged() -> None:
    found = judge("f = tr(X)\nX = X*Y*Y^-1\nX = 1/2*(X + X') + 1/2*(X - X')")
    assert [s.status for s in found.steps] == ["given", "right", "right"]


def test_a_variable_that_is_not_in_the_function() -> None:
    found = judge("L = -y'*log(softmax(W*x+b)), with sum(y) = 1\ndL/dz = softmax(z) - y\ndL/db = softmax(z) - y")
    assert [s.status for s in found.steps] == ["given", "given", "undecided", "undecided"]
    assert "z is not in L; define z = W*x+b" in found.text


@pytest.mark.parametrize("line", ["garbage here +*", "f = x'*A*x +", "f = x'*A*"])
def test_a_line_does_not_go_on_in_one_that_begins_anew(line: str) -> None:
    assert judge(f"f = x'*A*x\n{line}\ngrad f = (A+A')*x").steps[-1].status == "right"


@pytest.mark.parametrize(
    "text",
    ["f = " + "[x>" * 30_000, "$f = " + "[x>" * 30_000 + "$", "f = x'*x\ndf/dx_k = " + "*".join(["b_k"] * 4000),
     "f = x\ndf = " + "d(x)*" * 10_000 + "1", "f = x'x\ny = " + "∇f*" * 10_000 + "1",
     "f = x'*x\n" + "grad f = 2*x\n" * 5000, "f = x'*x\n" + "grad f = 2*x\n" * 290],
)  # fmt: skip
def test_no_answer_takes_long(text: str) -> None:
    def ask() -> None:
        try:
            judge(text)
        except LimitError as error:
            assert "limit" in str(error)

    assert seconds(ask, 2) < 2


@pytest.mark.parametrize("second", ["d^2 f", "d^2f", "d²f", "d(df)"])
def test_second_differentials(second: str) -> None:
    start = f"f = x'*A*x + logdet(X)\n{second} = "
    assert judge(start + "2*dx'*A*dx - tr(X^-1*dX*X^-1*dX)").verdict == "right"
    assert judge(start + "dx'*A*dx - tr(X^-1*dX*X^-1*dX)").verdict == "wrong"
    assert judge(start + "2*dx'*A*dx + tr(X^-1*dX*X^-1*dX)").verdict == "wrong"


def test_remarks_in_brackets_and_colons() -> None:
    text = "f(x) = x'Px + 2q'x + s   (P = P')\nSetting ∇f(x) = 2Px + 2q = 0:\nPx = -q\nx = -P^-1 q"
    assert judge(text).verdict == "right"
    assert judge(text.replace("= -P^-1", "= P^-1")).first_wrong is not None


def test_what_follows_from_a_line_that_cannot_be_read_is_not_blamed() -> None:
    found = judge("f(x) = frob(x)'Px\n∇f(x) = 0\nPx = -q")
    assert found.verdict == "undecided"
    found = judge("V = 1/2*e'*P*e, P symmetric\ndV = e'*P*de\nde = A*e*dt\ndV = e'*P*A*e*dt")
    assert [s.status for s in found.steps] == ["given", "right", "undecided", "undecided"]


def test_bars_that_close_begin_no_differential() -> None:
    assert judge("g(x) = ||C*x - d||^2 + r*||x - v||^2\n∇g = 2*C'*(C*x - d) + 2*r*(x - v)").verdict == "right"


def test_logarithms_of_a_name_without_its_argument() -> None:
    text = r"\begin{align*} \log L(\lambda) &= n\log\lambda - \lambda s, \qquad n, s \in \mathbb{R}\\ "
    found = judge(text + r"\frac{d\log L}{d\lambda} &= \frac{n}{\lambda} - s \end{align*}")
    assert found.verdict == "right", found.text


def test_gradients_said_in_words() -> None:
    start = "J = ||X - U*V'||_F^2\ngradient wrt U: -2(X - U*V')V\ngradient of J with respect to V: "
    assert judge(start + "-2(X - U*V')'U").verdict == "right"
    step = judge(start + "-2(X - U*V')U").first_wrong
    assert step is not None and step.line == 3


def test_a_path_is_a_function_of_a_number() -> None:
    assert judge("x(t) = exp(-t)*v\nx'(t) = -exp(-t)*v").verdict == "right"
    assert judge("x(t) = exp(-t)*v\nx'(t) = exp(-t)*v").verdict == "wrong"


def test_constraints_of_vectors_are_given() -> None:
    text = "Minimize 1/2*||x||^2 s.t. A*x = b.\nL(x, v) = 1/2*x'*x + v'*(b - A*x)\n∇_x L = x - A'*v = 0\nx = A'*v"
    found = judge(text)
    assert found.verdict == "right" and [s.line for s in found.steps] == [1, 2, 3, 3, 4]
    assert judge(text.replace("x = A'*v", "x = -A'*v")).first_wrong is not None


def test_a_jacobian_is_of_what_has_many_values() -> None:
    start = "r(x) = b - A*x\nphi(x) = r(x)'*r(x)\nJ = "
    assert judge(start + "-A\n∇phi = -2*A'*r(x)").verdict == "right"
    assert judge(start + "A").verdict == "wrong"


def test_combining_accents() -> None:
    start = "S(θ) = (y - Φθ)ᵀ(y - Φθ)\n∇S(θ) = -2Φᵀ(y - Φθ)\nθ\u0302 = "
    assert judge(start + "(ΦᵀΦ)⁻¹Φᵀy").verdict == "right"
    assert judge(start + "(ΦΦᵀ)⁻¹Φᵀy").verdict == "wrong"


@pytest.mark.parametrize(("said", "sound"), [
    ("The gradient is $A^\\top A x$ and the Hessian $A^\\top A$.", True),
    ("The gradient is $A^\\top A x$ and the Hessian $5A^\\top A$.", False),
    ("The Hessian $A A^\\top$ is positive semidefinite.", False),
    ("The gradient $g$ vanishes at zero.", True),
])  # fmt: skip
def test_a_formula_right_behind_the_word_is_said_to_be_it(said: str, sound: bool) -> None:
    found = judge("Let $f(x) = \\frac12 x^\\top A^\\top A x$. " + said)
    assert (found.first_wrong is None) == sound
