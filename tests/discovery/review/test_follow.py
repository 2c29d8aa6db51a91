"""Annotations follow a review, whatever its edits."""

from collections import Counter
from dataclasses import replace

from discovery_helpers import found, guideline, instance, labelled
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spacy_fewner.data import read_jsonl, write_jsonl
from spacy_fewner.discovery.apply_review import apply_review
from spacy_fewner.discovery.found_types import FoundType
from spacy_fewner.discovery.merging.discover_types import Types
from spacy_fewner.discovery.review.entries import Entry, Review
from spacy_fewner.discovery.review.follow import follow
from spacy_fewner.discovery.review.read import read_review
from spacy_fewner.discovery.review.settle import settle
from spacy_fewner.discovery.review.write import review_text
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample

FIELDS = {"a": ("f", "g"), "b": ("f", "h"), "c": (), "d": ("g",)}
LABELS = [*FIELDS, *(f"{kind}/{one}" for kind, fields in FIELDS.items() for one in fields)]
TEXT = "one two three four five six"
SPANS = st.lists(
    st.builds(
        lambda ends, label: CharSpan(min(ends), max(ends), label),
        st.tuples(st.integers(0, 26), st.integers(0, 26)).filter(lambda ends: ends[0] != ends[1]),
        st.sampled_from(LABELS),
    ),
    max_size=6,
    unique=True,
).map(tuple)
NAMES = [*FIELDS, "f", "g", "h", "new"]


@st.composite
def edits(draw, label: str) -> Entry | None:
    """An entry of that label as a person may leave it; None if she deletes it."""
    what = draw(st.sampled_from(["keep", "keep", "keep", "rename", "merge", "drop", "delete"]))
    name = label.split("/")[-1]
    entry = Entry(name, f"What {name} is.", (), (label,))
    if what == "rename":
        return replace(entry, name=draw(st.sampled_from(["new", "newer", name.upper() + "x"])))
    if what == "merge":
        return replace(entry, merge_into=draw(st.sampled_from([*LABELS, *NAMES])))
    if what == "delete":
        return None
    return replace(entry, drop=True) if what == "drop" else entry


@st.composite
def reviews(draw) -> Review:
    entries = []
    for kind, fields in FIELDS.items():
        entry = draw(edits(kind))
        below = [draw(edits(f"{kind}/{name}")) for name in fields]
        if entry is not None:
            entries.append(replace(entry, fields=tuple(one for one in below if one)))
    return Review(tuple(draw(st.permutations(entries))))


def to_yaml(review: Review) -> str:
    """As a person would have it in the file."""
    plain = [_found(entry) for entry in review.entries]
    lines = review_text(Types(tuple(plain), [])).split("\n")
    marks = {_mark(one): one for kind in review.entries for one in (kind, *kind.fields)}
    out = []
    for line in lines:
        out.append(line)
        bare = line.strip()
        if bare in marks:
            indent = line[: len(line) - len(bare)]
            entry = marks[bare]
            out += [f"{indent}drop: true"] if entry.drop else []
            out += [f'{indent}merge_into: "{entry.merge_into}"'] if entry.merge_into else []
    return "\n".join(out)


def _mark(entry: Entry) -> str:
    return f"labels: [{entry.labels[0]}]"


def _found(entry: Entry) -> FoundType:
    fields = tuple(map(_found, entry.fields))
    return FoundType(entry.name, entry.labels, entry.definition, fields=fields)


