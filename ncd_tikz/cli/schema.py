"""`ncd-tikz schema`: the JSON Schema of specs, or of reports."""

from __future__ import annotations

import click

from ncd_tikz.cli import options
from ncd_tikz.cli.targets import deliver, refuse_unfit


@click.command("schema", short_help="Print the JSON Schema of specs, for editors.")
@options.output("A folder, a .json file, or - for standard output. Left out: standard output.")
@click.option("--report", is_flag=True, help="Of `check --format json`, instead.")
def command(output: str | None, report: bool) -> None:
    """Print the JSON Schema of the spec language, made from the definitions that validate specs.

    Editors with a YAML language server complete and check specs as you type when the file begins
    with a line that names it:

    \b
      # yaml-language-server: $schema=ncd.schema.json

    \b
    Examples:
      ncd-tikz schema > ncd.schema.json
      ncd-tikz schema -o .vscode/ncd.schema.json
      ncd-tikz schema --report
    """
    import json

    if report:
        from ncd_tikz.cli.reports.json import schema
    else:
        from ncd_tikz.spec import schema

    output = output or "-"
    refuse_unfit(1, output, (".json",))
    text = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    deliver([("ncd-report.schema.json" if report else "ncd.schema.json", text.encode())], output)
