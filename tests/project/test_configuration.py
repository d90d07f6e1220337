"""`[tool.ncd-tikz]`: found upwards, and all its mistakes told at once."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from ncd_tikz.project.configuration import Configuration, ConfigurationError, find, read
from ncd_tikz.project.keys import KEYS, PALETTES
from ncd_tikz.project.lines import Lines

WHOLE = """\
[project]
name = "paper"

[tool.ncd-tikz]
specs = ["specs/*.yaml", 'more/**/*.yaml']
figures = "figures"
modules = ["mypackage/generated", "models"]
formats = ["tikz", "svg", "torch"]
palette = "okabe-ito"
shadow = false
draws = 5
seed = 7
timeout = 2.5
memory = "4GiB"
jobs = 2
format = ["table", "junit=report.xml"]

[tool.other]
seed = "x"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str, folder: Path = Path()) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(text: str) -> list[str]:
    write(text)
    with pytest.raises(ConfigurationError) as caught:
        find(Path())
    return str(caught.value).splitlines()


def test_every_key(here: Path) -> None:
    write(WHOLE)
    found = find(Path())
    assert found == Configuration(
        root=Path(),
        file=Path("pyproject.toml"),
        specs=("specs/*.yaml", "more/**/*.yaml"),
        figures=("figures",),
        modules=("mypackage/generated", "models"),
        formats=("tikz", "svg", "torch"),
        palette="okabe-ito",
        shadow=False,
        draws=5,
        seed=7,
        timeout=2.5,
        memory="4GiB",
        jobs=2,
        format=("table", "junit=report.xml"),
    )
    assert found.folders == (Path("figures"), Path("mypackage/generated"), Path("models"))
    assert set(KEYS) <= set(Configuration.__slots__)


def test_it_is_found_upwards_past_files_that_are_not_ours(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(WHOLE)
    inner = here / "package" / "deep"
    inner.mkdir(parents=True)
    write("[project]\nname = 'inner'\n", inner)
    monkeypatch.chdir(inner)
    found = find(Path())
    assert found.seed == 7
    assert found.file == Path("../../pyproject.toml")


def test_there_need_be_none(here: Path) -> None:
    assert find(here) == Configuration(root=here)
    write("[tool.black]\n")
    assert read(here / "pyproject.toml") is None
    write("[tool\nthis is no TOML, and none of our business")
    assert find(here).file is None


def test_all_mistakes_at_once_each_with_its_line_and_a_suggestion(here: Path) -> None:
    told = mistakes(
        "[tool.ncd-tikz]\n"
        "spec = 'a.yaml'\n"
        "figures = 3\n"
        "formats = ['tikz', 'svgs']\n"
        "palette = 'okabeito'\n"
        "  draws = true\n"
        "memory = 4000\n"
        "shadow = 'yes'\n"
        "format = ['junit=a.xml', 'xml']\n"
        "timeout = -1\n"
        "modules = '/models'\n"
        "'nonsense at all' = 1\n"
    )
    assert told[:8] == [
        "pyproject.toml:2:1: tool.ncd-tikz.spec: unknown key 'spec'",
        "  did you mean 'specs'?",
        "pyproject.toml:3:1: tool.ncd-tikz.figures: expected a text or a list of texts, found 3",
        "pyproject.toml:4:1: tool.ncd-tikz.formats: expected one of tikz, svg, torch, found 'svgs'",
        "  did you mean 'svg'?",
        f"pyproject.toml:5:1: tool.ncd-tikz.palette: expected one of {', '.join(PALETTES)}, found 'okabeito'",
        "  did you mean 'okabe-ito'?",
        "pyproject.toml:6:3: tool.ncd-tikz.draws: expected a whole number from 1 to 1000, found true",
    ]
    places = [re.match(r"pyproject\.toml:(\d+)", line) for line in told]
    assert [int(place[1]) for place in places if place] == list(range(2, 13))
    assert told[-1].strip().startswith("known keys: specs, figures")


def test_what_is_no_toml_is_told_where_it_is_ours(here: Path) -> None:
    (told,) = mistakes("[tool.ncd-tikz]\nspecs = [\n")
    assert told.startswith("pyproject.toml:1:1: not TOML: ")


def test_what_is_no_table(here: Path) -> None:
    assert mistakes("[tool]\nncd-tikz = 3\n") == [
        "pyproject.toml:2:1: tool.ncd-tikz: expected a table, as in [tool.ncd-tikz]"
    ]


@pytest.mark.parametrize(
    ("text", "key", "place"),
    [
        ("[tool.'ncd-tikz']\n\n 'seed' = 1", "seed", (3, 2)),
        ("[tool]\nncd-tikz = {draws = 2, seed = 1}", "seed", (2, 24)),
        ("[tool.ncd-tikz]\nspecs = [\n  'a',\n]\nseed = 1", "seed", (5, 1)),
        ("[tool.ncd-tikz]\nspecs = [\n  ['seed = 2'],\n]\nseed = 1", "seed", (5, 1)),
        ("[tool.ncd-tikz]\n[tool.other]\nseed = 1", "seed", (1, 1)),
        ("tool.ncd-tikz.seed = 1", "seed", (1, 15)),
        ("", "seed", (1, 1)),
    ],
)
def test_where_keys_stand(text: str, key: str, place: tuple[int, int]) -> None:
    assert Lines(text).of(key) == place


def test_specs_are_found_by_their_patterns(here: Path) -> None:
    for name in ("specs/b.yaml", "specs/a.yaml", "more/x/y/c.yaml", "specs/note.txt"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).touch()
    write(WHOLE)
    wanted = ("specs/a.yaml", "specs/b.yaml", "more/x/y/c.yaml")
    assert find(Path()).spec_files() == tuple(map(Path, wanted))


def test_a_pattern_that_finds_nothing_is_a_mistake(here: Path) -> None:
    write("[tool.ncd-tikz]\nspecs = ['specs/*.yaml', 'nowhere/*']\n")
    with pytest.raises(ConfigurationError) as caught:
        find(Path()).spec_files()
    told = str(caught.value).splitlines()
    assert told[0] == "pyproject.toml:2:1: tool.ncd-tikz.specs: no file matches 'nowhere/*'"
    assert told[2] == "pyproject.toml:2:1: tool.ncd-tikz.specs: no file matches 'specs/*.yaml'"


def test_windows_separators_are_read_as_slashes(here: Path) -> None:
    write("[tool.ncd-tikz]\nfigures = 'paper\\figures'\n")
    assert find(Path()).figures == ("paper/figures",)


@pytest.mark.parametrize("path", ["/figures", "C:/figures", "C:\\figures"])
def test_absolute_paths_are_refused(here: Path, path: str) -> None:
    assert "is absolute" in mistakes(f"[tool.ncd-tikz]\nfigures = '{path}'\n")[0]


def test_an_old_python_reads_it_with_the_package_that_became_the_standard_reader() -> None:
    source = (Path(__file__).parent.parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert "tomli>=2.0; python_version < '3.11'" in source
    if sys.version_info >= (3, 11):
        assert "tomli" not in sys.modules or "tomllib" in sys.modules
