"""The checks of an audit on the classes of texts, each a generator of findings."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ...types import Sample, Schema
from ..classes.labels import (
    chosen,
    classes_of,
    classified,
    deepest,
    has_none,
    held,
    is_classified,
    is_unsure,
    kind_of,
)
from ..classes.names import variants
from .finding import Finding
from .leakage import KnownTexts
from .near import normalize

_FEW_SEVERAL = 0.02  # of the texts: so few with two classes are likely mistakes


def class_findings(
    samples: Sequence[Sample],
    scheme: Schema | None,
    against: Mapping[str, Sequence[Sample]],
    exclusive: bool | None,
    min_count: int,
) -> Iterator[Finding]:
    """Nothing where no text was annotated for classes.

    scheme: the classes allowed, some with definitions. exclusive: as asked; None if the data
    decide. min_count: the fewest texts that a class without a definition may have; 0 asks for none.
    """
    annotated = classified(samples)
    if not annotated:
        return
    one_each = kind_of(annotated) == "exclusive" if exclusive is None else exclusive
    for index, sample in enumerate(samples):
        yield from _text_findings(index, sample, one_each, scheme)
    yield from _name_findings(annotated, scheme)
    yield from _count_findings(annotated, scheme, min_count)
    yield from _likeness_findings(samples)
    yield from _kind_findings(annotated, exclusive)
    yield from _unseen(annotated, scheme, against)
    yield from _partly_annotated(samples)


def class_counts(samples: Sequence[Sample]) -> Counter[str]:
    """Texts of each class that a text names, 0 of one that never holds."""
    counts = Counter(dict.fromkeys(classes_of(samples), 0))
    counts.update(name for sample in samples for name in held(sample))
    return counts


def has_classes_alone(samples: Sequence[Sample]) -> bool:
    """Whether some texts have classes, and none has a span: then none was looked for."""
    return any(map(is_classified, samples)) and not any(sample.spans for sample in samples)


def _text_findings(
    index: int, sample: Sample, one_each: bool, scheme: Schema | None
) -> Iterator[Finding]:
    names = chosen(sample)
    if one_each and (len(names) > 1 or has_none(sample)):
        detail = " and ".join(names) or f"none of {', '.join(sample.cats)}"
        yield Finding("several classes", index, None, detail)
    if one_each and is_unsure(sample):
        yield Finding("no class holds", index, None, _scores(sample))
    elif any(score not in (0, 1) for score in sample.cats.values()):
        yield Finding("score in between", index, None, _scores(sample))
    for name in sample.cats if scheme is not None else ():
        if scheme is not None and name not in scheme and not _is_above(name, scheme):
            yield Finding("unknown class", index, None, name)


def _scores(sample: Sample) -> str:
    return ", ".join(f"{name} {score:g}" for name, score in sample.cats.items())


def _is_above(name: str, scheme: Schema) -> bool:
    return any(one.startswith(f"{name}/") for one in scheme.ids)


def _name_findings(samples: Sequence[Sample], scheme: Schema | None) -> Iterator[Finding]:
    counts = class_counts(samples)
    for group in variants({*counts, *(scheme.ids if scheme else ())}):
        best = max(group, key=lambda name: (counts[name], name))
        shown = " and ".join(f"{name!r} ({counts[name]} texts)" for name in group)
        remedy = f"Write {best!r} everywhere, or name them apart if they are two classes."
        yield Finding("class variants", None, None, shown, remedy=remedy)


def _count_findings(
    samples: Sequence[Sample], scheme: Schema | None, min_count: int
) -> Iterator[Finding]:
    counts = class_counts(samples)
    defined = {label.id for label in scheme if label.description} if scheme else set()
    has_spans = any(sample.spans for sample in samples)
    for name in sorted({*counts, *(scheme.ids if scheme and not has_spans else ())} - defined):
        if not counts[name] and min_count:
            yield Finding("unknown meaning", None, None, f"{name}: no text, no definition")
        elif counts[name] < min_count:
            plural = "s" if counts[name] > 1 else ""
            detail = f"{counts[name]} text{plural} of {name}, {min_count} needed"
            yield Finding("rare class", None, None, detail)
    known = deepest({*counts, *defined})
    if len(known) == 1 and all(map(held, samples)):
        yield Finding("single class", None, None, known[0])


def _likeness_findings(samples: Sequence[Sample]) -> Iterator[Finding]:
    """Of annotated texts: all of them the same, or some with other classes than their twins."""
    kept = [(index, one) for index, one in enumerate(samples) if one.cats and one.text.strip()]
    if len(kept) > 1 and len({normalize(sample.text) for _, sample in kept}) == 1:
        yield Finding("equal texts", None, None, f"{len(kept)} times {kept[0][1].text[:60]!r}")
        return
    known = KnownTexts()
    for index, sample in kept:
        leak = known.find(sample.text)
        known.add(sample.text)
        if leak is None:
            continue
        before, other = kept[leak.other]
        if sorted(chosen(sample)) != sorted(chosen(other)):
            kind = "conflicting classes" if leak.exact else "near conflict"
            twin = "" if leak.exact else f": {other.text[:60]!r}"
            here, there = (_named(one) for one in (sample, other))
            detail = f"{here} against {there} of example {before + 1}{twin}"
            yield Finding(kind, index, None, detail)


def _named(sample: Sample) -> str:
    return " and ".join(chosen(sample)) or "no class"


def _kind_findings(samples: Sequence[Sample], exclusive: bool | None) -> Iterator[Finding]:
    several = [sample for sample in samples if len(chosen(sample)) > 1]
    none = any(map(has_none, samples))
    if exclusive is None and several and not none and len(several) <= _FEW_SEVERAL * len(samples):
        where = several[0].place or repr(several[0].text[:60])
        detail = f"{len(several)} of {len(samples)} texts have more than one, the first {where}"
        yield Finding("hardly several", None, None, detail)


def _unseen(
    samples: Sequence[Sample], scheme: Schema | None, against: Mapping[str, Sequence[Sample]]
) -> Iterator[Finding]:
    here = {name for sample in samples for name in held(sample)}
    here |= {label.id for label in scheme if label.description} if scheme else set()
    for other, texts in against.items():
        found: defaultdict[str, int] = defaultdict(int)
        for name in (name for sample in texts for name in chosen(sample) if name not in here):
            found[name] += 1
        for name, count in sorted(found.items()):
            plural = "s" if count > 1 else ""
            yield Finding("unseen class", None, None, f"{name}: {count} text{plural} in {other}")


def _partly_annotated(samples: Sequence[Sample]) -> Iterator[Finding]:
    total = len(samples)
    without = sum(not is_classified(sample) for sample in samples)
    if without:
        yield Finding("without class", None, None, f"{without} of {total} texts")
    without = sum(not sample.spans_annotated for sample in samples)
    if without and not has_classes_alone(samples):
        yield Finding("without spans", None, None, f"{without} of {total} texts")
