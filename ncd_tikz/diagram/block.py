"""Blocks used as operations: a diagram inside a step of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from ncd_tikz.axes import Application, Axis, Expression, Kind, OutputAxis, Tensor
from ncd_tikz.axes.label import join_factors, reworded
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import DepthBox
from ncd_tikz.operations import Operation, Scope
from ncd_tikz.operations.scope import suggest

if TYPE_CHECKING:
    from ncd_tikz.diagram.diagram import Diagram
    from ncd_tikz.glyphs import Glyph


@frozen
class BlockCall(Operation):
    """A block, used as an operation.

    `given` are the step's `with:`; `bindings` give the size of each of the block's symbols that
    the caller's axes or `given` settle, in the caller's symbols; the others keep what the block
    declares. `parameters_text` is drawn below the title. Evaluation and PyTorch go into `diagram`.
    """

    name: ClassVar[str] = "block"
    about: ClassVar[str] = "a named component of the spec, applied"
    inputs: ClassVar[tuple[int, int | None]] = (0, None)
    example: ClassVar[str] = """\
ncd: 1
name: block_example
axes: {x: 5, m: 3}
inputs: {X: x m}
blocks:
  double:
    axes: {d: 2}
    inputs: {a: d}
    steps:
      - {op: add, in: [a, a], out: b}
    outputs: b
steps:
  - {op: double, in: X, out: Y}
outputs: Y
"""

    diagram: Diagram
    given: Mapping[str, Expression]
    bindings: Mapping[str, Expression]
    open: bool = False

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """The block's axes meet the caller's from the right; axes further in front are broadcast."""
        return call(self.diagram, self.given, self.open, inputs, scope)[1]

    def glyph(self, application: Application, label: str) -> Glyph:
        """A box with depth, its title, and what its parameters are set to."""
        title = f"${label}$" if label else self.diagram.title or self.diagram.name
        return DepthBox(
            title=title, parameters=self.parameters_text, color=self.diagram.figure.color or "lime"
        )

    @property
    def parameters_text(self) -> str:
        """`($h$, $d_{ff}=4m$)`: the block's parameters and the sizes they are given."""
        parts = []
        for entry in self.diagram.sizes:
            if entry.parameter:
                size = self.given.get(entry.axis.name)
                label = entry.axis.label
                same = size is None or size == Expression.symbol(entry.axis.name)
                parts.append(f"${label}$" if same or size is None else f"${label}={size.latex()}$")
        return f"({', '.join(parts)})" if parts else ""


def call(
    block: Diagram, given: Mapping[str, Expression], open: bool, inputs: tuple[Tensor, ...], scope: Scope
) -> tuple[BlockCall, Application]:
    """A block called on these inputs.

    Raises:
        ShapeError: the inputs or `given` do not fit the block.
    """
    unifier = _Unifier(block, given, scope)
    extra = tuple(unifier.meet(number, tensor) for number, tensor in enumerate(inputs))
    unifier.close()
    _check_front(extra, inputs, block)
    spread = _spread(extra, inputs)
    outputs, kinds = [], []
    for number, reached in zip(block.outputs, _reach(block), strict=True):
        front = tuple(out for out in spread if any(index in reached for index, _ in out.sources))
        made = unifier.outer_axes(block.values[number].tensor.axes, tuple(out.axis for out in front))
        outputs.append((*front, *map(OutputAxis, made)))
        kinds.append(unifier.outer_kind(block.values[number].tensor))
    own = tuple(
        tuple(range(len(front), len(tensor.axes))) for front, tensor in zip(extra, inputs, strict=True)
    )
    return BlockCall(block, given, unifier.bindings, open), Application(
        inputs, own, tuple(outputs), _said(kinds)
    )