@settings(max_examples=200, deadline=None)
@given(review=reviews(), spans=st.lists(SPANS, min_size=1, max_size=3))
def test_every_annotation_of_the_files_follows_the_review(review, spans, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    samples = [Sample(TEXT, one) for one in spans]
    everything = [CharSpan(at, at + 1, label) for at, label in enumerate(LABELS)]
    samples.append(Sample(TEXT, tuple(everything)))
    write_jsonl(samples, folder / "resolved.jsonl")
    (folder / "review.yaml").write_text(to_yaml(review), "utf8")
    try:
        labels = settle(review).labels
    except FewnerError:
        assume(False)
    assert read_review(folder / "review.yaml") == review
    before = (folder / "resolved.jsonl").read_bytes()

    reviewed = apply_review(folder)

    got = read_jsonl(folder / "train.jsonl")
    for sample, one in zip(samples, got, strict=True):
        expected = {
            (span.start, span.end, labels[span.label])
            for span in sample.spans
            if labels.get(span.label)
        }
        assert one.text == sample.text
        assert Counter((s.start, s.end, s.label) for s in one.spans) == Counter(expected)
    assert {span.label for one in got for span in one.spans} <= {*reviewed.schema.ids}
    assert (folder / "resolved.jsonl").read_bytes() == before
    lost = sum(not labels.get(span.label) for one in samples for span in one.spans)
    assert reviewed.lost == lost


ORGAN = Entry(
    "organ",
    "An instrument.",
    (),
    ("organ",),
    (
        Entry("year built", "Year.", (), ("organ/year built",)),
        Entry("maker", "Who made it.", (), ("organ/maker",), merge_into="builder"),
        Entry("house", "Where.", (), ("organ/house",)),
    ),
)
BUILDER = Entry("builder", "A firm.", (), ("builder",), (Entry("town", "", (), ("builder/town",)),))
CHURCH = Entry("church", "A house.", (), ("church",))
DOCUMENT = found(
    "The Great organ, by Smith of York, stands in St Mary since 1714.",
    ("Great organ", "organ"),
    ("Smith", "organ/maker"),
    ("1714", "organ/year built"),
    ("St Mary", "church"),
    guidelines=[
        guideline("organ", "old", name="x", year_built="old", maker="old", house="old"),
        guideline("church", "old"),
    ],
    instances=[
        instance(
            "organ",
            name="Great organ",
            year_built="1714",
            maker=["Smith", "Jones"],
            house=instance("church", name="St Mary"),
        )
    ],
    ungrounded=[["organ/maker", "Jones"], ["church", "St Paul"]],
)


def followed(*entries: Entry) -> Sample:
    (sample,) = follow([DOCUMENT], settle(Review(entries)))
    return sample


def test_meta_follows_like_spans():
    one = followed(replace(ORGAN, name="pipe organ"), BUILDER, CHURCH)
    assert labelled(one) == [
        ("Great organ", "pipe organ"),
        ("Smith", "builder"),
        ("1714", "pipe organ/year built"),
        ("St Mary", "church"),
    ]
    assert one.meta["guidelines"] == [
        guideline("pipe organ", "An instrument.", year_built="Year.", house="Where."),
        guideline("builder", "A firm."),
        guideline("church", "A house."),
    ]
    church = instance("church", name="St Mary")
    assert one.meta["instances"] == [
        instance("pipe organ", name="Great organ", year_built="1714", house=church),
        instance("builder", name="Smith"),
        instance("builder", name="Jones"),
    ]
    assert one.meta["ungrounded"] == [["builder", "Jones"], ["church", "St Paul"]]


def test_what_is_in_a_dropped_instance_stands_alone():
    one = followed(replace(ORGAN, drop=True), BUILDER, CHURCH)
    assert one.meta["instances"] == [
        instance("builder", name="Smith"),
        instance("builder", name="Jones"),
        instance("church", name="St Mary"),
    ]
    assert [kind["name"] for kind in one.meta["guidelines"]] == ["builder", "church"]


def test_a_dropped_type_goes_from_within_others():
    one = followed(replace(ORGAN, fields=ORGAN.fields[:1]), replace(CHURCH, drop=True))
    assert one.meta["instances"] == [instance("organ", name="Great organ", year_built="1714")]
    assert one.meta["ungrounded"] == []


def test_a_type_that_becomes_a_field_gives_its_mentions():
    one = followed(
        replace(ORGAN, fields=ORGAN.fields[2:]), replace(CHURCH, merge_into="organ/house")
    )
    assert one.meta["instances"] == [instance("organ", name="Great organ", house="St Mary")]
    assert ("St Mary", "organ/house") in labelled(one)
