"""What every room must hold: fields, an example, two meanings that agree, parameters, a glyph."""

from __future__ import annotations

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from ncd_tikz import glyphs  # noqa: E402
from ncd_tikz.axes import Expression, Signature  # noqa: E402
from ncd_tikz.diagram import BlockCall, Diagram, Step, expand, loads  # noqa: E402
from ncd_tikz.glyphs import Needs  # noqa: E402
from ncd_tikz.operations import (  # noqa: E402
    OPERATIONS,
    Call,
    Operation,
    Source,
    UnknownOperation,
    operation_named,
)
from tests.operations.cases import VARIANTS, variant  # noqa: E402
from tests.operations.harness import compare  # noqa: E402

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
        assert bool(field.choices) == (field.type == "choice") or field.type == "sizes"
        assert field.required == (field.default is None)
    fewest, most = room.inputs
    assert fewest >= 0 and (most is None or most >= fewest)


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
            compare(step.operation, step.application, sizes, batch)


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
        ("batch_norm", "channels: c", "channels: c, eps: 0.1"),
        ("group_norm", "groups: 3", "groups: 2"),
        ("instance_norm", "channels: c", "channels: c, eps: 0.1"),
        ("index", "at: 2", "at: 1"),
        ("slice", "start: 1, stop: 4", "start: 2, stop: 5"),
        ("top_k", "along: x -> k", "along: x -> k, largest: false"),
        ("positional_encoding", "axes: x m", "axes: x m, period: 100"),
        ("conv", "over: h w -> h2 w2", "over: w h -> w2 h2"),
        ("conv", "stride: 2, padding: 1", "stride: 2, padding: same, dilation: 2"),
        ("conv_transpose", "over: h w -> h2 w2", "over: w h -> w2 h2"),
        ("max_pool", "op: max_pool", "op: average_pool"),
        ("average_pool", "padding: 1", "padding: 1, count_include_pad: false"),
        ("adaptive_average_pool", "op: adaptive_average_pool", "op: adaptive_max_pool"),
        ("global_max_pool", "op: global_max_pool", "op: global_average_pool"),
    ],
)
def test_the_comparison_sees_a_fault(room: str, right: str, wrong: str) -> None:
    text = operation_named(room).example
    assert right in text
    (sound, *_), (faulty, *_) = loads(text).steps, loads(text.replace(right, wrong)).steps
    mixed = _Mixed(sound.operation, faulty)
    with pytest.raises(AssertionError):
        compare(mixed, sound.application, loads(text).default_sizes())


class _Mixed(Operation):
    """The base of one operation, the source of another."""

    def __init__(self, sound: Operation, faulty: Step) -> None:
        self.base = sound.base  # type: ignore[method-assign]
        self.parameters = sound.parameters  # type: ignore[method-assign]
        self.faulty = faulty

    def source(self, call: Call) -> Source:
        return self.faulty.operation.source(replace(call, application=expand(self.faulty.application)))


def test_block_call_is_an_operation() -> None:
    diagram: Diagram = loads(BlockCall.example)
    (step,) = diagram.steps
    assert isinstance(step.operation, BlockCall)
    assert isinstance(step.operation.glyph(step.application, "").needs(), Needs)
