"""Where results go: a folder, a file, or standard output; everything is made before anything is written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ncd_tikz.cli.sources import InputError
from ncd_tikz.cli.terminal import remark

Product = tuple[str, bytes]  # the name of its file, and its content


def deliver(products: list[Product], output: str | None) -> None:
    """Write all products to `output`: `-`, a folder, or one file; left out, the current folder.

    Raises:
        InputError: the output cannot take them; nothing is written.
    """
    if output == "-":
        _to_standard_output(products)
        return
    paths = _paths(products, output)
    from ncd_tikz.render.files import write_atomically

    for path, (_, content) in zip(paths, products, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
        remark(f"wrote {path}")


def is_file(output: str | None) -> bool:
    """Whether `-o` names one file, which has a suffix, rather than a folder.

    >>> is_file("figures/attention.tex"), is_file("figures.v2/"), is_file("-"), is_file(None)
    (True, False, False, False)
    """
    if output is None or output == "-" or output.endswith(("/", os.sep)):
        return False
    return bool(Path(output).suffix) and not Path(output).is_dir()


def refuse_unfit(count: int, output: str | None, suffixes: tuple[str, ...]) -> None:
    """Before any work is done: can `output` take that many products?

    Args:
        count: how many there will be.
        output: what `-o` says.
        suffixes: what a file that takes one of them may end in.

    Raises:
        InputError: it cannot.
    """
    if output is None or output == "-":
        if output == "-" and count > 1:
            raise InputError(
                f"{count} results do not fit on standard output\n  give one spec and one format, or -o FOLDER"
            )
        return
    if output == "":
        raise InputError("-o is empty: name a folder, a file, or - for standard output")
    path = Path(output)
    if is_file(output):
        suffix = Path(output).suffix
        if suffix not in suffixes:
            raise InputError(
                f"-o '{output}' ends in {suffix}, and what is written in {' or '.join(suffixes)}\n"
                f"  a folder ends in '/': -o {output}/"
            )
        if count > 1:
            raise InputError(
                f"{count} results do not fit in the one file '{output}'\n  name a folder: -o figures"
            )
        if path.parent.exists() and not path.parent.is_dir():
            raise InputError(f"'{path.parent}' is a file, so '{output}' cannot be written in it")
    elif path.exists() and not path.is_dir():
        raise InputError(f"'{output}' is a file, not a folder\n  files end in: {' '.join(suffixes)}")


def _paths(products: list[Product], output: str | None) -> list[Path]:
    if is_file(output):
        return [Path(str(output))]
    folder = Path(output or ".")
    paths = [folder / name for name, _ in products]
    for path in paths:
        if path.is_dir():
            raise InputError(f"'{path}' is a folder; it is in the way of the file of that name")
        if paths.count(path) > 1:
            raise InputError(
                f"two specs would write '{path}'\n  give them different names, or draw them into two folders"
            )
    return paths


def _to_standard_output(products: list[Product]) -> None:
    for name, content in products:
        if name.endswith((".pdf", ".png")) and sys.stdout.isatty():
            raise InputError(f"{name} is binary and the output a terminal\n  redirect it: > {name}")
        sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
