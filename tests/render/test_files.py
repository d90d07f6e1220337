"""Files appear whole, keep their permissions and links, and leave nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ncd_tikz.render.files import write_atomically


def test_new_and_changed_content(tmp_path: Path) -> None:
    path = tmp_path / "figure.tex"
    write_atomically(path, "\u00e9\n")
    assert path.read_bytes() == "\u00e9\n".encode()
    write_atomically(path, b"\r\n\0")
    assert path.read_bytes() == b"\r\n\0"
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_content_gets_a_new_date_only(tmp_path: Path) -> None:
    path = tmp_path / "figure.tex"
    write_atomically(path, "same")
    os.utime(path, (1, 1))
    node = path.stat().st_ino
    write_atomically(path, "same")
    assert path.stat().st_ino == node
    assert path.stat().st_mtime > 1


def test_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "figure.tex"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    write_atomically(path, "new")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_obeys_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_atomically(tmp_path / "figure.tex", "new")
    finally:
        os.umask(old)
    assert (tmp_path / "figure.tex").stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.tex").write_text("old", encoding="utf-8")
    link = tmp_path / "link.tex"
    link.symlink_to("real.tex")
    write_atomically(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "real.tex").read_text(encoding="utf-8") == "new"


def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "figure.tex"
    path.write_text("old", encoding="utf-8")

    def refuse(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no space"):
        write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
