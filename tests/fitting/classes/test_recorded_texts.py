"""What a model of 1.5 billion parameters wrote for the embedded classes, replayed to the letter."""

from collections import Counter
from pathlib import Path

from spacy_fewner.data import read_samples
from spacy_fewner.data.schema import parse_schema
from spacy_fewner.fitting.classes.synthesis import synthetic_texts
from spacy_fewner.fitting.synthesis_loop import SynthesisSettings
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal

NOTES = Path(__file__).parents[3] / "assets" / "organ_notes"
# As project.yml has them.
SETTINGS = SynthesisSettings(
    size=36,
    per_call=6,
    ideas=8,
    domain="notes of organ builders: emails, letters, log entries",
    reject_limit=0.8,
)


def test_recorded_replies_become_texts_of_every_class():
    gold, test = (read_samples(NOTES / f"{name}.jsonl") for name in ("train", "test"))
    schema = parse_schema(str(NOTES / "schema.jsonl"))
    with Journal(NOTES / "journal.replay.jsonl", "replay") as journal:
        held_out = {"test": test}
        cleaned = synthetic_texts(gold, schema, Client(None, journal), SETTINGS, held_out=held_out)
    rows = {row["step"]: row for row in cleaned.ledger.to_json()}
    assert rows["generate_texts"]["kept"] >= 36
    counts = Counter(label for one in cleaned.samples for label in one.cats)
    assert set(counts) == set(schema.ids)
    assert len(cleaned.samples) == sum(counts.values()) >= 20
    assert len(cleaned.rejects) == sum(row["rejected"] for row in rows.values())
