"""Rows to tune a small model on, as chats: the prompts of extraction and classification, answered.

A tuned model then serves `MarkEntities` and `ChooseLabels` with the same settings.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ...data.trees.tree import LabelTree
from ...llm.chat_rows import ChatRow, ChatRows
from ...llm.types import Message
from ...synthesis.provenance import sample_id
from ...synthesis.stage import too_long
from ...types import CharSpan, Sample
from ..asked.choice_prompt import PROMPT, Place, choice_answer, choice_prompt
from ..asked.fusion import fuse
from ..asked.mark import PROMPT as MARK_PROMPT
from ..asked.mark import MarkEntities, topmost
from ..asked.options import Option, none_option, option_of
from . import dynamic
from .dynamic import Dynamic

MARKS = "marks"  # in a row's meta: what stands before and behind a marked span


def extractor_rows(
    samples: Iterable[Sample], tree: LabelTree, how: MarkEntities | None = None
) -> ChatRows:
    """A row a sample: its text in, the text with all its spans marked out.

    how: the extraction to tune for. Of spans that overlap the longest is marked; with `nested`, of
    those that cross. `ext/` spans are not marked. Longer texts than `how` takes are rejected.
    """
    how = how or MarkEntities()
    labels, made = topmost(tree.schema), ChatRows()
    for sample in samples:
        if reject := too_long(sample, how.max_chars, how.name, _origin(sample)):
            made.rejects.append(reject)
        elif sample.text.strip():
            spans = _to_mark(sample, how.nested)
            answer = Message("assistant", how.answer(sample.text, spans))
            meta = {"task": how.name, "prompt": MARK_PROMPT, MARKS: _marks(how, sample.text)}
            turns = (*how.messages(sample.text, labels), answer)
            made.rows.append(ChatRow(turns, {**meta, **_origin(sample)}))
    return made


def classifier_rows(
    samples: Iterable[Sample],
    tree: LabelTree,
    how: Dynamic | None = None,
    *,
    max_chars: int = 2000,
    seed: int = 0,
) -> ChatRows:
    """A row for each level of each span: which of the options is it?

    how: by which the options change from row to row; see Dynamic. max_chars: as of ChooseLabels.
    The same rows for the same seed. Raises FewnerError for labels outside the tree.
    """
    samples = list(samples)
    rows = dynamic.rows(samples, tree, how, seed)
    return ChatRows([_question(samples[row.sample], row, tree, max_chars) for row in rows])


def _question(sample: Sample, row: dynamic.Row, tree: LabelTree, max_chars: int) -> ChatRow:
    options = _options(row.choice, tree)
    place = Place(sample.text, row.span.start, row.span.end)
    asked = choice_prompt(place, options, max_chars).messages
    answer = options[row.choice.answer]
    meta = {
        "task": "choose",
        "prompt": PROMPT,
        **_origin(sample),
        "span": [row.span.start, row.span.end],
        "below": row.parent,
        "label": row.choice.truth,
        "answer": answer.path,
    }
    return ChatRow((*asked, Message("assistant", choice_answer(answer))), meta)


def _options(choice: dynamic.Choice, tree: LabelTree) -> list[Option]:
    pairs = list(zip(choice.options, choice.paths, strict=True))
    known = {path: option_of(tree, path, shown) for shown, path in pairs if path is not None}
    return [
        none_option(known.values(), shown) if path is None else known[path] for shown, path in pairs
    ]


def _marks(how: MarkEntities, text: str) -> list[str]:
    marker = how.marker(text)
    return [marker.opening, marker.closing]


def _origin(sample: Sample) -> dict[str, Any]:
    return {"parents": [sample_id(sample)]}


def _to_mark(sample: Sample, nested: bool) -> list[CharSpan]:
    """Those that can be marked together."""
    spans = list(sample.targets)
    fused = fuse([spans], nested=nested)
    return _uncrossed(fused) if nested else fused


def _uncrossed(spans: Sequence[CharSpan]) -> list[CharSpan]:
    """Of spans that cross the longest, of those the first."""
    kept: list[CharSpan] = []
    for span in sorted(spans, key=lambda one: (one.start - one.end, one.start)):
        if not any(_cross(span, other) for other in kept):
            kept.append(span)
    return sorted(kept)


def _cross(one: CharSpan, other: CharSpan) -> bool:
    first, second = sorted((one, other), key=lambda span: (span.start, -span.end))
    return second.start < first.end < second.end
