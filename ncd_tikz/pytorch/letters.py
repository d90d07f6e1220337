"""One-letter names of axes, as torch.einsum wants them."""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_letters

from ncd_tikz.axes import Application, Axis
from ncd_tikz.errors import ShapeError


class Letters:
    """Letters of axes' names, the same throughout a class while letters last.

    >>> letters = Letters()
    >>> "".join(letters.letter(name) for name in ("y", "k", "x", "x'", "key", "y"))
    'ykxXKy'
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, application: Application) -> Callable[[Axis], str]:
        """The letters for one step; it may also ask for names that only it knows."""
        names = [axis.name for tensor in application.inputs for axis in tensor.axes]
        if len({*self._known, *names}) > len(ascii_letters) // 2:
            self._known = {}
        if len(set(names)) <= len(ascii_letters):  # else only an einsum minds
            for name in names:
                self.letter(name)
        return lambda axis: self.letter(axis.name)

    def letter(self, name: str) -> str:
        """The letter of a name: its own first letter where that is free.

        Raises:
            ShapeError: one step has more names than there are letters.
        """
        if name not in self._known:
            own = [mark for mark in name if mark in ascii_letters]
            used = set(self._known.values())
            wanted = (*own[:1], *(mark.swapcase() for mark in own[:1]), *own[1:], *ascii_letters)
            free = next((mark for mark in wanted if mark not in used), None)
            if free is None:
                raise ShapeError(
                    f"torch.einsum knows {len(ascii_letters)} axes in one step, no more", field="map"
                )
            self._known[name] = free
        return self._known[name]
