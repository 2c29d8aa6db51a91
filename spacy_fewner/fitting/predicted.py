"""What is to be predicted of a text: its spans, its classes, or both."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from ..data.classes.labels import (
    check_exclusive,
    classes_of,
    held,
    is_classified,
    is_unsure,
    kind_of,
)
from ..data.trees import paths
from ..errors import FewnerError
from ..spans.open.given import as_records
from ..textcat.settings import WAYS
from ..types import LabelSpec, Sample, Schema
from .task import Task
from .training.class_config import ClassSettings
from .training.settings import MEASURED, SCRATCH, FitSettings, of_classes

SPANS, CLASSES = "spans", "classes"
NO_SPANS, NO_CLASS = "no spans were looked for in", "no class is given for"


def with_predicted(task: Task, classes: Schema | None, given: Collection[str]) -> Task:
    """The task with the settings of what its examples are annotated with, or of what was asked for.

    classes: the scheme of classes, if one was given; of examples without spans the task's own is
        that too. given: names of settings that keep their value.
    A text that is not annotated for what is predicted is left out, which the task's notes say.
    Raises FewnerError where there is nothing to predict, or classes cannot be told apart.
    """
    wanted = _wanted(task)
    if CLASSES not in wanted:
        _check_unasked(task.settings, classes)
        task = _kept(task, _has_spans, NO_SPANS)
        return _without(task, cats={}) if any(map(is_classified, task.samples)) else task
    if SPANS not in wanted:
        task = _kept(_without(task, spans=()), is_classified, NO_CLASS)
        return _with_classes(replace(task, nested=False), classes, given, alone=True)
    _check_dev(task.dev, _has_spans, NO_SPANS)
    _check_dev(task.dev, is_classified, NO_CLASS)
    return _with_classes(task, classes, given, alone=False)


def _with_classes(task: Task, classes: Schema | None, given: Collection[str], alone: bool) -> Task:
    schema, task = _schemes(task, classes, alone)
    exclusive = _exclusive(task)
    task = _without_unsure(task, alone) if exclusive else task
    settings = of_classes(task.settings, given) if alone else task.settings
    settings, start = _startless(settings, alone)
    way = settings.class_way if alone else _joint_way(settings)
    records = tuple(as_records(Schema(tuple(_specs(task, schema, exclusive)))))
    told = ClassSettings(records, exclusive, way, settings.other, alone)
    return replace(task, settings=replace(settings, classes=told), start=start)


def _check_unasked(settings: FitSettings, classes: Schema | None) -> None:
    """FewnerError for what is said of classes where no text has any."""
    default = FitSettings()
    said = {name: getattr(settings, name) for name in ("exclusive", "class_way", "other")}
    found = {name: one for name, one in said.items() if one != getattr(default, name)}
    if classes is not None:
        found["classes"] = ", ".join(classes.ids)
    for name, value in found.items():
        remedy = 'Leave it out, or give texts their classes ("cats" or "label").'
        raise FewnerError(name, "needs examples with classes", value, remedy)


def _has_spans(sample: Sample) -> bool:
    return sample.spans_annotated


def _wanted(task: Task) -> list[str]:
    found = [SPANS] if any(sample.targets for sample in task.samples) else []
    found += [CLASSES] if any(map(is_classified, task.samples)) else []
    asked = task.settings.predict
    if asked and found and asked not in found:
        remedy = f"Annotate some, or predict {found[0]}."
        raise FewnerError("predict", f"the examples must have {asked}", "none", remedy)
    return [asked] if asked and found else found or [SPANS]


def _kept(task: Task, usable: Callable[[Sample], bool], why: str) -> Task:
    """The task without texts that say nothing of what is predicted."""
    samples = [sample for sample in task.samples if usable(sample)]
    dev = [sample for sample in task.dev if usable(sample)]
    _check_dev(task.dev, usable, why)
    lost = len(task.samples) - len(samples) + len(task.dev) - len(dev)
    notes = (f"{lost} texts left out: {why} them",) if lost else ()
    return replace(task, samples=samples, dev=dev, notes=(*task.notes, *notes))


def _check_dev(dev: Sequence[Sample], usable: Callable[[Sample], bool], why: str) -> None:
    if dev and not any(map(usable, dev)):
        remedy = "Annotate them, or leave dev out."
        raise FewnerError("dev", "must be annotated like the examples", f"{why} any text", remedy)


def _without(task: Task, **nothing: Any) -> Task:
    """The task without what its texts are annotated with and nobody asked for."""
    samples, dev = ([replace(one, **nothing) for one in side] for side in (task.samples, task.dev))
    return replace(task, samples=samples, dev=dev)


def _schemes(task: Task, classes: Schema | None, alone: bool) -> tuple[Schema | None, Task]:
    """The scheme of the classes, and the task with that of the spans alone.

    Where one scheme is given for both, those that the cats of a text name are classes.
    """
    if alone:
        return classes or task.schema, replace(task, schema=None)
    if classes is not None or task.schema is None:
        return classes, task
    named = set(classes_of(task.samples))
    of_classes, of_spans = (
        Schema(tuple(one for one in task.schema if (one.id in named) is wanted))
        for wanted in (True, False)
    )
    return of_classes or None, replace(task, schema=of_spans or None)


def _exclusive(task: Task) -> bool:
    texts = [*task.samples, *task.dev]
    if task.settings.exclusive is None:
        return kind_of(texts) == "exclusive"
    if task.settings.exclusive:
        check_exclusive(texts, "exclusive")
    return task.settings.exclusive


def _without_unsure(task: Task, alone: bool) -> Task:
    """Of exclusive classes, a text of which nobody was sure teaches none."""
    unsure = sum(map(is_unsure, [*task.samples, *task.dev]))
    if not unsure:
        return task
    note = f"{unsure} texts without a class left out: no score of theirs reaches 0.5"
    samples, dev = _unsaid(task.samples), _unsaid(task.dev)
    if alone:
        samples, dev = [*filter(is_classified, samples)], [*filter(is_classified, dev)]
    return replace(task, samples=samples, dev=dev, notes=(*task.notes, note))


def _unsaid(samples: Sequence[Sample]) -> list[Sample]:
    return [replace(one, cats={}) if is_unsure(one) else one for one in samples]


def _specs(task: Task, schema: Schema | None, exclusive: bool) -> list[LabelSpec]:
    """Every class, by what it means; FewnerError for what cannot be told apart."""
    found = classes_of([*task.samples, *task.dev])
    _check_known(task, schema)
    specs = list(schema) if schema else [LabelSpec(label) for label in found]
    seen = {step for one in task.samples for label in held(one) for step in paths.lineage(label)}
    for spec in specs:
        below = any(paths.is_within(other.id, spec.id) for other in specs if other is not spec)
        if spec.id not in seen and not spec.description and not below:
            rule = "must have an example or a definition"
            remedy = "Annotate a text of it, say what it means in labels, or leave it out."
            raise FewnerError("class", rule, spec.id, remedy)
    if len(specs) < (2 if exclusive else 1):
        remedy = "Annotate texts of another class too."
        rule = "must have texts of two classes or more"
        raise FewnerError("examples", rule, f"{specs[0].id} alone", remedy)
    if not exclusive and len(specs) == 1 and all(map(held, filter(is_classified, task.samples))):
        remedy = f'Give texts without it too, as "cats": {{"{specs[0].id}": 0}}.'
        raise FewnerError("examples", "one class needs texts without it", specs[0].id, remedy)
    return specs


def _check_known(task: Task, schema: Schema | None) -> None:
    """FewnerError for a class of the data that the scheme lacks, and one of the dev set alone."""
    known = set(schema.ids) if schema else set(classes_of(task.samples))
    where = "the scheme" if schema else "the examples"
    for sample in [*task.samples, *task.dev]:
        for label in sample.cats:
            if label not in known:
                place = sample.place or repr(sample.text[:60])
                remedy = "Correct it, annotate texts of it, or say in labels what it means."
                raise FewnerError("class", f"must be one of {where}", f"{label}, {place}", remedy)


def _joint_way(settings: FitSettings) -> str:
    """Beside spans the encoder learns from both, so that only its updates are of use."""
    if settings.class_way in (MEASURED, WAYS[0]):
        return WAYS[0]
    rule = "beside spans must be finetune, or left out"
    remedy = "Predict classes alone to train them in another way."
    raise FewnerError("class_way", rule, settings.class_way, remedy)


def _startless(settings: FitSettings, alone: bool) -> tuple[FitSettings, str]:
    """A start is for spans whose encoder is their own; and what is to be said of that."""
    if settings.start not in (MEASURED, SCRATCH):
        rule = "is for spans, with an encoder of their own"
        remedy = "Leave it out, or predict spans alone."
        raise FewnerError("start", rule, f"{settings.start}, with classes", remedy)
    asked = alone or settings.start == SCRATCH
    said = "" if asked else "from scratch; spans and classes share the encoder"
    return replace(settings, start=SCRATCH), said
