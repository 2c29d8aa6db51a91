"""Samples as a caller gives them: our own, plain dicts, spaCy's docs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from os import PathLike
from typing import Any

from ..errors import FewnerError, warn
from ..types import CharSpan, Sample
from .docs import SPANS_KEY, check_key, doc_to_sample
from .formats.record import ACCEPTED, sample_from_record
from .formats.unread import check_fields

_REMEDY = (
    'Write {"text": "Ada left", "spans": [{"start": 0, "end": 3, "label": "PER"}]}, or give Sample '
    "objects, spaCy Docs or Examples."
)


def as_samples(given: Iterable[Any], name: str, spans_key: str | None = SPANS_KEY) -> list[Sample]:
    """A list of samples from `Sample`s, dicts, spaCy Docs and Examples, mixed as they come.

    name: how errors call the list, as in `examples[3]`.
    A dict is what a line of a JSONL file is, in either form (`formats.record`); one whose "answer"
    is not "accept" is left out, with a warning. Of a Doc `doc.spans[spans_key]` is read, or
    `doc.ents` where it has no such key, nothing if spans_key is None; of an Example its reference.
    Raises FewnerError that says which item cannot be read, and why.
    """
    _refuse_single(given, name)
    samples: list[Sample] = []
    answers: Counter[str] = Counter()
    records: list[tuple[str, Any]] = []
    for index, item in enumerate(given):
        sample = _sample(item, f"{name}[{index}]", spans_key)
        if isinstance(item, Mapping):
            records.append((f"{name}[{index}]", item))
        if sample is None:
            answers[str(item["answer"])] += 1
        else:
            samples.append(sample)
    check_fields(records)
    warn_of_answers(name, answers, len(samples))
    return samples


def warn_of_answers(where: str, answers: Counter[str], kept: int) -> None:
    """Warn of records left out for their `answer`; nothing where there are none.

    answers: each with its number of records.
    """
    if answers:
        counts = ", ".join(f"{count} {answer}" for answer, count in answers.most_common())
        of_all = f"{answers.total()} of {answers.total() + kept} records"
        warn(f"{where}: {of_all} left out, as their answer is not {ACCEPTED!r}: {counts}.")


def _refuse_single(given: Any, name: str) -> None:
    if isinstance(given, (str, bytes, PathLike)):
        remedy = "Read the file first: spacy_fewner.data.read_samples(path)."
        raise FewnerError(name, "must be a list of samples", str(given), remedy)
    if isinstance(given, (Mapping, Sample)) or _is_doc(given) or not isinstance(given, Iterable):
        remedy = "Put it into a list: [sample]." if given is not None else _REMEDY
        raise FewnerError(name, "must be a list of samples", given, remedy)


def _sample(item: Any, where: str, spans_key: str | None) -> Sample | None:
    if isinstance(item, Sample):
        return _whole(item, where)
    if isinstance(item, Mapping):
        return sample_from_record(_with_lists(item), where)
    doc = getattr(item, "reference", item)  # of an Example
    if _is_doc(doc):
        if spans_key is None:
            return replace(doc_to_sample(doc), spans=())
        check_key([doc], spans_key, where)
        return doc_to_sample(doc, spans_key)
    raise FewnerError(where, "must be an annotated text", item, _REMEDY)


def _whole(sample: Sample, where: str) -> Sample:
    """The sample; FewnerError if it was made of something else than text and spans."""
    if not isinstance(sample.text, str):
        raise FewnerError(f"{where}.text", "must be a string", sample.text, "Give the text.")
    for number, span in enumerate(sample.spans):
        if not isinstance(span, CharSpan):
            remedy = 'Write CharSpan(0, 5, "NAME"), or give the sample as a dict.'
            raise FewnerError(f"{where}.spans[{number}]", "must be a CharSpan", span, remedy)
    return sample


def _with_lists(item: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has it: Python users write tuples where JSON has lists."""
    return {key: list(v) if isinstance(v, tuple) else v for key, v in item.items()}


def _is_doc(item: Any) -> bool:
    from spacy.tokens import Doc

    return isinstance(item, Doc)
