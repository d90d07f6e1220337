"""What the scene's colour names look like, as RRGGBB.

`reference` has the colours of the notation's own figures. `okabe-ito` are tints of the palette of
Okabe and Ito (2008), told apart with any colour vision. `grayscale` survives a black and white
printer. Black text is readable on every card colour of every palette.
"""

from __future__ import annotations

from ncd_tikz.scene import COLORS

_REFERENCE = {
    "grey": "E8EEEB", "rose": "FCE0E1", "periwinkle": "DBDFEF", "green": "CCE7CF",
    "peach": "FFE2BB", "lavender": "C5BEDF", "straw": "FDF9C0", "note": "FFF591",
    "copy": "F5D423", "violet": "E28FF1", "sky": "9DC7FF", "index": "1346FE",
    "trapezoid": "A9E3FF", "star": "E5F2F9", "lime": "B8E986", "lilac": "E3CEFA",
    "teal": "50E3C2", "black": "000000", "white": "FFFFFF", "halo": "FDF9C0",
    "changed": "B26A00", "removed": "C4321C", "added": "1B7F4B", "moved": "2F6FB5",
}  # fmt: skip

_OKABE_ITO = {
    "grey": "ECECEC", "rose": "F5D5BF", "periwinkle": "CCE3F0", "green": "BFE7DC",
    "peach": "F9E2B8", "lavender": "E9CDDC", "straw": "FBF8D0", "note": "F8F2A3",
    "copy": "F0E442", "violet": "DDA9C6", "sky": "9AD2F2", "index": "0072B2",
    "trapezoid": "BBE1F6", "star": "E6F4FC", "lime": "8CD2BE", "lilac": "F2E4EC",
    "teal": "4DBB9D", "black": "000000", "white": "FFFFFF", "halo": "F8F2A3",
    "changed": "A66C00", "removed": "C14F00", "added": "00785A", "moved": "0072B2",
}  # fmt: skip

_GRAYSCALE = {
    "grey": "FCFCFC", "rose": "EBEBEB", "periwinkle": "E3E3E3", "green": "D7D7D7",
    "peach": "EFEFEF", "lavender": "DBDBDB", "straw": "F7F7F7", "note": "C8C8C8",
    "copy": "B5B5B5", "violet": "ADADAD", "sky": "C3C3C3", "index": "404040",
    "trapezoid": "D2D2D2", "star": "F4F4F4", "lime": "CDCDCD", "lilac": "E7E7E7",
    "teal": "BDBDBD", "black": "000000", "white": "FFFFFF", "halo": "FAFAFA",
    "changed": "4A4A4A", "removed": "1E1E1E", "added": "6A6A6A", "moved": "5A5A5A",
}  # fmt: skip

# "halo" is the pale line under a highlighted wire, the last ones are the ink of differences between two
# figures; the scene's own names come first.
NAMES = (*COLORS, "halo", "changed", "removed", "added", "moved")

PALETTES = {"reference": _REFERENCE, "okabe-ito": _OKABE_ITO, "grayscale": _GRAYSCALE}
