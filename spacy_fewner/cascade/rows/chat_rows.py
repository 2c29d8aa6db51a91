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
from ...types import Reject, Sample
from ..asked.choice_prompt import Place, choice_answer, choice_prompt, prompt_name
from ..asked.demonstrations import Demonstrations
from ..asked.fusion import to_mark
from ..asked.mark import MarkEntities, topmost
from ..asked.options import Option, none_option, option_of
from . import dynamic
from .dynamic import Dynamic

MARKS = "marks"  # in a row's meta: what stands before and behind a marked span
DEMONSTRATED = "shown as a demonstration"
_SHOWN = 60  # characters of a text in a reject's detail


def extractor_rows(
    samples: Iterable[Sample], tree: LabelTree, how: MarkEntities | None = None
) -> ChatRows:
    """A row a sample: its text in, the text with all its spans marked out.

    how: the extraction to tune for. Of spans that overlap the longest is marked; with `nested`, of
    those that cross. `ext/` spans are not marked. Longer texts than `how` takes are rejected, and
    those that it shows as demonstrations, whose answer they would give away.
    """
    how = how or MarkEntities()
    labels, made = topmost(tree.schema), ChatRows()
    for sample in samples:
        if reject := too_long(sample, how.max_chars, how.name, _origin(sample)):
            made.rejects.append(reject)
        elif sample.text in how.shown:
            detail, own = repr(sample.text[:_SHOWN]), _origin(sample)
            made.rejects.append(Reject(DEMONSTRATED, detail, how.name, sample.text, own))
        elif sample.text.strip():
            spans = to_mark(sample.targets, how.nested)
            answer = Message("assistant", how.answer(sample.text, spans))
            meta = {"task": how.name, "prompt": how.prompt, MARKS: _marks(how, sample.text)}
            turns = (*how.messages(sample.text, labels), answer)
            made.rows.append(ChatRow(turns, {**meta, **_origin(sample)}))
    return made


def classifier_rows(
    samples: Iterable[Sample],
    tree: LabelTree,
    how: Dynamic | None = None,
    *,
    max_chars: int = 2000,
    context: bool = True,
    demonstrations: Sequence[Sample] = (),
    shots: int = 4,
    language: str = "en",
    seed: int = 0,
) -> ChatRows:
    """A row for each level of each span: which of the options is it?

    how: by which the options change from row to row; see Dynamic. max_chars, context,
    demonstrations, shots, language: as of ChooseLabels.
    The same rows for the same seed. Raises FewnerError for labels outside the tree.
    """
    samples = list(samples)
    shown = Demonstrations(demonstrations, shots)
    made = ChatRows()
    for number, row in enumerate(dynamic.rows(samples, tree, how, seed, language)):
        sample, options = samples[row.sample], _options(row.choice, tree, language)
        place = Place(sample.text, row.span.start, row.span.end)
        examples = shown.of(options, sample.text, f"{seed} {number}")
        told: Any = {"context": context, "shown": examples, "language": language}
        prompt = choice_prompt(place, options, max_chars, **told)
        answer = Message("assistant", choice_answer(options[row.choice.answer]))
        meta = {"prompt": prompt_name(context, language), **_meta(sample, row)}
        made.rows.append(ChatRow((*prompt.messages, answer), meta))
    return made


def _meta(sample: Sample, row: dynamic.Row) -> dict[str, Any]:
    return {
        "task": "choose",
        **_origin(sample),
        "span": [row.span.start, row.span.end],
        "below": row.parent,
        "label": row.choice.truth,
        "answer": row.choice.paths[row.choice.answer],
    }


def _options(choice: dynamic.Choice, tree: LabelTree, language: str) -> list[Option]:
    pairs = list(zip(choice.options, choice.paths, strict=True))
    known = {
        path: option_of(tree, path, shown, language) for shown, path in pairs if path is not None
    }
    return [
        none_option(known.values(), shown, language) if path is None else known[path]
        for shown, path in pairs
    ]


def _marks(how: MarkEntities, text: str) -> list[str]:
    marker = how.marker(text)
    return [marker.opening, marker.closing]


def _origin(sample: Sample) -> dict[str, Any]:
    return {"parents": [sample_id(sample)]}
