"""What the names of a derivation stand for, and its derivatives: each expression as one of the variables alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from closedform.calculus.derive import gradients, hessian, jacobian
from closedform.calculus.differential import differential
from closedform.calculus.spaces import direction
from closedform.calculus.vecform import matrix_of_vec
from closedform.check.certificate import Certificate, Claim
from closedform.errors import ClosedformError, DeclarationError, LimitError, MissingRule, ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM, index, mul, num, power, scale, sym, transpose, unit, zeros
from closedform.judging.atoms import SQUARE, Atom, Atoms
from closedform.judging.names import bare
from closedform.judging.reading import Shared
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify

Moving = frozenset[str]
MAX_NESTED = 50
HABITS = ("x", "X", "w", "W", "theta", "beta", "Theta", "z", "u", "v", "y", "Y", "t")
DATA = ("y", "Y", "t")
"""Names that data have more often than variables."""


def certified(claim: Claim) -> Certificate:
    from closedform.check.certify import certify

    return certify(claim)


def same(a: Node, b: Node) -> bool:
    """Whether two expressions are certified to be equal."""
    return a is b or (a.shape == b.shape and certified(Claim("equal", a, b)).ok)


def disproved(certificate: Certificate) -> bool:
    """Whether a refusal shows that the claim is false, rather than that nothing could be shown."""
    return not certificate.ok and (certificate.counterexample is not None or "differ" in certificate.reason)


class Unproved(ClosedformError):
    """Our own derivative could not be certified: nothing is said of the line."""


class NotInFunction(DeclarationError):
    """What a derivative is taken by does not stand in the function."""

    def __init__(self, name: str, function: str) -> None:
        super().__init__(f"{name} is not in {function}")
        self.name = name


class Book:
    """Definitions, constants and derivatives of one derivation."""

    def __init__(self, shared: Shared, atoms: Atoms) -> None:
        self.shared, self.atoms = shared, atoms
        self.defined: dict[str, Node] = {}  # as written, names of definitions left in it
        self.more: dict[str, list[Node]] = {}  # other expressions that a name is said to equal
        self.constant: set[str] = set()
        self.variables: list[str] = []  # those that derivatives are taken by, or that move, as they come
        self.respect: list[str] = []  # those that the words name: "with respect to w"
        self.chosen: dict[str, str] = {}  # what gradients are by where that is not said, by the function
        self._open: list[str] = []  # definitions being put in
        self._full: dict[tuple[Node, Moving, frozenset[str]], Node] = {}
        self._derivatives: dict[tuple[Node, Node, tuple[str, ...], Atom], Node] = {}
        self._moved: dict[tuple[Node, Moving], Node] = {}

    def symbol(self, name: str) -> Node | None:
        return self.shared.reading.names.get(name) if self.shared.reading else None

    # -- full expressions
    def full(self, node: Node, moving: Moving = frozenset(), keep: frozenset[str] = frozenset()) -> Node:
        """The expression with definitions put in (but for ``keep``) and differentials written in those of variables."""
        key = (node, moving, keep)
        if key not in self._full:
            self._full[key] = rebuild(node, lambda n, args: self._stands_for(n, moving, keep))
        return self._full[key]

    def _stands_for(self, n: Node, moving: Moving, keep: frozenset[str]) -> Node | None:
        if n.op is not SYM:
            return None
        name = n.params[0]
        if name in keep:
            return None
        if name in self.defined:
            return self._definition(name, moving, keep)
        atom, turned = self.atoms.of_name(name)
        if atom is not None and atom.sign != "d":
            found = self.full(self.derivative(atom), moving, keep)
            return transpose(found) if turned else found
        base = name[1:]
        if name[0] != "d" or base in keep:
            return None
        if base in self.atoms.found:
            return self._of_atom(self.atoms.found[base], moving, keep)
        if base in self.defined:
            return self.moved(self._definition(base, moving, keep), moving)
        return zeros(*n.shape) if base in self.constant else None

    def _definition(self, name: str, moving: Moving, keep: frozenset[str]) -> Node:
        if name in self._open:
            raise DeclarationError(f"{name} is defined by itself")
        if len(self._open) >= MAX_NESTED:
            raise LimitError(f"over {MAX_NESTED} definitions stand within each other (limit: definitions)")
        self._open.append(name)
        try:
            return self.full(self.defined[name], moving, keep)
        finally:
            self._open.pop()

    def _of_atom(self, atom: Atom, moving: Moving, keep: frozenset[str]) -> Node:
        inner = self.full(self.shared.node(atom.of), moving, keep)
        found = self.moved(inner, moving)
        if atom.order == 1:
            return found
        steps = [n for n in postorder(found) if n.op is SYM and n.params[0][0] == "d" and n.params[0][1:] in moving]
        apart = {n: sym(f"first_{n.params[0]}", n.rows, n.cols, n.params[1]) for n in steps}
        again = self.moved(rebuild(found, lambda n, _: apart.get(n)), moving)
        back = {other: n for n, other in apart.items()}
        return rebuild(again, lambda n, _: back.get(n))

    def moved(self, node: Node, moving: Moving) -> Node:
        """The differential of a full expression, each variable's part certified."""
        key = (node, moving)
        if key not in self._moved:
            here = {n.params[0]: n for n in postorder(node) if n.op is SYM}
            moves = {here[v]: direction(here[v]) for v in sorted(moving & here.keys() - self.constant)}
            found = differential(normal(node), moves)
            for x, dx in moves.items():
                alone = differential(normal(node), {x: dx})
                self._certify(Claim("map", node, alone, x, differentials=(dx.params[0],)))
            self._moved[key] = found
        return self._moved[key]

    def _certify(self, claim: Claim) -> None:
        found = certified(claim)
        if not found.ok:
            raise Unproved(f"our own derivative is not certified: {found.reason}")

    # -- derivatives that were written
    def derivative(self, atom: Atom) -> Node:
        """The derivative that an atom is: of a scalar the gradient (or Hessian), of a vector the Jacobian."""
        f, x, entry = self.function_and_variable(atom)
        key = (f, x, entry, replace(atom, of="", by=""))
        if key not in self._derivatives:
            self._derivatives[key] = self._derived(atom, f, x, entry)
        return self._derivatives[key]

    def _derived(self, atom: Atom, f: Node, x: Node, entry: tuple[str, ...]) -> Node:
        if atom.sign == "along":
            return self._along(atom, f, x)
        if atom.sign == "vec":
            return matrix_of_vec(self.moved(f, frozenset({x.params[0]})), direction(x))
        if atom.at:
            point = zeros(*x.shape) if atom.at == "0" else self.shared.node(atom.at, x)
            if point.shape != x.shape:
                raise ShapeError(f"{atom.of} is defined for {x.params[0]} of another size than {atom.at.strip()}")
            return rebuild(self.derivative(replace(atom, at="")), lambda n, _: point if n is x else None)
        if atom.order == SQUARE:
            if not x.is_scalar or not f.is_scalar:
                raise MissingRule("a derivative by a square is one by a scalar")
            return scale(power(num(2) * x, -1), self.derivative(replace(atom, order=1)))
        if x.is_scalar and not f.is_scalar:
            slope = self._slope(f, x)
            return self._slope(slope, x) if atom.order == 2 else slope
        if atom.order == 2:
            found = hessian(normal(f), x)
            if found.directions:
                raise MissingRule("the second derivative by a matrix is a linear map")
            self._certify(Claim("hessian", f, found.node, x))
        elif f.is_scalar:
            found = gradients(normal(f), [x])[0]
            self._certify(Claim("gradient", f, found.node, x))
        else:
            found = jacobian(normal(f), x)
            self._certify(Claim("jacobian", f, found.node, x))
            if len(entry) == 1 and x.is_column:
                return mul(found.node, unit(_at(entry[0]), x.rows))
        return entry_of(found.node, entry)

    def _slope(self, f: Node, x: Node) -> Node:
        """The derivative by a scalar of what has many values."""
        dx = direction(x)
        node = normal(rebuild(self.moved(f, frozenset({x.params[0]})), lambda n, _: num(1) if n is dx else None))
        self._certify(Claim("jacobian", f, node, x))
        return node

    def _along(self, atom: Atom, f: Node, x: Node) -> Node:
        dx, moving, steps = direction(x), frozenset({x.params[0]}), list[Node]()
        for text in atom.at.split(",") if atom.order == 2 else [atom.at]:
            steps.append(self.shared.node(text, x))
            if steps[-1].shape != x.shape:
                raise ShapeError(f"{text.strip()} is of another size than {x.params[0]}, which moves by it")
        held = [sym(f"step{k}_{dx.params[0]}", *dx.shape, dx.params[1]) for k in range(len(steps))]
        for step in held:
            f = _put(self.moved(f, moving), {dx: step})
        return _put(f, dict(zip(held, steps, strict=True)))

    def function_and_variable(self, atom: Atom) -> tuple[Node, Node, tuple[str, ...]]:
        """The function of the variable alone, the variable, and the indices of an entry of it."""
        own = self.shared.node(atom.of)
        by, entry = self._by(atom, own)
        if own.op is SYM and own.params[0] not in self.defined and (own.params[0] != by or not atom.by):
            raise DeclarationError(f"{own.params[0]} is not defined, so that its derivative is not known")
        keep = frozenset({by}) if by in self.defined else frozenset()
        for candidate in self._expressions(own, by):
            f = self.full(candidate, frozenset(), keep)
            found = next((n for n in postorder(f) if n.op is SYM and n.params[0] == by), None)
            if found is not None:
                return f, found, entry
        x = self.symbol(by)
        if x is None:
            raise DeclarationError(f"{by} does not stand in what is differentiated by it")
        raise NotInFunction(by, own.params[0] if own.op is SYM else "the function")

    def _expressions(self, own: Node, by: str) -> Iterator[Node]:
        """The function as written, in other ways it was written, and with what ``by`` stands for put back."""
        yield own
        name = own.params[0] if own.op is SYM else ""
        if name in self.defined:
            yield self.defined[name]
            yield from self.more.get(name, ())
        if by in self.defined:
            symbol = sym(by, *self.defined[by].shape)
            whole = {self.full(self.defined[by]), self.defined[by]}
            for candidate in [own, *([self.defined[name], *self.more.get(name, ())] if name in self.defined else [])]:
                for f in (candidate, self.full(candidate)):
                    yield rebuild(f, lambda n, _: symbol if n in whole else None)

    def _by(self, atom: Atom, own: Node) -> tuple[str, tuple[str, ...]]:
        by = atom.by or self._habit(own)
        known = self.shared.declared | self.defined.keys()
        if by in known:
            return by, ()
        base, _, rest = by.replace("[", "_").replace("]", "").replace(",", "").partition("_")
        for name in (base, base.upper()):
            if rest and name in known:
                return name, tuple(rest)
        return by, ()

    def _habit(self, own: Node) -> str:
        """The variable where none is named: the function's argument, what moves, then by habit."""
        name = own.params[0] if own.op is SYM else ""
        argument = next((bare(x) for f, x in self.atoms.functions.items() if bare(f) == name), "")
        here = {n.params[0] for n in postorder(self.full(own)) if n.op is SYM}
        order = [argument, self.chosen.get(name, ""), *self.variables, *self.respect, *HABITS, *sorted(here)]
        return next((v for v in order if v in here and v not in self.constant), "x")

    def choose(self, atom: Atom, line: Node) -> None:
        """Take a gradient whose variable is not said by the one for which the line is right, or has its shape."""
        own = self.shared.node(atom.of)
        named = atom.by or self.respect or any(bare(f) == atom.of for f in self.atoms.functions)
        if named or any(a.by for a in self.atoms.found.values()) or own.op is not SYM or own.params[0] in self.chosen:
            return
        default = self._habit(own)
        here = {n.params[0]: n for n in postorder(self.full(own)) if n.op is SYM}
        usual = [v for v in HABITS if v in here and v not in (*self.constant, *DATA) and here[v].shape == line.shape]
        right = (v for v in usual if same(self.derivative(replace(atom, by=v)), self.full(line)))
        by_shape = usual[0] if usual and not here[default].is_column else default
        chosen = default if default in usual else next(right, by_shape)
        self.chosen[own.params[0]] = chosen
        self.variables = [chosen if v == default else v for v in self.variables]


def _put(node: Node, there: dict[Node, Node]) -> Node:
    return rebuild(node, lambda n, _: there.get(n))


def entry_of(node: Node, entry: tuple[str, ...]) -> Node:
    """An entry of a gradient, counted from 1, or what is by one row, a column; ``entry`` holds names or numbers."""
    if not entry:
        return node
    at = [_at(e) for e in entry]
    left = mul(transpose(unit(at[0], node.rows)), node)
    if len(at) == 1:
        return left if left.is_scalar else transpose(left)
    return left if node.is_column else mul(left, unit(at[1], node.cols))


def _at(entry: str) -> Node:
    return num(int(entry)) if entry.isdigit() else index(entry)


def multiple(c: Fraction | int, node: Node) -> Node:
    return scale(num(c), node) if not node.is_scalar else num(c) * node


def short(node: Node) -> Node:
    return simplify(normal(node))
