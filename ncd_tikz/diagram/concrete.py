"""Numbers for the sizes of a diagram and of what is inside: of blocks, of the iterations of a repetition."""

from __future__ import annotations

from collections.abc import Mapping

from ncd_tikz.diagram.block import BlockCall
from ncd_tikz.diagram.diagram import Diagram
from ncd_tikz.diagram.repeat import Repeat


def complete(diagram: Diagram, given: Mapping[str, int]) -> dict[str, int]:
    """All declared symbols' sizes: those given, the others as the spec derives or states them."""
    sizes: dict[str, int] = {}
    for entry in diagram.sizes:  # derived ones stand after those they are derived from
        name = entry.axis.name
        if entry.axis.rank == 1 and not entry.index:
            sizes[name] = given[name] if name in given else entry.axis.sizes[0].evaluate({**given, **sizes})
    return sizes


def inner_sizes(call: BlockCall, sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes inside a block, from those around its call."""
    return complete(call.diagram, {name: size.evaluate(sizes) for name, size in call.bindings.items()})


def iterations(repeat: Repeat, sizes: Mapping[str, int]) -> range:
    """The values of a repetition's index, from the sizes around it."""
    return range(repeat.start.evaluate(sizes), repeat.stop.evaluate(sizes) + 1)


def body_sizes(repeat: Repeat, sizes: Mapping[str, int], index: int) -> dict[str, int]:
    """The sizes inside one iteration, from those around the repetition."""
    given = {**sizes, repeat.index: index}
    return {**given, **complete(repeat.diagram, given)}
