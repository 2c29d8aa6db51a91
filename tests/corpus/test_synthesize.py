"""Chains of stages and all checks: in = out + rejects at each step, whatever happens."""

import json
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pytest
import spacy
from corpus_helpers import GOLD, SCHEMA, written
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.corpus.checking.agreement import AgreementCheck
from spacy_fewner.corpus.checking.clean import Cleaned
from spacy_fewner.corpus.synthesis_files import check_kept, rejects_kept, write_kept, write_rejects
from spacy_fewner.corpus.synthesize import Stopped, Synthesis, synthesize
from spacy_fewner.errors import FewnerError
from spacy_fewner.synthesis.stage import Outcome
from spacy_fewner.types import CharSpan, Reject, Sample

NLP = spacy.blank("en")
DEV = written(5, seed=5)
GOOD = written(40, seed=2)


@dataclass
class Writes:
    """A stage that gives what it is told, whatever it gets, and keeps what it got."""

    outcomes: Iterable[Outcome]
    name: str = "writes"

    def __call__(self, samples, schema, client) -> Iterator[Outcome]:
        self.got = list(samples)
        yield from self.outcomes


@dataclass
class Halves:
    """A stage that turns every other sample away."""

    name: str = "halves"

    def __call__(self, samples, schema, client) -> Iterator[Outcome]:
        for number, sample in enumerate(samples):
            yield Reject("odd", "", self.name, sample.text) if number % 2 else sample


def made(chains, **more) -> Cleaned:
    return synthesize(GOLD, SCHEMA, None, Synthesis(chains, **more), NLP, nested=False)


def check_sums(cleaned: Cleaned) -> None:
    """Each row adds up, and rejects are counted once, at the step that turned them away."""
    rows = cleaned.ledger.to_json()
    for row in rows:
        assert row["in"] == row["kept"] + row["rejected"]
        assert row["rejected"] == sum(row["reasons"].values())
        assert all(count > 0 for count in row["reasons"].values())
    assert sum(row["rejected"] for row in rows) == len(cleaned.rejects)
    assert rows[-1]["kept"] == len(cleaned.samples)


def row(cleaned: Cleaned, step: str) -> dict:
    (found,) = [row for row in cleaned.ledger.to_json() if row["step"] == step]
    return found


def test_a_chain_gets_gold_and_each_stage_what_the_one_before_kept():
    first = Writes(GOOD, "generate")
    second = Writes(written(3, seed=8), "rewrite")
    cleaned = made({"generate": [first, Halves(), second]})
    assert first.got == GOLD
    assert second.got == GOOD[::2]
    assert row(cleaned, "generate")["kept"] == 40
    assert row(cleaned, "generate: halves")["reasons"] == {"odd": 20}
    assert row(cleaned, "generate: rewrite")["kept"] == 3
    check_sums(cleaned)


def test_all_chains_go_through_the_same_checks():
    cleaned = made({"one": [Writes(GOOD[:20], "one")], "two": [Writes(GOOD[:20], "two")]})
    duplicates = row(cleaned, "duplicates")
    assert duplicates["reasons"]["duplicate"] >= 18
    check_sums(cleaned)


def test_each_check_turns_away_what_is_its_own():
    text = GOOD[0].text
    faults = {
        "labels": Sample(text, (CharSpan(0, 4, "PLACE"),)),
        "spans": Sample(text, (CharSpan(0, 500, "PART"),)),
        "leftovers": Sample(f"[[{text}]]", GOOD[0].spans),
        "style": Sample("Vane", (CharSpan(0, 4, "MAKER"),)),
        "flat": Sample(text, (*GOOD[0].spans, replace(GOOD[0].spans[0], label="PART"))),
        "tokens": Sample(GOOD[1].text, (replace(s := GOOD[1].spans[0], end=s.end - 1),)),
        "demonstrations": GOLD[0],
        "held-out": DEV[0],
        "density": Sample(GOOD[3].text.replace("sent", "and")),
    }
    chain = [Writes([*faults.values(), *GOOD[10:20]])]
    cleaned = made({"writes": chain}, held_out={"dev": DEV})
    found = {reject.stage: reject.text for reject in cleaned.rejects}
    steps = [row["step"] for row in cleaned.ledger.to_json()]
    named = {name if name in steps else "copies": sample for name, sample in faults.items()}
    assert {stage for stage in found if stage != "duplicates"} == set(named)
    for stage, sample in named.items():
        assert found[stage] == sample.text
    check_sums(cleaned)


