"""All pages together, and the site that MkDocs makes of them."""

from __future__ import annotations

import hashlib
import json
import logging
import posixpath
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ncd_tikz.cli.reference import StepReference
from ncd_tikz.resources import spec_path
from tools.gallery import pages
from tools.gallery.entries import Entry, Facts, program_digest
from tools.gallery.notebook import NotebookError, execute, page
from tools.gallery.pages import page_name

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
Made = Mapping[tuple[str, str], Facts]

_ALONE = "---\nhide: [navigation]\n---\n"  # of a page with no others beside it
_LINK = re.compile(
    r"(?P<code>^```.*?^```|`[^`\n]*`)|(?P<before>\]\(|\b(?:src|href)=\")(?P<target>[^)\s\"]+)",
    re.MULTILINE | re.DOTALL,
)


def assemble(
    folder: Path,
    entries: Mapping[tuple[str, str], Entry],
    operations: tuple[StepReference, ...],
    made: Made,
    cache: Path | None,
) -> list[str]:
    """Write the Markdown of all pages; gives what is wrong, a line each.

    Args:
        folder: where; what was there is removed.
        entries: the specs, by kind and name.
        operations: those that have a page.
        made: the facts of each entry.
        cache: where notebooks that were executed are kept.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "assets").mkdir(parents=True)
    shutil.copy(HERE / "gallery.css", folder / "assets")
    import ziamath

    shutil.copy(Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf", folder / "assets")

    for key, entry in entries.items():
        _write_files(folder / entry.kind / "files", entry, made[key])
        if entry.kind == "gallery":
            _write(
                folder / "gallery" / f"{page_name(entry.name)}.md", pages.spec_page(entry, made[key], made)
            )
    for operation in operations:
        key = ("operations", operation.name)
        text = pages.operation_page(operation, entries[key], made[key], made)
        _write(folder / "operations" / f"{page_name(operation.name)}.md", text)
    _write(folder / "gallery" / "index.md", pages.spec_index(made))
    _write(folder / "operations" / "index.md", pages.operation_index(operations, made))

    wrong: list[str] = []
    for source, target in written_pages():
        text = (ROOT / source).read_text(encoding="utf-8")
        _write(folder / target, _ALONE + rewritten(text, source, target, wrong))
    for path in sorted((ROOT / "docs").glob("*.svg")):
        shutil.copy(path, folder)
    for path in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb")):
        try:
            _write_notebook(folder / "notebooks", path, cache)
        except NotebookError as error:
            wrong.append(str(error))
    return wrong


def build(folder: Path, site: Path, made: Made, operations: tuple[StepReference, ...]) -> list[str]:
    """MkDocs makes the site; gives its warnings."""
    from mkdocs.commands.build import build as build_site
    from mkdocs.config import load_config

    heard = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(heard)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    shutil.rmtree(site, ignore_errors=True)
    try:
        config = load_config(
            str(HERE / "mkdocs.yml"),
            docs_dir=str(folder.resolve()),
            site_dir=str(site.resolve()),
            nav=_nav(folder, made, operations),
            strict=False,  # warnings fail the build here, at its end
        )
        build_site(config)
    finally:
        logger.removeHandler(heard)
    return heard.messages


class _Warnings(logging.Handler):
    """Keeps warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def written_pages() -> Iterator[tuple[str, str]]:
    """The pages that people wrote: their place in the project, and in the site."""
    yield "README.md", "index.md"
    for path in sorted((ROOT / "docs").glob("*.md")):
        yield f"docs/{path.name}", path.name
    yield "CHANGELOG.md", "changelog.md"


def rewritten(text: str, source: str, target: str, wrong: list[str]) -> str:
    """The text with its links into the project leading to the pages of the site.

    Of a fence's words only the language is left: MkDocs knows no others.

    >>> rewritten("[a](specs/unet.yaml), `[b](c)`", "README.md", "index.md", [])
    '[a](gallery/unet.md), `[b](c)`'
    >>> rewritten("![](../tests/golden/unet.svg)", "docs/figures.md", "figures.md", [])
    '![](gallery/files/unet.svg)'
    >>> wrong = []; _ = rewritten("[a](lost/file.txt)", "README.md", "index.md", wrong); wrong
    ['README.md: the link to lost/file.txt has no page in the site']
    """

    def replaced(match: re.Match[str]) -> str:
        if match["code"]:
            return re.sub(r"\A```(\w+) .*", r"```\1", match[0])
        link, mark, fragment = match["target"].partition("#")
        if not link or re.match(r"[a-z]+:", link):
            return match[0]
        place = posixpath.normpath(posixpath.join(posixpath.dirname(source), link))
        page_of_it = _in_site(place)
        if page_of_it is None:
            wrong.append(f"{source}: the link to {link} has no page in the site")
            return match[0]
        if match["before"] != "](":  # MkDocs leaves HTML as it is
            page_of_it = re.sub(r"\.md$", ".html", page_of_it)
        return (
            match["before"]
            + posixpath.relpath(page_of_it, posixpath.dirname(target) or ".")
            + mark
            + fragment
        )

    return _LINK.sub(replaced, text)


