"""The rooms and the one-way traffic between them, light start-up, and files of a readable length."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ncd_tikz"
LONGEST = 450  # lines

# Each room may import those before it and those named beside it; lazy and typing imports count too.
LINE = ("frozen", "errors", "resources", "axes", "scene", "text", "glyphs", "operations", "spec", "diagram")
ABOVE = {
    "layout": LINE,
    "render": ("frozen", "errors", "resources", "axes", "scene", "text"),
    "pytorch": ("frozen", "errors", "resources", "axes", "operations", "spec", "diagram"),
    "project": (*LINE, "layout", "render", "pytorch"),
    "equivalence": ("frozen", "errors", "resources", "axes", "operations", "spec", "diagram", "pytorch"),
}
TOP = ("api", "cli", "pytest_plugin", "__main__", "__init__")
MAY_IMPORT = {
    **{room: LINE[:index] for index, room in enumerate(LINE)},
    **ABOVE,
    **dict.fromkeys(TOP, (*LINE, *ABOVE, "api", "cli")),
}


def modules(root: Path = PACKAGE) -> dict[str, Path]:
    """Every module's dotted name and file."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(name: str, path: Path, known: frozenset[str]) -> dict[str, int]:
    """The package's modules that `path` imports anywhere, lazily too, with the line."""
    found: dict[str, int] = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            wanted = [
                f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names
            ]
        else:
            continue
        for each in wanted:
            if each in known and each != name:
                found.setdefault(each, node.lineno)
    return found


def room(name: str) -> str:
    """`ncd_tikz.spec.nodes` is in `spec`; `ncd_tikz` itself is `__init__`."""
    return name.split(".")[1] if "." in name else "__init__"


MODULES = modules()
KNOWN = frozenset(MODULES)


def trespasses(name: str, path: Path, known: frozenset[str]) -> list[str]:
    """Imports against the order of the rooms."""
    here = room(name)
    # The root holds the version, and the names it re-exports are imported when asked for.
    allowed = {here, "__init__", *MAY_IMPORT.get(here, ())}
    return [
        f"{path}:{line}: {here} may not import {other}"
        for other, line in imported(name, path, known).items()
        if room(other) not in allowed
    ]


def test_every_room_has_its_place() -> None:
    assert {room(name) for name in MODULES} <= set(MAY_IMPORT)


def test_imports_go_one_way() -> None:
    assert {name: found for name, path in MODULES.items() if (found := trespasses(name, path, KNOWN))} == {}


def test_an_import_the_wrong_way_is_noticed(tmp_path: Path) -> None:
    culprit = tmp_path / "culprit.py"
    culprit.write_text("def f():\n    from ncd_tikz.layout import lay_out\n", encoding="utf-8")
    assert len(trespasses("ncd_tikz.spec.culprit", culprit, KNOWN)) == 1
    assert trespasses("ncd_tikz.cli.culprit", culprit, KNOWN) == []


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one import cycle, if there is one."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_import_cycles_lazy_ones_included() -> None:
    graph = {name: set(imported(name, path, KNOWN)) - {"ncd_tikz"} for name, path in MODULES.items()}
    assert cycle(graph) == []
    graph["ncd_tikz.errors"] = {"ncd_tikz.cli.program"}
    assert cycle(graph) != []


def test_a_module_says_what_it_is() -> None:
    assert [name for name, path in MODULES.items() if not ast.get_docstring(tree(path))] == []


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_a_file_can_be_read_at_one_sitting() -> None:
    lengths = {name: length(path) - table_length(path) for name, path in MODULES.items()}
    assert {name: lines for name, lines in lengths.items() if lines >= LONGEST} == {}


def table_length(path: Path) -> int:
    """Lines of literals too long for a person to have written."""
    nodes = [node for node in tree(path).body if isinstance(node, (ast.Assign, ast.AnnAssign))]
    lengths = [(node.end_lineno or 0) - node.lineno for node in nodes]
    return sum(each for each in lengths if each > 100)


def test_only_the_command_line_prints() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, path in MODULES.items()
        if room(name) != "cli"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert found == []


HEAVY = ("torch", "numpy", "sympy", "scipy", "matplotlib", "pydantic", "jsonschema")
ONLY_WHERE_USED = ("jinja2", "pylatex", "ziamath")
REPORT = """
import sys
sys.argv = ["ncd-tikz", *sys.argv[1:]]
from ncd_tikz.cli.program import run
code = run(sys.argv[1:])
sys.stderr.write("\\nIMPORTED " + " ".join(sorted({name.split(".")[0] for name in sys.modules})))
sys.exit(code)
"""


def imported_by(*arguments: str) -> set[str]:
    """Top-level packages in the process after the command."""
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.rsplit("IMPORTED ", 1)[1].split())


@pytest.mark.parametrize("format", ["tikz", "svg"])
def test_drawing_imports_nothing_heavy(format: str) -> None:
    found = imported_by("draw", "@multi_head_attention", "--format", format, "-o", "-")
    assert "yaml" in found
    assert found.isdisjoint(HEAVY)
    if format == "tikz":
        assert found.isdisjoint(ONLY_WHERE_USED)


def test_writing_a_module_needs_no_torch() -> None:
    assert "torch" not in imported_by("torch", "@multi_head_attention", "-o", "-")


def test_help_imports_no_stage() -> None:
    code = (
        "import sys; from ncd_tikz.cli.program import run; run(['--help']); "
        "sys.exit(int(any(n.startswith(('ncd_tikz.spec', 'ncd_tikz.layout', 'yaml')) for n in sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT).returncode == 0


def test_importing_the_package_imports_nothing_of_it() -> None:
    code = "import sys, ncd_tikz; sys.exit(len([n for n in sys.modules if n.startswith('ncd_tikz.')]))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
