"""`ncd-tikz ops`: what operations there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ncd_tikz.cli import options
from ncd_tikz.cli.sources import InputError
from ncd_tikz.cli.targets import deliver, is_file, refuse_unfit
from ncd_tikz.cli.terminal import Progress, bold, faint, say, shell_width, table

if TYPE_CHECKING:
    from ncd_tikz.cli.reference import StepReference

SUFFIXES = (".svg", ".tex")


@click.command("ops", short_help="List the operations, or explain one.")
@click.argument("name", metavar="[NAME]", required=False)
@options.output("Draw the example, or without NAME all of them: a folder, or a .svg or .tex file.")
def command(name: str | None, output: str | None) -> None:
    """List all operations with their formula and fields; with a NAME, explain that one by an example.

    \b
    Examples:
      ncd-tikz ops
      ncd-tikz ops softmax
      ncd-tikz ops softmax -o softmax.svg                 # its picture
      ncd-tikz ops -o pictures                            # the pictures of all, as SVG
      ncd-tikz ops softmax | ncd-tikz draw - -o -         # the example is a whole spec
    """
    from ncd_tikz.cli.reference import references

    known = references()
    chosen = known if name is None else (_named(name, known),)
    if output is not None:
        _draw(chosen, output)
    elif name is None:
        _list(known)
    else:
        _explain(chosen[0])


def _named(name: str, known: tuple[StepReference, ...]) -> StepReference:
    named = {each.name: each for each in known}
    if name in named:
        return named[name]
    from difflib import get_close_matches

    close = get_close_matches(name, named, n=1, cutoff=0.5)
    hint = f"did you mean '{close[0]}'?" if close else "all of them: ncd-tikz ops"
    raise InputError(f"no operation '{name}'\n  {hint}")


def _draw(chosen: tuple[StepReference, ...], output: str) -> None:
    refuse_unfit(len(chosen), output, SUFFIXES)
    from ncd_tikz import loads, to_svg, to_tikz

    suffix = ".tex" if is_file(output) and output.endswith(".tex") else ".svg"
    progress = Progress(len(chosen))
    products = []
    try:
        for each in chosen:
            progress.step(each.name)
            diagram = loads(each.example, f"<example of {each.name}>")
            picture = to_tikz(diagram) if suffix == ".tex" else to_svg(diagram)
            products.append((each.name + suffix, picture.encode()))
    finally:
        progress.clear()
    deliver(products, output)


def _list(known: tuple[StepReference, ...]) -> None:
    import textwrap

    width = max(len(each.name) for each in known)
    structure = False
    for each in known:
        if each.structure and not structure:
            structure = True
            say(faint("\nWhat gives a diagram its structure:"))
        lines = textwrap.wrap(each.about, max(shell_width() - width - 2, 30)) or [""]
        say(f"{bold(each.name.ljust(width))}  {lines[0]}")
        for line in lines[1:]:
            say(" " * (width + 2) + line)
        fields = ", ".join(
            field.name if field.left_out in ("required", "") else f"[{field.name}]" for field in each.fields
        )
        if fields:
            say(" " * (width + 2) + faint(f"fields: {fields}"))
    count = sum(not each.structure for each in known)
    say(faint(f"\n{count} operations; ncd-tikz ops NAME explains one by an example"))


def _explain(step: StepReference) -> None:
    """Comments around a complete spec, so that the whole output is itself a spec."""
    say(bold(f"# {step.name}: {step.about}"))
    say(f"# inputs: {step.inputs}")
    rows = [(f"#   {each.name}", each.takes, each.left_out, each.about) for each in step.fields]
    if rows:
        say("# fields:")
        for line in table(rows):
            say(line)
    say("")
    say(step.example.strip("\n"))
