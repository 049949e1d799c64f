"""The shape rule of function calls and norms: which operation a name means for what it is given."""

from __future__ import annotations

from collections.abc import Callable

from closedform.expr.op import Op, Shape
from closedform.expr.partials import ORDER, partial_shape, slots, split_kind
from closedform.expr.signature import Signature
from closedform.expr.size import ONE, Size
from closedform.functions.algebra import DIAGM, DIAGV
from closedform.read.infer import ABSURD, SCALAR, UNLIKELY, Trial
from closedform.read.misfit import Misfit, names_below
from closedform.read.norms import MARK, norm_call
from closedform.read.products import has_open_entry
from closedform.read.sizes import tree_size
from closedform.read.spaces import parse_size
from closedform.read.syntax import Call, Group, Name, Negative, Product, Sum, Transpose, Tree
from closedform.read.unify import is_scalar
from closedform.read.vocabulary import DETERMINANT, SYNONYMS, WEIGHING, operations

WITH_EXPM = {"exp": "expm", "log": "logm", "sqrt": "sqrtm"}


def call_shape(trial: Trial, tree: Call) -> Shape:
    """The shape of a function call; the operation chosen goes to ``trial.choice``."""
    if tree.abstract:
        return _abstract(trial, tree)
    name = SYNONYMS.get(tree.name, tree.name)
    special = SPECIAL.get(name)
    if special is not None:
        return special(trial, tree)
    return _from_table(trial, tree, name)


def _arity(trial: Trial, tree: Call, *allowed: int) -> None:
    if len(tree.args) not in allowed:
        want = " or ".join(map(str, allowed))
        plural = "" if allowed == (1,) else "s"
        raise Misfit(tree, f"{tree.name} takes {want} argument{plural}; it was given {len(tree.args)}")


def _from_table(trial: Trial, tree: Call, name: str) -> Shape:
    ops = operations(name)
    fits = [op for op in ops if op.signature is None or len(op.signature.args) == len(tree.args)]
    if not fits:
        wants = sorted({len(op.signature.args) for op in ops if op.signature})
        _arity(trial, tree, *wants)
    op = fits[0]
    if trial.question.typeset and may_be_of_matrix(trial, tree) and _known_square(trial, tree.args[0]):
        op = operations(WITH_EXPM[name])[0]
        trial.notes.append(f"{trial.typed(tree)} is read as the function of the matrix, {op.text}.")
    trial.choice[tree] = op
    if op.elementwise and (op.signature is None or (len(op.signature.args) > 1 and name != "polygamma")):
        return _entrywise_many(trial, tree, op)
    if op.signature is None:
        raise Misfit(tree, f"{name} cannot be typed")
    shape = _apply(trial, tree, op, op.signature)
    if name in WITH_EXPM and not meant_by_matrix(trial, tree) and not is_scalar(shape) and shape[1] is not ONE:
        trial.notes.append(_elementwise_note(trial, tree))
    return shape


def may_be_of_matrix(trial: Trial, tree: Call) -> bool:
    r"""Whether ``\log`` may be meant: ``\operatorname{log}`` is that of the entries, as answers are printed."""
    return SYNONYMS.get(tree.name, tree.name) in WITH_EXPM and not trial.typed(tree).startswith(r"\operatorname")


def meant_by_matrix(trial: Trial, tree: Call) -> bool:
    return getattr(trial.choice.get(tree), "name", "") in WITH_EXPM.values()


def _elementwise_note(trial: Trial, tree: Call) -> str:
    of, name = trial.typed(tree.args[0]), SYNONYMS.get(tree.name, tree.name)
    return f"{name}({of}) is elementwise; the matrix function is {WITH_EXPM[name]}({of})."


def _known_square(trial: Trial, tree: Tree) -> bool:
    """Whether it is a name declared symmetric, positive definite and the like, of which no one takes entrywise logs."""
    while isinstance(tree, Group):
        tree = tree.inner
    return isinstance(tree, Name) and tree.name in trial.question.square


