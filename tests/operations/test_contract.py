"""What every room must hold: fields, an example, two meanings that agree, parameters, a glyph."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import pytest

from ncd_tikz import glyphs, operations
from ncd_tikz.axes import Application, Axis, Expression, Signature
from ncd_tikz.diagram import BlockCall, Diagram, Step, expand, loads
from ncd_tikz.glyphs import Needs
from ncd_tikz.operations import OPERATIONS, Call, Operation, UnknownOperation, operation_named
from tests.operations.cases import VARIANTS, variant

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

CLOSE = 1e-10
TEXTS = {operation.name: operation.example for operation in OPERATIONS} | {
    name: variant(name) for name in VARIANTS
}
every_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
every_room = pytest.mark.parametrize("room", OPERATIONS, ids=lambda room: room.name)


@every_room
def test_fields_are_documented(room: type[Operation]) -> None:
    assert room.name and room.about and room.__doc__
    assert operation_named(room.name) is room
    for field in room.fields:
        assert field.about and field.about[0].islower(), f"{field.name} says what it is, in lower case"
        assert (field.type == "choice") == bool(field.choices)
        assert field.required == (field.default is None)
    fewest, most = room.inputs
    assert fewest >= 1 and (most is None or most >= fewest)


@every_room
def test_the_example_shows_the_operation(room: type[Operation]) -> None:
    assert any(isinstance(step.operation, room) for step in loads(room.example).steps)
    assert room.example.startswith("ncd: 1\nname: ")


def test_names_are_unique_and_others_unknown() -> None:
    names = [room.name for room in OPERATIONS]
    assert len(set(names)) == len(names)
    with pytest.raises(UnknownOperation, match="linaer"):
        operation_named("linaer")


@every_text
def test_repr_round_trip(text: str) -> None:
    names = {"Signature": Signature, "Expression": Expression} | {room.__name__: room for room in OPERATIONS}
    for step in loads(text).steps:
        made = eval(repr(step.operation), names)  # noqa: S307
        assert made == step.operation and hash(made) == hash(step.operation)


@every_text
def test_glyph(text: str) -> None:
    for step in loads(text).steps:
        for label in ("", "Q"):
            glyph = step.operation.glyph(step.application, label)
            assert isinstance(glyph.needs(), Needs)
            assert eval(repr(glyph), vars(glyphs)) == glyph  # noqa: S307


@every_text
def test_application_is_whole(text: str) -> None:
    """Every input axis is taken or broadcast, never both, and sizes of what meets agree."""
    for step in loads(text).steps:
        application = step.application
        for number, tensor in enumerate(application.inputs):
            spread = {
                place
                for output in application.outputs
                for out in output
                for index, place in out.sources
                if index == number
            }
            own = set(application.own[number])
            assert len(own) == len(application.own[number])
            assert not own & spread and own | spread == set(range(len(tensor.axes)))
        for output in application.outputs:
            names = [out.axis.name for out in output]
            assert len(set(names)) == len(names)


@every_text
def test_lifted_base_equals_source(text: str) -> None:
    """Forward and gradients, with none, one and two batch axes in front."""
    diagram = loads(text)
    sizes = diagram.default_sizes()
    for step in diagram.steps:
        for batch in ((), (2,), (2, 1)):
            _compare(step, sizes, batch)


def _compare(step: Step, sizes: Mapping[str, int], batch: tuple[int, ...]) -> None:
    generator = torch.Generator().manual_seed(1)
    application = expand(step.application)
    inputs = [_tensor(tensor, batch, sizes, generator) for tensor in application.inputs]
    stored = {
        parameter.name: torch.randn(
            _stored(parameter, sizes), generator=generator, dtype=torch.float64, requires_grad=True
        )
        for parameter in step.operation.parameters(application)
    }  # fmt: skip
    unflattened = {
        parameter.name: stored[parameter.name].reshape([_extent(axis, sizes) for axis in parameter.axes])
        for parameter in step.operation.parameters(application)
    }
    rows = [tensor.reshape(-1, *tensor.shape[len(batch) :]) for tensor in inputs]
    lifted = [lift(step.operation, application, row, unflattened, sizes) for row in zip(*rows, strict=True)]
    expected = [torch.stack(parts).reshape([*batch, *parts[0].shape]) for parts in zip(*lifted, strict=True)]
    found = run(step, application, inputs, stored, sizes)
    assert len(found) == len(expected)
    leaves = [tensor for tensor in (*inputs, *stored.values()) if tensor.requires_grad]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.shape == theirs.shape
        assert torch.allclose(ours, theirs, rtol=CLOSE, atol=CLOSE)
    weights = [torch.randn(each.shape, generator=generator, dtype=torch.float64) for each in found]

    def gradients(outputs: Sequence[Any]) -> Any:
        finite = [
            (out.masked_fill(out.isinf(), 0.0) * weight).sum()
            for out, weight in zip(outputs, weights, strict=True)
        ]
        return torch.autograd.grad(sum(finite), leaves, allow_unused=True)

    for ours, theirs in zip(gradients(found), gradients(expected), strict=True):
        assert ours is not None and theirs is not None
        assert torch.allclose(ours, theirs, rtol=CLOSE, atol=CLOSE)


def _tensor(tensor: Any, batch: tuple[int, ...], sizes: Mapping[str, int], generator: Any) -> Any:
    shape = (*batch, *(_extent(axis, sizes) for axis in tensor.axes))
    if tensor.kind == "mask":
        return torch.rand(shape, generator=generator) < 0.7
    if tensor.kind == "index":
        return torch.randint(0, tensor.below.evaluate(sizes), shape, generator=generator)
    return (torch.rand(shape, generator=generator, dtype=torch.float64) * 2 + 0.05).requires_grad_()


def _stored(parameter: operations.Parameter, sizes: Mapping[str, int]) -> list[int]:
    axes = iter(parameter.axes)
    shape = [prod(_extent(next(axes), sizes) for _ in range(count)) for count in parameter.flatten]
    assert next(axes, None) is None, "flatten speaks of every axis"
    return shape


def _extent(axis: Axis, sizes: Mapping[str, int]) -> int:
    return prod(size.evaluate(sizes) for size in axis.sizes)


def lift(
    operation: Operation,
    application: Application,
    inputs: Sequence[Any],
    parameters: Any,
    sizes: Mapping[str, int],
) -> list[Any]:
    """Index, apply, stack: the notation's definition of broadcasting."""
    loops = list(
        dict.fromkeys(out.sources for output in application.outputs for out in output if out.sources)
    )
    extents = [inputs[sources[0][0]].shape[sources[0][1]] for sources in loops]
    results = []
    for index in itertools.product(*map(range, extents)):
        at = {source: index[number] for number, sources in enumerate(loops) for source in sources}
        arguments = []
        for number, tensor in enumerate(inputs):
            own = application.own[number]
            part = tensor[tuple(at.get((number, place), slice(None)) for place in range(tensor.dim()))]
            arguments.append(part.permute([sorted(own).index(position) for position in own]))
        results.append(operation.base(tuple(arguments), parameters, sizes, application))
    outputs = []
    for number, output in enumerate(application.outputs):
        made = [_extent(axis, sizes) for axis in application.made_axes(number)]
        assert all(list(result[number].shape) == made for result in results)
        whole = torch.stack([result[number] for result in results]).reshape([*extents, *made])
        rest = iter(range(len(extents), whole.dim()))
        outputs.append(
            whole.permute([loops.index(out.sources) if out.sources else next(rest) for out in output])
        )
    return outputs


