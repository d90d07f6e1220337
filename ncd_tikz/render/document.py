r"""A figure as a whole LaTeX document of class `standalone`, made with PyLaTeX."""

from __future__ import annotations

from ncd_tikz.render.theme import Theme
from ncd_tikz.render.tikz import to_tikz
from ncd_tikz.scene import Scene

MARGIN = "2pt"


def standalone(scene: Scene, *, palette: str = "reference", shadow: bool = True) -> str:
    r"""The document: OT1 Computer Modern (Type 1 fonts in every TeX), the page cut to the figure.

    Args:
        scene: the positioned picture.
        palette: `reference`, `okabe-ito` or `grayscale`.
        shadow: whether cards have their soft shadow.

    Raises:
        RenderError: there is no such palette.
    """
    theme = Theme(palette, shadow)
    # Imported here: PyLaTeX takes as long to import as a figure takes to draw.
    from pylatex import Document, NoEscape, Package

    document = Document(
        documentclass="standalone",
        document_options=[f"border={MARGIN}"],
        fontenc=None,
        inputenc=None,
        lmodern=False,
        textcomp=False,
        microtype=False,
        page_numbers=False,
        indent=True,
    )
    document.packages.append(Package("tikz"))
    for key, value in _wishes(theme).items():
        document.preamble.append(NoEscape(f"\\pgfkeys{{/ncd/{key}/.initial={value}}}"))
    document.append(NoEscape(to_tikz(scene).rstrip("\n")))
    return str(document.dumps()).rstrip("\n") + "\n"


def _wishes(theme: Theme) -> dict[str, str]:
    """The keys that differ from what a fragment does by itself."""
    wishes = {}
    if theme.palette != Theme().palette:
        wishes["palette"] = theme.palette
    if theme.shadow != Theme().shadow:
        wishes["shadow"] = "true" if theme.shadow else "false"
    return wishes
