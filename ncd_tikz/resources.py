"""Where the shipped catalogue of specs and the templates lie, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

from ncd_tikz.errors import NcdError

PACKAGE = Path(__file__).parent


class ResourceMissing(NcdError):
    """No spec of that name in the catalogue, or a broken installation."""


def _folder(name: str) -> Path:
    """`name` beside the package in a checkout, inside it in a wheel."""
    checkout = PACKAGE.parent
    for folder in (checkout / name, PACKAGE / name):
        if folder.is_dir() and (folder.parent == PACKAGE or (checkout / "pyproject.toml").is_file()):
            return folder
    raise ResourceMissing(f"the installation is broken: no folder '{name}' under {PACKAGE}")


def template_folder() -> Path:
    """The folder of the Jinja2 templates."""
    return _folder("templates")


def spec_names() -> tuple[str, ...]:
    """Names of the shipped specs, sorted.

    >>> "multi_head_attention" in spec_names()
    True
    """
    return tuple(sorted(path.stem for path in _folder("specs").glob("*.yaml")))


def spec_path(name: str) -> Path:
    """The file of a shipped spec; a leading `@` is allowed.

    >>> spec_path("@multi_head_attention").name
    'multi_head_attention.yaml'

    Raises:
        ResourceMissing: the catalogue has no such spec; the message names close ones.
    """
    wanted = name.removeprefix("@")
    names = spec_names()
    if wanted in names:
        return _folder("specs") / f"{wanted}.yaml"
    from difflib import get_close_matches

    close = get_close_matches(wanted, names, n=3, cutoff=0.5)
    quoted = " or ".join(f"'@{each}'" for each in close)
    hint = f"did you mean {quoted}? " if close else ""
    raise ResourceMissing(
        f"the catalogue has no spec '@{wanted}'\n  {hint}it has {len(names)}: ncd-tikz draw --list"
    )
