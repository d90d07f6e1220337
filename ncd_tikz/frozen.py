"""Frozen, slotted classes of fields, made in a sixth of the time that a frozen dataclass takes.

`dataclasses` compiles seven methods for every class, a third of a millisecond each time the program
starts; some eighty classes would be a third of the time that drawing a figure takes. Here only
`__init__` is compiled; the other methods are shared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Callable[[Any], Any]:
        """The mark for type checkers, which Python has from 3.11 on."""
        return lambda decorator: decorator


T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def frozen(cls: type[T]) -> type[T]:
    """What `dataclass(frozen=True, slots=True)` makes, for fields whose defaults are plain values.

    >>> @frozen
    ... class Dot:
    ...     "A place on a line."
    ...     x: float
    ...     label: str = ""
    >>> Dot(1.0), Dot(1.0) == Dot(x=1.0, label=""), len({Dot(1.0), Dot(1.0)})
    (Dot(x=1.0, label=''), True, 1)
    >>> Dot(1.0).x = 2.0
    Traceback (most recent call last):
        ...
    AttributeError: a Dot cannot be changed: its x is set once
    """
    made = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    names = [each.name for each in fields(made)]  # type: ignore[arg-type]
    values = attrgetter(*names) if names else _nothing

    def __eq__(self: Any, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(values(self))

    for method in (_init(made), __eq__, __hash__, _repr, _setattr, _delattr, _reduce):
        name = f"__{method.__name__.strip('_')}__"
        if name not in cls.__dict__:
            setattr(made, name, method)
    return made


def _init(made: type) -> Callable[..., None]:
    given = fields(made)
    defaults = {f"_{each.name}": each.default for each in given if each.default is not MISSING}
    taken = [f"{each.name}=_{each.name}" if f"_{each.name}" in defaults else each.name for each in given]
    lines = [f" _put(self, {each.name!r}, {each.name})" for each in given] or [" pass"]
    namespace: dict[str, Any] = {"_put": object.__setattr__, **defaults}
    exec(f"def __init__({', '.join(['self', *taken])}):\n" + "\n".join(lines), namespace)
    made_init: Callable[..., None] = namespace["__init__"]
    return made_init


def _nothing(_: object) -> tuple[()]:
    return ()


def _repr(self: Any) -> str:
    said = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self))
    return f"{self.__class__.__qualname__}({said})"


def _setattr(self: Any, name: str, _: object) -> NoReturn:
    raise AttributeError(f"a {type(self).__name__} cannot be changed: its {name} is set once")


def _delattr(self: Any, name: str) -> NoReturn:
    raise AttributeError(f"a {type(self).__name__} cannot be changed: its {name} stays")


def _reduce(self: Any) -> tuple[Any, ...]:
    """Copies and pickles are made as the first one was."""
    return type(self), tuple(getattr(self, each.name) for each in fields(self))
