"""Specs as typed diagrams: values, and the operations between them."""

from ncd_tikz.diagram.block import BlockCall
from ncd_tikz.diagram.build import build
from ncd_tikz.diagram.diagram import AxisSize, Diagram, Family, Side, Step, Value
from ncd_tikz.diagram.expand import expand
from ncd_tikz.diagram.load import load, loads
from ncd_tikz.diagram.repeat import Load, Repeat, Save

__all__ = [
    "AxisSize",
    "BlockCall",
    "Diagram",
    "Family",
    "Load",
    "Repeat",
    "Save",
    "Side",
    "Step",
    "Value",
    "build",
    "expand",
    "load",
    "loads",
]