def _entrywise_many(trial: Trial, tree: Call, op: Op) -> Shape:
    whole = None
    for arg in tree.args:
        shape = trial.shape[arg]
        if is_scalar(shape):
            continue
        if whole is not None and not trial.sizes.same(trial.shape[whole], shape):
            both = ((whole, trial.shape[whole]), (arg, shape))
            raise Misfit(tree, f"{trial.typed(tree)}: shapes differ", both)
        whole = whole if whole is not None else arg
    return SCALAR if whole is None else trial.shape[whole]


def _apply(trial: Trial, tree: Call, op: Op, signature: Signature) -> Shape:
    bound: dict[str, Size] = {}
    for arg, pattern in zip(tree.args, signature.args, strict=True):
        shape = trial.shape[arg]
        if is_scalar(shape) and not op.elementwise and pattern != SCALAR:
            trial.doubt(tree, ABSURD)
        fits = all(_match(trial, want, have, bound) for want, have in zip(pattern, shape, strict=True))
        if not fits:
            raise _refusal(trial, tree, op, signature, arg)
    rows, cols = ((trial.sizes.resolve(s.put(bound))) for s in signature.result)
    return rows, cols


def _match(trial: Trial, want: Size, have: Size, bound: dict[str, Size]) -> bool:
    if want is ONE:
        return have is ONE
    name = want.name
    if name is not None and name not in bound:
        bound[name] = have
        return True
    want = want.put(bound)
    if want is have:
        return True
    return have is not ONE and trial.sizes.unify(want, have)


HINTS = {
    "softmax": "Write softmax_rows(X) for that of each row, softmax_rows(X')' for that of each column.",
    "logsumexp": "Write logsumexp_rows(X) for that of each row.",
    "var": "Write var(vec(X)).", "prod": "Write prod(vec(X)).",
    "cumsum": "It runs over the entries of a vector.",
    "maxentry": "Write max(vec(X)) for the largest entry.",
    "minentry": "Write min(vec(X)) for the smallest entry.",
}  # fmt: skip


def _refusal(trial: Trial, tree: Call, op: Op, signature: Signature, arg: Tree) -> Misfit:
    wants = []
    for rows, cols in signature.args:
        if cols is ONE:
            wants.append("a scalar" if rows is ONE else "a vector" if rows.number is None else f"a vector of {rows}")
        else:
            wants.append("a square matrix" if rows is cols else "a matrix")
    head = f"{trial.typed(tree)}: {op.text} takes {' and '.join(wants)}"
    shape = trial.shape[arg]
    hint = HINTS.get(op.name, "") if shape[1] is not ONE else ""
    if op.name in ("det", "logdet", "inv") and shape[1] is not ONE:
        X = trial.typed(arg)
        hint = f"Write pinv({X}) for the pseudo-inverse." if op.name == "inv" else f"Did you mean {op.name}({X}'*{X}) ?"
    if op.name in HINTS and shape[0] is ONE:
        hint = f"Transpose the row: {op.text}(({trial.typed(arg)})')."
    final = op.name in HINTS and shape[1] is not ONE and not has_open_entry(trial, arg)
    return Misfit(tree, head, [(a, trial.shape[a]) for a in tree.args], hint=hint, final=final)


def _abstract(trial: Trial, tree: Call) -> Shape:
    arrow = trial.question.functions[tree.name]
    _arity(trial, tree, len(arrow.domains))
    for k, (arg, domain) in enumerate(zip(tree.args, arrow.domains, strict=True)):
        shape = trial.shape[arg]
        if not trial.sizes.same(shape, domain):
            place = f"argument {k + 1} of {tree.name}" if len(arrow.domains) > 1 else tree.name
            head = f"{trial.typed(tree)}: {place} is declared on {{0}}×{{1}}"
            raise Misfit(tree, "{why}", [(arg, shape)], head, domain)
    found = partial_shape(tree.kind, arrow.domains, arrow.codomain)
    if found is None:
        raise Misfit(tree, f"{trial.typed(tree)}: {_kind_refused(tree.kind, len(arrow.domains))}")
    return found


