"""What any writer writes, its reader reads as it was, or the writer refuses with a FewnerError."""

from pathlib import Path

import pytest
from data_strategies import CATS, META, TEXTS, WEIGHTS, WORDS
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spacy_fewner.cascade.rows.geic import read_geic, write_geic
from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample

OFFSETS = st.integers(-2, 12) | st.sampled_from([2**31, 2**63, 2**70, -(2**70)])
LABELS = st.sampled_from(
    [
        "PER",
        "",
        " ",
        "\n",
        "O",
        "B-PER",
        " PER",
        "PER ",
        "a\tb",
        "a\x00b",
        "\ud800",
        "\u200b",
        "é/数",
    ]
) | st.text(max_size=4)
SCORES = st.none() | st.floats()
ODD_TEXTS = TEXTS | st.sampled_from(
    ["-DOCSTART-", "-DOCSTART-x y", "\ufeff a", "# a", "a\tb", "a\rb", "1 2", "O", "B-X", "\ud800"]
)


@st.composite
def odd_samples(draw: st.DrawFn) -> Sample:
    """Any text, with spans of any offsets and labels; tokens, if any, with spaces between."""
    if draw(st.booleans()):
        text, tokens = draw(ODD_TEXTS), None
    else:
        words = draw(st.lists(WORDS | ODD_TEXTS.filter(len), min_size=1, max_size=4))
        text = " ".join(words)
        ends = [sum(map(len, words[: n + 1])) + n for n in range(len(words))]
        tokens = tuple((end - len(word), end) for end, word in zip(ends, words, strict=True))
    spans = []
    for _ in range(draw(st.integers(0, 3))):
        if tokens and draw(st.booleans()):
            start, end = draw(st.sampled_from(tokens))
        else:
            start, end = draw(OFFSETS), draw(OFFSETS)
        spans.append(CharSpan(start, end, draw(LABELS), draw(SCORES)))
    meta = draw(META | st.just({"n": 2**70}) | st.just({1: "a"}) | st.just({"a": (1, [2])}))
    weight = draw(WEIGHTS | st.just(float("nan")) | st.just(-1.0))
    return Sample(text, tuple(spans), tokens, draw(CATS | st.just({"A": 7.0})), meta, weight)


def shown(sample: Sample, names: tuple[str, ...]) -> list:
    found = {
        "text": sample.text,
        "spans": [(s.start, s.end, s.label, s.score) for s in sample.spans],
        "places": sorted((sample.text[s.start : s.end], s.label) for s in sample.spans),
        "rest": (sample.cats, sample.weight),
        "meta": {name: value for name, value in sample.meta.items() if name != "a"},
    }
    return [found[name] for name in names]


HELD = {
    "s.jsonl": ("text", "spans", "rest", "meta"),
    "s.json": ("text", "spans", "rest", "meta"),
    "s.spacy": ("text", "spans", "rest", "meta"),
    "s.conll": ("places",),
}


@pytest.mark.parametrize("name", HELD)
@settings(max_examples=150, deadline=None)
@given(samples=st.lists(odd_samples(), min_size=1, max_size=3))
@example(samples=[Sample("Acme hired", (CharSpan(0, 4, ""),))])
@example(samples=[Sample("Acme hired", (CharSpan(5, 5, "ORG"),))])
@example(samples=[Sample("Acme hired", (CharSpan(0, 2**70, "ORG"),))])
@example(samples=[Sample("-DOCSTART-x a", (), ((0, 11), (12, 13)))])
@example(samples=[Sample("\ufeffa b", (), ((0, 2), (3, 4)))])
@example(samples=[Sample("a", meta={1: "a"})])
def test_every_format(tmp_path_factory, name: str, samples: list[Sample]):
    path = tmp_path_factory.mktemp("again") / name
    try:
        write_samples(samples, path)
    except FewnerError:
        assert list(path.parent.iterdir()) == []
        return
    read = read_samples(path)
    assert [shown(one, HELD[name]) for one in read] == [shown(one, HELD[name]) for one in samples]
    again = path.with_name(f"again{path.suffix}")
    write_samples(read, again)
    assert read_samples(again) == read
    if path.suffix != ".spacy":
        assert again.read_bytes() == path.read_bytes()


@settings(max_examples=150, deadline=None)
@given(samples=st.lists(odd_samples(), min_size=1, max_size=3))
@example(samples=[Sample("Acme hired", (CharSpan(0, 4, "ORG"), CharSpan(0, 4, "ORG")))])
def test_geic(tmp_path_factory, samples: list[Sample]):
    path: Path = tmp_path_factory.mktemp("again") / "geic.json"
    try:
        write_geic(samples, path)
    except FewnerError:
        assert not path.exists()
        return
    found = read_geic(path, purpose="training")
    assert found.rejects == []
    assert [one.text for one in found.samples] == [one.text for one in samples]
    assert [set(one.spans) for one in found.samples] == [set(one.spans) for one in samples]
    before = path.read_bytes()
    write_geic(found.samples, path)
    assert path.read_bytes() == before
