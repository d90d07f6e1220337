"""Whatever is thrown at the reader, it answers with a spec or with mistakes, never with another error."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncd_tikz.diagram import loads
from ncd_tikz.errors import Mistake, SpecError
from ncd_tikz.spec import Spec, load_spec, read, text_of
from tests.spec.table import GOODS, good_text

HERE = Path(__file__).parent
WORDS = (
    "ncd name title axes params inputs steps outputs blocks figure check op in out map over by with open "
    "label about size index kind below groups notes at text color style width highlight tags against init "
    "linear einsum softmax relu scale add mask view feed_forward X y s x m k h true false null ~ -> , : - "
    "repeat for times carry share import from equation relation over new_line break grids of fill arrow "
    "C[i] c[i-1] [i] x[1] i in 1..4 conv max_pool unit discard sizes 'A if i == 0 else B' "
    "? | > & * ! % @ ` [ ] { } ( ) ' \" # $ \\ ^ _ 0 1 -1 1e999 .inf .nan 99999999999999999999 m -> k h x' "
    "\\input \\bar{x} $x$ \t \n \r \x00 \ufeff \u2028 é 𝕏 !!python/object:os.system <<"
).split(" ")


def sound(answer: tuple[Spec | None, tuple[Mistake, ...]], text: str, file: str = "<string>") -> None:
    """An answer is a spec, or mistakes in source order at places that exist."""
    spec, mistakes = answer
    assert spec is not None or mistakes
    mistakes = tuple(mistake for mistake in mistakes if mistake.position.file == file)
    places = [(mistake.position.line, mistake.position.column) for mistake in mistakes]
    assert places == sorted(places)
    lines = text.count("\n") + text.count("\r") + 2
    for mistake in mistakes:
        assert 1 <= mistake.position.line <= lines
        assert mistake.position.column >= 1
        assert mistake.fact
        assert "\n" not in mistake.fact


@settings(max_examples=300)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    sound(read(text), text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_any_words_of_the_language(text: str) -> None:
    sound(read(text), text)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(content)
    try:
        text = text_of(path)
    except SpecError as error:
        assert error.mistakes
    else:
        sound(read(text), text)


def mutated(text: str, chance: random.Random) -> str:
    """A text with one to three small accidents."""
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(text))
        end = min(len(text), start + chance.choice((0, 1, 2, 5, 20, 80)))
        piece = chance.choice(
            (
                "",
                chance.choice(WORDS),
                text[start:end] * 2,
                chr(chance.randrange(32, 127)),
                text[start:end][::-1],
            )
        )
        text = text[:start] + piece + text[end:]
    return text


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", GOODS)
@pytest.mark.slow
def test_accidents_to_a_good_spec(name: str, seed: int) -> None:
    chance = random.Random(seed)
    text_of_good, file = good_text(name), str(HERE / name)
    good = broken = 0
    for _ in range(150):
        text = mutated(text_of_good, chance)
        answer = read(text, file)
        sound(answer, text, file)
        if answer[1]:
            broken += 1
            with pytest.raises(SpecError):
                load_spec(text, file)
        else:
            good += 1
    assert broken > 30
    assert good > 2


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", GOODS)
@pytest.mark.slow
def test_accidents_on_the_way_to_a_diagram(name: str, seed: int) -> None:
    chance = random.Random(seed)
    text_of_good, file = good_text(name), str(HERE / name)
    for _ in range(60):
        text = mutated(text_of_good, chance)
        try:
            loads(text, file)
        except SpecError as error:
            assert error.mistakes


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", GOODS)
@pytest.mark.slow
def test_lines_in_any_order(name: str, seed: int) -> None:
    chance = random.Random(seed)
    lines = good_text(name).splitlines()
    for _ in range(100):
        i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
        shuffled = list(lines)
        shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
        text = "\n".join(shuffled[: chance.randint(1, len(lines))])
        sound(read(text), text)


VALUE_WORDS = [
    *("null", "true", "3", "-1", "0.5", "x", "'x m'", "'m -> k'", '""', "$x$", "q", "relu"),
    *("i in 1..3", "C[i]", "c[i-1]", "'c[i] -> c[i+1]'", "1 if i == 0 else 2", "{op: relu}"),
]
STEP_KEYS = (
    "in out map over by label with open bias about op for times index carry share steps kernel padding"
)
STEP_WORDS = "linear einsum softmax relu scale add mask view layer_norm b repeat conv max_pool"
VALUES = st.recursive(
    st.sampled_from(VALUE_WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.dictionaries(
            st.sampled_from(["op", "in", "over", "size", "x", "at", "index", "steps", "outputs", "from"]),
            inner,
            max_size=3,
        ).map(lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"),
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "ncd",
        "name",
        "title",
        "description",
        "params",
        "axes",
        "inputs",
        "steps",
        "outputs",
        "blocks",
        "figure",
        "check",
        "import",
        "equation",
    ]
)


@pytest.mark.slow
@settings(max_examples=400)
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=12))
def test_any_value_at_any_key(entries: dict[str, str]) -> None:
    whole = {"ncd": "1", "name": "a", "axes": "{x: 2, m: 3}", "inputs": "{X: x m}", **entries}
    text = "\n".join(f"{key}: {value}" for key, value in whole.items())
    sound(read(text), text)


@pytest.mark.slow
@settings(max_examples=300)
@given(
    st.sampled_from(STEP_KEYS.split()),
    VALUES,
    st.sampled_from(STEP_WORDS.split()),
)
def test_any_value_in_a_step(key: str, value: str, operation: str) -> None:
    step = {"op": operation, key: value}
    entries = ", ".join(f"{name}: {value}" for name, value in step.items())
    text = (
        "ncd: 1\nname: a\naxes: {x: 2, m: 3}\ninputs: {X: x m}\n"
        "blocks: {b: {params: {n}, inputs: {u: m}, steps: [relu], outputs: u}}\n"
        f"steps:\n  - {{{entries}}}\noutputs: X\n"
    )
    sound(read(text), text)