def test_without_style_texts_stay_as_they_are():
    shout = Sample(GOOD[0].text + " !!!", GOOD[0].spans)
    assert [s.text for s in made({"w": [Writes([shout])]}, style=False).samples] == [shout.text]
    assert [s.text for s in made({"w": [Writes([shout])]}).samples] == [GOOD[0].text]


def test_further_checks_come_last():
    denied = {sample.text for sample in GOOD[:3]}
    agreement = AgreementCheck(
        lambda samples: [[CharSpan(0, 3, "PART", 0.99)] if s.text in denied else []
                         for s in samples]
    )  # fmt: skip
    cleaned = made({"w": [Writes(GOOD)]}, further=[agreement])
    assert row(cleaned, "agreement")["reasons"] == {"model marks more": 3}
    assert cleaned.ledger.rows[-1].step == "agreement"
    check_sums(cleaned)


rejects = st.builds(Reject, st.sampled_from(["not json", "no reply"]), st.just(""), st.just("w"))
texts = st.sampled_from([sample.text for sample in GOOD[:6]]) | st.text(max_size=60)
spans = st.lists(
    st.builds(
        CharSpan, st.integers(-1, 60), st.integers(0, 70), st.sampled_from(["MAKER", "PART", "X"])
    ),
    max_size=3,
)
samples = st.builds(Sample, texts, spans.map(tuple)) | st.sampled_from([*GOOD, *GOLD, *DEV])


@settings(max_examples=60, deadline=None)
@given(st.lists(rejects | samples, max_size=12), st.lists(rejects | samples, max_size=6))
def test_nothing_is_lost(first, second):
    chains = {"first": [Writes(first, "first"), Halves()], "second": [Writes(second, "second")]}
    cleaned = made(chains, held_out={"dev": DEV})
    check_sums(cleaned)
    assert len(cleaned.samples) + len(cleaned.rejects) == len(first) + len(second)


def breaking() -> Iterator[Outcome]:
    yield from GOOD[:4]
    yield Reject("not json", "", "w", "oops")
    raise FewnerError("stage w", "may go on", "no more", "Look.")


def test_what_came_before_a_stop_is_there():
    with pytest.raises(
        Stopped, match=r"stage w: may go on; got no more\. Look\.\nUntil then"
    ) as at:
        made({"w": [Writes(breaking(), "w")]})
    cleaned = at.value.cleaned
    assert len(cleaned.samples) == 4 and [one.text for one in cleaned.rejects] == ["oops"]
    assert "not json 1" in str(at.value)
    again = pickle.loads(pickle.dumps(at.value))
    assert str(again) == str(at.value) and again.cleaned.samples == cleaned.samples


def test_rejects_of_a_stopped_run_are_written(tmp_path):
    with pytest.raises(Stopped), rejects_kept(tmp_path / "rejects.jsonl"):
        made({"w": [Writes(breaking(), "w")]})
    (line,) = (tmp_path / "rejects.jsonl").read_text("utf8").splitlines()
    assert json.loads(line)["reason"] == "not json"


def test_nothing_kept_is_an_error_that_says_why(tmp_path):
    cleaned = made({"w": [Writes([Reject("not json", "", "w", "oops"), GOLD[0]], "w")]})
    with pytest.raises(FewnerError, match="got 2 rejects") as caught:
        write_kept(cleaned, tmp_path / "out.jsonl", tmp_path / "rejects.jsonl")
    assert all(part in str(caught.value) for part in ("rejects.jsonl", "not json 1", "duplicate"))
    assert not (tmp_path / "out.jsonl").exists()
    assert len((tmp_path / "rejects.jsonl").read_text("utf8").splitlines()) == 2


def test_half_a_character_in_a_reject_can_be_written(tmp_path):
    odd = Reject("not Unicode", "\ud83d", "w", "half \ud83d, whole \U0001f600, é", {"calls": ["k"]})
    write_rejects([odd], tmp_path / "rejects.jsonl")
    (line,) = (tmp_path / "rejects.jsonl").read_text("utf8").splitlines()
    assert Reject(**json.loads(line)) == odd


def test_something_kept_is_no_error():
    check_kept(Cleaned(GOOD[:1]))
