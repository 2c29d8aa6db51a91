"""Several stages over single texts, with what comes of each text kept by it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TypeAlias

from ..llm.client import Client
from ..types import Reject, Sample, Schema
from .provenance import sample_id
from .stage import Outcome, schema_for

StageCall: TypeAlias = Callable[..., Iterator[Outcome]]


@dataclass
class Course:
    """What has become of one text.

    own: the text itself, as stages annotated it. made: texts written from it. rejects: in order.
    annotated: whether any stage did.
    """

    own: Sample
    made: list[Sample] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    annotated: bool = False

    @property
    def samples(self) -> list[Sample]:
        return [self.own, *self.made]

    def take(self, parent: Sample, outcome: Outcome) -> None:
        """A sample of its parent's text replaces it; a made text that is rejected is dropped."""
        if isinstance(outcome, Reject):
            self.rejects.append(outcome)
            self.made = [sample for sample in self.made if sample is not parent]
        elif parent is self.own and outcome.text == parent.text:
            self.own, self.annotated = outcome, True
        elif outcome.text == parent.text:
            self.made = [outcome if sample is parent else sample for sample in self.made]
        else:
            self.made.append(outcome)


def run_stages(
    samples: Sequence[Sample],
    stages: Mapping[str, StageCall],
    schema: Schema,
    client: Client | None,
) -> list[Course]:
    """Run each stage over the texts and all that the stages before have written from them.

    schema: the labels; an empty one takes, for each stage, those of the texts that it is about.

    A stage gets all of them at once, so that the client has many prompts to ask together. What it
    leaves unmentioned stays. Outcomes go to the text of their first parent; those of a stage that
    names none (of all texts together) to the first text.
    """
    courses = [Course(sample) for sample in samples]
    for stage in stages.values():
        if courses:
            _run(stage, courses, schema if len(schema) else schema_for(stage, samples), client)
    return courses


def _run(stage: StageCall, courses: list[Course], schema: Schema, client: Client | None) -> None:
    parents = _named(courses)
    given = [parent for _, parent in parents.values() if parent.text.strip()]
    if not given:
        return
    first = next(iter(parents.values()))
    for outcome in stage(given, schema, client):
        named = outcome.meta.get("parents") or [""]
        course, parent = parents.get(named[0], first)
        course.take(parent, outcome)


def _named(courses: list[Course]) -> dict[str, tuple[Course, Sample]]:
    """Every sample by an id of its own: until then the same text has the same id."""
    named: dict[str, tuple[Course, Sample]] = {}

    def name(course: Course, sample: Sample) -> Sample:
        own = _with_id(sample, named)
        named[own.meta["id"]] = (course, own)
        return own

    for course in courses:
        course.own = name(course, course.own)
        course.made = [name(course, sample) for sample in course.made]
    return named


def _with_id(sample: Sample, taken: Mapping[str, object]) -> Sample:
    start = sample_id(sample)
    ids = (start if number == 1 else f"{start}~{number}" for number in count(1))
    return replace(sample, meta={**sample.meta, "id": next(one for one in ids if one not in taken)})
