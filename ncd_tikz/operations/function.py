"""Any function: one of the user's, or an opaque one of which only the axes are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from zlib import crc32

from ncd_tikz.axes import Application, Signature, Tensor
from ncd_tikz.errors import ShapeError
from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs import Box, Floating, Glyph, Letter
from ncd_tikz.operations import stand_in
from ncd_tikz.operations.arranging import aligned, flattened, made_placed, sizes_code, unflattened
from ncd_tikz.operations.contract import Call, Field, Operation, Scope, Source
from ncd_tikz.operations.fitting import apply, made, need, positions, sides

LETTERED = 2  # wires that a letter stands between without a box


@frozen
class Function(Operation):
    """The outputs are a function of the inputs' named axes, applied for each index of the others.

    `call` names Python that takes the inputs, own axes last in the order of `map` and broadcast
    axes in front, and returns the outputs likewise. Without it a fixed smooth stand-in is
    computed: sin of a sum, over all inputs x_i, of x_i times a matrix, where
    matrix_i[n, j] = sin(n J + j + phase + 100 i), n runs over the entries of x_i, j over the J
    entries of all outputs, and the phase depends on the function's name.

    With `linear` the stand-in is linear in each input: y = sum of F times the inputs over the axes
    that it takes. F is one fixed tensor over the axes of both sides, in the order of their names and
    whichever side each stands on: `map: b a -> c` is the transpose of `map: a -> b c` of that name.
    A name on both sides counts twice, the left one first. Entry n of F is
    ((37 n n + 11 n + phase) mod 10007) / 5003 - 1. With `in: []` and `map: -> a b` it is F itself.
    """

    name: ClassVar[str] = "function"
    about: ClassVar[str] = "any function of the named axes: the Python it calls, or a fixed smooth stand-in"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("name", "identifier", "what it is called; drawn in its box", required=True),
        Field("map", "map", "axes it takes and makes, as in '4 2, 6 -> 3 3'", required=True),
        Field("call", "path", "the Python it runs, as package.module:name", default=""),
        Field("linear", "bool", "whether its stand-in is linear in each input", default=False),
    )
    inputs: ClassVar[tuple[int, int | None]] = (0, None)
    example: ClassVar[str] = """\
ncd: 1
name: function_example
axes: {x: 3}
inputs: {a: x 4 2, b: 6}
steps:
  - {op: function, name: f, in: [a, b], out: c, map: "4 2, 6 -> 3 3"}
