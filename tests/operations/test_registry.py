"""Operations by name, those of other packages included."""

from __future__ import annotations

import importlib.metadata
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from ncd_tikz.axes import Application, Expression, Tensor
from ncd_tikz.diagram import loads
from ncd_tikz.glyphs import Box, Glyph
from ncd_tikz.operations import (
    OPERATIONS,
    Operation,
    Scope,
    UnknownOperation,
    make_operation,
    operation_named,
)
from ncd_tikz.operations.fitting import apply


@dataclass(frozen=True, slots=True)
class Twice(Operation):
    """y = 2 x."""

    name: ClassVar[str] = "twice"
    about: ClassVar[str] = "y = 2 x"

    def bind(self, inputs: tuple[Tensor, ...], scope: Scope) -> Application:
        return apply(inputs, ((),), ((),), scope)

    def glyph(self, application: Application, label: str) -> Glyph:
        return Box("2")


NO_CLASS = 3


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    points = {
        name: importlib.metadata.EntryPoint(name, f"{__name__}:{target}", "ncd_tikz.operations")
        for name, target in (("twice", "Twice"), ("three", "NO_CLASS"), ("gone", "Nowhere"))
    }

    def entry_points(group: str, name: str) -> list[Any]:
        assert group == "ncd_tikz.operations"
        return [points[name]] if name in points else []

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    monkeypatch.setattr(importlib.metadata.EntryPoint, "load", lambda point: globals()[point.attr])


@pytest.mark.usefixtures("offered")
def test_a_package_may_add_an_operation() -> None:
    assert operation_named("twice") is Twice
    diagram = loads(
        "ncd: 1\nname: t\naxes: {x: 2}\ninputs: {X: x}\nsteps: [twice, {op: twice, out: Y}]\noutputs: Y"
    )
    assert [step.operation for step in diagram.steps] == [Twice(), Twice()]


@pytest.mark.usefixtures("offered")
def test_a_package_that_fails_is_named() -> None:
    with pytest.raises(UnknownOperation, match=r"unknown operation 'three': .*:NO_CLASS is no operation"):
        operation_named("three")
    with pytest.raises(UnknownOperation, match=r"unknown operation 'gone': .*:Nowhere cannot be loaded"):
        operation_named("gone")
    with pytest.raises(UnknownOperation, match=r"^unknown operation 'nothing'$"):
        operation_named("nothing")


def test_own_names_ask_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda **_: pytest.fail("the disk was read"))
    assert [operation_named(room.name) for room in OPERATIONS] == list(OPERATIONS)


def test_left_out_fields_get_their_defaults() -> None:
    assert repr(make_operation("layer_norm", {"over": ("m",)})) == (
        "LayerNorm(over=('m',), eps=1e-05, affine=True, bias=True)"
    )
    scale = make_operation("scale", {"by": Expression.parse("k**(-1/2)")})
    assert scale.label({"k": "d_k"}).endswith("d_k^{-1/2}")
