"""PyTorch code that brings axes into an order, whatever batch axes stand in front."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from ncd_tikz.axes import Application, Axis
from ncd_tikz.operations.contract import Call


def moved(code: str, have: Sequence[Hashable], want: Sequence[Hashable]) -> str:
    """Code that reorders the trailing axes `have` to `want`, moving as few as possible.

    >>> moved("x", "ab", "ba"), moved("x", "abc", "bca"), moved("x", "abcd", "cabd"), moved("x", "ab", "ab")
    ('x.transpose(-2, -1)', 'x.movedim(-3, -1)', 'x.movedim(-2, -4)', 'x')
    """
    order = [have.index(axis) for axis in want]
    count = len(order)
    changed = [place for place, origin in enumerate(order) if place != origin]
    if not changed:
        return code
    if len(changed) == 2:
        return f"{code}.transpose({changed[0] - count}, {changed[1] - count})"
    still = _longest_rise(order)
    moves = sorted((order[place], place) for place in range(count) if place not in still)
    sources = [origin - count for origin, _ in moves]
    targets = [place - count for _, place in moves]
    return f"{code}.movedim({_some(sources)}, {_some(targets)})"


def aligned(code: str, have: Sequence[Hashable], want: Sequence[Hashable]) -> str:
    """Code that makes a tensor with axes `have` (some of `want`) broadcast against `want`.

    >>> aligned("x", "xm", "xm"), aligned("p", "m", "xm"), aligned("p", "mx", "xym")
    ('x', 'p[..., None, :]', 'p.transpose(-2, -1)[..., None, :]')
    """
    present = [axis for axis in want if axis in have]
    code = moved(code, have, present)
    if len(present) == len(want):
        return code
    first = next(place for place, axis in enumerate(want) if axis not in have)
    slots = [":" if axis in have else "None" for axis in want[first:]]
    return f"{code}[..., {', '.join(slots)}]"


def alike(call: Call, have: Sequence[Sequence[Hashable]], want: Sequence[Hashable]) -> list[str]:
    """Code of the inputs, input i with axes `have[i]`, all with the axes `want` and the same ones in front.

    An input is expanded along what it lacks; nothing is written where it lacks nothing.
    """
    unbatched = call.unbatched or (False,) * len(have)
    codes = [aligned(code, axes, want) for code, axes in zip(call.arguments, have, strict=True)]
    if len(have) == 1:
        return codes
    front = _front(call, have, unbatched)
    return [
        code
        if len(axes) == len(want) and not lacks
        else f"{code}.expand({', '.join([front, *(_extent(axis, axes, call, have) for axis in want)])})"
        for code, axes, lacks in zip(codes, have, unbatched, strict=True)
    ]


def fronted(call: Call, codes: Sequence[str], counts: Sequence[int]) -> list[str]:
    """Codes of the inputs, `counts[i]` axes each, expanded where one may lack the axes in front."""
    unbatched = call.unbatched or (False,) * len(codes)
    front = _front(call, [tensor.names for tensor in call.application.inputs], unbatched)
    return [
        f"{code}.expand({', '.join([front, *['-1'] * count])})" if lacks else code
        for code, count, lacks in zip(codes, counts, unbatched, strict=True)
    ]


def _front(call: Call, have: Sequence[Sequence[Hashable]], unbatched: Sequence[bool]) -> str:
    """Code of the sizes in front: those of an input that has them, else what all make together."""
    shapes = [
        f"{code}.shape[:-{len(axes)}]" if axes else f"{code}.shape"
        for code, axes in zip(call.arguments, have, strict=True)
    ]
    for shape, lacks in zip(shapes, unbatched, strict=True):
        if not lacks:
            return f"*{shape}"
    return f"*torch.broadcast_shapes({', '.join(shapes)})"


def _extent(axis: Hashable, axes: Sequence[Hashable], call: Call, have: Sequence[Sequence[Hashable]]) -> str:
    """The size of an axis for `expand`: -1 where it stays."""
    if axis in axes:
        return "-1"
    number = next(number for number, others in enumerate(have) if axis in others)
    return f"{call.arguments[number]}.shape[{have[number].index(axis) - len(have[number])}]"


def flattened(code: str, count: int, behind: int = 0) -> str:
    """Code that makes one axis of `count` neighbours, with `behind` axes after them.

    >>> flattened("x", 2), flattened("x", 2, 1), flattened("x", 1), flattened("x", 0)
    ('x.flatten(-2)', 'x.flatten(-3, -2)', 'x', 'x.unsqueeze(-1)')
    """
    if count == 0:
        return f"{code}.unsqueeze({-1 - behind})"
    if count == 1:
        return code
    end = f", {-1 - behind}" if behind else ""
    return f"{code}.flatten({-count - behind}{end})"


def unflattened(code: str, sizes: Sequence[str], behind: int = 0) -> str:
    """Code that parts one axis into axes of these sizes, with `behind` axes after it.

    >>> unflattened("x", ["self.k", "4"]), unflattened("x", ["4"]), unflattened("x", [], 1)
    ('x.unflatten(-1, (self.k, 4))', 'x', 'x.squeeze(-2)')
    """
    if not sizes:
        return f"{code}.squeeze({-1 - behind})"
    if len(sizes) == 1:
        return code
    return f"{code}.unflatten({-1 - behind}, ({', '.join(sizes)}))"


def own_last(call: Call, index: int = 0) -> str:
    """Input `index` with its own axes last, in base order."""
    application = call.application
    count = len(application.inputs[index].axes)
    own = application.own[index]
    spread = [position for position in range(count) if position not in own]
    return moved(call.arguments[index], range(count), (*spread, *own))


def made_placed(code: str, call: Call, index: int = 0) -> str:
    """Output `index` in its order, from code whose broadcast axes stand first and made axes last."""
    return moved(code, made_last(call.application, index), range(len(call.application.outputs[index])))


def made_last(application: Application, index: int = 0) -> tuple[int, ...]:
    """The places of an output's axes, the broadcast ones first."""
    output = application.outputs[index]
    spread = [place for place, each in enumerate(output) if each.sources]
    return (*spread, *(place for place, each in enumerate(output) if not each.sources))


def sizes_code(axes: Sequence[Axis], call: Call) -> list[str]:
    """Code of the axes' sizes, in forward."""
    return [call.size(size) for axis in axes for size in axis.sizes]


def _some(numbers: list[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else str(tuple(numbers))


def _longest_rise(order: list[int]) -> set[int]:
    """Places of a longest rising subsequence: the axes that need not move."""
    best: list[list[int]] = []
    for place, origin in enumerate(order):
        before: list[int] = []
        for rise in best:
            if order[rise[-1]] < origin and len(rise) > len(before):
                before = rise
        best.append([*before, place])
    longest = max(best, key=len)
    return set(longest)
