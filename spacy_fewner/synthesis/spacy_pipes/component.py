"""The factory `fewner_synth`: stages of synthesis over docs, the results on the Doc."""

from collections.abc import Mapping
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from ...data.config_keys import check_config_keys
from ...data.docs import META, SPANS_KEY, doc_to_sample
from ...errors import FewnerError
from ...llm.client import Client
from ...llm.connect import Connection
from ...types import Schema
from ..run_stages import Course, StageCall, run_stages
from .batches import BatchPipe
from .on_docs import add_rejects, add_samples, declare, misaligned, put_spans
from .processes import refuse_processes
from .target_labels import declared


@Language.factory(
    "fewner_synth",
    assigns=["doc.spans", "doc._.synthetic", "doc._.synthetic_rejects"],
    default_config={
        "stages": {},
        "client": None,
        "spans_key": SPANS_KEY,
        "labels": [],
        "label_definitions": {},
    },
)
def make_fewner_synth(
    nlp: Language,
    name: str,
    stages: dict[str, Any],  # confection checks the type before it makes the stages
    client: Connection | None,
    spans_key: str,
    labels: list[str],
    label_definitions: dict[str, str] | list[Any],
):
    """Build a `Synthesizer`.

    stages: run in this order; any names, each a stage such as `spacy-fewner.Extend.v1`.
    client: `spacy-fewner.Client.v1`; null where no stage asks a language model.
    spans_key: where a doc's own spans are, and where extension spans are added.
    labels: the target labels, of spans or classes as the stages are; those of the docs if empty.
    label_definitions: what they mean, for prompts. A mapping, or for labels that cannot be keys in
        a config a list: [["LOC:City", "a town"]].
    """
    refuse_processes(nlp)
    check_config_keys("stages", stages, "Call the stage otherwise.")
    return Synthesizer(stages, client, spans_key, declared(labels, label_definitions), name)


class Synthesizer(BatchPipe):
    """Runs stages over docs, a batch at a time; see `run_stages`.

    Spans that stages add to a doc's own text go to `doc.spans[spans_key]`, texts that they write
    to `doc._.synthetic`, with provenance, and what was turned away to `doc._.synthetic_rejects`.
    client: a Connection, or a Client; None where no stage asks.

    It has no weights: with the pipeline it is saved as configuration, without keys or replies.
    """

    def __init__(
        self,
        stages: dict[str, StageCall],
        client: Connection | Client | None = None,
        spans_key: str = SPANS_KEY,
        schema: Schema | None = None,
        name: str = "fewner_synth",
    ):
        declare()
        _check(stages)
        self.stages, self.client, self.spans_key = stages, client, spans_key
        self.schema = schema or Schema(())
        self.name = name

    def _process(self, docs: list[Doc]) -> list[Doc]:
        samples = [doc_to_sample(doc, self.spans_key) for doc in docs]
        client = self.client.client() if isinstance(self.client, Connection) else self.client
        try:
            courses = run_stages(samples, self.stages, self.schema, client)
        except FewnerError as err:
            raise self._explained(err) from err
        for doc, course in zip(docs, courses, strict=True):
            self._write(doc, course)
        return docs

    def _write(self, doc: Doc, course: Course) -> None:
        if course.annotated:
            doc.user_data[META] = course.own.meta
            lost = put_spans(doc, course.own.spans, self.spans_key)
            add_rejects(doc, misaligned(doc, lost, self.name))
        add_samples(doc, course.made)
        add_rejects(doc, course.rejects)

    def _explained(self, err: FewnerError) -> FewnerError:
        if self.client is not None or err.argument != "client":
            return err
        remedy = 'Name one in the config, {"@misc": "spacy-fewner.Client.v1", …}, or set it: '
        remedy += f'nlp.get_pipe("{self.name}").client = Client(…).'
        return FewnerError(f"{self.name}.client", err.rule, err.value, remedy)


def _check(stages: Mapping[str, Any]) -> None:
    remedy = 'Give for instance {"extend": {"@misc": "spacy-fewner.Extend.v1"}}.'
    if not stages:
        raise FewnerError("stages", "fewner_synth runs at least one stage", "none", remedy)
    for name, stage in stages.items():
        if not callable(stage):
            raise FewnerError(f"stages.{name}", "must be a stage", stage, remedy)
