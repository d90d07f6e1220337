"""`ncd-tikz torch`: a spec to its PyTorch module."""

from __future__ import annotations

import click

from ncd_tikz.cli import options
from ncd_tikz.cli.sources import load_all
from ncd_tikz.cli.targets import deliver, refuse_unfit


@click.command("torch", short_help="Write the PyTorch module of a spec.")
@options.specs(required=True)
@options.output("A folder, a .py file, or - for standard output. Left out: the current folder.")
def command(specs: tuple[str, ...], output: str | None) -> None:
    """Write each SPEC as a PyTorch module, readable and fast.

    The class takes its axes' sizes as keyword arguments with the spec's numbers as defaults, and its
    tensors may have further axes in front as batch. A block is a class of its own, and so is what is
    repeated. Of an equation it is the first side. Writing it does not need torch.

    \b
    Examples:
      ncd-tikz torch @multi_head_attention                # ./multi_head_attention.py
      ncd-tikz torch attention.yaml -o mypackage/attention.py
      ncd-tikz torch @self_attention -o -
    """
    refuse_unfit(len(set(specs)), output, (".py",))
    diagrams = load_all(specs)
    from ncd_tikz.pytorch import to_source

    products = [(f"{diagram.name}.py", to_source(diagram).encode()) for diagram in diagrams]
    deliver(products, output)
