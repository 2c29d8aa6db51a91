"""The pipe behind `fewner_cascade_llm`: a language model gives spans their place in a tree."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import srsly
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import from_bytes, from_disk, to_bytes, to_disk

from ...data.formats.record import record_from_sample
from ...data.given import as_samples
from ...errors import FewnerError
from ...llm.client import Client
from ...llm.connect import Connection
from ...spans.stored_settings import Setting, at_least, flag
from ...synthesis.languages import language_name
from ...synthesis.spacy_pipes.batches import BatchPipe
from ...synthesis.spacy_pipes.on_docs import add_rejects, declare, misaligned, put_spans
from .. import spans_in
from ..classify import Levels
from ..tree_owner import TreeOwner
from ..trees import TreeLike
from ..writing import write_paths
from .choice_prompt import prompt_name
from .choose import ChooseLabels, Chosen
from .docs import mark_docs, note_step, places_of
from .mark import MarkEntities


def _records(argument: str, value: Any) -> list[dict[str, Any]]:
    """Annotated texts as a config can hold them."""
    return [record_from_sample(sample) for sample in as_samples(value, argument)]


def _language(argument: str, value: Any) -> str | None:
    """The code of a language, or None for that of the pipeline."""
    if value is not None and not isinstance(value, str):
        raise FewnerError(argument, "must be a code or null", value, 'Write for instance "de".')
    if value is not None:
        language_name(value)
    return value  # "" is no code, so that an empty one never stands for the pipeline's


class CfgPipe(BatchPipe):
    """Stores its `cfg` as JSON and nothing else."""

    cfg: dict[str, Any]

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        return to_bytes({"cfg": lambda: srsly.json_dumps(self.cfg)}, exclude)

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> "CfgPipe":
        from_bytes(bytes_data, {"cfg": lambda b: self.cfg.update(srsly.json_loads(b))}, exclude)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        to_disk(path, {"cfg": lambda file: srsly.write_json(file, self.cfg)}, exclude)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "CfgPipe":
        from_disk(path, {"cfg": lambda file: self.cfg.update(srsly.read_json(file))}, exclude)
        return self


class LLMCascade(TreeOwner, CfgPipe):
    """Classifies candidate spans level by level by asking a language model; nothing is trained.

    Arguments as in the factory `fewner_cascade_llm`. Writes what `CascadeClassifier` writes, and
    to `doc._.synthetic_rejects` the answers that could not be used.

    client: a Connection, or a Client; it may be set later, as `mark` may. extractor_client: the
        same for what finds the spans, where that is another model.
    With the pipeline it saves its tree and settings, never keys or replies.
    """

    rounds = Setting(at_least(1))
    unknown = Setting(flag)
    max_chars = Setting(at_least(1))
    context = Setting(flag)
    demonstrations = Setting(_records)
    shots = Setting(at_least(0))
    language = Setting(_language)
    seed = Setting(at_least(0))

    def __init__(
        self,
        client: Connection | Client | None = None,
        name: str = "fewner_cascade_llm",
        *,
        tree: TreeLike | None = None,
        candidates_key: str = "sc",
        spans_key: str = "sc",
        threshold: float = 0.0,
        level_thresholds: Sequence[float] = (),
        set_ents: bool = False,
        rounds: int = 1,
        unknown: bool = True,
        max_chars: int = 2000,
        mark: MarkEntities | None = None,
        extractor_client: Connection | Client | None = None,
        context: bool = True,
        demonstrations: Iterable[Any] = (),
        shots: int = 4,
        language: str | None = None,
        seed: int = 0,
        scorer: Callable | None = None,
        nlp: Language | None = None,
    ):
        declare()
        self.client, self.mark, self.name, self.scorer = client, mark, name, scorer
        self.extractor_client = extractor_client
        self._pipeline_language = (nlp.lang if nlp else None) or "en"
        self.cfg: dict[str, Any] = {"tree": None}
        self._start_settings(
            nlp,
            candidates_key=candidates_key,
            spans_key=spans_key,
            threshold=threshold,
            level_thresholds=level_thresholds,
            set_ents=set_ents,
            rounds=rounds,
            unknown=unknown,
            max_chars=max_chars,
            context=context,
            demonstrations=demonstrations,
            shots=shots,
            language=language,
            seed=seed,
        )
        remedy = "Set candidates_key to where the spans are, or mark to have the model find them."
        self._warn_of_missing = spans_in.MissingWarning(name, remedy)
        self._start_tree(tree)

    def classify(self, docs: Sequence[Doc], spans: Sequence[np.ndarray]) -> list[list[Levels]]:
        """See `SpanClassifier`. Raises FewnerError without client or tree."""
        spans_in.check_inside(docs, spans)
        sure = [np.ones(len(own)) for own in spans]
        return [[one.levels for one in chosen] for chosen in self._choose(docs, spans, sure)]

    def _process(self, docs: list[Doc]) -> list[Doc]:
        calls: list[list[str]] = [[] for _ in docs]
        mark = self._marking()
        if mark is not None:
            calls = self._find(docs, mark)
        key = self.candidates_key
        self._warn_of_missing(docs, key)
        spans, sure = spans_in.found(docs, key)
        chosen = self._choose(docs, spans, sure)
        for doc, table, of_doc, found in zip(docs, spans, chosen, calls, strict=True):
            self._write(doc, table, of_doc, found)
        return docs

    def _find(self, docs: list[Doc], mark: MarkEntities) -> list[list[str]]:
        """Put what the model marks under candidates_key; the calls for each doc."""
        key = self.candidates_key
        client = self.client if self.extractor_client is None else self.extractor_client
        found = mark_docs(docs, mark, self.tree.schema, self._opened(client))
        for doc, own in zip(docs, found, strict=True):
            lost = put_spans(doc, own.spans, key)
            add_rejects(doc, [*own.rejects, *misaligned(doc, lost, mark.name)])
        return [own.calls for own in found]

    def _choose(
        self, docs: Sequence[Doc], spans: Sequence[np.ndarray], sure: Sequence[np.ndarray]
    ) -> list[list[Chosen]]:
        places = [places_of(doc, table) for doc, table in zip(docs, spans, strict=True)]
        asked = [one for own in places for one in own]
        scores = [float(score) for own in sure for score in own]
        chosen = iter(self._chooser().choose(asked, self._opened(self.client), scores))
        return [[next(chosen) for _ in own] for own in places]

    @property
    def _asks_in(self) -> str:
        return self.language or self._pipeline_language

    def _marking(self) -> MarkEntities | None:
        """How it finds spans; in the language of the pipe, unless told another."""
        if self.mark is None or self.mark.language is not None:
            return self.mark
        return replace(self.mark, language=self._asks_in)

    def _chooser(self) -> ChooseLabels:
        return ChooseLabels(
            self.tree,
            rounds=self.rounds,
            unknown=self.unknown,
            thresholds=self.thresholds,
            max_chars=self.max_chars,
            context=self.context,
            demonstrations=as_samples(self.demonstrations, "demonstrations"),
            shots=self.shots,
            language=self._asks_in,
            seed=self.seed,
        )

    def _opened(self, client: Connection | Client | None) -> Client:
        if isinstance(client, Connection):
            return client.client()
        if client is None:
            remedy = 'Name one in the config, {"@misc": "spacy-fewner.Client.v1", …}, or set it: '
            remedy += f'nlp.get_pipe("{self.name}").client = Client(…).'
            rule = "must be given: this pipe asks a language model"
            raise FewnerError(f"{self.name}.client", rule, "none", remedy)
        return client

    def _write(self, doc: Doc, spans: np.ndarray, chosen: list[Chosen], calls: list[str]) -> None:
        pairs = zip(spans.tolist(), chosen, strict=True)
        found = [(start, end, one.levels) for (start, end), one in pairs if one.levels]
        write_paths(doc, found, self.spans_key, self.set_ents, self._keeps_ents)
        add_rejects(doc, [reject for one in chosen for reject in one.rejects])
        mark = self._marking()
        prompts = [mark.prompt] * bool(calls) if mark else []
        prompts += [prompt_name(self.context, self._asks_in)] * any(one.calls for one in chosen)
        if prompts:
            own = [key for one in chosen for key in one.calls]
            note_step(doc, self.name, prompts, [*calls, *own])
