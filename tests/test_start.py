"""A symbolic question loads no numerical library."""

import subprocess
import sys

QUESTION = """
import sys, closedform
g = closedform.formula("1/2*||A*x - b||^2").grad("x")
assert g.text and g.unicode and g.latex and g.assumed
print(*sorted({"numpy", "scipy", "flint", "click", "rich"} & set(sys.modules)))
"""


def test_a_symbolic_question_loads_no_numerical_library() -> None:
    done = subprocess.run([sys.executable, "-c", QUESTION], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
