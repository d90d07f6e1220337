"""Sums of products over named axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ncd_tikz.axes import Application, Axis, OutputAxis, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Glyph, InnerProducts
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import need, sides
from ncd_tikz.operations.scope import suggest

Places = list[tuple[int, int]]


@frozen
class Einsum(Operation):
    """Contraction, diagonal, transpose, outer product and sum over an axis, as `map` says.

    z[right] = sum over the names that are only on the left of the product of all inputs. Names go
    by position: a name that the tensor does not know is an alias of the axis that stands there.
    """

    name: ClassVar[str] = "einsum"
    about: ClassVar[str] = "sum of products: z[right] = sum over names only on the left of a[...] b[...]"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("map", "map", "every axis of every input by position, and of the output", required=True),
    )
    inputs: ClassVar[tuple[int, int | None]] = (1, None)
    example: ClassVar[str] = """\
ncd: 1
name: einsum_example
axes: {y: 4, x: 5, k: 3, h: 2}
inputs: {Q: y k h, K: x k h}
steps:
  - {op: einsum, in: [Q, K], out: s, map: "y k h, x k h -> y x h"}
outputs: s
"""

    map: Signature

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Names on both sides are broadcast, names only on the left are taken, pair by pair."""
        need("real", inputs, self.name)
        sides(self.map, len(inputs))
        names: dict[str, Places] = {}
        for index, tensor in enumerate(inputs):
            _check_names(tensor, self.map.inputs[index])
            for position, name in enumerate(self.map.inputs[index]):
                names.setdefault(name, []).append((index, position))
        for name, places in names.items():
            _check_sizes(name, places, inputs, scope)
        output = tuple(_output_axis(name, names, inputs, scope) for name in self.map.outputs[0])
        if len(set(self.map.outputs[0])) < len(output):
            raise ShapeError(f"an axis is named twice on the right of '{self.map}'", field="map")
        taken = [places for name, places in names.items() if name not in self.map.outputs[0]]
        own = tuple(
            tuple(position for places in taken for where, position in places if where == index)
            for index in range(len(inputs))
        )
        return Application(inputs, own, (output,))

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """Line the own axes up by name, multiply, sum."""
        words = self._subscripts(application)
        own = [[words[i][position] for position in application.own[i]] for i in range(len(inputs))]
        order = list(dict.fromkeys(name for names in own for name in names))
        result: Any = 1.0
        for tensor, names in zip(inputs, own, strict=True):
            names = list(names)
            for name in order:
                while names.count(name) > 1:
                    first = names.index(name)
                    second = names.index(name, first + 1)
                    tensor = tensor.diagonal(dim1=first, dim2=second)  # puts the axis last
                    names = [*names[:first], *names[first + 1 : second], *names[second + 1 :], name]
            tensor = tensor.permute([names.index(name) for name in order if name in names])
            shape = iter(tensor.shape)
            result = result * tensor.reshape([next(shape) if name in names else 1 for name in order])
        return (result.sum(),)

    def source(self, call: Call) -> Source:
        """`torch.einsum` with a letter per name."""
        words = self._subscripts(call.application)
        by_source = {(i, p): name for i, names in enumerate(words) for p, name in enumerate(names)}
        right = [by_source[each.sources[0]] for each in call.application.outputs[0]]

        def letters(names: list[str]) -> str:
            return "..." + "".join(call.letters(Axis(name, (), "")) for name in names)

        equation = ",".join(letters(names) for names in words) + "->" + letters(right)
        return Source(f'torch.einsum("{equation}", {", ".join(call.arguments)})')

    def glyph(self, application: Application, label: str) -> Glyph:
        """Half circles for what is contracted; dots, crossings and plain wires for the rest."""
        places: dict[str, Places] = {}
        for index, names in enumerate(self._subscripts(application)):
            for position in application.own[index]:
                places.setdefault(names[position], []).append((index, position))
        pairs = tuple(tuple(chain) for chain in places.values() if len(chain) > 1)
        sums = tuple(chain[0] for chain in places.values() if len(chain) == 1)
        double = tuple(
            (index, place) for index, place in (slot for chain in pairs for slot in chain)
            if application.inputs[index].axes[place].rank > 1
        )  # fmt: skip
        return InnerProducts(pairs, sums, not application.outputs[0], double)

    def _subscripts(self, application: Application) -> tuple[list[str], ...]:
        """The map's names for every axis of every input, also where groups are expanded."""
        return tuple(
            _expanded(tensor.names, iter(names))
            for tensor, names in zip(application.inputs, self.map.inputs, strict=True)
        )


def _expanded(axes: tuple[str, ...], names: Any) -> list[str]:
    words, current = [], ""
    for axis in axes:
        _, dot, member = axis.partition(".")
        if member in ("", "0"):
            current = next(names)
        words.append(current + dot + member)
    return words


def _check_names(tensor: Tensor, names: tuple[str, ...]) -> None:
    wrote = " ".join(names) or "nothing"
    if len(names) != len(tensor.axes):
        fact = f"expected a name for each of the axes {tensor}, found '{wrote}'"
        raise ShapeError(fact, "einsum names every axis, in the tensor's order", "map")
    for name in names:
        if name in tensor.names:
            place = tensor.names.index(name)
            if names[place] != name:
                fact = f"expected '{' '.join(tensor.names)}', found '{wrote}': '{name}' stands elsewhere"
                raise ShapeError(fact, "einsum goes by position: name the axes in the tensor's order", "map")


def _check_sizes(name: str, places: Places, inputs: tuple[Tensor, ...], scope: Scope) -> None:
    axes = [inputs[index].axes[position] for index, position in places]
    if name not in {axis.name for axis in axes} and scope.knows(name):
        axes.append(scope.resolve(name))
    for axis in axes[1:]:
        agreement = scope.agree_axes(axes[0], axis)
        if agreement != "always":
            sizes = f"{scope.size_text(axes[0])} and {scope.size_text(axis)}"
            fact = f"'{name}' stands for axes of two sizes: {sizes}"
            only = "they agree by their defaults only: declare one as an expression of the other"
            raise ShapeError(fact, only if agreement == "by default" else "", "map")


def _output_axis(name: str, names: dict[str, Places], inputs: tuple[Tensor, ...], scope: Scope) -> OutputAxis:
    if name not in names:
        hint = suggest(name, tuple(names)) or f"the left names {', '.join(names) or 'nothing'}"
        raise ShapeError(f"'{name}' is on the right of the map only", hint, "map")
    axes = [inputs[index].axes[position] for index, position in names[name]]
    for axis in axes:
        if axis.name == name:
            return OutputAxis(axis, tuple(names[name]))
    axis = scope.resolve(name) if scope.knows(name) else axes[0].alias(name)
    return OutputAxis(axis, tuple(names[name]))


__all__ = ["Einsum"]
