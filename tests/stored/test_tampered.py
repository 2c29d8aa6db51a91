"""Pipelines of which one field was changed, in any of their files: what loading them does.

FEWNER_TAMPERED=3000 tries more of them than the few that a run of all tests has time for.
"""

import gc
import os
import shutil
import tempfile
import traceback
from pathlib import Path

import cascade_helpers
import pytest
import spacy
import span_helpers
from guards import guarded
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from open_starts import write_tiny_start
from tampering import OUTSIDE, STRANGE, Packed, changed, places, read, renamed, write
from tiny_bases import write_tiny_base

import spacy_fewner
from spacy_fewner.errors import FewnerError

TRIES = int(os.environ.get("FEWNER_TAMPERED", "20"))
OURS = str(Path(spacy_fewner.__file__).parent)
TEXTS = ["Hartwell replaced the oak pallets of the Great.", "Ann plays the organ on Sunday.", ""]
HEAD = {"hidden": 16, "cell": 16, "biaffine_heads": 2, "attention_heads": 2}
GRID = {"@architectures": "spacy-fewner.SpanGrid.v1", **HEAD}
POOLING = {"pooling": {"@layers": "reduce_mean.v1"}}
LABELS = [{"id": "FIRM", "description": "a company"}, {"id": "PART", "synonyms": ["piece"]}]
# Settings, names and a tokenizer's vocabulary: what is found may follow them.
MEANT = {
    "tokenizer.json",
    *("threshold", "label_thresholds", "level_thresholds", "nested", "nesting", "spans_key"),
    *("candidates_key", "set_ents", "extension_prefix", "labels", "tree", "context", "type_blind"),
    *("self_nested", "description", "synonyms", "examples", "catch_all", "id", "meanings"),
}


def with_adapter(base, start):
    nlp = spacy.blank("en")
    config = {"labels": LABELS, "start": start, "threshold": 0.01}
    nlp.add_pipe("fewner", config=config)
    nlp("Warm.")
    return nlp


def with_shared_encoder(base):
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    encoder = {"@architectures": "spacy-fewner.LoraTransformer.v1", "name": base, "rank": 2}
    nlp.add_pipe("transformer", config={"model": {**encoder, "save": "merged"}})
    listener = {"@architectures": "spacy-transformers.TransformerListener.v1", **POOLING}
    model = {**GRID, "tok2vec": listener, "label_vectors": True, "token_loss": 1.0}
    nlp.add_pipe("fewner", config={"model": model, "threshold": 0.01})
    span_helpers.train(nlp, steps=2)
    return nlp


def with_cascade():
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    small = cascade_helpers.small_model(16)
    spans = {"model": {**GRID, "tok2vec": small["tok2vec"]}, "threshold": 0.01}
    nlp.add_pipe("fewner", config={**spans, "spans_key": "span_candidates", "type_blind": True})
    own = {"tree": cascade_helpers.TREE, "model": small, "candidates_key": "span_candidates"}
    nlp.add_pipe("fewner_cascade", config=own)
    examples = cascade_helpers.examples_of(nlp)
    for example in examples:
        example.reference.spans["span_candidates"] = example.reference.spans["sc"]
    nlp.initialize(lambda: examples)
    return nlp


def found(nlp):
    """What a pipeline says of each text."""
    return [
        [
            (key, span.start, span.end, span.label_, round(float(score), 4))
            for key, group in doc.spans.items()
            for span, score in zip(group, group.attrs.get("scores", []), strict=False)
        ]
        for doc in nlp.pipe(TEXTS)
    ]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """{folder of a pipeline: what it finds}, and a room in which all may be written."""
    room = tmp_path_factory.mktemp("room")
    base = write_tiny_base(room / "base")
    start = write_tiny_start(room / "start", base)
    made = with_adapter(base, start), with_shared_encoder(base), with_cascade()
    wanted = {}
    for number, nlp in enumerate(made):
        folder = room / f"pipeline{number}"
        nlp.to_disk(folder)
        wanted[folder] = found(spacy.load(folder))
        assert any(wanted[folder])
    return room, wanted


def fields_of(folder):
    """(file, what it holds, where in it a field is), but those of spaCy alone."""
    files = [folder / "config.cfg", folder / "meta.json", *folder.glob("*/cfg")]
    files += folder.glob("*/model")
    for file in files:
        held = read(file)
        for place in places(held):
            yield file.relative_to(folder), held, place


@pytest.fixture(scope="module")
def fields(stored):
    return [(folder, *field) for folder in stored[1] for field in fields_of(folder)]


def test_all_files_open_to_their_last_field(fields):
    """And close again to the bytes that they were."""
    names = {step for _, _, _, place in fields for step in place}
    assert {"rank", "threshold", "tokenizer_config.json", "sizes", "data_offsets"} <= names
    for folder, file in {(folder, file) for folder, file, _, _ in fields}:
        held = read(folder / file)
        if isinstance(held, Packed):
            again = type(held)(held.kind, held.held, held.rest)
            assert type(read(folder / file).held) is type(again.held)
    assert len(fields) > 800


def outcome(folder):
    """What the pipeline finds, or the error that it ends in."""
    try:
        return found(spacy.load(folder))
    except FewnerError as error:
        return error
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [f"{frame.filename}:{frame.lineno}" for frame in frames if OURS in frame.filename]
        assert not own, f"{type(error).__name__}: {error} {own}"
        return error  # spaCy's, of its own files
    finally:
        gc.enable()  # srsly leaves it off where a file is no msgpack


def tampered_outcome(room, folder, file, held, meanwhile=outcome):
    with tempfile.TemporaryDirectory(dir=room) as place:
        copied = shutil.copytree(folder, Path(place) / "pipeline")
        try:
            write(copied / file, held)
        except (TypeError, ValueError, OverflowError, AttributeError, KeyError):
            assume(False)  # no such file can be
        with guarded(room) as watch:
            result = meanwhile(copied)
            assert watch.seen == [], watch.seen
            assert watch.strangers() == []
        assert not [*room.rglob(f"{OUTSIDE}*")]
    return result


@settings(
    max_examples=TRIES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_a_changed_field_does_no_harm(data, stored, fields):
    room, wanted = stored
    folder, file, held, place = data.draw(st.sampled_from(fields), label="field")
    if data.draw(st.integers(0, 9)):
        value = data.draw(st.sampled_from(STRANGE), label="value")
        made = changed(held, place, value)
    else:
        name = data.draw(st.sampled_from([f"../{OUTSIDE}", "x", "trust_remote_code"]))
        made = renamed(held, place, name)
    result = tampered_outcome(room, folder, file, made)
    if isinstance(result, list) and not MEANT & set(place):
        assert result == wanted[folder], (file, place)
