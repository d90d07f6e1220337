"""What stands around a finished drawing: its legend, its definition, the notes on all of it."""

from __future__ import annotations

from ncd_tikz.diagram import Diagram
from ncd_tikz.layout.breaks import units
from ncd_tikz.layout.definition import define
from ncd_tikz.layout.legend import draw_legend, legend_card
from ncd_tikz.layout.notes import draw_whole_notes
from ncd_tikz.layout.paint import Picture


def surround(diagram: Diagram, picture: Picture) -> Picture:
    """The drawing with all that its figure asks for around it."""
    figure = diagram.figure
    widest = units(figure.width)
    legend = legend_card(diagram, widest) if figure.legend else None
    if figure.definition:
        picture = define(diagram, picture, widest, legend)
    elif legend is not None:
        draw_legend(legend, picture, widest)
    draw_whole_notes(figure, picture, widest)
    return picture
