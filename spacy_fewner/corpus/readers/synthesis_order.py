"""What a training config has synthesized, done once for a pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ...data.read import read_samples
from ...data.schema import parse_schema
from ...errors import FewnerError
from ...llm.connect import Connection
from ...synthesis.stage import Stage
from ...types import Sample, Schema
from ..checking.clean import Cleaned
from ..checking.sample_checks import is_nested
from ..synthesis_files import check_kept
from ..synthesize import Synthesis, synthesize

if TYPE_CHECKING:
    from spacy.language import Language

_filled: "WeakKeyDictionary[Language, list[tuple[tuple[Any, ...], Cleaned]]]" = WeakKeyDictionary()


@dataclass(frozen=True)
class Order:
    """See SyntheticCorpus for what the fields are."""

    path: Path
    stages: Mapping[str, Stage]
    client: Connection | None
    labels: str | None
    held_out: tuple[Path, ...]
    style: bool
    nested: bool | None
    spans_key: str

    def __post_init__(self) -> None:
        _check_stages(self.stages)
        if self.client is not None:
            _check_client(self.client)

    def seeds(self) -> list[Sample]:
        return read_samples(self.path, spans_key=self.spans_key)

    def filled(self, nlp: "Language") -> Cleaned:
        """What came, synthesized when first asked for with this pipeline, by any equal order.

        spaCy makes a reader anew for initialization and for training, and reads it more than once.
        """
        known = _filled.setdefault(nlp, [])
        for what, cleaned in known:
            if what == self._what:
                return cleaned
        cleaned = self._fill(nlp)
        known.append((self._what, cleaned))
        return cleaned

    @property
    def _what(self) -> tuple[Any, ...]:
        """All that decides what comes; stages and models compare by their settings."""
        client = self.client
        model = client.model.identity if client and client.model else None
        asked = (client.journal, client.mode, model) if client else None
        return (
            *(self.path, dict(self.stages), asked, self.labels, self.held_out),
            *(self.style, self.nested, self.spans_key),
        )

    def _fill(self, nlp: "Language") -> Cleaned:
        from spacy.util import logger

        seeds = self.seeds()
        schema = parse_schema(self.labels) if self.labels else Schema.from_samples(seeds)
        held_out = {str(path): read_samples(path, texts_only=True) for path in self.held_out}
        stages = tuple(self.stages.values())
        synthesis = Synthesis({stages[0].name: stages}, held_out, self.style)
        nested = is_nested(seeds) if self.nested is None else self.nested
        client = self.client.client() if self.client else None
        cleaned = synthesize(seeds, schema, client, synthesis, nlp, nested)
        check_kept(cleaned)
        logger.info("Synthetic text from %s:\n%s", self.path, cleaned.ledger.to_text())
        return cleaned


def _check_stages(stages: Mapping[str, Any]) -> None:
    remedy = 'Give for instance {"generate": {"@misc": "spacy-fewner.Generate.v1"}}.'
    if not stages:
        raise FewnerError("stages", "must name at least one stage", "none", remedy)
    for name, stage in stages.items():
        if not callable(stage) or not hasattr(stage, "name"):
            raise FewnerError(f"stages.{name}", "must be a stage", stage, remedy)


def _check_client(client: Connection) -> None:
    if client.journal and client.mode != "live":
        return
    raise FewnerError(
        "client",
        "a corpus needs a journal, in mode resume or replay: each training reads it again",
        f"journal {client.journal!r}, mode {client.mode}",
        "Name a journal file; a new one asks for everything.",
    )
