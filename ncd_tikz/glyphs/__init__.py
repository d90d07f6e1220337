"""The notation's shapes: each measures itself and draws itself in primitives."""

from ncd_tikz.glyphs.bar import Bar
from ncd_tikz.glyphs.box import Box
from ncd_tikz.glyphs.concatenation import Concatenation
from ncd_tikz.glyphs.contract import Drawn, Glyph, Needs, Site, Slot
from ncd_tikz.glyphs.depth_box import DepthBox
from ncd_tikz.glyphs.floating import Floating
from ncd_tikz.glyphs.ground import Ground
from ncd_tikz.glyphs.inner_products import InnerProducts
from ncd_tikz.glyphs.learned_card import LearnedCard
from ncd_tikz.glyphs.letter import Letter
from ncd_tikz.glyphs.mask_card import MaskCard
from ncd_tikz.glyphs.meeting import Meeting
from ncd_tikz.glyphs.memory_card import MemoryCard
from ncd_tikz.glyphs.norm_circle import NormCircle
from ncd_tikz.glyphs.parenthesis import Parenthesis
from ncd_tikz.glyphs.pentagon import Pentagon
from ncd_tikz.glyphs.reduction import Reduction
from ncd_tikz.glyphs.resampling import Resampling
from ncd_tikz.glyphs.star_box import StarBox
from ncd_tikz.glyphs.triangle import Triangle
from ncd_tikz.glyphs.turn import Turn
from ncd_tikz.glyphs.unit import Unit
from ncd_tikz.glyphs.unit_axis import UnitAxis
from ncd_tikz.glyphs.window import Window

__all__ = [
    "Bar",
    "Box",
    "Concatenation",
    "DepthBox",
    "Drawn",
    "Floating",
    "Glyph",
    "Ground",
    "InnerProducts",
    "LearnedCard",
    "Letter",
    "MaskCard",
    "Meeting",
    "MemoryCard",
    "Needs",
    "NormCircle",
    "Parenthesis",
    "Pentagon",
    "Reduction",
    "Resampling",
    "Site",
    "Slot",
    "StarBox",
    "Triangle",
    "Turn",
    "Unit",
    "UnitAxis",
    "Window",
]
