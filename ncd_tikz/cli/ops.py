"""`ncd-tikz ops`: what operations there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ncd_tikz.cli.sources import InputError
from ncd_tikz.cli.terminal import bold, faint, say, shell_width, table

if TYPE_CHECKING:
    from ncd_tikz.operations import Operation


@click.command("ops", short_help="List the operations, or explain one.")
@click.argument("name", metavar="[NAME]", required=False)
def command(name: str | None) -> None:
    """List all operations with their formula and fields; with a NAME, explain that one by an example.

    \b
    Examples:
      ncd-tikz ops
      ncd-tikz ops softmax
      ncd-tikz ops softmax | ncd-tikz draw - -o -         # the example is a whole spec
    """
    from ncd_tikz.operations import OPERATIONS

    if name is None:
        _list(OPERATIONS)
        return
    named = {operation.name: operation for operation in OPERATIONS}
    if name not in named:
        from difflib import get_close_matches

        close = get_close_matches(name, named, n=1, cutoff=0.5)
        hint = f"did you mean '{close[0]}'?" if close else "all of them: ncd-tikz ops"
        raise InputError(f"no operation '{name}'\n  {hint}")
    _explain(named[name])


def _list(operations: tuple[type[Operation], ...]) -> None:
    import textwrap

    width = max(len(operation.name) for operation in operations)
    for operation in operations:
        fields = ", ".join(each.name if each.required else f"[{each.name}]" for each in operation.fields)
        lines = textwrap.wrap(operation.about, max(shell_width() - width - 2, 30)) or [""]
        say(f"{bold(operation.name.ljust(width))}  {lines[0]}")
        for line in lines[1:]:
            say(" " * (width + 2) + line)
        if fields:
            say(" " * (width + 2) + faint(f"fields: {fields}"))
    say(faint(f"\n{len(operations)} operations; ncd-tikz ops NAME explains one by an example"))


def _explain(operation: type[Operation]) -> None:
    """Comments around a complete spec, so that the whole output is itself a spec."""
    fewest, most = operation.inputs
    count = str(fewest) if most == fewest else f"{fewest} or more" if most is None else f"{fewest} to {most}"
    say(bold(f"# {operation.name}: {operation.about}"))
    say(f"# inputs: {count}")
    rows = [
        (f"#   {each.name}", each.type, "required" if each.required else _default(each.default), each.about)
        for each in operation.fields
    ]
    if rows:
        say("# fields:")
        for line in table(rows):
            say(line)
    say("")
    say(operation.example.strip("\n"))


def _default(default: object) -> str:
    if default is None:
        return "optional"
    return f"default {str(default).lower() if isinstance(default, bool) else default}"
