"""Text for CrossNER AI that a small local model writes, asked live; replies stay in a journal."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from spacy_fewner.corpus.checking.chain import Outcome
from spacy_fewner.data.schema import parse_schema
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.synthesis.stages.generate import Generate
from spacy_fewner.types import Sample

MODEL = "qwen2.5-coder-1.5b-instruct-q4_k_m"
URL = os.environ.get("FEWNER_LLM_URL", "http://127.0.0.1:8099/v1")
SCHEMA = parse_schema(str(Path(__file__).parent / "crossner_ai_labels.jsonl"))
SETTINGS = OpenAISettings(
    MODEL, base_url=URL, key_env=None, temperature=0.8, max_tokens=900, seed=0, concurrency=1
)
# As many calls as one busy processor core answers in an hour.
STAGE = Generate(
    190,
    rounds=1,
    per_call=10,
    domain="encyclopedia articles on artificial intelligence",
    n_topics=12,
    n_entities=12,
    reject_limit=0.95,
)


def written(gold: Sequence[Sample], journal: Path) -> Iterator[Outcome]:
    """Annotated texts and rejects; what the journal lacks is asked for at URL."""
    with Journal(journal, "resume") as kept:
        yield from STAGE(gold, SCHEMA, client(kept))


def client(journal: Journal) -> Client:
    return Client(OpenAIModel(SETTINGS), journal)
