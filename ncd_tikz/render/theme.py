"""How a picture is to look, apart from where things are."""

from __future__ import annotations

from dataclasses import dataclass

from ncd_tikz.errors import RenderError
from ncd_tikz.render.palettes import PALETTES


@dataclass(frozen=True, slots=True)
class Theme:
    """Palette (`reference`, `okabe-ito` or `grayscale`) and whether cards have a soft shadow.

    Raises:
        RenderError: there is no such palette.
    """

    palette: str = "reference"
    shadow: bool = True

    def __post_init__(self) -> None:
        if self.palette not in PALETTES:
            raise RenderError(f"no palette '{self.palette}'\n  there are: {', '.join(PALETTES)}")
