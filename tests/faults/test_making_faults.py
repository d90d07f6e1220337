"""How faults are made and judged: the text, the code of a package for a while, the oracle, the step meant."""

from __future__ import annotations

import ast

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from torch import nn  # noqa: E402

from ncd_tikz.diagram import load, loads  # noqa: E402
from ncd_tikz.pytorch import to_source  # noqa: E402
from tests.faults.edges import Edges  # noqa: E402
from tests.faults.mapped import mapped  # noqa: E402
from tests.faults.operators import OPERATORS, other_number, spoilt_result  # noqa: E402
from tests.faults.patch import changed, found, source_of  # noqa: E402
from tests.faults.selecting import select  # noqa: E402
from tests.faults.source import Change, Source, places  # noqa: E402
from tests.faults.steps import Steps  # noqa: E402
from tests.faults.trials import Oracle  # noqa: E402

TRANSFORMER = "torch.nn.modules.transformer"


def changes(source: Source) -> list[Change]:
    return [change for place in places(source) for operator in OPERATORS for change in operator(place)]


def test_changes_are_one_place_of_the_text() -> None:
    source = Source(to_source(load("@causal_self_attention")))
    made = [source.changed(change.edits) for change in changes(source)]
    assert len(made) > 300
    assert source.text not in made
    for change in changes(source):
        lines = zip(source.text.splitlines(), source.changed(change.edits).splitlines(), strict=False)
        apart = [number for number, (one, two) in enumerate(lines, start=1) if one != two]
        assert apart[0] >= change.line
        assert len(apart) <= 2, str(change)


def test_a_line_belongs_to_its_step() -> None:
    diagram = load("@unet")
    source = Source(to_source(diagram))
    steps = Steps(diagram, source)
    assert steps.unclear == set()
    pooled = [change for change in changes(source) if "F.max_pool2d ->" in change.what]
    assert {path for change in pooled for path in steps.of(change)} == {"steps[0].steps[1]"}


def test_the_oracle_tells_another_function_from_another_text() -> None:
    diagram = load("@multi_head_attention")
    text = to_source(diagram)
    oracle = Oracle(diagram, text)
    assert oracle(text) == "same"
    assert oracle(text.replace("s * self.k**-0.5", "self.k**-0.5 * s")) == "same"
    assert oracle(text.replace("s.softmax(-2)", "s.softmax(-1)")) == "values"
    assert oracle(text.replace("self.K(X)", "self.K(X).detach()")) == "gradients"
    assert oracle(text.replace("m, bias=False", "m")) == "parameters"
    assert oracle(text.replace("return z", "return z + None")) == "fails"


def test_a_package_is_changed_for_a_while_only() -> None:
    function = found(TRANSFORMER, "TransformerEncoderLayer", "_ff_block")
    layer = nn.TransformerEncoderLayer(4, 2, 3).double().eval()
    x = torch.randn(5, 4, dtype=torch.float64)
    before, code = layer._ff_block(x), function.__code__
    source = source_of(TRANSFORMER)
    [place] = [
        each
        for each in places(source, ("TransformerEncoderLayer._ff_block",))
        if isinstance(each.statement, ast.Assign)
    ]
    doubled = next(change for change in spoilt_result(place) if change.kind == "doubled")
    with pytest.raises(ZeroDivisionError), changed(TRANSFORMER, doubled):
        assert torch.allclose(layer._ff_block(x), 2 * before)
        assert function.__code__.co_firstlineno == code.co_firstlineno
        raise ZeroDivisionError
    assert function.__code__ is code
    assert torch.equal(layer._ff_block(x), before)


def test_numbers_become_other_numbers() -> None:
    source = Source("def f(s):\n    s = s.softmax(-2)\n    return s\n")
    made = [change.what for place in places(source, ("f",)) for change in other_number(place)]
    assert made == ["-2 -> -3", "-2 -> -1", "-2 -> 0"]


def test_steps_are_chosen_by_what_they_are() -> None:
    diagram = load("@transformer_encoder_layer")
    assert select(diagram, "add a") == {"steps[1]"}
    assert select(diagram, "feed_forward: relu; layer_norm") == {
        "blocks.feed_forward.steps[1]",
        "steps[2]",
        "steps[5]",
    }
    with pytest.raises(LookupError, match="has no 'conv'"):
        select(diagram, "conv")


def test_values_on_their_way_belong_to_both_steps() -> None:
    edges = Edges(load("@transformer_encoder_layer"))
    inner = "blocks.feed_forward.steps[{}]".format
    assert edges.widened("scaled", frozenset({inner(0)})) == {inner(0), inner(1)}
    assert edges.widened("a gradient lost", frozenset({inner(1)})) == {inner(0), inner(1)}
    assert edges.widened("another function", frozenset({inner(1)})) == {inner(1)}


def test_a_generated_module_is_mapped_name_by_name() -> None:
    step = "{op: linear, map: m -> m', label: L}"
    text = "axes: {x: 3, m: 4}\ninputs: {X: x m}\nsteps:\n"
    text += f"  - {{op: repeat, times: 2, in: X, label: layers, steps: [{step}]}}\n"
    [check] = mapped("ncd: 1\nname: own\n" + text + "outputs: X\n", "own.yaml").checks
    assert sorted(check.parameters) == ["layers.{i}.L.bias", "layers.{i}.L.weight"]
    assert loads("ncd: 1\nname: own\n" + text + "outputs: X\n", "own.yaml").checks == ()
