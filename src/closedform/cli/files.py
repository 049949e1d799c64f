"""A function in a file of Python, given as ``file.py:name``: the file is run, and the function read."""

from __future__ import annotations

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from closedform import own
from closedform.cli.outcome import write
from closedform.cli.sources import formula_text
from closedform.errors import ReadError
from closedform.formula import Formula

PLACE = re.compile(r"(?P<path>.+\.py):(?P<name>[^\W\d]\w*)")


def read_formula(o: dict[str, Any]) -> Formula:
    """The formula that the options give: typed, in a file, or a function of Python."""
    where = ", ".join(o["where"]) or None
    place = PLACE.fullmatch(o["formula"] or "")
    if place is None:
        return own.formula(formula_text(o["formula"], o["file"]), where, o["syntax"])
    write(f"running {place['path']} to read {place['name']}", to_stderr=True)
    return own.formula(function_in(place["path"], place["name"]), where)


def function_in(path: str, name: str) -> Any:
    """The function of a file, which is run as it is when it is imported."""
    file = Path(path)
    if not file.is_file():
        raise ReadError(f"there is no file {path}")
    spec = spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ReadError(f"{path} is no file of Python")
    module = module_from_spec(spec)
    sys.modules.setdefault(file.stem, module)  # dataclasses look their module up
    sys.path.insert(0, str(file.parent.resolve()))
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise ReadError(f"{path}, line {error.lineno}: {error.msg}") from None
    except (ImportError, NameError, AttributeError, TypeError, ValueError, OSError) as error:
        raise ReadError(f"{path} cannot be run: {type(error).__name__}: {error}") from None
    finally:
        sys.path.remove(str(file.parent.resolve()))
    found = getattr(module, name, None)
    if not callable(found):
        names = [n for n, x in vars(module).items() if callable(x) and not n.startswith("_")]
        raise ReadError(f"{path} has no function {name}; it has {', '.join(names) or 'none'}")
    return found