def run(
    step: Step,
    application: Application,
    inputs: Sequence[Any],
    stored: Mapping[str, Any],
    sizes: Mapping[str, int],
) -> tuple[Any, ...]:
    """Execute the room's PyTorch source."""
    letters: dict[str, str] = {}
    names = [f"t{number}" for number in range(len(inputs))]
    call = Call(
        application=application,
        arguments=tuple(names),
        attribute="part",
        size=lambda size: size.python(lambda name: f"self.{name}"),
        init_size=lambda size: size.python(lambda name: name),
        letters=lambda axis: letters.setdefault(axis.name, "abcdefghijklmnop"[len(letters)]),
    )
    source = step.operation.source(call)
    space: dict[str, Any] = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, **sizes}
    for line in source.imports:
        exec(line, space)
    owner = torch.nn.Module()
    for name, size in sizes.items():
        setattr(owner, name, size)
    if source.init:
        owner.part = eval(source.init, space).double().eval()  # noqa: S307
        state = dict(owner.part.named_parameters())
        assert {name: list(each.shape) for name, each in state.items()} == {
            name: list(each.shape) for name, each in stored.items()
        }
        owner.part = _With(owner.part, stored)
    else:
        assert not stored
    space.update(zip(names, inputs, strict=True), self=owner)
    for line in source.before:
        exec(line, space)
    result = eval(source.forward, space)  # noqa: S307
    return result if isinstance(result, tuple) else (result,)


class _With(torch.nn.Module):  # type: ignore[misc]
    """A module called with given parameters, so that gradients reach them."""

    def __init__(self, module: Any, parameters: Mapping[str, Any]) -> None:
        super().__init__()
        self.module, self.values = module, dict(parameters)

    def forward(self, argument: Any) -> Any:
        return torch.func.functional_call(self.module, self.values, (argument,))


@pytest.mark.parametrize(
    ("room", "right", "wrong"),
    [
        ("softmax", "over: x}", "over: y}"),
        ("scale", "by: k**(-1/2)", "by: 1/k"),
        ("relu", "op: relu", "op: gelu"),
        ("add", "op: add", "op: subtract"),
        ("linear", "map: m -> k h", "map: m -> h k"),
        ("layer_norm", "over: m}", "over: x}"),
        ("mask", 'over: "x x\'"', 'over: "x\' x"'),
        ("function", "name: f", "name: g"),
    ],
)
def test_the_comparison_sees_a_fault(room: str, right: str, wrong: str) -> None:
    text = operation_named(room).example
    assert right in text
    (sound, *_), (faulty, *_) = loads(text).steps, loads(text.replace(right, wrong)).steps
    mixed = replace(sound, operation=_Mixed(sound.operation, faulty))
    with pytest.raises(AssertionError):
        _compare(mixed, loads(text).default_sizes(), ())


class _Mixed(Operation):
    """The base of one operation, the source of another."""

    def __init__(self, sound: Operation, faulty: Step) -> None:
        self.base = sound.base  # type: ignore[method-assign]
        self.parameters = sound.parameters  # type: ignore[method-assign]
        self.faulty = faulty

    def source(self, call: Call) -> operations.Source:
        return self.faulty.operation.source(replace(call, application=expand(self.faulty.application)))


def test_block_call_is_an_operation() -> None:
    diagram: Diagram = loads(BlockCall.example)
    (step,) = diagram.steps
    assert isinstance(step.operation, BlockCall)
    assert isinstance(step.operation.glyph(step.application, "").needs(), Needs)
