"""`ncd-tikz diff`: how two specs differ, as functions and as figures."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ncd_tikz.cli import options
from ncd_tikz.cli.sources import InputError
from ncd_tikz.cli.targets import deliver, is_file, refuse_unfit
from ncd_tikz.cli.terminal import remark, say
from ncd_tikz.errors import ToolMissing

if TYPE_CHECKING:
    from ncd_tikz.cli.compared import Compared
    from ncd_tikz.diagram.difference import Difference
    from ncd_tikz.equivalence import Verdict

SUFFIXES = (".svg", ".png", ".pdf", ".tex", ".html")


@click.command("diff", short_help="Say how two specs differ, as functions and as figures.")
@click.argument("left", metavar="A")
@click.argument("right", metavar="B")
@options.output(f"A picture of both with what differs lit up: a file that ends in {', '.join(SUFFIXES)}.")
@click.option("--draws", type=click.IntRange(1, 1000), default=2, show_default=True, help="Sizes to try.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Of the draws.")
@click.option(
    "--values/--no-values",
    default=None,
    help="Run both, or do not. Left out: run them where torch is installed.",
)
@click.option("--all", "every", is_flag=True, help="List what is the same, and all that differs.")
@click.option("--format", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--dpi", type=click.IntRange(36, 1200), default=200, show_default=True, help="Of PNG.")
@click.pass_context
def command(
    ctx: click.Context,
    left: str,
    right: str,
    output: str | None,
    draws: int,
    seed: int,
    values: bool | None,
    every: bool,
    format: str,
    dpi: int,
) -> None:
    """Compare the specs A and B: a file, @name, -, or REV:PATH for a file as git
    has it, such as HEAD~1:specs/attention.yaml.

    As functions: inputs, outputs, axes, learned parameters, and the steps, matched by what they do, their
    labels, names and neighbours rather than by their lines. With torch both are evaluated by their
    definitions, forward and backward, on several draws of prime sizes, with inputs and parameters that
    correspond; where they differ, the smallest step at which they part is named. As figures: the same
    picture, only other colours and notes, or another layout. Exit code 0 tells that it is the same
    function, 1 that it is not or could not be compared, 2 that a spec is mistaken, 3 that torch is
    missing and --values was asked for.

    \b
    Examples:
      ncd-tikz diff attention.yaml model.yaml
      ncd-tikz diff attention.yaml model.yaml -o diff.svg
      ncd-tikz diff @self_attention attention.yaml --format json
    """
    if values and find_spec("torch") is None:
        raise ToolMissing("torch", "--values runs both specs: pip install torch")
    if left == right == "-":
        raise InputError("standard input holds one spec\n  give the other one as a file or @name")
    if output is not None:
        _refuse_output(output)
    run = find_spec("torch") is not None if values is None else values
    if not run and values is None:
        remark("torch is missing, so only the specs are compared: pip install torch")
    from ncd_tikz.cli.compared import compare
    from ncd_tikz.cli.compared_words import as_json, as_text
    from ncd_tikz.cli.revisions import loaded, shown
    from ncd_tikz.resources import spec_path

    with loaded(left) as (one, old), loaded(right) as (other, new):
        found = compare(one, other, (left, right), _verdicts if run else None, draws, seed)

        def named(text: str) -> str:
            """Places in files under the names that were given."""
            for folder, argument in ((old, left), (new, right)):
                text = shown(text, folder, argument.partition(":")[0])
                text = text.replace(str(spec_path(argument)), argument) if argument.startswith("@") else text
            return text

        if output is not None:
            deliver([(Path(output).name, _picture(found, output, dpi, named))], output)
        say(named(as_json(found) if format == "json" else as_text(found, every)))
    ctx.exit(found.code)


def _refuse_output(output: str) -> None:
    if output == "-" or not is_file(output):
        raise InputError(f"-o '{output}' is to be a file that ends in {', '.join(SUFFIXES)}")
    refuse_unfit(1, output, SUFFIXES)


def _verdicts(differences: tuple[Difference, ...], draws: int, seed: int) -> tuple[Verdict, ...]:
    from ncd_tikz.equivalence.between import compare_functions

    sides = len(differences) > 1
    return tuple(
        compare_functions(
            each, draws=draws, seed=seed, subject=f"side {number} of A = of B" if sides else "A = B"
        )
        for number, each in enumerate(differences, 1)
    )


def _picture(found: Compared, output: str, dpi: int, named: Callable[[str], str]) -> bytes:
    """Both figures in one."""
    from ncd_tikz.cli.compared_words import marks, page, summary
    from ncd_tikz.layout.comparison import lay_out_both
    from ncd_tikz.text.escape import escaped

    suffix = Path(output).suffix
    headings = escaped(found.names[0]), escaped(found.names[1])
    words = [] if suffix == ".html" else [escaped(named(line)) for line in summary(found)]
    scene = lay_out_both(found.left, found.right, marks(found), headings, words)
    from ncd_tikz.render import compile_pdf, pdf_to_png, standalone, to_svg, to_tikz

    if suffix == ".svg":
        return to_svg(scene).encode()
    if suffix == ".html":
        return named(page(found, to_svg(scene))).encode()
    if suffix == ".tex":
        return to_tikz(scene).encode()
    pdf = compile_pdf(standalone(scene))
    return pdf if suffix == ".pdf" else pdf_to_png(pdf, dpi=dpi)
