"""The report as JUnit XML, for the test pages of CI servers: a suite per spec, a case per verdict.

It has what the schemas of both Ant and Jenkins ask for, and nothing that one of them refuses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ncd_tikz.cli.reports.characters import visible
from ncd_tikz.cli.reports.outcome import Checked, Outcome
from ncd_tikz.cli.reports.places import relative


def text(all_checked: Sequence[Checked], here: Path, when: datetime) -> str:
    """The report; paths are relative to the working directory `here`."""
    seconds = _seconds(sum(checked.seconds for checked in all_checked))
    root = Element("testsuites", {"name": "ncd-tikz", **_counts(all_checked), "time": seconds})
    for number, checked in enumerate(all_checked):
        root.append(_suite(checked, number, here, when))
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _counts(all_checked: Sequence[Checked]) -> dict[str, str]:
    outcomes = [outcome for checked in all_checked for outcome in checked.outcomes]
    wrong = [outcome for outcome in outcomes if not outcome.ok]
    return {
        "tests": str(len(outcomes)),
        "failures": str(sum(not outcome.broken for outcome in wrong)),
        "errors": str(sum(outcome.broken for outcome in wrong)),
    }


def _suite(checked: Checked, number: int, here: Path, when: datetime) -> Element:
    file = visible(relative(checked.file, here, here))
    attributes = {
        "name": visible(checked.name),
        **_counts([checked]),
        "time": _seconds(checked.seconds),
        "timestamp": when.replace(microsecond=0, tzinfo=None).isoformat(),
        "hostname": "localhost",
        "id": str(number),
        "package": file,
    }
    suite = Element("testsuite", attributes)
    SubElement(SubElement(suite, "properties"), "property", name="spec", value=file)
    for outcome in checked.outcomes:
        suite.append(_case(outcome, checked, file))
    SubElement(suite, "system-out").text = visible(
        "\n".join(o.printed for o in checked.outcomes if o.printed)
    )
    SubElement(suite, "system-err").text = ""
    return suite


def _case(outcome: Outcome, checked: Checked, file: str) -> Element:
    seconds = checked.seconds / max(len(checked.outcomes), 1)
    name = outcome.subject if outcome.kind != "fresh" else f"fresh {outcome.subject}"
    case = Element("testcase", name=visible(name), classname=_dotted(file), time=_seconds(seconds))
    if outcome.ok:
        return case
    rule = outcome.problems[0].rule if outcome.problems else outcome.state
    lines = outcome.explained()
    wrong = SubElement(case, "error" if outcome.broken else "failure", type=visible(rule))
    wrong.set("message", visible(lines[0]))
    wrong.text = visible("\n".join(lines))
    return case


def _dotted(file: str) -> str:
    """A path as CI servers group by: `specs/a.yaml` is `specs.a`."""
    stem = re.sub(r"\.ya?ml$", "", file).strip("./@<>") or "spec"
    return stem.replace(".", "_").replace("/", ".")


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
