"""Frozen classes behave as the dataclasses they stand for."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass, fields, replace
from typing import ClassVar

import pytest

from ncd_tikz.frozen import frozen


@frozen
class Wire:
    """A wire."""

    kind: ClassVar[str] = "thin"

    label: str
    ends: tuple[float, ...] = (0.0, 1.0)

    @property
    def length(self) -> float:
        return self.ends[-1] - self.ends[0]


@dataclass(frozen=True, slots=True)
class Other:
    """The same, made by the standard library."""

    kind: ClassVar[str] = "thin"

    label: str
    ends: tuple[float, ...] = (0.0, 1.0)


@frozen
class Halo(Wire):
    """A wire with one more field."""

    color: str = "green"


class Plain(Wire):
    """A wire of another name."""

    __slots__ = ()


@frozen
class Shown:
    """Says itself how it is shown."""

    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"


@frozen
class Nothing:
    """No field at all."""


def test_fields_are_given_by_place_or_name_and_have_defaults() -> None:
    assert Wire("x", (1.0, 3.0)).length == 2.0
    assert Wire(label="x") == Wire("x", (0.0, 1.0))
    with pytest.raises(TypeError, match="label"):
        Wire()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="color"):
        Wire("x", color="green")  # type: ignore[call-arg]


def test_the_standard_library_sees_the_same() -> None:
    described = [[(each.name, each.type, each.default) for each in fields(made)] for made in (Wire, Other)]
    assert described[0] == described[1]
    assert Wire.__match_args__ == Other.__match_args__
    assert repr(Wire("x")) == repr(Other("x")).replace("Other", "Wire")
    assert replace(Wire("x"), label="y") == Wire("y")


def test_equal_are_those_of_one_class_and_the_same_values() -> None:
    assert Wire("x") == Wire("x") != Wire("y")
    assert len({Wire("x"), Wire("x"), Wire("y")}) == 2
    assert Wire("x") != Other("x")
    assert Wire("x") != Plain("x") != Halo("x")
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())
    with pytest.raises(TypeError, match="unhashable"):
        hash(Wire("x", [0.0]))  # type: ignore[arg-type]


@pytest.mark.parametrize("wire", [Wire("x"), Halo("x"), Plain("x")], ids=lambda wire: type(wire).__name__)
def test_nothing_can_be_changed_or_added(wire: Wire) -> None:
    with pytest.raises(AttributeError, match="label"):
        wire.label = "y"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="label"):
        del wire.label
    with pytest.raises(AttributeError, match="colour"):
        wire.colour = "green"  # type: ignore[attr-defined]
    assert wire.label == "x"
    assert not hasattr(wire, "__dict__")


def test_fields_are_inherited() -> None:
    assert repr(Halo("x")) == "Halo(label='x', ends=(0.0, 1.0), color='green')"
    assert repr(Plain("x")) == "Plain(label='x', ends=(0.0, 1.0))"


def test_what_a_class_defines_itself_stays() -> None:
    assert repr(Shown("a")) == "<a>"
    assert Shown("a") == Shown("a")


@pytest.mark.parametrize("one", [Wire("x", (1.0,)), Halo("x", color="grey"), Nothing()], ids=repr)
def test_copies_are_equal(one: object) -> None:
    assert copy.copy(one) == copy.deepcopy(one) == one
    assert pickle.loads(pickle.dumps(one)) == one
