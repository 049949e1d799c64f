"""docs/api.md, from the docstrings of the public names; ``docs/make.py`` writes it."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import closedform
from closedform.check.certificate import Certificate
from closedform.explain.page import Page
from closedform.formula import LinearMap

HEAD = """# API

Written by `./dev docs` from the docstrings. `import closedform as cf` gives `cf.formula` and the other names below;
a [`LinearMap`](#linearmap), a [`Certificate`](#certificate) and a [`Page`](#page) are returned. In the examples:

```python
>>> from closedform import (
...     NoDerivative, argmin, check, declare, equal, explain, formula, grad, hessian, hvp, jacobian, judge, jvp,
...     value_and_grad, vjp,
... )
>>> from closedform.check.certificate import Certificate
```
"""
ROLE = re.compile(r":\w+:(?=`)")
RETURNED = (LinearMap, Certificate, Page)


def sections() -> Iterator[str]:
    names = [name for name in closedform.__all__ if not name.startswith("_")]
    public = [getattr(closedform, name) for name in names]
    errors = [p for p in public if inspect.isclass(p) and issubclass(p, Exception)]
    functions = [p for p in public if inspect.isfunction(p)]
    classes = [p for p in public if p not in errors and p not in functions]
    for function in functions:
        yield f"## {function.__name__}\n\n{signature(function)}{described(function)}"
    for cls in (*classes, *RETURNED):
        yield f"## {cls.__name__}\n\n{described(cls)}"
        yield from members(cls)
    yield "## Errors\n"
    for error in sorted(errors, key=lambda e: (len(e.__mro__), e.__name__)):
        base = "" if error.__base__ is Exception else f" ({error.__base__.__name__})"
        yield f"### {error.__name__}{base}\n\n{described(error)}"


def members(cls: type) -> Iterator[str]:
    """The public methods and properties of a class, those of the classes it is built on first."""
    own = [base for base in reversed(cls.__mro__[1:]) if base.__module__.startswith("closedform.formula.")]
    derived = "Formula" in {b.__name__ for b in cls.__mro__[1:]}
    inherited = {} if derived else {k: v for b in own for k, v in vars(b).items()}
    for name, member in (inherited | dict(vars(cls))).items():
        if name.startswith("_") and name != "__call__":
            continue
        if inspect.isfunction(member):
            yield f"### {cls.__name__}.{name}\n\n{signature(member)}{described(member)}"
        elif isinstance(member, (property, cached_property)):
            yield f"### {cls.__name__}.{name}\n\n{described(member)}"


class Bare(str):
    """An annotation as it is written, without quotes."""

    __repr__ = str.__str__


def signature(function: Any) -> str:
    found = inspect.signature(function)
    kept = [p.replace(annotation=Bare(p.annotation)) for name, p in found.parameters.items() if name != "self"]
    shown = found.replace(parameters=kept, return_annotation=Bare(found.return_annotation))
    return f"```text\n{function.__name__}{shown}\n```\n\n"


def described(thing: Any) -> str:
    """The docstring, its examples fenced, its references to other names as code."""
    text = inspect.getdoc(thing)
    if not text:
        sys.exit(f"docs: {thing!r} has no docstring")
    parts = text.split("\n\n")
    return "\n\n".join(fenced(p) if p.startswith(">>>") else ROLE.sub("", p.replace("``", "`")) for p in parts) + "\n"


def fenced(example: str) -> str:
    return f"```python\n{example}\n```"


def page() -> str:
    """The whole page."""
    return HEAD + "\n" + "\n".join(sections())
