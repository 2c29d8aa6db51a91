"""The page of benchmarks/discover.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.provenance import foot, table
from spacy_fewner.discovery.type_statistics import type_statistics
from spacy_fewner.distill.rows.conversations import Conversations, conversation_rows
from spacy_fewner.distill.rows.row_sets import RowSet
from spacy_fewner.synthesis.induction.turns import TURNS

if TYPE_CHECKING:
    from benchmarks.discover import Found
    from spacy_fewner.llm.models.openai_settings import OpenAISettings


def page(found: Sequence[Found], model: str, settings: OpenAISettings, how: dict[str, str]) -> str:
    guidelines = found[0]
    lines = [
        "# Open extraction with a small model: what can be read, what is in the text",
        f"{model}, temperature {settings.temperature}, top-p {settings.top_p}, at most "
        f"{settings.max_tokens} tokens a reply. {len(guidelines.given)} documents of 70 to 220 "
        f"words (encyclopedia abstracts, lab protocols, syntheses of materials), and Wikipedia "
        "sentences as passages.",
        "## Guidelines: four turns a document",
        table(("turn", "asked", "read", "share", "why not"), _turns(guidelines)),
        "Short and long documents:",
        table(("words", "documents", "kept", "told", "in the text"), _lengths(guidelines)),
        "## All ways",
        table(
            ("way", "texts", "kept", "calls", "told", "in the text", "types", "why not"),
            map(_cells, found),
        ),
        "A thing told is a type and a surface, once a text; `in the text` is the share that is "
        "grounded, which alone becomes spans. Types with guidelines count fields too.",
        "## Types, merged",
        table(("way", "merged", "named", "types left", "refused"), _merged(found)),
        "## How mentions are spread over types (as told, before merging)",
        *(
            f"**{one.says}**\n\n```\n{type_statistics(one.kept).to_text()}\n```"
            for one in found[:2]
        ),
        "## Rows to tune on, of the types by name",
        table(("negatives", "rows", "queries", "of these answered with nothing"), _rows(found[1])),
        foot(how),
    ]
    return "\n\n".join(lines) + "\n"


def _turns(found: Found) -> Iterable[list[str]]:
    failed = Counter(one.meta.get("turn", "") for one in found.rejects)
    reasons: dict[str, Counter[str]] = {}
    for one in found.rejects:
        reasons.setdefault(one.meta.get("turn", ""), Counter())[one.reason] += 1
    left = len(found.given) - failed[""]
    for turn in TURNS:
        read = left - failed[turn]
        why = _why(reasons.get(turn, Counter()))
        yield [turn, str(left), str(read), _share(read, left), why]
        left = read


def _lengths(found: Found) -> Iterable[list[str]]:
    """The shorter half and the longer half."""
    pairs = sorted(
        zip(found.given, found.made, strict=True), key=lambda pair: len(pair[0].text.split())
    )
    half = len(pairs) // 2
    for part in (pairs[:half], pairs[half:]):
        given, made = zip(*part, strict=True)
        one = replace(found, given=given, made=made)
        words = [len(sample.text.split()) for sample in given]
        inside, outside = one.grounded
        yield [
            f"{words[0]} to {words[-1]}",
            str(len(given)),
            _share(len(one.kept), len(given)),
            str(inside + outside),
            _share(inside, inside + outside),
        ]


def _cells(found: Found) -> list[str]:
    inside, outside = found.grounded
    return [
        found.says,
        str(len(found.given)),
        _share(len(found.kept), len(found.given)),
        str(found.calls),
        str(inside + outside),
        _share(inside, inside + outside),
        str(len(found.labels)),
        _why(Counter(one.reason for one in found.rejects)),
    ]


def _rows(found: Found) -> Iterable[list[str]]:
    given = RowSet("passages", found.kept)
    for drawing in ("none", "uniform", "frequency"):
        made = conversation_rows([given], Conversations(negatives=drawing)).rows
        answers = [
            turn.content for row in made for turn in row.messages if turn.role == "assistant"
        ]
        lists = [one for one in answers if one.startswith("[")]
        empty = sum(one == "[]" for one in lists)
        yield [drawing, str(len(made)), str(len(lists)), _share(empty, len(lists))]


def _merged(found: Sequence[Found]) -> Iterable[list[str]]:
    for one in found:
        for how, types in one.types.items():
            refused = _why(Counter(reject.reason for reject in types.rejects))
            yield [one.says, how, str(types.named), str(len(types)), refused]


def _why(reasons: Counter[str]) -> str:
    return ", ".join(f"{reason} {n}" for reason, n in reasons.most_common()) or "–"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"
