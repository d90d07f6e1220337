"""Layout: a typed diagram to a positioned scene."""

from ncd_tikz.layout.compose import lay_out

__all__ = ["lay_out"]
