"""One chunk of rows through a pipeline: bytes to write, whoever asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import FewnerError
from ..reading.items import Item
from ..reading.rows import Bad, Row, row_of
from ..reading.tokens import in_tokens
from ..writing.formats import Found, encoder
from ..writing.jsonl import rejects_jsonl
from ..writing.layers import Layers, results_of
from ..writing.output import Done

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

RAISED, NO_PLACE = "the pipeline raised", "cannot be written"
_ROOM = (
    "Give fewer texts at once (--batch-size), fewer processes, or leave long ones out "
    "(--max-length). The same command goes on where it was."
)


@dataclass(frozen=True)
class Job:
    """What is done with each text, the same in every process.

    text_column: the field or column of the text; by its usual names if None. max_length: characters
    of a text. into: the field that the results go into together; beside the row's own if None.
    schema: pyarrow's, of Parquet.
    """

    layers: Layers
    format: str
    text_column: str | None
    max_length: int
    into: str | None = None
    schema: Any = None


class Annotator:
    """A loaded pipeline and its job. Calls do not change it."""

    def __init__(self, nlp: "Language", job: Job):
        self._nlp, self._job = nlp, job
        self._encode = encoder(job.format, job.schema)
        nlp.max_length = max(nlp.max_length, job.max_length)

    def __call__(self, items: Sequence[Item]) -> Done:
        """What comes of the rows, in their order; FewnerError where memory ends.

        Words that spaCy meets for the first time are forgotten with the chunk (but for about 40
        bytes each, measured): a vocabulary that keeps each number and name would fill the memory.
        """
        with self._nlp.memory_zone():
            return self._annotated(items)

    def _annotated(self, items: Sequence[Item]) -> Done:
        rows = [row_of(item, self._job.text_column, self._job.max_length) for item in items]
        docs = iter(self._docs([row for row in rows if isinstance(row, Row)]))
        found = [row if isinstance(row, Bad) else self._found(row, next(docs)) for row in rows]
        out, outcomes = self._encoded(found)
        rejects = [one for one in outcomes if isinstance(one, Bad)]
        raised = [bad.detail for bad in rejects if bad.reason == RAISED]
        return Done(
            out,
            rejects_jsonl(rejects),
            len(outcomes) - len(rejects),
            len(rejects),
            len(raised),
            raised[0] if raised else "",
        )

    def _docs(self, rows: list[Row]) -> "list[Doc | Bad]":
        """All at once; where that raises, in halves, until the text at fault is alone."""
        if not rows:
            return []
        try:
            docs = list(self._nlp.pipe(map(self._given, rows), batch_size=len(rows)))
            if len(docs) == len(rows):
                return [*docs]
            raise ValueError("a component gave back other texts than it was given")
        except MemoryError as err:
            rule, value = "must have memory for a batch", f"{len(rows)} texts of it had none"
            raise FewnerError("model", rule, value, _ROOM) from err
        except Exception as err:
            if len(rows) == 1:
                return [rows[0].bad(RAISED, _said(err))]
        half = len(rows) // 2
        return [*self._docs(rows[:half]), *self._docs(rows[half:])]

    def _given(self, row: Row) -> "str | Doc":
        from spacy.tokens import Doc

        if row.tokens is None:
            return row.text
        return Doc(self._nlp.vocab, words=row.tokens.words, spaces=row.tokens.spaces)

    def _found(self, row: Row, doc: "Doc | Bad") -> "Found | Bad":
        if isinstance(doc, Bad):
            return doc
        found = results_of(doc, self._job.layers)
        if row.tokens is not None and row.tokens.offsets is not None:
            for name in {"spans", "ents"} & found.keys():
                found[name] = in_tokens(found[name], row.tokens.offsets)
        return row, doc, found if self._job.into is None else {self._job.into: found}

    def _encoded(self, outcomes: "list[Found | Bad]") -> "tuple[bytes, list[Found | Bad]]":
        """The bytes of those that were found; what the format cannot hold becomes bad."""
        try:
            return self._encode([one for one in outcomes if not isinstance(one, Bad)]), outcomes
        except (ValueError, TypeError, OverflowError):
            outcomes = [one if isinstance(one, Bad) else self._checked(one) for one in outcomes]
        return self._encode([one for one in outcomes if not isinstance(one, Bad)]), outcomes

    def _checked(self, found: "Found") -> "Found | Bad":
        try:
            self._encode([found])
        except (ValueError, TypeError, OverflowError) as err:
            return found[0].bad(NO_PLACE, _said(err))
        return found


def _said(err: Exception) -> str:
    lines = [line.strip() for line in str(err).splitlines() if line.strip()]
    return ": ".join([type(err).__name__, *lines[:1]])
