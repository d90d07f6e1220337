"""Which axes are channels and which are re-indexed, and how both are brought to torch and back."""

from __future__ import annotations

from collections.abc import Callable

from ncd_tikz.axes import Application, Axis, Signature
from ncd_tikz.frozen import frozen
from ncd_tikz.operations.arranging import flattened, moved, unflattened
from ncd_tikz.operations.contract import Call, Source
from ncd_tikz.operations.fitting import distinct
from ncd_tikz.operations.spatial import NO_CHANNELS


@frozen
class Roles:
    """The positions of the channels and of the re-indexed axes among the input's axes, in base order.

    Base order is that of torch: channels as `map` names them, then re-indexed axes as `over` does;
    own and made axes stand in the order of the tensors. `new` is how many channels are made.
    """

    application: Application
    channels: tuple[int, ...]
    spatial: tuple[int, ...]
    new: int

    @property
    def rank(self) -> int:
        """How many dimensions are re-indexed."""
        axes = self.application.inputs[0].axes
        return sum(axes[position].rank for position in self.spatial)

    @property
    def own_order(self) -> tuple[int, ...]:
        """For each axis in base order, its place among the own axes."""
        own = self.application.own[0]
        return tuple(own.index(position) for position in (*self.channels, *self.spatial))

    @property
    def made_order(self) -> tuple[int, ...]:
        """For each made axis, its place in base order; channels stand where the first one stood."""
        first = min(self.channels) if self.channels else min(self.spatial) - 0.5
        places = [(first, number) for number in range(self.new)]
        places += [(float(position), self.new + number) for number, position in enumerate(self.spatial)]
        return tuple(number for _, number in sorted(places))

    @property
    def taken_channels(self) -> tuple[Axis, ...]:
        """The channels taken."""
        return tuple(self.application.inputs[0].axes[position] for position in self.channels)

    @property
    def taken_axes(self) -> tuple[Axis, ...]:
        """The re-indexed axes, before."""
        return tuple(self.application.inputs[0].axes[position] for position in self.spatial)

    @property
    def made_channels(self) -> tuple[Axis, ...]:
        """The channels made."""
        return self._made()[: self.new]

    @property
    def made_axes(self) -> tuple[Axis, ...]:
        """The re-indexed axes, after."""
        return self._made()[self.new :]

    def _made(self) -> tuple[Axis, ...]:
        axes, order = self.application.made_axes(0), self.made_order
        return tuple(axes[order.index(number)] for number in range(len(order)))

    @property
    def slots(self) -> tuple[tuple[int, int], ...]:
        """The wires of the re-indexed axes taken, for the glyph."""
        return tuple((0, position) for position in self.spatial)


def roles(application: Application, over: Signature, map: Signature = NO_CHANNELS) -> Roles:
    """Who is who, whether axis groups are expanded or not."""
    names = application.inputs[0].names
    channels = tuple(names.index(name) for name in distinct(map.inputs[0]))
    before = distinct(over.inputs[0])
    if len(before) > 1:
        spatial = tuple(names.index(name) for name in before)
    else:  # one axis, or the parts of one group
        spatial = tuple(position for position in application.own[0] if position not in channels)
    return Roles(application, channels, spatial, len(map.outputs[0]))


def source_of_maps(call: Call, who: Roles, write: Callable[[str], str]) -> Source:
    """Source of what takes `(rows, channels, ...)`, whatever axes stand in front.

    `write` gives the code from the code of its argument.
    """
    code, before = _named(flattened(_straight(call, who), len(who.channels), who.rank), call)
    before += [f"{call.attribute}_out = {write(_rows(code, who.rank + 1))}"]
    result = _fronted(f"{call.attribute}_out", code, who.rank + 1)
    result = unflattened(result, [call.size(axis.sizes[0]) for axis in who.made_channels], who.rank)
    return Source(_placed(result, who), before=tuple(before))


def source_of_rows(call: Call, who: Roles, write: Callable[[str], str]) -> Source:
    """Source of what takes `(rows, ...)`, no channels, whatever axes stand in front."""
    code, before = _named(_straight(call, who), call)
    before += [f"{call.attribute}_out = {write(_rows(code, who.rank))}"]
    return Source(_placed(_fronted(f"{call.attribute}_out", code, who.rank), who), before=tuple(before))


def _straight(call: Call, who: Roles) -> str:
    """The input: broadcast axes, channels, re-indexed axes."""
    own = (*who.channels, *who.spatial)
    count = len(who.application.inputs[0].axes)
    spread = [position for position in range(count) if position not in own]
    return moved(call.arguments[0], range(count), (*spread, *own))


def _named(code: str, call: Call) -> tuple[str, list[str]]:
    """A variable that holds the value of the code."""
    if code.isidentifier():
        return code, []
    return f"{call.attribute}_in", [f"{call.attribute}_in = {code}"]


def _rows(code: str, behind: int) -> str:
    return f"{code}.reshape(-1, *{code}.shape[-{behind}:])"


def _fronted(result: str, code: str, behind: int) -> str:
    return f"{result}.reshape(*{code}.shape[:-{behind}], *{result}.shape[1:])"


def _placed(code: str, who: Roles) -> str:
    """In the output's order, from broadcast axes, channels, re-indexed axes."""
    output, order = who.application.outputs[0], who.made_order
    own = [place for place, out in enumerate(output) if not out.sources]
    spread = [place for place, out in enumerate(output) if out.sources]
    have = [*spread, *(own[order.index(number)] for number in range(len(order)))]
    return moved(code, have, range(len(have)))
