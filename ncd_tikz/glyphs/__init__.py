"""The notation's shapes: each measures itself and draws itself in primitives."""

from ncd_tikz.glyphs.bar import Bar
from ncd_tikz.glyphs.box import Box
from ncd_tikz.glyphs.contract import Drawn, Glyph, Needs, Site, Slot
from ncd_tikz.glyphs.depth_box import DepthBox
from ncd_tikz.glyphs.floating import Floating
from ncd_tikz.glyphs.inner_products import InnerProducts
from ncd_tikz.glyphs.learned_card import LearnedCard
from ncd_tikz.glyphs.mask_card import MaskCard
from ncd_tikz.glyphs.meeting import Meeting
from ncd_tikz.glyphs.norm_circle import NormCircle
from ncd_tikz.glyphs.triangle import Triangle

__all__ = [
    "Bar",
    "Box",
    "DepthBox",
    "Drawn",
    "Floating",
    "Glyph",
    "InnerProducts",
    "LearnedCard",
    "MaskCard",
    "Meeting",
    "Needs",
    "NormCircle",
    "Site",
    "Slot",
    "Triangle",
]