KINDS = {
    "grad": "a scalar function", "hess": "a scalar function", "diff": "a function of a scalar", "jac": "a function",
}  # fmt: skip


def _kind_refused(kind: str, count: int) -> str:
    word, digits = split_kind(kind)
    if slots(kind, count) is None and count > 1:
        want = ORDER[word]
        return f"{kind} takes the numbers of {want} argument{'s' * (want > 1)} of {count}, as in {word}{'12'[:want]}"
    if slots(kind, count) is None and word != "diff":
        return f"{word}[f] of a function of one argument takes no number; this is {kind}"
    return f"{word} takes {KINDS[word]}" + (f" in argument {' and '.join(digits)}" if count > 1 else "")


def _square(trial: Trial, tree: Call) -> Shape:
    _arity(trial, tree, 1)
    shape = trial.shape[tree.args[0]]
    if is_scalar(shape):
        trial.doubt(tree, UNLIKELY + 1)
    elif shape[1] is ONE or shape[0] is ONE or not trial.sizes.unify(*shape):
        hint = f"Write pinv({trial.typed(tree.args[0])}) for the pseudo-inverse." if tree.name == "inv" else ""
        raise Misfit(
            tree,
            f"{trial.typed(tree)}: {tree.name} takes a square matrix",
            [(tree.args[0], shape)],
            hint=hint,
        )
    return shape


def _of_matrices(trial: Trial, tree: Call) -> None:
    r"""``\operatorname{tr}(\rho \log \rho)`` in LaTeX has the logarithm of the matrix; beside a transpose,
    ``\operatorname{tr}(Y^\top \log P)``, which sums products of entries, that of the entries."""
    todo: list[Tree] = list(tree.args)
    while todo:
        part = todo.pop()
        if isinstance(part, Product):
            beside = [f.inner if isinstance(f, Group) else f for _, f in part.factors]
            if any(isinstance(f, Transpose) for f in beside) or any(s.startswith(".") for s, _ in part.factors):
                continue
        if isinstance(part, Group | Sum | Negative | Product):
            todo.extend(part.parts)
        if not isinstance(part, Call) or part.abstract or meant_by_matrix(trial, part):
            continue
        if may_be_of_matrix(trial, part):
            rows, cols = trial.shape[part]
            if ONE not in (rows, cols) and trial.sizes.resolve(rows) is trial.sizes.resolve(cols):
                trial.choice[part] = operations(WITH_EXPM[SYNONYMS.get(part.name, part.name)])[0]
                trial.notes = [n for n in trial.notes if n != _elementwise_note(trial, part)]
                trial.notes.append(f"{trial.typed(part)} below a trace is read as the function of the matrix.")


def _trace(trial: Trial, tree: Call) -> Shape:
    _square(trial, tree)
    if trial.question.typeset:
        _of_matrices(trial, tree)
    if not trial.greek or not is_scalar(trial.shape[tree.args[0]]):
        return SCALAR
    names = list(dict.fromkeys(names_below(tree.args[:1], but=tree.name)))
    free = next((n for n in names if n in trial.greek and not trial.declared(n)), None)
    if free is not None and all(trial.kinds.get(n) == "S" for n in names):
        head = f"{trial.typed(tree)} is the trace of a number"
        raise Misfit(tree, head, hint=f"Declare {free} in R^(n×n) for a matrix, or leave the trace out.")
    return SCALAR


