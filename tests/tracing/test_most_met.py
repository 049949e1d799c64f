"""The lists of what is met most: long enough, in agreement with the page; what is not read is refused by name."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
import torch

import closedform as cf
from closedform.errors import ClosedformError
from closedform.tracing.place import SPELLED
from closedform.tracing.refused import HINTS
from tests.tracing.most_met import jax_calls, numpy_calls, refused, torch_calls

PAGE = (Path(__file__).parents[2] / "docs" / "functions-of-your-own.md").read_text("utf-8")


def section(title: str) -> set[str]:
    """The words in code under a heading."""
    text = PAGE.split(f"### {title}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]
    return {word for code in re.findall(r"`([^`]*)`", text) for word in code.split()}


def plain(names: Any) -> set[str]:
    return {name.partition(":")[0] for name in names}


def lasts(names: Any, home: str) -> set[str]:
    """The names of one home, without it."""
    return {n.removeprefix(home) for n in plain(names) if n.startswith(home) and "." not in n.removeprefix(home)}


NUMPY = plain(numpy_calls.NUMPY)
TORCH = {*plain(torch_calls.CALLS), *(f"nn.{n}" for n in (*torch_calls.MODULES, *torch_calls.LOSSES))}
JAX = plain(jax_calls.JAX)


@pytest.mark.parametrize(("names", "least"), [(NUMPY, 150), (TORCH, 270), (JAX, 130)])
def test_the_lists_are_long(names: set[str], least: int) -> None:
    assert len(names) >= least


PAGES = {
    "NumPy": lasts(NUMPY, "np.") | {"subtract.outer"},
    "numpy.linalg": lasts(NUMPY, "np.linalg."),
    "scipy.special": lasts(NUMPY, "scipy.special."),
    "JAX primitives": plain(jax_calls.PRIMITIVES),
    "Computations that JAX names": plain(jax_calls.NAMED),
    "PyTorch": lasts(TORCH, "torch.") | lasts(TORCH, "torch.Tensor."),
    "torch.linalg": lasts(TORCH, "torch.linalg."),
    "torch.special": lasts(TORCH, "torch.special."),
    "torch.nn.functional": lasts(TORCH, "torch.nn.functional."),
    "torch.nn": lasts(TORCH, "nn."),
    "Refused by name": set(HINTS),
}


@pytest.mark.parametrize("title", PAGES)
def test_the_page_lists_what_is_tested(title: str) -> None:
    assert section(title) == PAGES[title]


X = np.random.default_rng(4).normal(size=(4, 4))
ARRAYS = {"numpy": X, "jax": jnp.asarray(X), "torch": torch.tensor(X)}
TABLES = {"numpy": refused.NUMPY, "torch": refused.TORCH, "jax": refused.JAX}


@pytest.mark.parametrize(("style", "name"), [(style, name) for style, table in TABLES.items() for name in table])
def test_what_is_not_read_is_refused_by_name(style: str, name: str) -> None:
    said = refusal_of(TABLES[style][name], style)
    hint = HINTS[name]
    for words in SPELLED[style]:
        hint = hint.replace(*words)
    assert re.search(rf"\b(linalg_)?{name}\b", said) and hint in said
    assert "refused.py, line" in said


def refusal_of(fn: Callable[[Any], Any], style: str) -> str:
    with pytest.raises(ClosedformError) as caught:
        cf.grad(fn)(ARRAYS[style])
    return str(caught.value)


@pytest.mark.parametrize("name", refused.OTHERWISE)
def test_what_is_refused_otherwise(name: str) -> None:
    style, fn, said = refused.OTHERWISE[name]
    assert said in refusal_of(fn, style)


def test_every_name_that_is_refused_is_tried() -> None:
    assert {name for table in TABLES.values() for name in table} == set(HINTS)
