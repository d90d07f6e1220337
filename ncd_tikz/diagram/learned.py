"""The learned tensors of a diagram by name, shape and count, at the spec's own sizes; needs no torch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import prod

from ncd_tikz.axes import Axis
from ncd_tikz.diagram.block import BlockCall
from ncd_tikz.diagram.concrete import body_sizes, inner_sizes, iterations
from ncd_tikz.diagram.diagram import Diagram
from ncd_tikz.diagram.expand import expand
from ncd_tikz.diagram.repeat import Load, Repeat, Save
from ncd_tikz.frozen import frozen

_NUMBER = re.compile(r"(?<=\.)\d+(?=\.|$)")


@frozen
class Weight:
    """A learned tensor, or several of one shape that repetitions make: `layers.{0..5}.U.weight`."""

    name: str
    axes: str  # "k h m"
    shape: tuple[int, ...]
    buffer: bool
    pattern: str  # "layers.{}.U.weight"
    times: int = 1

    @property
    def numbers(self) -> int:
        """How many numbers are in it, or in all of them."""
        return self.times * prod(self.shape)

    def __str__(self) -> str:
        times = f"{self.times} times " if self.times > 1 else ""
        shape = " x ".join(map(str, self.shape)) or "a number"
        return f"{times}{shape} ({self.axes})" if self.axes else f"{times}{shape}"


def weights(diagram: Diagram, sizes: Mapping[str, int] | None = None) -> tuple[Weight, ...]:
    """Every learned tensor and buffer in the order of the steps, those of repetitions gathered.

    >>> from ncd_tikz.diagram.load import load
    >>> for weight in weights(load("@two_layer_residual_mlp"))[:2]:
    ...     print(weight.name, weight)
    a.weight 512 x 128 (d_ff m)
    a.bias 512 (d_ff)
    """
    gathered: dict[tuple[str, str, tuple[int, ...], bool], list[str]] = {}
    for each in _each(diagram, diagram.default_sizes() if sizes is None else sizes, ""):
        gathered.setdefault((each.pattern, each.axes, each.shape, each.buffer), []).append(each.name)
    return tuple(
        Weight(_name(pattern, names), axes, shape, buffer, pattern, len(names))
        for (pattern, axes, shape, buffer), names in gathered.items()
    )


def _each(diagram: Diagram, sizes: Mapping[str, int], prefix: str) -> Iterator[Weight]:
    for step in diagram.steps:
        operation, name = step.operation, prefix + step.attribute
        if isinstance(operation, BlockCall):
            yield from _each(operation.diagram, inner_sizes(operation, sizes), f"{name}.")
        elif isinstance(operation, Repeat):
            for number, index in enumerate(iterations(operation, sizes)):
                part = f"{name}." if operation.share else f"{name}.{number}."
                yield from _each(operation.diagram, body_sizes(operation, sizes, index), part)
                if operation.share:
                    break
        elif not isinstance(operation, (Save, Load)):
            for parameter in operation.parameters(expand(step.application)):
                extents = [_extent(axis, sizes) for axis in parameter.axes]
                ends = [sum(parameter.flatten[: place + 1]) for place in range(len(parameter.flatten))]
                shape = tuple(
                    prod(extents[end - count : end])
                    for end, count in zip(ends, parameter.flatten, strict=True)
                )
                full = f"{name}.{parameter.name}" if parameter.name else name
                axes = " ".join(axis.name for axis in parameter.axes)
                yield Weight(full, axes, shape, parameter.buffer, _NUMBER.sub("{}", full))


def _extent(axis: Axis, sizes: Mapping[str, int]) -> int:
    return prod(size.evaluate(sizes) for size in axis.sizes)


def _name(pattern: str, names: list[str]) -> str:
    """`layers.{0..5}.U.weight`: the first and the last number in each place."""
    if len(names) == 1:
        return names[0]
    numbers = [list(map(int, _NUMBER.findall(name))) for name in names]
    ranges = [
        f"{{{min(place)}..{max(place)}}}" if min(place) < max(place) else str(place[0])
        for place in zip(*numbers, strict=True)
    ]
    return pattern.format(*ranges)
