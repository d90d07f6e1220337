"""The documentation, built and read in a browser."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mkdocs")

from ncd_tikz.operations import OPERATIONS
from ncd_tikz.resources import spec_names
from tests.docs.browser import browsing, program
from tests.docs.looking import faults, served
from tools.gallery.pages import page_name

ROOT = Path(__file__).parent.parent.parent

needs_browser = pytest.mark.skipif(not program(), reason="Chromium is missing: apt-get install chromium")


def _run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, (done.stdout[-6000:], done.stderr[-6000:])
    return done


@pytest.mark.slow
@pytest.mark.torch
def test_the_site(tmp_path: Path) -> None:
    """Built with nothing kept from earlier; every page opened. One test, since the building takes long.

    The whole catalogue is checked by the command, all specs in one run, and the pages show what it said;
    the notebook is executed.
    """
    report = tmp_path / "report.json"
    said = _run("ncd_tikz", "check", "--draws=1", "--timeout=900", "--format=json", cwd=tmp_path).stdout
    assert [each["name"] for each in json.loads(said)["specs"]] == list(spec_names())
    report.write_text(said, encoding="utf-8")
    site, work = tmp_path / "site", tmp_path / "work"
    _run("tools.gallery", "--fresh", "--draws=1", f"--checked={report}", f"--output={site}", f"--work={work}")
    _has_all_pages(site)
    _shows_all_diagrams(site / "notebooks")
    if not program():
        pytest.skip("the site is built; Chromium, which opens its pages, is missing")
    with browsing() as browser, served(site) as address:
        assert faults(browser, address, site) == {}
        softmax = site / "operations" / "files" / "softmax.svg"
        softmax.unlink()
        found = faults(browser, address, site, "operations/s*.html")
        assert "picture not shown: files/softmax.svg" in found.pop("operations/softmax.html")
        assert found == {}
        assert faults(browser, address, site, "operations/index.html")


def _has_all_pages(site: Path) -> None:
    for folder, names in (
        ("gallery", list(spec_names())),
        ("operations", [operation.name for operation in OPERATIONS]),
    ):
        index = (site / folder / "index.html").read_text(encoding="utf-8")
        for name in names:
            page = (site / folder / f"{page_name(name)}.html").read_text(encoding="utf-8")
            assert f"{name}.yaml" in page
            assert f'class="ncd-card" href="{page_name(name)}.html"' in index
    attention = (site / "gallery" / "multi_head_attention.html").read_text(encoding="utf-8")
    for said in ("<strong>same</strong>", "32,768 learned parameters", "class", "tikzpicture", "softmax"):
        assert said in attention
    found = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "Multi-Head Attention" in found
    assert "tikzpicture" not in found  # what is found is what is said, not lines of TikZ and PyTorch


def _shows_all_diagrams(folder: Path) -> None:
    """Every cell of the notebook that ends in a name has its picture below it."""
    (path,) = folder.glob("*.ipynb")
    cells = [each for each in json.loads(path.read_text(encoding="utf-8"))["cells"] if each["source"]]
    last = ["".join(each["source"]).split("\n")[-1] for each in cells if each["cell_type"] == "code"]
    diagrams = [line for line in last if line.isidentifier()]
    assert len(diagrams) > 20
    page = path.with_suffix(".html").read_text(encoding="utf-8")
    pictures = sorted(folder.glob("*.svg"))
    assert len(pictures) == len(diagrams)
    for picture in pictures:
        svg = picture.read_text(encoding="utf-8")
        assert svg.startswith("<?xml") and "<path" in svg
        assert f'src="{picture.name}"' in page
    assert "NOT the same function" not in page
    assert page.count("same function") > 5


PAGE = """<!doctype html><html><head><title>A page</title></head>
<body><p id="here">Words enough that the page does not count as an empty one.</p>{}</body></html>"""
PLANTED = {
    '<img src="lost.svg">': "picture not shown: lost.svg",
    '<img src="broken.svg">': "picture not shown: broken.svg",
    "<p>The size $m$ of it</p>": "not set",
    r"<p>The size \(m\) of it</p>": "not set",
    r"<p>The size \bar{x} of it</p>": "not set",
    "<p>```yaml wrong x: 1```</p>": "not set",
    '<math title="m"></math>': "mathematics not seen",
    '<a href="lost.html">x</a>': "link to nothing: lost.html",
    '<a href="../lost.html">x</a>': "link to nothing: ../lost.html",
    '<a href="good.html#nowhere">x</a>': "link to no such place: good.html#nowhere",
    "<script>undefined.of_nothing</script>": "console: TypeError",
    "<script>console.error('no')</script>": "console: no",
    '<link rel="stylesheet" href="lost.css">': "not there",
    '<script src="http://192.0.2.1:1/x.js" async></script>': "fetched from elsewhere",
}


@pytest.mark.slow
@needs_browser
def test_faults_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text(
        PAGE.format('<a href="#here">x</a><a href="good.html#here">x</a><code>$HOME</code><img src="a.svg">'),
        encoding="utf-8",
    )
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
    (tmp_path / "a.svg").write_text(picture, encoding="utf-8")
    (tmp_path / "broken.svg").write_text("<svg", encoding="utf-8")
    for number, fault in enumerate(PLANTED):
        (tmp_path / f"{number}.html").write_text(PAGE.format(fault), encoding="utf-8")
    with browsing() as browser, served(tmp_path) as address:
        found = faults(browser, address, tmp_path)
    assert "good.html" not in found
    for number, (fault, message) in enumerate(PLANTED.items()):
        assert any(message in each for each in found.get(f"{number}.html", ())), (fault, found)