def _in_site(place: str) -> str | None:
    """A file of the project, as the site has it."""
    for pattern, page_of_it in (
        (r"README\.md", "index.md"),
        (r"CHANGELOG\.md", "changelog.md"),
        (r"docs/notebooks/(\w+)\.ipynb", r"notebooks/\1.md"),
        (r"docs/(.+)", r"\1"),
        (r"specs/(\w+)\.yaml", r"gallery/\1.md"),
        (r"specs|specs/", "gallery/index.md"),
        (r"tests/golden/(\w+\.svg)", r"gallery/files/\1"),
        (r"ncd_tikz/operations|ncd_tikz/operations/", "operations/index.md"),
    ):
        match = re.fullmatch(pattern, place)
        if match:
            return match.expand(page_of_it)
    return None


def _nav(folder: Path, made: Made, operations: tuple[StepReference, ...]) -> list[Any]:
    names = [name for kind, name in made if kind == "gallery"]
    named = {name for subject in pages.SUBJECTS.values() for name in subject}
    gallery: list[Any] = ["gallery/index.md"]
    for title, subject in (*pages.SUBJECTS.items(), ("More", [name for name in names if name not in named])):
        if shown := [f"gallery/{name}.md" for name in subject if name in names]:
            gallery.append({title: shown})
    nav: list[Any] = [{"Home": "index.md"}, {"Gallery": gallery}]
    if (folder / "spec.md").is_file():
        nav.append({"Language": "spec.md"})
    nav.append(
        {
            "Operations": [
                "operations/index.md",
                *(f"operations/{page_name(each.name)}.md" for each in operations),
            ]
        }
    )
    if notebooks := sorted((folder / "notebooks").glob("*.md")):
        nav.append({"Notebook": f"notebooks/{notebooks[0].name}"})
        nav += [{each.stem.replace("_", " "): f"notebooks/{each.name}"} for each in notebooks[1:]]
    taken = ("index.md", "spec.md", "changelog.md")
    nav += [{p.stem.capitalize(): p.name} for p in sorted(folder.glob("*.md")) if p.name not in taken]
    return [*nav, {"Changes": "changelog.md"}]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_files(folder: Path, entry: Entry, facts: Facts) -> None:
    for suffix, text in (
        (".yaml", entry.text),
        (".svg", facts.svg),
        (".py", facts.torch),
        (".tex", facts.tikz),
    ):
        if text:
            _write(folder / f"{entry.name}{suffix}", text)


def _write_notebook(folder: Path, path: Path, cache: Path | None) -> None:
    """The notebook's page and pictures; executed where it or the program has changed."""
    kept = None
    if cache is not None:
        digest = hashlib.sha256(program_digest().encode() + path.read_bytes())
        for spec in sorted(spec_path("@multi_head_attention").parent.glob("*.yaml")):
            digest.update(spec.read_bytes())
        kept = cache / f"{digest.hexdigest()[:24]}.json"
    if kept is not None and kept.is_file():
        found = json.loads(kept.read_text(encoding="utf-8"))
        markdown, pictures = found["markdown"], found["pictures"]
    else:
        shown = page(execute(path, folder.parent.parent / "ipython"), path.stem)
        markdown, pictures = shown.markdown, shown.pictures
        if kept is not None:
            _write(kept, json.dumps({"markdown": markdown, "pictures": pictures}))
    download = f'<p class="ncd-files">File: <a href="{path.name}" download>{path.name}</a></p>\n'
    _write(folder / f"{path.stem}.md", f"{_ALONE}{markdown}\n{download}")
    shutil.copy(path, folder)
    for name, svg in pictures.items():
        _write(folder / name, svg)