def _diag(trial: Trial, tree: Call) -> Shape:
    _arity(trial, tree, 1)
    rows, cols = shape = trial.shape[tree.args[0]]
    if cols is ONE and rows is not ONE:
        trial.choice[tree] = DIAGM
        return rows, rows
    if is_scalar(shape) or rows is ONE or not trial.sizes.unify(rows, cols):
        head = f"{trial.typed(tree)}: diag takes a vector or a square matrix"
        raise Misfit(tree, head, [(tree.args[0], shape)])
    trial.choice[tree] = DIAGV
    return rows, ONE


def _transpose(trial: Trial, tree: Call) -> Shape:
    _arity(trial, tree, 1)
    rows, cols = trial.shape[tree.args[0]]
    return cols, rows


def _dot(trial: Trial, tree: Call) -> Shape:
    _arity(trial, tree, 2)
    a, b = tree.args
    if not trial.sizes.same(trial.shape[a], trial.shape[b]):
        raise Misfit(tree, f"{trial.typed(tree)}: shapes differ", [(a, trial.shape[a]), (b, trial.shape[b])])
    return SCALAR


def size_of(trial: Trial, tree: Tree) -> Size:
    """The size that an argument such as ``n`` in ``eye(n)`` is."""
    return tree_size(tree) or parse_size(trial.typed(tree))


def _eye(trial: Trial, tree: Call) -> Shape:
    _arity(trial, tree, 1)
    n = size_of(trial, tree.args[0])
    return _at_least_one(trial, tree, (n, n))


def _filled(trial: Trial, tree: Call) -> Shape:
    _arity(trial, tree, 1, 2)
    sizes = [size_of(trial, a) for a in tree.args]
    return _at_least_one(trial, tree, (sizes[0], sizes[1] if len(sizes) > 1 else ONE))


def _at_least_one(trial: Trial, tree: Call, shape: Shape) -> Shape:
    if any(n.number is not None and n.number < 1 for n in shape):
        head = f"a size is at least 1; {trial.typed(tree)} is {shape[0]}×{shape[1]}"
        raise Misfit(tree, head, final=True)
    return shape


def _all_of_one(trial: Trial, tree: Call) -> Shape:
    """matrixcalculus.org's ``vector(1)`` and ``matrix(0)``."""
    _arity(trial, tree, 1)
    if trial.typed(tree.args[0]).strip() not in ("0", "1"):
        raise Misfit(tree, f"{tree.name} takes 0 or 1", hint="Write ones(n) or zeros(m,n).")
    rows = trial.sizes.fresh()
    return rows, ONE if tree.name == "vector" else trial.sizes.fresh()


def _unvec(trial: Trial, tree: Call) -> Shape:
    _arity(trial, tree, 3)
    v = tree.args[0]
    m, n = (size_of(trial, a) for a in tree.args[1:])
    if trial.shape[v][1] is not ONE or not trial.sizes.unify(trial.shape[v][0], m * n):
        head = f"{trial.typed(tree)}: unvec takes a vector of length {m * n}"
        raise Misfit(tree, head, [(v, trial.shape[v])])
    return m, n


def _comm(trial: Trial, tree: Call) -> Shape:
    _arity(trial, tree, 2)
    m, n = (size_of(trial, a) for a in tree.args)
    return m * n, m * n


def _sub(trial: Trial, tree: Call) -> Shape:
    _arity(trial, tree, 5)
    return size_of(trial, tree.args[3]), size_of(trial, tree.args[4])


def _blocks(trial: Trial, tree: Call) -> Shape:
    """kron_left(G, B) and kron_right(G, A): the other factor's shape, found by division."""
    _arity(trial, tree, 2)
    trial.choice[tree] = operations(tree.name)[0]
    whole, part = (trial.shape[a] for a in tree.args)
    out = []
    for have, by in zip(whole, part, strict=True):
        if trial.sizes.resolve(have) is trial.sizes.resolve(by):
            out.append(ONE)
            continue
        other = trial.sizes.fresh()
        if not trial.sizes.unify(have, trial.sizes.resolve(by) * other):
            head = f"{trial.typed(tree)}: sizes do not divide"
            raise Misfit(tree, head, [(a, trial.shape[a]) for a in tree.args])
        out.append(other)
    return out[0], out[1]


