"""Several stages over single texts: what is kept by which text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from synthesis_helpers import SCHEMA, SEEDS, sample

from spacy_fewner.synthesis.provenance import sample_id
from spacy_fewner.synthesis.run_stages import Course, run_stages
from spacy_fewner.synthesis.stage import Outcome
from spacy_fewner.types import CharSpan, Reject, Sample


@dataclass
class Writes:
    """So many new texts of each sample."""

    n: int = 1

    def __call__(self, samples: Iterable[Sample], *_: Any) -> Iterator[Outcome]:
        for one in samples:
            for number in range(self.n):
                text = f"{one.text} New {number}."
                # One reply for the same text, so the same id: as stages that ask make it.
                yield Sample(text, meta={"id": f"w-{number}", "parents": [sample_id(one)]})


@dataclass
class Marks:
    """A span over each text, but of those that begin with `refused`, which it rejects."""

    refused: str = "#"

    def __call__(self, samples: Iterable[Sample], *_: Any) -> Iterator[Outcome]:
        for one in samples:
            meta = {**one.meta, "parents": [sample_id(one)]}
            if one.text.startswith(self.refused):
                yield Reject("refused", "", "marks", one.text, meta)
            else:
                spans = (*one.spans, CharSpan(0, len(one.text), "ext/text"))
                yield replace(one, spans=spans, meta=meta)


def run(samples: list[Sample], *stages: Any) -> list[Course]:
    named = {f"stage {n}": stage for n, stage in enumerate(stages)}
    return run_stages(samples, named, SCHEMA, None)


def test_annotation_stays_with_its_text_and_new_texts_with_the_one_they_came_from():
    courses = run(SEEDS, Marks(), Writes(2))
    for seed, course in zip(SEEDS, courses, strict=True):
        assert course.annotated
        assert course.own.spans == (*seed.spans, CharSpan(0, len(seed.text), "ext/text"))
        assert [made.text for made in course.made] == [f"{seed.text} New {n}." for n in (0, 1)]
        assert not any(made.spans for made in course.made)


def test_later_stages_get_what_earlier_ones_wrote():
    (course,) = run(SEEDS[:1], Writes(1), Marks(), Writes(1))
    first = f"{SEEDS[0].text} New 0."
    assert [made.text for made in course.made] == [first, first, f"{first} New 0."]
    assert [len(made.spans) for made in course.made] == [1, 0, 0]


def test_the_same_text_twice_is_kept_apart():
    twins = [sample("Twice.", ("Twice", "STOP")), sample("Twice.", ("ice", "PART"))]
    courses = run(twins, Writes(1), Writes(1), Marks())
    assert [course.own.spans[0] for course in courses] == [twin.spans[0] for twin in twins]
    assert [len(course.made) for course in courses] == [3, 3]
    ids = [one.meta["id"] for course in courses for one in course.samples]
    assert len(set(ids)) == len(ids)


def test_a_rejected_text_is_dropped_but_never_the_one_it_came_from():
    seed = sample("# is refused.", ("refused", "FAULT"))
    (course,) = run([seed], Writes(2), Marks())
    assert course.own.text == seed.text and course.own.spans == seed.spans
    assert not course.annotated and course.made == []
    assert [reject.text for reject in course.rejects] == [
        seed.text, f"{seed.text} New 0.", f"{seed.text} New 1.",
    ]  # fmt: skip


def test_blank_texts_are_not_given_to_stages():
    courses = run([sample("  "), sample(""), SEEDS[0]], Writes(1))
    assert [len(course.made) for course in courses] == [0, 0, 1]
    assert [course.made for course in run([sample(" ")], Writes(1))] == [[]]
    assert run([], Writes(1)) == []


def test_outcomes_of_all_texts_together_go_to_the_first():
    def on_its_own(samples: Iterable[Sample], *_: Any) -> Iterator[Outcome]:
        yield Reject("unread", "", "merge")
        yield Sample("Of nobody.", meta={"parents": ["unknown"]})

    first, second = run(SEEDS[:2], on_its_own)
    assert [reject.reason for reject in first.rejects] == ["unread"]
    assert [made.text for made in first.made] == ["Of nobody."]
    assert not second.rejects and not second.made
