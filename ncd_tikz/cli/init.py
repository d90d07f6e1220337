"""`ncd-tikz init`: a new spec, a paper around one, or a workflow that checks."""

from __future__ import annotations

import keyword
import os
import re
from pathlib import Path

import click

from ncd_tikz.cli import options
from ncd_tikz.cli.sources import InputError
from ncd_tikz.cli.targets import is_file
from ncd_tikz.cli.terminal import remark


@click.command("init", short_help="Begin a spec or a paper.")
@click.argument("name", metavar="NAME", required=False)
@click.option("--from", "origin", metavar="@NAME|FILE", help="Begin with this spec.")
@click.option("--paper", is_flag=True, help="Make a folder with a paper that shows the spec.")
@click.option("--workflow", is_flag=True, help="Write a GitHub workflow that runs check; takes no NAME.")
@options.output("The folder to write in, or - for standard output. Left out: the current folder.")
def command(name: str | None, origin: str | None, paper: bool, workflow: bool, output: str | None) -> None:
    """Begin a spec called NAME; nothing that exists is ever overwritten.

    \b
    Examples:
      ncd-tikz init my_model                              # ./my_model.yaml
      ncd-tikz init my_attention --from @multi_head_attention
      ncd-tikz init my_copy --from model.yaml -o drafts
      ncd-tikz init my_model --paper                      # ./my_model/ with paper.tex and Makefile
      ncd-tikz init --workflow                            # .github/workflows/ncd-tikz.yml
    """
    if workflow:
        if name is not None or origin is not None or paper:
            raise click.UsageError("--workflow writes one file of its own: no NAME, --from or --paper")
        _workflow(output)
        return
    if name is None:
        raise click.UsageError("no NAME given for the new spec")
    _refuse_name(name)
    _refuse_output(output, paper)
    folder = Path("." if output in (None, "-") else output)
    if paper:
        folder /= name
    home = folder / "specs" if paper else folder
    spec = _copied(origin, name, home) if origin else _render("spec.yaml.j2", name)
    if output == "-":
        click.echo(spec, nl=False)
        return
    if paper:
        files = {
            folder / "specs" / f"{name}.yaml": spec,
            folder / "paper.tex": _render("paper.tex.j2", name),
            folder / "Makefile": _render("paper_makefile.j2", name),
        }
        then = f"cd {folder} && make"
    else:
        files = {folder / f"{name}.yaml": spec}
        then = f"ncd-tikz draw {folder / name}.yaml"
    _write_new(files)
    remark(f"next: {then}")


def _workflow(output: str | None) -> None:
    from ncd_tikz.cli.reports.places import repository
    from ncd_tikz.cli.workflow import PLACE, workflow

    text = workflow(Path.cwd())
    if output == "-":
        click.echo(text, nl=False)
        return
    _refuse_output(output, paper=False)
    root = Path(os.path.relpath(repository(Path.cwd()))) if output is None else Path(output)
    _write_new({root / PLACE: text})
    remark(f"next: say under [tool.ncd-tikz] which specs there are, then git add {(root / PLACE).as_posix()}")


def _refuse_name(name: str) -> None:
    """Figures, modules and classes are named after it."""
    if name.isascii() and name.isidentifier() and not keyword.iskeyword(name):
        return
    close = re.sub(r"\W+", "_", name.removesuffix(".yaml"), flags=re.ASCII).strip("_").lower()
    usable = close.isidentifier() and not keyword.iskeyword(close)
    hint = f"did you mean '{close}'?" if usable else "letters, digits and underscores; a letter first"
    raise InputError(f"'{name}' is no name for a spec: it must be a Python identifier\n  {hint}")


def _title(name: str) -> str:
    return name.replace("_", " ").strip().title()


def _render(template: str, name: str) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from ncd_tikz.resources import template_folder

    environment = Environment(
        loader=FileSystemLoader(template_folder()), undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template(template).render(name=name, title=_title(name))


def _refuse_output(output: str | None, paper: bool) -> None:
    if output == "-" and paper:
        raise InputError(
            "a paper is several files, and standard output takes one\n  name a folder: -o FOLDER"
        )
    if output == "":
        raise InputError("-o is empty: name a folder")
    if is_file(output):
        raise InputError(f"-o '{output}' is to be a folder; the file's name is NAME.yaml\n  -o {output}/")


def _copied(origin: str, name: str, home: Path) -> str:
    """The text of a spec, of the catalogue or in a file, under another name and for another folder."""
    from ncd_tikz.resources import spec_path
    from ncd_tikz.spec import text_of

    is_path = not origin.startswith("@") and (Path(origin).suffix != "" or Path(origin).exists())
    text = text_of(Path(origin) if is_path else spec_path(origin))
    renamed, count = re.subn(r"(?m)^name:.*$", f"name: {name}", text, count=1)
    if count == 0:
        raise InputError(f"{origin} has no line 'name:' to put '{name}' in")
    if not re.search(r"(?m)^import:", renamed):
        return renamed
    return re.sub(
        r"(\bfrom: *)(['\"]?)([^'\"@,}\s][^'\"@,}\n]*\.ya?ml)\2",
        lambda match: f"{match[1]}'{_imported(match[3], Path(origin) if is_path else None, home)}'",
        renamed,
    )


def _imported(name: str, origin: Path | None, home: Path) -> str:
    """An import of the spec `origin` (None: one of the catalogue), as a copy of it in `home` writes it."""
    if origin is None:
        return f"@{Path(name).stem}"
    return Path(os.path.relpath(origin.parent / name, home)).as_posix()


def _write_new(files: dict[Path, str]) -> None:
    from ncd_tikz.render.files import write_atomically

    there = [str(path) for path in files if path.exists()]
    if there:
        raise InputError(f"already there, left as it is: {', '.join(there)}\n  another NAME, or -o FOLDER")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text.encode())
        remark(f"wrote {path}")