class _Unifier:
    """The block's symbols and axes, as the caller's sizes and axes."""

    def __init__(self, block: Diagram, given: Mapping[str, Expression], scope: Scope) -> None:
        self.block, self.scope, self.given = block, scope, given
        self.declared = {entry.axis.name: entry.axis for entry in block.sizes if not entry.index}
        self.bindings: dict[str, Expression] = {}
        self.axes: dict[str, Axis] = {}
        self.claims: list[tuple[Expression, Expression, str, str]] = []  # sizes that must agree in the end
        self.numbered: set[str] = set()  # axis groups of numbers: those have no names to be bound
        for name, size in given.items():
            self._check_given(name, size)
            self.bindings[name] = self._settled(size)

    def _check_given(self, name: str, size: Expression) -> None:
        single = tuple(name for name, axis in self.declared.items() if axis.rank == 1)
        if name not in single:
            hint = suggest(name, single) or f"it has {', '.join(single) or 'none'}"
            raise ShapeError(f"block '{self.block.name}' has no size '{name}'", hint, "with")
        for symbol in size.symbols:
            if symbol not in self.scope.declared and symbol not in self.scope.indexes:
                hint = suggest(symbol, (*self.scope.indexes, *self.scope.declared))
                raise ShapeError(f"nothing declares a size '{symbol}'", hint, "with")

    def _settled(self, size: Expression) -> Expression:
        try:
            return self.scope.settled(size)
        except ShapeError as error:
            raise ShapeError(error.fact, error.hint, "with") from None

    def meet(self, number: int, tensor: Tensor) -> tuple[Axis, ...]:
        """Bind one input's axes; returns the axes in front that the block does not know."""
        value = self.block.values[self.block.inputs[number]]
        wanted = value.tensor
        what = f"input {value.name} of block '{self.block.name}'"
        if tensor.kind != wanted.kind:
            fact = f"{what} is of kind {wanted.kind}, found {tensor.kind}"
            raise ShapeError(fact, field="in")
        count = len(wanted.axes)
        if len(tensor.axes) < count:
            fact = f"{what} has axes {wanted}, found {tensor}"
            raise ShapeError(fact, "axes meet by position, from the right", "in")
        front = len(tensor.axes) - count
        for inner, outer in zip(wanted.axes, tensor.axes[front:], strict=True):
            self._bind_axis(value.name, inner, outer)
        if wanted.below is not None and tensor.below is not None:
            self._bind_size(wanted.below, tensor.below, f"the indexes of {value.name}")
        return tensor.axes[:front]

    def _bind_axis(self, value: str, inner: Axis, outer: Axis) -> None:
        self.axes.setdefault(inner.name, outer)
        if inner.rank != outer.rank:
            fact = f"axis '{inner.name}' of {value} has rank {inner.rank}, '{outer.name}' has {outer.rank}"
            raise ShapeError(fact, field="in")
        for one, other in zip(inner.sizes, outer.sizes, strict=True):
            what = f"axis '{inner.name}' of {value}"
            if inner.rank > 1 and not one.symbols:
                self.numbered.add(what)
            self._bind_size(one, other, what)

    def _bind_size(self, inner: Expression, outer: Expression, what: str) -> None:
        name = inner.symbols[0] if inner.symbols and inner == Expression.symbol(inner.symbols[0]) else ""
        if name and name not in self.bindings:
            self.bindings[name] = outer
            return
        self.claims.append((inner, outer, what, name))

    def close(self) -> None:
        """Settle what nothing has bound, and check what is bound against what the block derives."""
        self.meaning = self._meaning()
        for inner, outer, what, name in self.claims:
            expected = inner.substitute(self.meaning)
            agreement = self.scope.agree(expected, outer)
            if agreement != "always":
                fact = (
                    f"{what} has size {_numbered(expected, self.scope)}, found {_numbered(outer, self.scope)}"
                )
                field = "with" if name in self.given else "in"
                hint = _only(agreement)
                if what in self.numbered:
                    hint = "numbers of an axis group hold; name what callers choose: axes: {x: [p, q], p, q}"
                raise ShapeError(f"block '{self.block.name}': {fact}", hint, field)
        for entry in self.block.sizes:
            name = entry.axis.name
            if entry.derived and not entry.index and name in self.bindings:
                derived = entry.axis.sizes[0].substitute(self.meaning)
                agreement = self.scope.agree(derived, self.bindings[name])
                if agreement != "always":
                    here, found = _numbered(derived, self.scope), _numbered(self.bindings[name], self.scope)
                    fact = f"block '{self.block.name}': '{name}' is {entry.axis.sizes[0]}, here {here}"
                    hint, field = _only(agreement), "in"
                    if name in self.given:
                        hint, field = "give it a number in the block if callers may choose it", "with"
                    raise ShapeError(f"{fact}, found {found}", hint, field)

    def _meaning(self) -> dict[str, Expression]:
        meaning = dict(self.bindings)
        for entry in self.block.sizes:  # in an order that can be evaluated
            if entry.axis.rank == 1 and not entry.index and entry.axis.name not in meaning:
                meaning[entry.axis.name] = entry.axis.sizes[0].substitute(meaning)
        return meaning

    def outer_axes(self, axes: tuple[Axis, ...], front: tuple[Axis, ...]) -> tuple[Axis, ...]:
        """The caller's axes for an output's; names that would recur wear a prime."""
        found: list[Axis] = []
        for inner in axes:
            axis = self._outer(inner)
            taken = {each.name for each in (*front, *found)}
            while axis.name in taken:
                axis = axis.alias(axis.name + "'")
            found.append(axis)
        return tuple(found)

    def outer_kind(self, tensor: Tensor) -> tuple[Kind, Expression | None]:
        """What an output's entries are, in the caller's sizes."""
        return tensor.kind, tensor.below.substitute(self.meaning) if tensor.below is not None else None

    def _outer(self, inner: Axis) -> Axis:
        if inner.name in self.axes:
            return self.axes[inner.name]
        sizes = tuple(size.substitute(self.meaning) for size in inner.sizes)
        if inner.name.startswith("("):
            members = [self._member(name) for name in inner.name.strip("()").split()]
            name = "(" + " ".join(name for name, _ in members) + ")"
            return Axis(name, sizes, join_factors([label for _, label in members]))
        stem = inner.name.rstrip("'")
        primes = inner.name[len(stem) :]
        if stem in self.axes:
            return self.axes[stem].alias(self.axes[stem].name + primes)
        if len(sizes) == 1 and str(sizes[0]) in self.scope.axes:  # `with: {d: m}`: the axis m itself
            axis = self.scope.axes[str(sizes[0])]
            return axis.alias(axis.name + primes)
        if len(sizes) == 1 and sizes[0].families and self._names_member(sizes[0]):  # `with: {d: c[2]}`
            axis = self.scope.resolve(str(sizes[0]))
            if axis.sizes == sizes:
                return axis.alias(axis.name + primes)
        made = Axis(inner.name, sizes, self._label(inner))
        base = stem.partition("[")[0]
        if not stem.isdigit() and (stem in self.scope.axes or (base != stem and base in self.scope.families)):
            return self._same_name(made)
        return made

    def _label(self, inner: Axis) -> str:
        """Of an axis that a step of the block makes, `x/s`, in the caller's words: `x/2`."""
        if inner.name.rstrip("'") in self.declared:
            return inner.label
        words = {
            self.declared[name].label: axis.label for name, axis in self.axes.items() if name in self.declared
        }
        for entry in self.block.sizes:
            if entry.parameter and entry.axis.name in self.bindings:
                words.setdefault(entry.axis.label, self.bindings[entry.axis.name].latex())
        return reworded(inner.label, words)

    def _names_member(self, size: Expression) -> bool:
        base, index = size.families[0]
        return base in self.scope.families and str(size) == str(Expression.member(base, index, size))

    def _same_name(self, made: Axis) -> Axis:
        """The caller declares an axis of that name: it is that one if the sizes agree."""
        axis = self.scope.resolve(made.name)
        if self.scope.agree_axes(axis, made) == "always":
            return axis
        found = " ".join(_numbered(size, self.scope) for size in made.sizes)
        fact = f"block '{self.block.name}' makes an axis '{made.name}' of size {found}"
        declared = self.scope.size_text(axis)
        raise ShapeError(
            f"{fact}, declared is {declared}", f"say which by with: {{{made.name}: ...}}", "with"
        )

    def _member(self, name: str) -> tuple[str, str]:
        axis = self.axes.get(name)
        if axis is not None:
            return axis.name, axis.label
        size = str(self.meaning.get(name, name))
        if size in self.scope.axes:
            return size, self.scope.axes[size].label
        return name, self.declared[name].label if name in self.declared else name


