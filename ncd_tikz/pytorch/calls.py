"""A block's module called, whatever axes stand in front of its inputs."""

from __future__ import annotations

from collections.abc import Sequence

from ncd_tikz.axes import Application, OutputAxis
from ncd_tikz.operations import Source
from ncd_tikz.operations.arranging import aligned


def block_call(called: str, names: tuple[str, ...], application: Application) -> Source:
    """A block's module called: axes in front that some inputs lack are made, so that all batch alike."""
    own = [len(positions) for positions in application.own]
    fronts = [
        tensor.names[: len(tensor.axes) - count]
        for tensor, count in zip(application.inputs, own, strict=True)
    ]
    longest = max(fronts, key=len, default=())
    arguments = [
        aligned(name, [*front, *range(count)], [*longest, *range(count)])
        for name, front, count in zip(names, fronts, own, strict=True)
    ]
    call = f"{called}({', '.join(arguments)})"
    lacking = [len(longest) - sum(1 for out in output if out.sources) for output in application.outputs]
    if not any(lacking):
        return Source(call)
    if len(lacking) == 1:
        return Source(_without(call, application.outputs[0], longest))
    parts = [f"part_{number}" for number in range(len(lacking))]
    outputs = [
        _without(part, output, longest) for part, output in zip(parts, application.outputs, strict=True)
    ]
    return Source(", ".join(outputs), before=(f"{', '.join(parts)} = {call}",))


def _without(code: str, output: Sequence[OutputAxis], longest: Sequence[str]) -> str:
    """Without the axes in front that the output does not depend on: they have size one."""
    present = {out.axis.name for out in output if out.sources}
    made = sum(1 for out in output if not out.sources)
    for place, name in enumerate(longest):
        if name not in present:
            code += f".squeeze({place - len(longest) - made})"
            return _without(code, output, [*longest[:place], *longest[place + 1 :]])
    return code
