"""Functions of the user's own from a file, ``file.py:name``: the file is run, and that is said."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from closedform import own
from closedform.cli.outcome import write
from closedform.errors import ReadError
from closedform.formula import Formula


def function_in(path: str, name: str, where: str | None = None) -> Formula:
    """The formula that a function of a file is. Raises ReadError where there is no such file or function."""
    return own.formula(loaded(path, name), where)


def loaded(path: str, name: str) -> Callable[..., Any]:
    """Run a file and take a function out of it."""
    if not Path(path).is_file():
        raise ReadError(f"{path} cannot be read: there is no such file")
    write(f"running {path} for its function {name}", to_stderr=True)
    spec = spec_from_file_location(Path(path).stem, path)
    if spec is None or spec.loader is None:
        raise ReadError(f"{path} is no file of Python")
    module = module_from_spec(spec)
    sys.modules.setdefault(Path(path).stem, module)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise ReadError(f"{path} is no Python: {error.msg} in line {error.lineno}") from None
    found = getattr(module, name, None)
    if not callable(found):
        functions = [n for n, v in vars(module).items() if callable(v) and getattr(v, "__module__", "") == spec.name]
        known = ", ".join(functions) or "none"
        raise ReadError(f"there is no function {name} in {path}; it has {known}")
    function: Callable[..., Any] = found
    return function
