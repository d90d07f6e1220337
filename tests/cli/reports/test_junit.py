"""JUnit XML: well-formed whatever is in it, and of the form that CI servers read."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from ncd_tikz.cli.reports import junit
from ncd_tikz.cli.reports.outcome import Checked
from tests.cli.reports.samples import ALL, thousands

WHEN = datetime(2026, 1, 2, 3, 4, 5, 678)
# What the schemas of Ant and of Jenkins both allow: attributes that must be there and children in order.
REQUIRED = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "time", "timestamp", "hostname", "id", "package"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "system-out": set(),
    "system-err": set(),
}
CHILDREN = {
    "testsuites": r"(testsuite )*",
    "testsuite": r"properties (testcase )*system-out system-err ",
    "properties": r"(property )*",
    "testcase": r"((failure|error) )?",
}


def wrong(element: Element) -> list[str]:
    """In what an element or one below it is not of that form."""
    found = []
    if set(element.attrib) != REQUIRED.get(element.tag):
        found.append(f"{element.tag}: attributes {sorted(element.attrib)}")
    below = "".join(f"{child.tag} " for child in element)
    if not re.fullmatch(CHILDREN.get(element.tag, ""), below):
        found.append(f"{element.tag}: children {below}")
    counts = ("tests", "failures", "errors")
    found += [f"{element.tag}: {name}" for name in counts if not element.get(name, "0").isdigit()]
    return found + [each for child in element for each in wrong(child)]


def parsed(checked: tuple[Checked, ...]) -> Element:
    return ElementTree.fromstring(junit.text(checked, Path("/home/me/here"), WHEN).encode())


@pytest.mark.parametrize("checked", [ALL, (), thousands(2000)], ids=["all", "nothing", "thousands"])
def test_it_has_the_form_that_both_schemas_ask_for(checked: tuple[Checked, ...]) -> None:
    assert wrong(parsed(checked)) == []


def test_a_wrong_form_is_noticed() -> None:
    root = parsed(ALL)
    root[0].insert(0, Element("testcase", name="a"))
    assert len(wrong(root)) == 2


def test_a_suite_per_spec_and_a_case_per_verdict() -> None:
    root = parsed(ALL)
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("8", "3", "1")
    suite = root[0]
    assert suite.get("timestamp") == "2026-01-02T03:04:05"
    cases = suite.findall("testcase")
    assert [case.get("classname") for case in cases] == ["specs.attention"] * 5
    failure = cases[1].find("failure")
    assert failure is not None
    assert failure.get("type") == "axis"
    assert "specs/attention.yaml:21:5" in str(failure.get("message"))
    assert "output z: differs by 0.3" in str(failure.text)
    assert cases[2].find("error") is not None
    assert suite.findtext("system-out") == "hello from their code"


def test_what_xml_cannot_hold_is_spelled_out() -> None:
    text = junit.text(ALL, Path("/home/me/here"), WHEN)
    assert "\\x00\\x0b\\ufffe" in text
    assert "\\ud800" in text
    assert "注意 😀" in text
