"""`ncd-tikz draw`: specs to figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ncd_tikz.cli import options
from ncd_tikz.cli.sources import InputError, load_all
from ncd_tikz.cli.targets import Product, deliver, is_file, refuse_unfit
from ncd_tikz.cli.terminal import Progress, say
from ncd_tikz.errors import RenderError

if TYPE_CHECKING:
    from ncd_tikz.scene import Scene

FORMATS = {  # name -> what is added to the spec's name
    "tikz": ".tex",
    "standalone": "_standalone.tex",
    "pdf": ".pdf",
    "png": ".png",
    "svg": ".svg",
}


def _formats(ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Formats come repeated, separated by commas, or both."""
    names = [name.strip() for each in given for name in each.split(",")]
    for name in names:
        if name not in FORMATS:
            from difflib import get_close_matches

            close = get_close_matches(name, FORMATS, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"there are: {', '.join(FORMATS)}"
            raise click.BadParameter(f"no format '{name}'; {hint}", ctx, parameter)
    return tuple(dict.fromkeys(names))


@click.command("draw", short_help="Draw specs as TikZ, PDF, PNG or SVG.")
@options.specs(required=False)
@click.option(
    "-f",
    "--format",
    "formats",
    metavar="NAME,...",
    multiple=True,
    callback=_formats,
    help=f"Any of {', '.join(FORMATS)}. Left out: what the suffix of -o says, else tikz.",
)
@options.output("A folder, a file, or - for standard output. Left out: the current folder.")
@click.option("--dpi", type=click.IntRange(36, 1200), default=200, show_default=True, help="Of PNG.")
@click.option(
    "--palette",
    type=click.Choice(["reference", "okabe-ito", "grayscale"]),
    default="reference",
    show_default=True,
    help="Of standalone, PDF, PNG and SVG; a fragment obeys /ncd/palette of its document.",
)
@click.option("--no-shadow", is_flag=True, help="Cards without soft shadows, in the same formats.")
@click.option("--list", "listing", is_flag=True, help="List the shipped catalogue and stop.")
def command(
    specs: tuple[str, ...],
    formats: tuple[str, ...],
    output: str | None,
    dpi: int,
    palette: str,
    no_shadow: bool,
    listing: bool,
) -> None:
    """Draw each SPEC in neural circuit notation.

    The default is a TikZ fragment: \\input it where \\usepackage{tikz} is loaded; nothing else is
    needed. PDF and PNG need TeX Live (ncd-tikz doctor); TikZ and SVG need nothing. When any spec has
    a mistake, nothing is written.

    \b
    Examples:
      ncd-tikz draw @multi_head_attention                 # ./multi_head_attention.tex
      ncd-tikz draw attention.yaml -o figures/fig1.pdf
      ncd-tikz draw specs/*.yaml -f tikz,svg -o figures
      ncd-tikz draw @self_attention -o - | less
    """
    if listing:
        from ncd_tikz.resources import spec_names

        for name in spec_names():
            say(f"@{name}")
        return
    if not specs:
        raise click.UsageError("no spec given: a YAML file, @name from the catalogue (--list), or -")
    formats = formats or (_format_of(output),)
    suffixes = [suffix for name in formats for suffix in _suffixes(name)]
    refuse_unfit(len(set(specs)) * len(formats), output, tuple(dict.fromkeys(suffixes)))
    products = _draw(specs, formats, palette, not no_shadow, dpi)
    deliver(products, output)


def _format_of(output: str | None) -> str:
    """The format that the suffix of `-o` asks for."""
    if output is None or not is_file(output):
        return "tikz"
    suffix = Path(output).suffix
    for name in FORMATS:
        if suffix in _suffixes(name):
            return name
    known = dict.fromkeys(suffix for name in FORMATS for suffix in _suffixes(name))
    raise InputError(
        f"no format writes '{output}': files end in {', '.join(known)}\n  a folder ends in '/': -o {output}/"
    )


def _suffixes(name: str) -> tuple[str, ...]:
    """What the file of a format ends in."""
    return (".tex", ".tikz") if name == "tikz" else (Path(FORMATS[name]).suffix or FORMATS[name],)


def _draw(
    specs: tuple[str, ...], formats: tuple[str, ...], palette: str, shadow: bool, dpi: int
) -> list[Product]:
    diagrams = load_all(specs)
    from ncd_tikz.layout import lay_out

    products = []
    progress = Progress(len(diagrams))
    try:
        for spec, diagram in zip(dict.fromkeys(specs), diagrams, strict=True):
            progress.step(diagram.name)
            scene = lay_out(diagram)
            try:
                made = _figures(scene, formats, palette, shadow, dpi)
            except RenderError as error:
                progress.clear()
                others = "\n  nothing is written, of the other specs neither" if len(diagrams) > 1 else ""
                raise RenderError(f"{spec}: {error}{others}") from error
            products += [(diagram.name + FORMATS[name], made[name]) for name in formats]
    finally:
        progress.clear()
    return products


def _figures(
    scene: Scene, formats: tuple[str, ...], palette: str, shadow: bool, dpi: int
) -> dict[str, bytes]:
    """The scene in each format; TeX runs once, for PDF and PNG together."""
    import ncd_tikz.render as render

    made = {}
    if "tikz" in formats:
        made["tikz"] = render.to_tikz(scene).encode()
    if "svg" in formats:
        made["svg"] = render.to_svg(scene, palette=palette, shadow=shadow).encode()
    if {"standalone", "pdf", "png"}.intersection(formats):
        document = render.standalone(scene, palette=palette, shadow=shadow)
        made["standalone"] = document.encode()
        if {"pdf", "png"}.intersection(formats):
            made["pdf"] = render.compile_pdf(document)
        if "png" in formats:
            made["png"] = render.pdf_to_png(made["pdf"], dpi=dpi)
    return made
