"""What is made of nothing has no axes in front: it meets inputs that have them, in every operation."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from ncd_tikz.diagram import loads  # noqa: E402
from ncd_tikz.equivalence import check  # noqa: E402

HEAD = """\
ncd: 1
name: fronts
axes: {x: 4, m: 3, k: 2, e: 5, T: 6}
"""

SPECS = {
    "table_made_of_nothing": """\
inputs: {t: {axes: x, kind: index, below: T}}
steps:
  - {op: parameter, axes: T m, out: P}
  - {op: gather, in: [P, t], over: T, out: Y}
outputs: Y
""",
    "shared_axis": """\
inputs: {t: {axes: m x, kind: index, below: T}}
steps:
  - {op: parameter, axes: k T m, out: P}
  - {op: gather, in: [P, t], over: T, out: Y}
outputs: Y
""",
    "indexes_made_of_nothing": """\
inputs: {X: x T m}
steps:
  - {op: parameter, axes: k T, out: P}
  - {op: arg_max, in: P, over: T, out: n}
  - {op: gather, in: [X, n], over: T, out: Y}
outputs: Y
""",
    "both_made_of_nothing": """\
inputs: {X: x}
steps:
  - {op: parameter, axes: k T, out: P}
  - {op: arg_max, in: P, over: T, out: n}
  - {op: parameter, axes: T m, out: Q}
  - {op: gather, in: [Q, n], over: T, out: Y}
  - {op: add, in: [X, Y], out: Y}
outputs: Y
""",
    "stack": """\
inputs: {X: x m}
steps:
  - {op: parameter, axes: m x, out: P}
  - {op: stack, in: [P, X], along: s, out: Y}
outputs: Y
""",
    "concat": """\
inputs: {X: x m}
steps:
  - {op: parameter, axes: k x, out: P}
  - {op: concat, in: [P, X], along: 'k, m -> s', out: Y}
outputs: Y
""",
    "function": """\
inputs: {X: x m}
steps:
  - {op: parameter, axes: k x, out: P}
  - {op: function, name: f, in: [P, X], map: 'k, m -> e', out: Y}
outputs: Y
""",
    "top_k": """\
inputs: {X: k}
steps:
  - {op: parameter, axes: x m, out: P}
  - {op: top_k, in: P, along: x -> k, out: [v, n]}
  - {op: gather, in: [P, n], over: x, out: g}
  - {op: add, in: [X, v], out: Y}
outputs: [Y, g]
""",
    "repeated": """\
inputs: {X: x m}
steps:
  - {op: parameter, axes: m, out: P}
  - op: repeat
    times: 3
    carry: P
    steps:
      - {op: mean, in: X, over: x, out: q}
      - {op: add, in: [P, q], out: P}
outputs: P
""",
    "gathered_in_a_repetition": """\
inputs: {t: {axes: '', kind: index, below: T}}
steps:
  - {op: parameter, axes: T T', out: P}
  - op: repeat
    times: 3
    carry: P
    steps:
      - {op: gather, in: [P, t], over: T, out: q}
      - {op: add, in: [P, q], out: P}
outputs: P
""",
    "embedding": """\
inputs: {X: x}
steps:
  - {op: parameter, axes: x T, out: P}
  - {op: arg_max, in: P, over: T, out: n}
  - {op: embedding, in: n, map: T -> m, out: Q}
  - {op: add, in: [X, Q], out: Y}
outputs: Y
""",
}


@pytest.mark.parametrize("name", sorted(SPECS))
def test_what_lacks_axes_in_front_meets_what_has_them(name: str) -> None:
    torch.set_num_threads(1)
    report = check(loads(HEAD + SPECS[name]))
    assert report.ok, report.text()