outputs: c
"""

    letter: str
    map: Signature
    call: str = ""
    linear: bool = False

    @classmethod
    def make(cls, arguments: Mapping[str, Any]) -> Operation:
        """The field `name` is the function's letter: every operation has a name already."""
        call, linear = arguments.get("call") or "", arguments.get("linear") or False
        return cls(arguments["name"], arguments["map"], call, linear)

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        """Own axes go by name; broadcast axes of one name meet."""
        if not self.call:
            need("real", inputs, "a stand-in (give `call` for another function)")
        if not inputs:
            return self._constant(scope)
        sides(self.map, len(inputs), len(self.map.outputs))
        if self.linear and self.call:
            raise ShapeError(
                "expected either the Python it calls or a linear stand-in, found both", field="call"
            )
        if self.linear and len(self.map.outputs) > 1:
            fact = f"a linear stand-in has one output, found {len(self.map.outputs)} in '{self.map}'"
            raise ShapeError(fact, "give each output a function of its own", "map")
        own = tuple(
            positions(tensor, names, "map") for tensor, names in zip(inputs, self.map.inputs, strict=True)
        )
        return apply(inputs, own, made(self.map, inputs, scope), scope)

    def _constant(self, scope: Scope) -> Application:
        if not self.linear:
            fact = "a function that takes nothing is a linear stand-in"
            raise ShapeError(fact, "add linear: true, or say what it takes: in: ...", "in")
        if self.map.inputs != ((),) or len(self.map.outputs) != 1:
            fact = f"expected nothing on the left and one tensor on the right, found '{self.map}'"
            raise ShapeError(fact, "as in -> a b", "map")
        return apply((), (), made(self.map, (), scope), scope)

    def base(
        self,
        inputs: tuple[Any, ...],
        parameters: Mapping[str, Any],
        sizes: Mapping[str, int],
        application: Application,
    ) -> tuple[Any, ...]:
        """The Python itself, or the stand-in number by number."""
        if self.call:
            found = self._python()(*inputs)
            return tuple(found) if isinstance(found, (tuple, list)) else (found,)
        if self.linear:
            return (stand_in.apply(self._seed(), inputs, sizes, application),)
        shapes = [
            [size.evaluate(sizes) for axis in application.made_axes(number) for size in axis.sizes]
            for number in range(len(application.outputs))
        ]
        counts = [_product(shape) for shape in shapes]
        total = sum(counts)
        mixed = inputs[0].new_zeros(total)
        for i, tensor in enumerate(inputs):
            steps = mixed.new_ones(total).cumsum(0) - 1
            for n, entry in enumerate(tensor.reshape(-1)):
                mixed = mixed + entry * (steps + n * total + self._phase(i)).sin()
        outputs, start = [], 0
        for shape, count in zip(shapes, counts, strict=True):
            outputs.append(mixed[start : start + count].sin().reshape(shape))
            start += count
        return tuple(outputs)

    def source(self, call: Call) -> Source:
        """A call of the Python, or the stand-in as matrix products."""
        spread = list(
            dict.fromkeys(
                out.axis.name for output in call.application.outputs for out in output if out.sources
            )
        )
        arguments = [self._argument(call, index, spread) for index in range(len(call.arguments))]
        imports: tuple[str, ...] = ()
        own_size: list[list[str]] | None = None
        before: tuple[str, ...] = ()
        if self.linear:
            code, before = stand_in.source(self._seed(), self.letter, call, arguments, spread)
            return Source(made_placed(code, call), before=before)
        if self.call:
            module, _, path = self.call.partition(":")
            code, imports = f"{module}.{path}({', '.join(arguments)})", (f"import {module}",)
        else:
            code, before = self._stand_in(call, arguments)
            own_size = [
                [size for axis in axes for size in sizes_code([axis], call)] for axes in self._made(call)
            ]
        if len(call.application.outputs) == 1:
            if own_size is not None:
                code = unflattened(code, own_size[0])
            return Source(made_placed(code, call), imports=imports, before=before)
        source = self._several(call, code, own_size, imports)
        return replace(source, before=(*before, *source.before))

    def _several(
        self, call: Call, code: str, own_size: list[list[str]] | None, imports: tuple[str, ...]
    ) -> Source:
        values = [f"{call.attribute}_{number}" for number in range(len(call.application.outputs))]
        if own_size is not None:
            code = f"{code}.split([{', '.join(_times(sizes) for sizes in own_size)}], dim=-1)"
        before = f"{', '.join(values)} = {code}"
        outputs = []
        for number, value in enumerate(values):
            parted = value if own_size is None else unflattened(value, own_size[number])
            outputs.append(made_placed(parted, call, number))
        return Source(", ".join(outputs), imports=imports, before=(before,))

    def _argument(self, call: Call, index: int, spread: list[str]) -> str:
        tensor, own = call.application.inputs[index], call.application.own[index]
        have = [("own", p) if p in own else name for p, name in enumerate(tensor.names)]
        return aligned(call.arguments[index], have, [*spread, *(("own", p) for p in own)])

    def _made(self, call: Call) -> list[tuple[Any, ...]]:
        return [call.application.made_axes(number) for number in range(len(call.application.outputs))]

    def _stand_in(self, call: Call, arguments: list[str]) -> tuple[str, tuple[str, ...]]:
        outputs = " + ".join(_times(sizes_code(axes, call)) for axes in self._made(call))
        several = len(call.application.outputs) > 1
        terms, before = [], []
        for index, argument in enumerate(arguments):
            own = call.application.own_axes(index)
            entries, name = _times(sizes_code(own, call)), call.arguments[index]
            count = f"{_factor(entries)} * {f'({outputs})' if several else _factor(outputs)}"
            steps = f"torch.arange({count}, dtype={name}.dtype, device={name}.device)"
            term = f"{self.letter}_{index}"
            matrix = f"torch.sin({term} + {self._phase(index)}).view({entries}, {outputs})"
            before += [f"{term} = {steps}", f"{term} = {flattened(argument, len(own))} @ {matrix}"]
            terms.append(term)
        return f"torch.sin({' + '.join(terms)})", tuple(before)

    def _phase(self, index: int) -> int:
        return self._seed() + 100 * index

    def _seed(self) -> int:
        return crc32(self.letter.encode()) % 97

    def _python(self) -> Any:
        from importlib import import_module

        module, _, path = self.call.partition(":")
        found: Any = import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
        return found

    def glyph(self, application: Application, label: str) -> Glyph:
        """Its letter: in a break of its wires, above what it maps singly, in a box across several tensors."""
        letter = label or self._letter()
        own = [len(places) for places in application.own]
        made = [len(application.made_axes(number)) for number in range(len(application.outputs))]
        if len(own) > 1 or len(made) > 1 or max((*own, *made), default=0) > LETTERED:
            return Box(letter)
        if own == [0] and made == [0] and application.inputs[0].axes:
            return Floating(letter)
        return Letter(letter)

    def _letter(self) -> str:
        from ncd_tikz.axes.label import default_label

        return default_label(self.letter)


def _product(numbers: list[int]) -> int:
    result = 1
    for number in numbers:
        result *= number
    return result


def _times(sizes: list[str]) -> str:
    return " * ".join(_factor(size) for size in sizes) if len(sizes) > 1 else sizes[0] if sizes else "1"


def _factor(size: str) -> str:
    """In parentheses where a product needs them."""
    return f"({size})" if " " in size and set(size) & set("+-/%") else size
