"""One chunk of rows through a pipeline: bytes to write, whoever asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import FewnerError
from ..reading.items import Item
from ..reading.rows import Bad, Row, row_of
from ..writing.formats import encode
from ..writing.jsonl import rejects_jsonl
from ..writing.layers import Layers, results_of
from ..writing.output import Done

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

RAISED = "the pipeline raised"
_ROOM = (
    "Give fewer texts at once (--batch-size), fewer processes, or leave long ones out "
    "(--max-length). The same command goes on where it was."
)


@dataclass(frozen=True)
class Job:
    """What is done with each text, the same in every process.

    text_column: the field or column of the text; by its usual names if None. max_length: characters
    of a text. into: the field that the results go into together; beside the row's own if None.
    """

    layers: Layers
    format: str
    text_column: str | None
    max_length: int
    into: str | None = None


class Annotator:
    """A loaded pipeline and its job. Calls do not change it."""

    def __init__(self, nlp: "Language", job: Job):
        self._nlp, self._job = nlp, job
        nlp.max_length = max(nlp.max_length, job.max_length)

    def __call__(self, items: Sequence[Item]) -> Done:
        """What comes of the rows, in their order; FewnerError where memory ends."""
        rows = [row_of(item, self._job.text_column, self._job.max_length) for item in items]
        docs = self._docs([row for row in rows if isinstance(row, Row)])
        found: list[tuple[Row, Doc]] = []
        rejects: list[Bad] = []
        for row in rows:
            doc = row if isinstance(row, Bad) else docs.pop(0)
            if isinstance(doc, Bad):
                rejects.append(doc)
            elif isinstance(row, Row):
                found.append((row, doc))
        out = encode(found, self._job.format, self._results)
        return Done(out, rejects_jsonl(rejects), len(found), len(rejects))

    def _results(self, doc: "Doc") -> dict[str, Any]:
        found = results_of(doc, self._job.layers)
        return found if self._job.into is None else {self._job.into: found}

    def _docs(self, rows: list[Row]) -> "list[Doc | Bad]":
        """All at once; where that raises, in halves, until the text at fault is alone."""
        try:
            texts = [row.text for row in rows]
            return list(self._nlp.pipe(texts, batch_size=len(texts))) if texts else []
        except MemoryError as err:
            rule, value = "must have memory for a batch", f"{len(rows)} texts of it had none"
            raise FewnerError("model", rule, value, _ROOM) from err
        except Exception as err:
            if len(rows) == 1:
                return [_raised(rows[0], err)]
        half = len(rows) // 2
        return [*self._docs(rows[:half]), *self._docs(rows[half:])]


def _raised(row: Row, err: Exception) -> Bad:
    lines = [line.strip() for line in str(err).splitlines() if line.strip()]
    return Bad(row.item, RAISED, ": ".join([type(err).__name__, *lines[:1]]), row.raw or row.text)
