"""A stage as a task of spacy-llm."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Iterable, Tuple  # noqa: UP035 (spacy-llm takes no other)

from spacy.tokens import Doc

from ...data.docs import META, doc_to_sample
from ...errors import FewnerError
from ...llm.budget import rough_tokens
from ...llm.models.chat_text import ChatText, reply_of
from ...types import CharSpan, Reject, Sample, Schema
from .. import pieces
from ..provenance import inherited, sample_id
from ..run_stages import Course, StageCall
from ..stages.key_phrases import PHRASE
from .document_parts import cut
from .exchange import Exchange, course_of, prompts_of
from .on_docs import add_rejects, add_samples, declare, misaligned, put_spans

NO_ENTITY = "no entity"

SHARES = 3  # of the context beyond instructions: one for the text, two for a reply about it
_LEAST_TOKENS = 8  # of a part
_BYTES_PER_TOKEN = 4  # as rough_tokens has it


class StageTask:
    """Asks a stage's prompt about each part of a doc, and puts what it makes on the Doc.

    stage: makes one call a sample. name: what rejects call it.
    schema: target labels; those of each doc if it has none.
    spans_key: where a doc's spans are, and where new ones of its text are added. Texts go to
        `doc._.synthetic`, what was turned away to `doc._.synthetic_rejects`.
    max_chars: of a part. Parts are also kept within the model's context where that is known.
    about_entities: docs without target entities or marked key phrases are not asked about, but
        rejected.
    shares: the text of a part gets one of so many of the context beyond instructions; the others
        are for what prompt and reply say about it.

    The shards that spacy-llm passes on are the doc itself, once a part: so nothing is ever joined,
    no offset moves, and nothing that the doc has is lost.
    """

    def __init__(
        self,
        stage: StageCall,
        name: str,
        schema: Schema,
        spans_key: str,
        max_chars: int,
        about_entities: bool = False,
        shares: int = SHARES,
    ):
        declare()
        self.stage, self.name, self.schema = stage, name, schema
        self.spans_key, self.max_chars, self.about_entities = spans_key, max_chars, about_entities
        self.shares = shares
        self._context_length: int | None = None

    def generate_prompts(
        self, docs: Iterable[Doc], context_length: int | None = None
    ) -> Iterable[Tuple[Iterable[str], Iterable[Doc]]]:  # noqa: UP006
        """For each doc its prompts, maybe none, and the doc, at least once."""
        self._context_length = context_length
        for doc in docs:
            asked = (
                prompts_of(self.stage, part, self._schema(part)) for _, part in self._parts(doc)
            )
            prompts = [ChatText(prompt) for of_part in asked for prompt in of_part]
            yield prompts, [doc] * max(1, len(prompts))

    def parse_responses(
        self, shards: Iterable[Iterable[Doc]], responses: Iterable[Iterable[str]]
    ) -> Iterable[Doc]:
        """The same docs, with what the replies say."""
        for same, texts in zip(shards, responses, strict=True):
            doc = next(iter(same))
            exchange = Exchange(map(reply_of, texts))
            courses = [
                (start, course_of(self.stage, part, self._schema(part), exchange))
                for start, part in self._parts(doc)
            ]
            self._annotate(doc, [(start, course) for start, course in courses if course.annotated])
            add_samples(doc, [sample for _, course in courses for sample in course.made])
            add_rejects(doc, [reject for _, course in courses for reject in course.rejects])
            if self.about_entities and not courses and doc.text.strip():
                detail = "nothing was asked; spacy-fewner.KeyPhrases.v1 finds key phrases"
                add_rejects(doc, [Reject(NO_ENTITY, detail, self.name, doc.text)])
            yield doc

    def _annotate(self, doc: Doc, courses: list[tuple[int, Course]]) -> None:
        if not courses:
            return
        whole = doc_to_sample(doc, self.spans_key)
        moved = [
            pieces.moved(span, start) for start, course in courses for span in course.own.spans
        ]
        lost = put_spans(doc, [*whole.spans, *moved], self.spans_key)
        add_rejects(doc, misaligned(doc, lost, self.name))
        calls = [call for _, course in courses for call in course.own.meta["calls"]]
        step = {**courses[0][1].own.meta, "calls": calls}
        doc.user_data[META] = {**inherited(whole), **step}

    def _parts(self, doc: Doc) -> Iterator[tuple[int, Sample]]:
        """Where each part starts, and the part."""
        whole = doc_to_sample(doc, self.spans_key)
        subjects = self._subjects(whole.spans, self._schema(whole))
        if not doc.text.strip() or (self.about_entities and not subjects):
            return
        size = self._part_chars(doc.text, _probe(subjects))
        for start, end in cut(doc, size, whole.spans):
            part = replace(pieces.cut(whole, start, end), meta={"id": sample_id(whole)})
            if not self.about_entities or self._subjects(part.spans, self._schema(whole)):
                yield start, part

    def _subjects(self, spans: Sequence[CharSpan], schema: Schema) -> list[CharSpan]:
        """Target entities; if there are none, key phrases."""
        targets = [span for span in spans if span.label in schema]
        return targets or [span for span in spans if span.label == PHRASE]

    def _schema(self, sample: Sample) -> Schema:
        return self.schema if len(self.schema) else Schema.from_samples([sample])

    def _part_chars(self, text: str, probe: Sample) -> int:
        """So many that instructions, part and reply fit into the context."""
        if self._context_length is None:
            return self.max_chars
        frame = max(map(rough_tokens, prompts_of(self.stage, probe, self._schema(probe))))
        tokens = (self._context_length - frame) // self.shares
        if tokens < _LEAST_TOKENS:
            rule = f"must have room for a text besides about {frame} tokens of instructions"
            remedy = "Use a model with a longer context."
            raise FewnerError("context_length", rule, self._context_length, remedy)
        bytes_per_char = len(text.encode("utf8", "replace")) / len(text)
        return min(self.max_chars, int(tokens * _BYTES_PER_TOKEN / bytes_per_char))


def _probe(subjects: Sequence[CharSpan]) -> Sample:
    """The shortest text there is, with a token and a span so that there is something to ask."""
    spans = tuple(CharSpan(0, 1, span.label) for span in subjects[:1])
    return Sample("x", spans, tokens=((0, 1),))