def _said(kinds: list[tuple[Kind, Expression | None]]) -> tuple[tuple[Kind, Expression | None], ...]:
    """Nothing where all outputs are of numbers."""
    return tuple(kinds) if any(kind != "real" for kind, _ in kinds) else ()


def _check_front(extra: tuple[tuple[Axis, ...], ...], inputs: tuple[Tensor, ...], block: Diagram) -> None:
    """Axes in front must be alike, since the block's module sees them as batch axes."""
    longest = max(extra, key=len, default=())
    names = [axis.name for axis in longest]
    for front, tensor in zip(extra, inputs, strict=True):
        mine = [axis.name for axis in front]
        if mine != names[len(names) - len(mine) :]:
            fact = f"block '{block.name}' is applied for each index of ({', '.join(names)}), found {tensor}"
            raise ShapeError(fact, "further axes in front must be the same, in the same order", "in")


def _spread(extra: tuple[tuple[Axis, ...], ...], inputs: tuple[Tensor, ...]) -> tuple[OutputAxis, ...]:
    longest = max(extra, key=len, default=())
    return tuple(
        OutputAxis(
            axis,
            tuple(
                (index, position)
                for index, front in enumerate(extra)
                for position, other in enumerate(front)
                if other.name == axis.name
            ),
        )
        for axis in longest
    )


def _reach(block: Diagram) -> tuple[frozenset[int], ...]:
    """For each output the inputs that it depends on."""
    reached: dict[int, frozenset[int]] = {
        value: frozenset((number,)) for number, value in enumerate(block.inputs)
    }
    for step in block.steps:
        union = frozenset().union(*(reached[value] for value in step.inputs))
        for value in step.outputs:
            reached[value] = union
    return tuple(reached[value] for value in block.outputs)


def _numbered(size: Expression, scope: Scope) -> str:
    number = scope.size_text(Axis("", (size,), "")).removeprefix("=")
    return number if number == str(size) else f"{size} (= {number})"


def _only(agreement: str) -> str:
    return "they agree by their defaults only" if agreement == "by default" else ""
