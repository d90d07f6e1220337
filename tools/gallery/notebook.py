"""Notebooks, executed, as Markdown: nothing that they show can be stale."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
SECONDS = 600  # for one cell, on a slow machine


class NotebookError(Exception):
    """A notebook that cannot be executed; says which cell and why."""


@dataclass(frozen=True, slots=True)
class Page:
    """The Markdown, and the pictures beside it by name."""

    markdown: str
    pictures: dict[str, str]


def execute(path: Path, folder: Path) -> Any:
    """The notebook with the outputs of its cells, run at the root of the project.

    Args:
        path: the notebook.
        folder: for what IPython writes.

    Raises:
        NotebookError: a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError
    from traitlets.config import Config

    os.environ.setdefault("IPYTHONDIR", str(folder))
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    book: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        book,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(ROOT)}},
        config=Config({"KernelManager": {"transport": "tcp" if os.name == "nt" else "ipc"}}),
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError) as error:
        raise NotebookError(f"{path.name}: {_without_colors(str(error))}") from error
    return book


def page(book: Any, name: str) -> Page:
    """An executed notebook as Markdown; its pictures are files `NAME-1.svg`, ... beside it."""
    parts: list[str] = []
    pictures: dict[str, str] = {}
    for cell in book.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.cell_type == "code" and cell.source.strip():
            parts.append(f"```python\n{cell.source.strip()}\n```")
            printed = ""  # what is printed between two pictures stands together
            for output in cell.outputs:
                data = output.get("data", {})
                if "image/svg+xml" not in data:
                    printed += output.get("text") or data.get("text/plain", "")
                    continue
                parts += _block(printed)
                printed = ""
                file = f"{name}-{len(pictures) + 1}.svg"
                pictures[file] = data["image/svg+xml"]
                said = _said(pictures[file]) or "the diagram of the cell above"
                parts.append(f'<p class="ncd-output"><img src="{file}" alt="{escape(said)}"></p>')
            parts += _block(printed)
    return Page("\n\n".join(parts) + "\n", pictures)


def _block(printed: str) -> list[str]:
    return [f"```text\n{printed.rstrip()}\n```"] if printed.strip() else []


def _said(svg: str) -> str:
    """The alternative text that the figure has within."""
    found = re.search(r"<title[^>]*>([^<]*)</title>", svg)
    return " ".join(found[1].split()) if found else ""


def _without_colors(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
