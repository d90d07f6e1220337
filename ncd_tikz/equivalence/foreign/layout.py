"""Two orders of the dimensions of one tensor: our axes, and `batch c (h w) 1` as somebody else has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from torch import Tensor

from ncd_tikz.axes import Axis
from ncd_tikz.equivalence.foreign.errors import Theirs

BATCH = "batch"


class Layout:
    """Our axes, a dimension each (groups expanded), and theirs, each of none, one or several of ours.

    Args:
        name: of the value or parameter, for messages.
        axes: ours, in order.
        sizes: of this draw.
        theirs: names of ours in their order; `(a b)` flattens, `1` is a dimension of size one, `batch`
            the batch dimensions (left out: in front), any other number a dimension that ours has not.
            A group is as many dimensions as it has axes, in parentheses one.
            None: as ours.
    """

    def __init__(
        self,
        name: str,
        axes: Sequence[Axis],
        sizes: Mapping[str, int],
        theirs: tuple[str, ...] | None,
    ) -> None:
        self.name, self.theirs = name, theirs
        self.extents = [size.evaluate(sizes) for axis in axes for size in axis.sizes]
        ranks = {axis.name: axis.rank for axis in axes}
        starts: dict[str, int] = {}
        for axis in axes:
            starts[axis.name] = sum(ranks[each] for each in starts)
        self.extra: list[int] = []  # sizes of the dimensions that ours has not
        self.groups: list[list[int]] = []  # places among our dimensions; -1 - n is an extra one
        self.batch_at = 0
        if theirs is None:
            self.groups = [[place] for place in range(len(self.extents))]
            return
        met: list[str] = []
        for word in theirs:
            if word == BATCH and BATCH not in ranks:
                self.batch_at = len(self.groups)
                continue
            group: list[int] = []
            for member in word.strip("()").split():
                if member in ranks and member not in met:
                    met.append(member)
                    group.extend(range(starts[member], starts[member] + ranks[member]))
                elif member.isdigit():
                    if member != "1":
                        group.append(-1 - len(self.extra))
                        self.extra.append(int(member))
                else:
                    raise self._wrong(axes)
            # A group of axes is a dimension for each of them, unless parentheses make it one.
            self.groups.extend([group] if word.startswith("(") or not group else [[place] for place in group])
        if len(met) != len(ranks):
            raise self._wrong(axes)

    def _wrong(self, axes: Sequence[Axis]) -> Theirs:
        given, has = ", ".join(self.theirs or ()), ", ".join(axis.name for axis in axes)
        words = f"'theirs' gives {self.name} the axes ({given}), it has ({has})"
        return Theirs(words, "not-compared", "name each of its axes once")

    @property
    def shape(self) -> tuple[int, ...]:
        """Their shape, without batch dimensions."""
        return tuple(prod(self._extent(place) for place in group) for group in self.groups)

    def _extent(self, place: int) -> int:
        return self.extents[place] if place >= 0 else self.extra[-1 - place]

    def to_theirs(self, tensor: Tensor) -> Tensor:
        """Ours, with its batch dimensions in front, as they have it."""
        front = tensor.shape[: tensor.dim() - len(self.extents)]
        order = [place + len(front) for group in self.groups for place in group]
        moved = tensor.permute([*range(len(front)), *order]).reshape([*front, *self.shape])
        return _move_front(moved, len(front), self.batch_at)

    def to_ours(self, tensor: Tensor) -> Tensor:
        """Theirs as ours; left as it is where its shape is another one (`fits` tells)."""
        if not self.fits(tensor):
            return tensor
        front = tensor.dim() - len(self.groups)
        moved = _move_back(tensor, front, self.batch_at)
        return self.unfold(moved, front)

    def unfold(self, tensor: Tensor, front: int = 0, at: Sequence[int] = ()) -> Tensor:
        """A tensor of theirs as a view in our order; of the dimensions that ours has not, index `at`."""
        split = [self._extent(place) for group in self.groups for place in group]
        flat = [place for group in self.groups for place in group]
        viewed = tensor.reshape([*tensor.shape[:front], *split])
        for number, index in enumerate(at):
            dimension = flat.index(-1 - number)
            viewed = viewed.select(front + dimension, index)
            flat.pop(dimension)
        order = [front + flat.index(place) for place in range(len(self.extents))]
        return viewed.permute([*range(front), *order])

    def fits(self, tensor: Tensor) -> bool:
        """Whether their tensor has the shape that it should; batch dimensions aside."""
        front = tensor.dim() - len(self.groups)
        if front < 0:
            return False
        shape = list(tensor.shape)
        del shape[self.batch_at : self.batch_at + front]
        return tuple(shape) == self.shape

    def words(self, tensor: Tensor, batch: Sequence[int]) -> str:
        """How its shape differs from what it should be."""
        wanted = list(self.shape)
        wanted[self.batch_at : self.batch_at] = batch
        said = f" as ({' '.join(self.theirs)})" if self.theirs is not None else ""
        return f"has shape {tuple(tensor.shape)}, expected {tuple(wanted)}{said}"


def _move_front(tensor: Tensor, front: int, place: int) -> Tensor:
    if not front or not place:
        return tensor
    return tensor.movedim(tuple(range(front)), tuple(range(place, place + front)))


def _move_back(tensor: Tensor, front: int, place: int) -> Tensor:
    if not front or not place:
        return tensor
    return tensor.movedim(tuple(range(place, place + front)), tuple(range(front)))
