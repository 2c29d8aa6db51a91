"""What is made of replies with texts of given classes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...llm.replies.entries import read_entries
from ...llm.replies.json_records import WRONG_TYPE
from ...llm.replies.json_reply import read_json
from ...llm.replies.parsed import Parsed, Problem
from ...llm.types import Reply
from ...types import Reject, Sample
from ..annotated_texts import KEY_DIGITS, Fresh
from ..labels import LabelNames
from ..stage import Outcome

UNKNOWN_CLASS = "unknown class"
OTHER_CLASS = "other class than asked"

# What models write in place of "class".
_KEYS = ("class", "classes", "label", "labels", "category", "categories", "cats")


@dataclass(frozen=True, slots=True)
class ClassedText:
    """A text of a reply; said: the classes that the reply gives it, None where it gives none."""

    text: str
    said: tuple[str, ...] | None = None


def read_classed_texts(reply: Reply) -> Parsed[ClassedText]:
    """The texts of a reply, in order: of objects with a "text", else the strings of a list, else
    lines with numbers or bullets."""
    parsed = read_json(reply.text, ("text",))
    if not parsed.items:
        listed = read_entries(reply.text, cut=reply.finish == "length", glosses=False)
        if listed.items:
            texts = tuple(ClassedText(entry.text) for entry in listed.items)
            return Parsed(texts, listed.problems, listed.prose)
        return Parsed(problems=parsed.problems or listed.problems, prose=parsed.prose)
    items, problems = list[ClassedText](), list(parsed.problems)
    for value in parsed.items:
        text, said = value["text"], _said(value)
        if isinstance(text, str) and (said is None or all(isinstance(one, str) for one in said)):
            items.append(ClassedText(text.strip(), said))
        else:
            problems.append(Problem(WRONG_TYPE, "text or class", repr(value)))
    return Parsed(tuple(items), tuple(problems), parsed.prose)


def _said(value: Mapping[str, Any]) -> tuple[Any, ...] | None:
    said = next((value[key] for key in _KEYS if key in value), None)
    if said is None:
        return None
    return tuple(said) if isinstance(said, list) else (said,)


class WrittenTexts:
    """Makes samples of replies to one run of generation.

    known: texts that count as copies, the seeds.
    """

    def __init__(self, stage: str, names: LabelNames, known: Iterable[str], min_chars: int):
        self._stage, self._names = stage, names
        self._fresh = Fresh(known, min_chars)

    def outcomes(self, replies: Sequence[Reply], asked: Sequence[str]) -> Iterator[Outcome]:
        """A sample of the classes that were asked for, or a reject, for each text; then a reject
        for each piece that is none. asked: ids."""
        (reply,) = replies
        parsed = read_classed_texts(reply)
        for number, text in enumerate(parsed.items):
            yield self._outcome(text, asked, f"{self._stage}-{reply.key[:KEY_DIGITS]}-{number}")
        for problem in parsed.problems:
            yield Reject(problem.reason, problem.detail, self._stage, problem.source)

    def _outcome(self, record: ClassedText, asked: Sequence[str], own_id: str) -> Outcome:
        reason = self._fresh.fault(record.text)
        if reason:
            return Reject(reason, record.text[:120], self._stage, record.text)
        found = {name: self._names.read(name) for name in record.said or ()}
        unknown = next((name for name, label in found.items() if label is None), None)
        if unknown is not None:
            return Reject(UNKNOWN_CLASS, repr(unknown), self._stage, record.text)
        if record.said is not None and set(found.values()) != set(asked):
            detail = f"{', '.join(found)} in place of {', '.join(map(self._names.show, asked))}"
            return Reject(OTHER_CLASS, detail, self._stage, record.text)
        cats = dict.fromkeys(asked, 1.0)
        return Sample(record.text, cats=cats, meta={"id": own_id}, spans_annotated=False)
