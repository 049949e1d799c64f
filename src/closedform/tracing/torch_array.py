"""The tensor that a PyTorch function is given while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from closedform.errors import ClosedformError, ReadError
from closedform.functions.algebra import SYM
from closedform.tracing.branches import truth
from closedform.tracing.dims import Dim
from closedform.tracing.ops import indexing, reduce, shape
from closedform.tracing.ops.labels import picked
from closedform.tracing.place import refuse
from closedform.tracing.refused import FILLED, unread
from closedform.tracing.value import Trace, Value

HANDLERS: dict[str, Callable[..., Any]] = {}
"""By name of function or method: what reads a call of it. The modules that ``torch_read`` lists fill it."""
ALIASES = {"axis": "dim", "keepdims": "keepdim"}
"""NumPy's words for arguments, which PyTorch takes too."""
IN_PLACE = "Write x = x + y instead of x += y or x.add_(y)."


class Length(Dim, torch.SymInt):  # type: ignore[misc]
    """A length as PyTorch's functions take it: ``Counting`` sees it before they do."""

    __ne__ = object.__ne__

    def __rfloordiv__(self, other: int) -> int:
        return other // int(self)

    def __rmod__(self, other: int) -> int:
        return other % int(self)

    def __rpow__(self, other: float) -> float:
        return float(other ** int(self))

    def __abs__(self) -> Length:
        return self

    __pos__ = __round__ = __trunc__ = __floor__ = __ceil__ = __abs__

    @property
    def node(self) -> NoReturn:
        """What PyTorch asks of a length for all else."""
        refuse("PyTorch calculates with a length in a way that is not read", "Hand it int(…) of the length.")


