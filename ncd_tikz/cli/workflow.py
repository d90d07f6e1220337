"""The workflow that `ncd-tikz init --workflow` writes: the check on every push, findings at their lines."""

from __future__ import annotations

from pathlib import Path

from ncd_tikz.cli.reports.places import repository

PLACE = Path(".github", "workflows", "ncd-tikz.yml")


def workflow(here: Path) -> str:
    """The workflow's text, for a working directory.

    GitHub reads it at the root of the repository; the check itself runs where it was asked for.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from ncd_tikz import __version__
    from ncd_tikz.resources import template_folder

    below = here.relative_to(repository(here)).as_posix()
    folder = "" if below == "." else below
    environment = Environment(
        loader=FileSystemLoader(template_folder()),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # YAML, no markup
    )
    return environment.get_template("workflow.yml.j2").render(
        folder=folder, prefix=f"{folder}/" if folder else "", version=__version__
    )
