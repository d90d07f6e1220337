"""Re-indexing, long: a trapezoid makes a window axis, which goes to L, Max or E."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site, Slot
from ncd_tikz.glyphs.learned_card import LearnedCard
from ncd_tikz.glyphs.strokes import arrow_head, line, text
from ncd_tikz.glyphs.trapezoid import HEAD, SKIRT, WINDOW, trapezoid, trapezoid_width
from ncd_tikz.scene import LineTo, Move, Primitive, Wire
from ncd_tikz.text import measure

BEFORE = 0.12  # of the trapezoid
PADDING = 0.22  # beside the window's label
RESULT = 1.3  # size of `Max`
GAP, DOUBLE_GAP = 0.22, 0.3  # from the window's wire to its label
DOUBLE_HALF = 0.1  # half a double wire, with its strokes
CLEAR = 0.06  # from its label to the next wire
TAIL = 0.5  # of the arrow that leaves the result
CHANNELS = 1.0  # from the window's wire to the channels


@frozen
class Window:
    r"""y[x', w] = x[s x' + d w], then the letter on w (and on the channels, where it is learned).

    `spatial` are the slots of the re-indexed axes taken, in order; other taken wires (channels) go to the
    letter. `letter` is LaTeX (`\mathbf{L}` learned, `\mathrm{Max}`, `\mathrm{I\!E}`), `name` and `sub` its
    scripts where it is learned; `window` is the label of the window's wire (`3`, `2^2`), `double` where
    that is a group; `stride` and `dilation` are LaTeX or empty where they are 1.
    """

    letter: str
    window: str
    double: bool = False
    stride: str = ""
    dilation: str = ""
    transposed: bool = False
    learned: bool = False
    name: str = ""
    sub: str = ""
    spatial: tuple[Slot, ...] = ()

    def _label(self) -> str:
        return rf"{self.window}\,(d{{=}}{self.dilation})" if self.dilation else self.window

    def _gap(self) -> float:
        return DOUBLE_GAP if self.double else GAP

    def _size(self) -> float:
        """Of the label: it stands between two wires."""
        extent = measure(self._label())
        room = min(WINDOW, CHANNELS) - self._gap() - (DOUBLE_HALF if self.double else 0.0) - CLEAR
        return min(1.0, room / (extent.height + extent.depth))

    def _card(self) -> LearnedCard:
        return LearnedCard(self.letter, self.name, self.sub)

    def _letter_width(self) -> float:
        if self.learned:
            return self._card().needs().width
        return measure(self.letter, "math", RESULT).width + 0.2 + TAIL

    def _mark_width(self) -> float:
        return measure("T", "math", 0.95).width + 0.12 if self.transposed else 0.0

    def needs(self) -> Needs:
        """Trapezoid, the window's labelled wire, the letter; the channels keep below the window."""
        wire = measure(self._label(), "math", self._size()).width + 2 * PADDING + self._mark_width()
        width = BEFORE + trapezoid_width(self.stride) + wire + self._letter_width() + 0.1
        return Needs(
            width,
            reach=HEAD,
            below=0.5 if self.learned else WINDOW + SKIRT + 0.2,
            apart=WINDOW + CHANNELS if self.learned else 0.0,
            leading=self.spatial if self.learned else (),
            by_place=True,
        )

    def draw(self, site: Site) -> Drawn:
        """The spatial wires leave the trapezoid in their rows; channels change in the letter."""
        rows = [site.taken[slot] for slot in self.spatial] or list(site.taken.values())
        spatial = self.spatial or tuple(site.taken)
        channels = {slot: row for slot, row in site.taken.items() if slot not in spatial}
        sign = -1 if channels and min(channels.values()) < min(rows) else 1
        near, far = (min(rows), max(rows)) if sign > 0 else (max(rows), min(rows))
        left = site.left + BEFORE
        right = left + trapezoid_width(self.stride)
        y = far + sign * WINDOW
        letter = site.right - self._letter_width() - 0.1
        shape = trapezoid(left, right, near, far, sign, self.stride)
        front: list[Primitive] = list(shape)
        if self.transposed:
            width = measure("T", "math", 0.95).width
            front.append(text((right + 0.1 + width / 2, far + 0.45 * sign), "T", size=0.95))
        stroke: Literal["double", "wire"] = "double" if self.double else "wire"
        extent = measure(self._label(), "math", self._size())
        x = (right + self._mark_width() + letter) / 2
        label = text((x, 0.0), self._label(), size=self._size())
        front.append(replace(label, at=(x, y - self._gap() - extent.depth)))
        starts = self._spatial_starts(site, right, sign)
        ends = {slot: (left, site.taken[slot]) for slot in spatial}
        behind: tuple[Primitive, ...] = ()
        if self.learned:
            inner = Site(
                letter,
                site.right - 0.1,
                {**channels, (-1, 0): y},
                {slot: row for slot, row in site.made.items() if slot not in starts},
                site.top,
                site.bottom,
            )
            drawn = self._card().draw(inner)
            behind = drawn.behind
            front += drawn.front
            end = drawn.ends[-1, 0]
            ends.update({slot: point for slot, point in drawn.ends.items() if slot[0] >= 0})
            starts.update(drawn.starts)
        else:
            end = (letter, y)
            width = measure(self.letter, "math", RESULT).width
            front.append(text((letter + 0.08 + width / 2, y), self.letter, size=RESULT))
            tip = site.right - 0.1
            front += [line((letter + 0.16 + width, y), (tip - 0.3, y)), arrow_head((tip, y))]
        front.append(Wire((Move((right, y)), LineTo(end)), stroke, self.window))
        return Drawn(behind=behind, front=tuple(front), ends=ends, starts=starts)

    def _spatial_starts(self, site: Site, right: float, sign: int) -> dict[Slot, tuple[float, float]]:
        """As many made wires as spatial ones, those away from the channels."""
        order = sorted(site.made, key=lambda slot: sign * site.made[slot])
        count = len(self.spatial) or len(order)
        return {slot: (right, site.made[slot]) for slot in order[:count]}
