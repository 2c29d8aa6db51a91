"""The open start beside none: tried on the same splits, told in figures, kept if it is better."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from corpus_helpers import GOLD, SCHEMA, written
from open_starts import write_tiny_start
from tiny_bases import write_tiny_base

import spacy_fewner
from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.first_model import trained_with_threshold
from spacy_fewner.fitting.measuring.measure import updates_to_come
from spacy_fewner.fitting.measuring.parallel import Job, SplitRunner
from spacy_fewner.fitting.measuring.starts import measure_from
from spacy_fewner.fitting.measuring.validation import HeldOut, splits
from spacy_fewner.fitting.task import Task
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.progress import Count
from spacy_fewner.spans.open import start as starts
from spacy_fewner.types import CharSpan

FAST = {"epochs": 1, "min_steps": 4, "rank": 4}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture
def shipped(base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tiny_start(tmp_path / "start", base)
    monkeypatch.setattr(starts, "FOLDER", tmp_path / "start")


class Reading(SplitRunner):
    """Finds that share of what is held out, by start, without training; notes its jobs."""

    def __init__(self, **shares: float):
        super().__init__(False)
        self.shares, self.jobs = shares, list[Job]()

    def _run(self, job: Job, name: str) -> HeldOut:
        self.jobs.append(job)
        split, settings = job
        size = round(self.shares[str(settings.start)] * len(split.held_out))
        spans = [
            [CharSpan(span.start, span.end, span.label, 0.9) for span in sample.targets]
            for sample in split.held_out
        ]
        found = [*spans[:size], *([] for _ in spans[size:])]
        return HeldOut(split.seed, len(split.train), 1, split.held_out, found)


def task_of(**settings) -> Task:
    return Task(GOLD, [], [], FitSettings(**settings), False)


@pytest.mark.parametrize(
    ("shares", "better", "said"),
    [
        ({"open": 1, "scratch": 0.5}, "open", "open, strict F1 100.0 against 66.7 from scratch"),
        (
            {"open": 0.5, "scratch": 1},
            "scratch",
            "from scratch, strict F1 100.0 against 66.7 with the open start",
        ),
        ({"open": 1, "scratch": 1}, "open", "open, strict F1 100.0 against 100.0 from scratch"),
    ],
)
def test_the_better_start_is_measured_on_all_splits(shares: dict, better: str, said: str):
    task, run = task_of(folds=6), Reading(**shares)
    pairs = splits(task.samples, [], task.settings)
    assert len(pairs) == 6
    chosen, measured = measure_from(task, run)
    tried = [(str(settings.start), split.seed) for split, settings in run.jobs]
    compared = [(name, seed) for name in ("open", "scratch") for seed in range(3)]
    assert tried == [*compared, *((better, seed) for seed in range(3, 6))]
    assert chosen.start == f"{said} on the same 3 folds"
    assert [one.samples for one in measured.gold] == [pair.held_out for pair in pairs]
    # What is chosen later is tried on the same splits.
    assert chosen.settings == replace(task.settings, start=better, folds=6)
    assert splits(task.samples, [], chosen.settings) == pairs


def test_a_dev_set_compares_on_its_seeds():
    task = replace(task_of(), dev=written(4, seed=3))
    chosen, measured = measure_from(task, Reading(open=1, scratch=0.5))
    assert chosen.start.endswith("on the same 3 seeds")
    assert [one.seed for one in measured.gold] == [0, 1, 2]


def test_what_was_asked_for_is_not_compared():
    for asked in ("open", "scratch"):
        task, run = replace(task_of(start=asked), start="as asked"), Reading(open=1, scratch=1)
        assert measure_from(task, run)[0] is task
        assert {settings.start for _, settings in run.jobs} == {asked}


def test_fit_goes_on_with_the_better_start(base: str, shipped: None, tmp_path: Path):
    given = {**FAST, "encoder": base, "folds": 2, "curve": (0.5,), "progress": False}
    more = written(8, seed=8)
    result = spacy_fewner.fit(GOLD, tmp_path / "out", synthetic=more, labels=SCHEMA, **given)
    words = result.start.split()
    assert words[0] in ("open,", "from") and result.start.endswith("on the same 2 folds")
    assert f"\n\nstart: {result.start}\n" in result.summary()
    assert json.loads((result.out / "scores.json").read_text())["start"] == result.start
    assert result.start in result.report.read_text("utf8")
    fewner = spacy.load(result.model).get_pipe("fewner")
    assert fewner.start == ("open" if words[0] == "open," else "")


def test_a_first_model_begins_from_the_open_start_where_it_fits(base: str, shipped: None):
    for settings, begun in (({"encoder": base}, "open"), ({"encoder": "cnn"}, "")):
        task = task_of(**FAST, folds=2, **settings)
        assert trained_with_threshold(task, GOLD).get_pipe("fewner").start == begun


def test_all_updates_of_a_comparison_are_counted(base: str, shipped: None):
    settings = FitSettings(encoder=base, folds=2, curve=(0.5,), **FAST)
    task, count = Task(GOLD, [], [], settings, False), Count()
    measure_from(task, SplitRunner(False, count))
    assert count.done + settings.steps(len(GOLD)) == updates_to_come(task)


@pytest.mark.parametrize("examples", ["cross-validated", "dev"])
def test_fit_says_why_there_is_nothing_to_compare(tmp_path: Path, examples: str):
    dev = written(4, seed=3) if examples == "dev" else None
    fast = {**FAST, "encoder": "cnn", "folds": 2, "progress": False}
    result = spacy_fewner.fit(GOLD, tmp_path / "out", dev=dev, labels=SCHEMA, **fast)
    said = "from scratch; there is no open start for the small network cnn"
    assert result.start.startswith(said) and f"start: {said}" in result.summary()
    assert said in result.report.read_text("utf8")
    assert spacy.load(result.model).get_pipe("fewner").start == ""


def test_a_start_that_does_not_fit_is_refused_before_anything_is_trained(
    base: str, shipped: None, tmp_path: Path
):
    endless = {**FAST, "min_steps": 10**6, "progress": False}
    for given, said in (({"encoder": "cnn"}, "cnn"), ({"encoder": base, "rank": 8}, "rank 8")):
        with pytest.raises(FewnerError, match=f"^start: must fit .*{said}"):
            spacy_fewner.fit(GOLD, tmp_path / "out", start="open", **{**endless, **given})
    assert not (tmp_path / "out").exists()
