"""A learned convolution, short: a small bold box with a star and the kernel size."""

from __future__ import annotations

from ncd_tikz.frozen import frozen
from ncd_tikz.glyphs.contract import Drawn, Needs, Site
from ncd_tikz.glyphs.star import star
from ncd_tikz.glyphs.strokes import line, polygon, rectangle, text
from ncd_tikz.scene import Primitive
from ncd_tikz.text import measure

STAR = 0.27
KERNEL = 1.15
SMALL = 0.8
PADDING = 0.24
GAP = 0.14
REACH = 0.27
HEIGHT = 1.24  # least height, where it stands on one wire
SLASH = 0.3  # half the width of the diagonal


@frozen
class StarBox:
    r"""Star, kernel, and what is not one: the stride below a diagonal, dilation and groups as scripts.

    `kernel` is LaTeX (`3`, `3\times 5`); `stride`, `dilation` and `groups` are LaTeX or empty where they
    are 1; `transposed` sets a T. Takes the spatial axes and the channels, or the spatial axes only.
    """

    kernel: str
    stride: str = ""
    dilation: str = ""
    groups: str = ""
    transposed: bool = False

    def _scripts(self) -> tuple[str, str]:
        upper = ["T"] if self.transposed else []
        upper += [rf"g{{=}}{self.groups}"] if self.groups else []
        return ",".join(upper), rf"d{{=}}{self.dilation}" if self.dilation else ""

    def _script_width(self) -> float:
        widths = [measure(script, "math", SMALL).width for script in self._scripts() if script]
        return max(widths) + 0.06 if widths else 0.0

    def _stride_width(self) -> float:
        return 2 * SLASH + measure(self.stride, "math", 1.0).width - 0.1 if self.stride else 0.0

    def needs(self) -> Needs:
        """As wide as what stands in it."""
        kernel = measure(self.kernel, "math", KERNEL).width
        width = 2 * STAR + GAP + kernel + self._script_width() + self._stride_width() + 2 * PADDING
        return Needs(width + 0.1, reach=REACH, span=HEIGHT - 2 * REACH, by_place=True)

    def draw(self, site: Site) -> Drawn:
        """The box spans its wires; they end at its left side and start at its right."""
        top, bottom = site.extent()
        middle, half = (top + bottom) / 2, max((bottom - top) / 2 + REACH, HEIGHT / 2)
        left, right = site.left + 0.05, site.right - 0.05
        x = left + PADDING + STAR
        ink: list[Primitive] = [star((x, middle + 0.02), STAR)]
        kernel = measure(self.kernel, "math", KERNEL).width
        x += STAR + GAP + kernel / 2
        ink.append(text((x, middle), self.kernel, size=KERNEL))
        x += kernel / 2
        for script, y in zip(self._scripts(), (middle - 0.26, middle + 0.3), strict=True):
            if script:
                width = measure(script, "math", SMALL).width
                ink.append(text((x + 0.06 + width / 2, y), script, size=SMALL))
        x += self._script_width()
        if self.stride:
            ink.append(line((x, middle + 0.4), (x + 2 * SLASH, middle - 0.4)))
            width = measure(self.stride, "math", 1.0).width
            ink.append(text((x + 2 * SLASH - 0.1 + width / 2, middle + 0.22), self.stride))
        box = rectangle(left, middle - half, right, middle + half)
        return Drawn(
            behind=(polygon(*box, fill="star"),),
            front=(polygon(*box, stroke="bold"), *ink),
            ends={slot: (left, row) for slot, row in site.taken.items()},
            starts={slot: (right, row) for slot, row in site.made.items()},
        )
