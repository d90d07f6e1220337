"""Definitions: the closed box with its parameters, an equality sign, what is inside."""

from __future__ import annotations

import pytest

from ncd_tikz.diagram import Diagram, load, loads
from ncd_tikz.layout import lay_out
from ncd_tikz.layout.definition import parameters
from ncd_tikz.layout.extent import bounds_of
from ncd_tikz.layout.wiring import unfaithful
from ncd_tikz.scene import Card, Scene, Text
from ncd_tikz.spec import PRESETS
from tests.layout import hand
from tests.layout.touching import touching

RESNET = """\
ncd: 1
name: resnet
title: Identity ResNet
axes:
  N: 3
  n: {index: mu, size: "16 if mu == 1 else 2**(mu+4)"}
  b: 8
  d: 5
  f: {size: 2*d}
  unused: 7
inputs: {X: b 3}
blocks:
  block:
    title: Block
    params: {s: 1, N: 3}
    axes: {p: 3, q: 4}
    inputs: {X: p}
    steps: [{op: linear, map: p -> q, out: Y}]
    outputs: Y
steps:
  - {op: linear, map: "3 -> n[1]"}
  - {op: block, with: {s: 1, N: N, q: "n[2]"}}
  - {op: block, with: {s: 2, N: N, q: "n[3]"}}
  - {op: linear, map: "n[3] -> d"}
  - {op: linear, map: "d -> 10", out: Y}
outputs: Y
figure: {definition: true}
"""


def resnet(**changes: str) -> Diagram:
    text = RESNET
    for old, new in changes.items():
        assert f"  {old}: " in text
        text = "".join(
            f"  {old}: {new}\n" if line.startswith(f"  {old}: ") else line for line in text.splitlines(True)
        )
    return loads(text)


def test_constants_are_told_with_their_values_and_widths_by_their_symbols() -> None:
    # N is on no wire; the members of n that are used; d is on a wire; b stands beside the box
    assert parameters(resnet()) == r"$(N=3, n_{\mu}=[16, 64, 128], d)$"


def test_what_callers_choose_is_told_by_its_symbol() -> None:
    chosen = loads(RESNET.replace("axes:\n  N: 3\n", "params: {N: 3}\naxes:\n", 1))
    assert parameters(chosen) == r"$(N, n_{\mu}=[16, 64, 128], d)$"
    assert parameters(load("@two_layer_residual_mlp")) == "$(d_{ff})$"


def test_a_parameter_that_wires_only_divide_by_is_told() -> None:
    assert parameters(load("@identity_resnet_block")) == "$(s, N)$"


def test_a_symbol_that_is_written_as_a_number_is_not_told() -> None:
    assert parameters(resnet(d="{size: 5, label: '5'}")) == r"$(N=3, n_{\mu}=[16, 64, 128])$"


def test_a_family_that_the_legend_tells_is_not_told_twice() -> None:
    assert parameters(hand.figured(resnet(), legend=True)) == "$(N=3, d)$"


def test_a_member_that_depends_on_an_index_leaves_the_family_without_values() -> None:
    repeated = loads(
        "ncd: 1\nname: repeated\naxes:\n  c: {index: i, size: 3 + i}\n  N: 2\ninputs: {X: 'c[0]'}\nsteps:\n"
        "  - op: repeat\n    times: N\n    carry: {X: 'c[i-1]'}\n"
        "    steps: [{op: linear, map: 'c[i-1] -> c[i]', out: X}]\n"
        "outputs: X\nfigure: {definition: true}\n"
    )
    assert parameters(repeated).startswith("$(")
    assert "N=2" in parameters(repeated)


def test_many_members_are_not_all_spelled() -> None:
    steps = ", ".join(f"{{op: linear, map: 'n[{i}] -> n[{i + 1}]'}}" for i in range(9))
    long = loads(
        f"ncd: 1\nname: long\naxes: {{n: {{index: i, size: i+1}}}}\ninputs: {{X: 'n[0]'}}\nsteps: [{steps}]\n"
        "outputs: X\nfigure: {definition: true}\n"
    )
    assert parameters(long) == r"$(n_i=[1, 2, 3, 4, \ldots, 10])$"


def texts(scene: Scene) -> list[str]:
    return [p.text for i in scene.items if isinstance(p := i.primitive, Text)]


@pytest.mark.parametrize("width", ["", *PRESETS])
def test_the_parameters_stand_on_the_box_and_nothing_touches(width: str) -> None:
    diagram = hand.figured(resnet(), width=width)
    scene = lay_out(diagram)
    assert r"$(N=3, n_{\mu}=[16, 64, 128], d)$" in texts(scene)
    assert touching(scene) == []
    assert unfaithful(diagram) == ""


def test_only_wires_and_operations_are_fenced() -> None:
    def fenced(diagram: Diagram) -> bool:
        return any(
            item.part == "definition" and isinstance(p := item.primitive, Card) and p.stroke == "dotted"
            for item in lay_out(diagram).items
        )

    assert fenced(load("@two_layer_residual_mlp"))
    assert not fenced(resnet())  # its boxes are fences enough


def test_halos_lie_over_the_cards_of_the_inside() -> None:
    """Every card is painted before the first wire, where renderers put the halos."""
    diagram = hand.figured(load("@multi_head_attention"), definition=True)
    kinds = [type(item.primitive).__name__ for item in lay_out(diagram).items]
    behind = [n for n, item in enumerate(lay_out(diagram).items) if isinstance(item.primitive, Card)]
    assert max(behind) < kinds.index("Wire")


def test_box_and_inside_stand_apart() -> None:
    scene = lay_out(load("@two_layer_residual_mlp"))
    inside = bounds_of(i for i in scene.items if i.part.startswith(("g", "column", "wire")))
    box = bounds_of(i for i in scene.items if i.part == "definition" and not isinstance(i.primitive, Card))
    assert not inside.overlaps(box, 0.3)
