"""The pipe that asks a language model, on a full disk: what was paid for is not paid for again."""

from pathlib import Path

import pytest
import spacy
from asked_models import TREE, Scripted, either, marking, naming
from small_disk import no_file_over

from spacy_fewner.cascade.asked.mark import MarkEntities
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal

ANSWERS = {"Ann Lee": "person/organist", "Bob": "person/other", "Basel": "place/town"}
TEXTS = [f"Ann Lee saw Bob in Basel on day {number}." for number in range(8)]


def pipeline(model: Scripted, journal: Journal):
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("fewner_cascade_llm", config={"tree": TREE})
    pipe.client, pipe.mark = Client(model, journal), MarkEntities()
    return nlp


def found(docs) -> list:
    return [[(span.text, span.label_) for span in doc.spans["sc"]] for doc in docs]


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("room", [50, 3000, 20_000])
def test_the_next_run_asks_only_for_what_did_not_fit(tmp_path: Path, room: int, concurrency: int):
    path = tmp_path / "journal.jsonl"
    model = Scripted(either(marking(*ANSWERS), naming(ANSWERS)), concurrency)
    said = pytest.raises(FewnerError, match="journal: must be writable")
    with no_file_over(room), said, Journal(path) as journal:
        list(pipeline(model, journal).pipe(TEXTS, batch_size=2))
    assert not path.exists() or path.read_bytes()[-1:] in (b"", b"\n")
    paid, kept = len(model.asked), 0
    if path.exists():
        with Journal(path) as journal:
            kept = len(journal)
    assert paid - kept <= concurrency  # those under way when it filled up
    with Journal(path) as journal:
        docs = list(pipeline(model, journal).pipe(TEXTS, batch_size=2))
        assert len(model.asked) - paid == len(journal) - kept
    assert found(docs) == [list(ANSWERS.items())] * len(TEXTS)


def test_a_pipeline_that_does_not_fit_is_the_same_in_memory(tmp_path: Path):
    with Journal(tmp_path / "journal.jsonl") as journal:
        model = Scripted(either(marking(*ANSWERS), naming(ANSWERS)))
        nlp = pipeline(model, journal)
        before = found(nlp.pipe(TEXTS))
        with no_file_over(100), pytest.raises(OSError, match="large"):
            nlp.to_disk(tmp_path / "pipe")
        assert found(nlp.pipe(TEXTS)) == before
