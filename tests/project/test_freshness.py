"""Generated files against their specs: fresh, or why not and what mends it. Every fault is planted."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ncd_tikz import __version__, load
from ncd_tikz.cli.program import run
from ncd_tikz.project.configuration import Configuration
from ncd_tikz.project.freshness import Freshness, Source, judge
from ncd_tikz.project.generated import discover, recognise

SPEC = """\
ncd: 1
name: small
axes: {x: 22, m: 128, d: 4*m}
inputs: {X: x m}
steps:
  - {op: linear, in: X, out: u, map: m -> d}
  - relu
outputs: u
"""
FILES = ("figures/small.tex", "figures/small.svg", "figures/gray.svg", "models/small.py")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a spec and everything that is made from it."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/small.yaml").write_text(SPEC, encoding="utf-8")
    assert run(["draw", "specs/small.yaml", "-f", "tikz,svg", "-o", "figures"]) == 0
    gray = ["--palette", "grayscale", "--no-shadow"]
    assert run(["draw", "specs/small.yaml", "-o", "figures/gray.svg", *gray]) == 0
    assert run(["torch", "specs/small.yaml", "-o", "models/"]) == 0
    return tmp_path


def judged(configuration: Configuration | None = None, whole: bool = True) -> dict[str, Freshness]:
    sources = [Source("specs/small.yaml", load("specs/small.yaml"))]
    found = judge(sources, discover([Path()]), configuration or Configuration(), whole=whole)
    return {each.path.as_posix(): each for each in found}


def edit(name: str, change: Callable[[str], str]) -> None:
    path = Path(name)
    with path.open(encoding="utf-8", newline="") as stream:
        text = stream.read()
    path.write_bytes(change(text).encode())


def mend(command: str) -> None:
    """Run the command that a message gives."""
    program, *arguments = shlex.split(command)
    assert program == "ncd-tikz"
    assert run(arguments) == 0


def test_what_was_just_made_is_fresh(here: Path) -> None:
    found = judged()
    assert set(found) == set(FILES)
    assert {each.state for each in found.values()} == {"fresh"}


def test_a_changed_spec_makes_all_stale_and_the_commands_mend_it(here: Path) -> None:
    edit("specs/small.yaml", lambda text: text.replace("relu", "tanh"))
    found = judged()
    assert {each.state for each in found.values()} == {"stale"}
    assert "the spec has changed since (digest" in found["figures/small.tex"].words
    assert found["figures/gray.svg"].command == (
        "ncd-tikz draw specs/small.yaml -o figures/gray.svg --palette grayscale --no-shadow"
    )
    assert found["models/small.py"].command == "ncd-tikz torch specs/small.yaml -o models/small.py"
    for each in found.values():
        mend(each.command)
    assert {each.state for each in judged().values()} == {"fresh"}


@pytest.mark.parametrize("name", FILES)
def test_an_edit_by_hand_is_told_apart(here: Path, name: str) -> None:
    lines = len(Path(name).read_text(encoding="utf-8").splitlines())
    edit(name, lambda text: text.rstrip("\n") + " \n")
    found = judged().pop(name)
    assert found.state == "edited"
    assert f"line {lines};" in found.words
    mend(found.command)
    assert judged()[name].ok


@pytest.mark.parametrize("name", FILES)
def test_another_version_is_told_apart(here: Path, name: str) -> None:
    edit(name, lambda text: text.replace(f"ncd-tikz {__version__}", "ncd-tikz 0.0.9", 1))
    found = judged()[name]
    assert (found.state, found.words) == (
        "other version",
        f"made by ncd-tikz 0.0.9; this is {__version__}",
    )


def test_another_version_and_another_spec_are_both_told(here: Path) -> None:
    edit("models/small.py", lambda text: text.replace(f"ncd-tikz {__version__}", "ncd-tikz 99", 1))
    edit("specs/small.yaml", lambda text: text + "# more\n")
    found = judged()["models/small.py"]
    assert found.state == "other version"
    assert "and the spec has changed since" in found.words


def test_line_endings_of_windows_are_told_as_such(here: Path) -> None:
    edit("figures/small.tex", lambda text: text.replace("\n", "\r\n"))
    found = judged()["figures/small.tex"]
    assert found.state == "edited"
    assert "*.tex text eol=lf" in found.words


def test_a_spec_with_the_line_endings_of_windows_is_the_same_spec(here: Path) -> None:
    edit("specs/small.yaml", lambda text: text.replace("\n", "\r\n"))
    assert {each.state for each in judged().values()} == {"fresh"}


def test_a_missing_file_is_told_where_it_must_be_kept(here: Path) -> None:
    kept = Configuration(figures=("figures",), modules=("models",), formats=("tikz", "svg", "torch"))
    assert all(each.ok for each in judged(kept).values())
    Path("figures/small.tex").unlink()
    Path("models/small.py").unlink()
    found = judged(kept)
    assert {name for name, each in found.items() if each.state == "missing"} == {
        "figures/small.tex",
        "models/small.py",
    }
    for each in found.values():
        if not each.ok:
            mend(each.command)
    assert all(each.ok for each in judged(kept).values())
    assert "figures/small.tex" not in {name for name, each in judged().items() if not each.ok}


def test_a_file_whose_head_is_gone_was_edited(here: Path) -> None:
    kept = Configuration(figures=("figures",), formats=("tikz",))
    edit("figures/small.tex", lambda text: text.split("\n", 3)[3])
    found = judged(kept)["figures/small.tex"]
    assert found.state == "edited"
    assert "its head" in found.words


def test_the_name_of_the_file_is_free(here: Path) -> None:
    Path("models/small.py").rename("models/mine.py")
    kept = Configuration(modules=("models",), formats=("torch",))
    assert {name: each.state for name, each in judged(kept).items() if name.startswith("models")} == {
        "models/mine.py": "fresh"
    }


def test_the_configured_palette_is_asked_for(here: Path) -> None:
    found = judged(Configuration(palette="grayscale", shadow=False))
    assert found["figures/gray.svg"].ok
    assert found["figures/small.svg"].state == "stale"
    assert "palette reference with shadows; configured is in the palette grayscale" in (
        found["figures/small.svg"].words
    )
    mend(found["figures/small.svg"].command)
    assert judged(Configuration(palette="grayscale", shadow=False))["figures/small.svg"].ok


def test_an_orphan_is_told_only_where_all_specs_are_known(here: Path) -> None:
    edit("models/small.py", lambda text: text.replace("# small", "# gone", 1))
    assert judged()["models/small.py"].state == "orphan"
    assert judged()["models/small.py"].command == "git rm models/small.py"
    assert "models/small.py" not in judged(whole=False)


def test_of_two_specs_of_one_name_the_one_that_gives_it(here: Path) -> None:
    Path("other").mkdir()
    Path("other/small.yaml").write_text(SPEC.replace("relu", "tanh"), encoding="utf-8")
    assert run(["draw", "other/small.yaml", "-o", "other/small.tex"]) == 0
    sources = [Source(name, load(name)) for name in ("specs/small.yaml", "other/small.yaml")]
    found = {
        each.path.as_posix(): each for each in judge(sources, discover([Path()]), Configuration(), whole=True)
    }
    assert all(each.ok for each in found.values())
    assert found["other/small.tex"].spec == "other/small.yaml"
    edit("other/small.yaml", lambda text: text + "# more\n")
    sources[1] = replace(sources[1], diagram=load("other/small.yaml"))
    found = {
        each.path.as_posix(): each for each in judge(sources, discover([Path()]), Configuration(), whole=True)
    }
    assert found["other/small.tex"].command == "ncd-tikz draw other/small.yaml -o other/small.tex"


def test_odd_names_are_quoted_in_commands(here: Path) -> None:
    Path("figures/small.tex").rename("figures/a b'ü.tex")
    edit("specs/small.yaml", lambda text: text + "# more\n")
    found = judged()["figures/a b'ü.tex"]
    mend(found.command)
    assert judged()["figures/a b'ü.tex"].ok


class TestRecognising:
    def test_what_others_wrote_is_not_ours(self, tmp_path: Path) -> None:
        for name, text in {
            "a.tex": "\\begin{tikzpicture}\n",
            "a.py": "# a module\n",
            "a.svg": "<svg/>",
            "b.svg": "",
            "b.py": "\x00\xff",
            "c.txt": "# small (0123), written by ncd-tikz 0.1.0.",
        }.items():
            (tmp_path / name).write_bytes(text.encode("latin-1"))
        assert discover([tmp_path]) == ()

    def test_a_fragment_inside_a_document_is_not_the_document(self, here: Path) -> None:
        assert run(["draw", "specs/small.yaml", "-f", "standalone", "-o", "alone"]) == 0
        assert recognise(Path("alone/small_standalone.tex")) is None

    def test_other_peoples_folders_are_left_alone(self, here: Path) -> None:
        for folder in (".venv", "node_modules", "build", "deep/__pycache__"):
            (here / folder).mkdir(parents=True)
            (here / folder / "small.py").write_bytes(Path("models/small.py").read_bytes())
        assert {each.path.as_posix() for each in discover([Path()])} == set(FILES)
        assert discover([Path()], deep=False) == ()

    def test_a_byte_order_mark_does_not_hide_the_head(self, here: Path) -> None:
        path = Path("models/small.py")
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        assert judged()["models/small.py"].state == "edited"
