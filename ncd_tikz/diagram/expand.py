"""Axis groups taken apart: what evaluation and PyTorch see of an application."""

from __future__ import annotations

from ncd_tikz.axes import Application, Axis, OutputAxis, Tensor


def expand(application: Application) -> Application:
    """The same application where an axis group `x` of rank r is r axes `x.0`, `x.1`, ...

    Identity where no axis is a group.
    """
    tensors = (*application.inputs, *application.results)
    if all(axis.rank == 1 for tensor in tensors for axis in tensor.axes):
        return application
    starts = tuple(_starts(tensor) for tensor in application.inputs)
    inputs = tuple(
        Tensor(tuple(part for axis in tensor.axes for part in _parts(axis)), tensor.kind, tensor.below)
        for tensor in application.inputs
    )
    own = tuple(
        tuple(
            starts[index][position] + part
            for position in positions
            for part in range(application.inputs[index].axes[position].rank)
        )
        for index, positions in enumerate(application.own)
    )
    outputs = tuple(
        tuple(
            OutputAxis(
                axis, tuple((index, starts[index][position] + part) for index, position in out.sources)
            )
            for out in output
            for part, axis in enumerate(_parts(out.axis))
        )
        for output in application.outputs
    )
    return Application(inputs, own, outputs, application.kinds)


def _starts(tensor: Tensor) -> tuple[int, ...]:
    starts, place = [], 0
    for axis in tensor.axes:
        starts.append(place)
        place += axis.rank
    return tuple(starts)


def _parts(axis: Axis) -> tuple[Axis, ...]:
    if axis.rank == 1:
        return (axis,)
    return tuple(Axis(f"{axis.name}.{number}", (size,), axis.label) for number, size in enumerate(axis.sizes))