def _bars(trial: Trial, tree: Call) -> Shape:
    """``|x|``: elementwise; of a matrix it may be the determinant, so it is asked, and in LaTeX it is."""
    (arg,) = tree.args
    rows, cols = shape = trial.shape[arg]
    typeset = trial.question.typeset or tree.name == DETERMINANT
    if typeset and ONE not in shape and trial.sizes.unify(rows, cols):
        X = trial.typed(arg)
        trial.notes.append(f"{trial.typed(tree)} is read as the determinant of {X}.")
        trial.choice[tree] = operations("det")[0]
        return SCALAR
    if rows is not ONE and cols is not ONE:
        X = trial.typed(arg)
        head = f"{trial.typed(tree)} of a matrix may be the determinant or the absolute values"
        raise Misfit(tree, head, hint=f"Write det({X}) or abs({X}).", final=True)
    trial.choice[tree] = operations("abs")[0]
    return shape


def _euler(trial: Trial, tree: Call) -> Shape:
    """LaTeX's ``e^{u}``: the exponential, of a square matrix the matrix exponential."""
    _arity(trial, tree, 1)
    (arg,) = tree.args
    rows, cols = shape = trial.shape[arg]
    if rows is ONE or cols is ONE:
        trial.choice[tree] = operations("exp")[0]
        if not is_scalar(shape):
            trial.notes.append(f"{trial.typed(tree)} of a vector is read entry by entry.")
        return shape
    if not trial.sizes.unify(rows, cols):
        hint = f"Write exp({trial.typed(arg)}) for the exponential of every entry."
        head = f"{trial.typed(tree)}: the matrix exponential takes a square matrix"
        raise Misfit(tree, head, [(arg, shape)], hint=hint)
    trial.choice[tree] = operations("expm")[0]
    trial.notes.append(f"{trial.typed(tree)} is read as the matrix exponential.")
    return trial.sizes.shape(shape)


def _vec(trial: Trial, tree: Call) -> Shape:
    shape = _from_table(trial, tree, "vec")
    trial.sizes.stacked.append(trial.shape[tree.args[0]])
    return shape


def _weighing(trial: Trial, tree: Call) -> Shape:
    r"""``\operatorname{softmax}(Q K^\top) V``: the rows of V are weighed by rows that sum to one."""
    _arity(trial, tree, 1)
    if ONE in trial.shape[tree.args[0]]:
        return _from_table(trial, tree, "softmax")
    trial.choice[tree] = operations("softmax_rows")[0]
    trial.notes.append(f"{trial.typed(tree)} is read as the softmax of each row.")
    return trial.shape[tree.args[0]]


def _without_index(trial: Trial, tree: Call) -> Shape:
    """``max_over(x)``: what begins with an index is read before it comes here."""
    entries = tree.name.removesuffix("_over")
    hint = f"Write {tree.name}(i, …) with an index, or {entries}(…) for the entries of a vector."
    raise Misfit(tree, f"{tree.name} has no index", hint=hint, final=True)


NORMS: dict[str, Callable[[Trial, Call], Shape]] = dict.fromkeys(MARK, norm_call)
SPECIAL: dict[str, Callable[[Trial, Call], Shape]] = NORMS | {
    "inv": _square, "tr": _trace, "diag": _diag, "transpose": _transpose, "dot": _dot, "eye": _eye,
    "ones": _filled, "zeros": _filled, "vector": _all_of_one, "matrix": _all_of_one, "unvec": _unvec,
    "comm": _comm, "sub": _sub, "kron_left": _blocks, "kron_right": _blocks, "|": _bars, DETERMINANT: _bars,
    WEIGHING: _weighing, "e^": _euler, "vec": _vec, "max_over": _without_index, "min_over": _without_index,
}  # fmt: skip