class Counting(TorchFunctionMode):  # type: ignore[misc]
    """While a function is read, in its thread alone: lengths among the arguments of a call are whole numbers."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        args, options = list(args), dict(kwargs or {})
        if _first_traced([*args, *options.values()]) is None:
            args, options = _counted(args), _counted(options)
        return function(*args, **options)


def _counted(x: Any) -> Any:
    if isinstance(x, Dim):
        return int(x)
    if isinstance(x, slice):
        return slice(*(_counted(k) for k in (x.start, x.stop, x.step)))
    if isinstance(x, dict):
        return {name: _counted(v) for name, v in x.items()}
    return type(x)(map(_counted, x)) if type(x) in (list, tuple) else x


class Tensor:
    """A traced tensor."""

    def __init__(self, value: Value, fresh: bool = True) -> None:
        self._value, self._fresh = value, fresh

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = str(getattr(function, "__name__", function))
        some = _first([*args, *(kwargs or {}).values()])
        return called(some._value.trace, name, args, kwargs or {})

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        refuse("a tensor is given to NumPy here", "Use PyTorch's own functions.", ReadError)

    def __bool__(self) -> bool:
        return truth(self._value)

    def __float__(self) -> float:
        refuse("float() of a traced tensor", "Leave it a tensor.", ReadError)

    def __int__(self) -> int:
        refuse("int() of a traced tensor", "Only static arguments may be indices and counts.", ReadError)

    __index__ = __int__

    def __round__(self, *_: Any) -> NoReturn:
        refuse("round() of a traced tensor: its derivative is zero almost everywhere, and no formula of it is read")

    def item(self) -> float:
        return self.__float__()

    numpy = tolist = item

    def detach(self) -> NoReturn:
        refuse("detach() stops the gradient, which a closed form does not", "Differentiate the function without it.")

    def __setitem__(self, key: Any, new: Any) -> None:
        refuse("a tensor is written in place", FILLED, ReadError)

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __len__(self) -> int:
        if not self._value.rank:
            refuse("a tensor without axes has no length; torch.tensor(x) asks for it", "Use torch.stack or clone.")
        return self._value.trace.sizes.pin(self._value.dims[0], "len()")

    def __iter__(self) -> Iterator[Any]:
        return iter([self[k] for k in range(len(self))])

    def __getitem__(self, key: Any) -> Tensor:
        self._fresh = False
        if isinstance(key, tuple) and len(key) == 2 and isinstance(key[1], Tensor):
            number = self._value.trace.sizes.number(self._value.dims[0])
            if isinstance(key[0], torch.Tensor) and np.array_equal(key[0].numpy(), np.arange(number or 0)):
                return Tensor(picked(self._value, key[1]._value))
        return Tensor(indexing.item(self._value, _key(key)), fresh=False)

    def __hash__(self) -> int:
        return id(self)

    @property
    def shape(self) -> tuple[Any, ...]:
        return tuple(Length.of(self._value.trace, d) for d in self._value.dims)

    def size(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self.shape[dim]

    def dim(self) -> int:
        return self._value.rank

    ndim = property(dim)

    def numel(self) -> Any:
        return Length.of(self._value.trace, reduce.count(self._value, None))

    @property
    def dtype(self) -> Any:
        kind = {"f": "float64", "i": "int64", "b": "bool"}.get(self._value.kind, self._value.kind)
        return getattr(torch, kind)

    @property
    def device(self) -> Any:
        return torch.device("cpu")

    @property
    def is_nested(self) -> bool:
        return False

    @property
    def requires_grad(self) -> bool:
        return False

    @property
    def T(self) -> Tensor:
        self._fresh = False
        return Tensor(shape.transposed(self._value), fresh=False)

    @property
    def mT(self) -> Tensor:
        self._fresh = False
        return Tensor(shape.turned(self._value), fresh=False)

    def __repr__(self) -> str:
        return f"<traced tensor of shape ({', '.join(map(str, self._value.dims))})>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.endswith("_"):
            refuse("a tensor is written in place", IN_PLACE, ReadError)
        if name not in HANDLERS:
            unread(f"the method {name}", name)
        return lambda *args, **options: called(self._value.trace, name, (self, *args), options)


def _operator(name: str, turned: bool = False) -> Callable[..., Any]:
    def method(self: Tensor, other: Any) -> Any:
        args = (other, self) if turned else (self, other)
        return called(self._value.trace, name, args, {})

    return method


def _updated(name: str) -> Callable[..., Any]:
    def method(self: Tensor, other: Any) -> Any:
        if not self._fresh:
            refuse("a tensor is written in place", IN_PLACE, ReadError)
        self._value = called(self._value.trace, name, (self, other), {})._value
        return self

    return method


for _sign in ("add", "sub", "mul", "truediv", "pow", "matmul", "floordiv", "mod"):
    _name = "div" if _sign == "truediv" else _sign
    setattr(Tensor, f"__{_sign}__", _operator(_name))
    setattr(Tensor, f"__r{_sign}__", _operator(_name, turned=True))
    setattr(Tensor, f"__i{_sign}__", _updated(_name))
for _sign in ("gt", "lt", "ge", "le", "eq", "ne", "and", "or"):
    setattr(Tensor, f"__{_sign}__", _operator({"and": "logical_and", "or": "logical_or"}.get(_sign, _sign)))
for _sign, _name in {"neg": "neg", "abs": "abs", "invert": "logical_not"}.items():
    setattr(Tensor, f"__{_sign}__", lambda self, name=_name: called(self._value.trace, name, (self,), {}))


def _key(key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(_key(k) for k in key)
    if isinstance(key, Tensor):
        return looked_at(key._value)
    return key.numpy() if isinstance(key, torch.Tensor) else key


def looked_at(y: Value) -> Any:
    name = y.node.params[0] if y.node.op is SYM else None
    if name not in y.trace.statics:
        refuse(
            "an index that is computed from values is not read",
            "Index with whole numbers, or weigh all entries: torch.where(test, x, 0).", ReadError,
        )  # fmt: skip
    y.trace.looked_at.add(name)
    return y.trace.statics[name]


def _first(args: Any) -> Tensor:
    found = _first_traced(args)
    if found is None:
        raise ClosedformError("no traced tensor among the arguments")
    return found


def _first_traced(args: Any) -> Tensor | None:
    todo = list(args)
    while todo:
        x = todo.pop(0)
        if isinstance(x, Tensor):
            return x
        if isinstance(x, list | tuple):
            todo = [*x, *todo]
    return None


def called(trace: Trace, name: str, args: Any, options: Any) -> Any:
    """What a handler makes of a call; an argument that it does not know is an error that names it."""
    plain = name.removeprefix("__").removesuffix("__")
    plain = {"rsub": "rsub", "rtruediv": "rdiv", "rdiv": "rdiv", "rpow": "rpow", "truediv": "div"}.get(plain, plain)
    if plain == "setitem":
        refuse("a tensor is filled with what is computed from the arguments", FILLED, ReadError)
    if name.startswith("__i") or (name.endswith("_") and not name.startswith("__")):
        refuse("a tensor is written in place", IN_PLACE, ReadError)
    if not torch.is_grad_enabled():
        refuse("torch.no_grad() stops the gradient, which a closed form does not", "Differentiate without it.")
    handler = HANDLERS.get(plain)
    if handler is None:
        unread(f"torch's {name}", plain)
    options = {ALIASES.get(k, k): v for k, v in options.items()}
    try:
        return handler(trace, *args, **options)
    except ClosedformError:
        raise
    except TypeError as error:
        if "argument" not in str(error):
            raise
        if "'out'" in str(error) and options["out"] is None:
            refuse("a tensor is given to NumPy here", "Use PyTorch's own functions.", ReadError)
        refuse(f"torch's {name}: {str(error).split('() ')[-1]}: this is not read here", kind=ReadError)


def lift(trace: Trace, x: Any) -> Value:
    """Whatever stands beside a traced tensor, as one."""
    if isinstance(x, Tensor):
        return x._value
    if isinstance(x, Dim):
        return trace.size_value(x.size)
    if isinstance(x, bool | int | float | np.number):
        return trace.number(x)
    if isinstance(x, torch.Tensor):
        if x.ndim == 0:
            return trace.number(x.item())
        held = trace.foreign.setdefault(id(x), (x, x.detach().cpu().numpy()))[1]
        if id(x) in trace.closed:
            trace.closed.setdefault(id(held), (trace.closed[id(x)][0], held))
        return trace.constant(held)
    refuse(f"{type(x).__name__} stands where a tensor is wanted")
