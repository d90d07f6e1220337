"""Re-indexing by plain indexes: y[x', w] = x[s x' + d w - p], and its transpose.

What convolutions and pools are made of. All sizes are numbers here; tensors are indexed and added
to, nothing else.
"""

from __future__ import annotations

from typing import Any

from ncd_tikz.frozen import frozen

Numbers = tuple[int, ...]


@frozen
class Window:
    """The re-indexing of one axis: stride s, dilation d, what is added before (p) and after."""

    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0

    def count(self, size: int) -> int:
        """How many places x' the window has on an axis of that size."""
        return (size + self.before + self.after - self.dilation * (self.kernel - 1) - 1) // self.stride + 1

    def positions(self, size: int) -> list[list[int]]:
        """s x' + d w - p for every place x' and every entry w of the window."""
        return [
            [self.position(place, entry) for entry in range(self.kernel)] for place in range(self.count(size))
        ]

    def position(self, place: int, entry: int) -> int:
        """The index that entry w of the window at place x' has: s x' + d w - p."""
        return self.stride * place + self.dilation * entry - self.before


def windowed(tensor: Any, windows: tuple[Window, ...], outside: float = 0.0) -> Any:
    """Re-index the last axes: `(..., x', y', w, v)` of `(..., x, y)`; `outside` where there is no entry."""
    count = len(windows)
    for window in windows:
        # The axes stand before the windows made so far, so the next one is always `count` from the end.
        size = tensor.shape[-count]
        at = window.positions(size)
        nearest = [[min(max(index, 0), size - 1) for index in row] for row in at]
        inside = [[0.0 <= index < size for index in row] for row in at]
        entries = tensor.movedim(-count, -1)[..., tensor.new_tensor(nearest).long()]
        entries = entries.where(tensor.new_tensor(inside).bool(), tensor.new_tensor(outside))
        tensor = entries.movedim(-2, -count - 1)
    return tensor


def transposed(tensor: Any, windows: tuple[Window, ...], sizes: Numbers) -> Any:
    """Add each y[x', w] to x[s x' + d w - p], axis by axis: `(..., x, y)` of `(..., x', y', w, v)`."""
    count = len(windows)
    for window, size in zip(reversed(windows), reversed(sizes), strict=True):
        entries = tensor.movedim(-count - 1, -2)
        at = [
            [window.position(place, entry) for entry in range(window.kernel)]
            for place in range(entries.shape[-2])
        ]
        flat = [index for row in at for index in row]
        kept = [place for place, index in enumerate(flat) if 0 <= index < size]
        target = tensor.new_tensor([float(flat[place]) for place in kept]).long()
        source = entries.flatten(-2)[..., tensor.new_tensor([float(place) for place in kept]).long()]
        whole = tensor.new_zeros([*entries.shape[:-2], size])
        tensor = whole.index_add(-1, target, source).movedim(-1, -count)
    return tensor
