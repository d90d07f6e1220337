"""Text measured before it is placed: no TeX and no font is needed at run time."""

from ncd_tikz.text.measure import Extent, measure
from ncd_tikz.text.wrap import wrap

__all__ = ["Extent", "measure", "wrap"]
