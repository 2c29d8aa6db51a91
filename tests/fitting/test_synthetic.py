"""`fit` with synthetic examples: used when they help, dropped when they do not."""

import json
import random
from dataclasses import replace

import pytest

import spacy_fewner
from spacy_fewner.data import write_samples
from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.measuring.choice import (
    MIXTURES,
    SMALLER,
    TRIED_ON,
    choose,
    mixtures_of,
    n_steps,
    steps_of,
)
from spacy_fewner.fitting.measuring.mixture import MANY, READINGS, Mixture
from spacy_fewner.fitting.measuring.own_annotation import own_annotation, splits_to_measure
from spacy_fewner.fitting.measuring.validation import HeldOut, run_split, splits
from spacy_fewner.fitting.task import Task
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.synthesis.provenance import sample_id
from spacy_fewner.types import CharSpan, Sample

FAST = {"encoder": "cnn", "epochs": 4, "min_steps": 30, "folds": 2, "curve": (), "progress": False}
MAKERS = ["Hartwell", "Brindle", "Osgood", "Penrose", "Quill", "Marsh", "Tolley", "Vane"]
PARTS = ["pallet", "slider", "tracker", "reservoir", "trunk", "roller", "tremulant", "stop"]


WORDS = [
    "again",
    "away",
    "before",
    "early",
    "here",
    "late",
    "later",
    "now",
    "often",
    "once",
    "soon",
    "there",
    "twice",
    "weekly",
]


def written(count, seed, labels=("MAKER", "PART")):
    """Texts that share little but their mentions; labels: what makers and parts are called."""
    rng = random.Random(seed)
    samples = []
    for _ in range(count):
        maker, part = rng.choice(MAKERS), rng.choice(PARTS)
        before, after = (" ".join(rng.sample(WORDS, 3)) for _ in range(2))
        text = f"{before} {maker} sent the {part} {after}"
        spans = tuple(
            CharSpan(text.index(word), text.index(word) + len(word), label)
            for word, label in zip((maker, part), labels, strict=True)
        )
        samples.append(Sample(text, spans))
    return samples


GOLD = written(12, seed=1)
HELPFUL = written(150, seed=2)
HARMFUL = written(150, seed=3, labels=("PART", "MAKER"))


def test_mixture_repeats_gold_and_weighs_synthetic():
    mixed = Mixture(beta=0.4).training_set(GOLD, HELPFUL * 4, seed=0)
    gold = [sample for sample in mixed if sample.weight == 1.0]
    synthetic = [sample for sample in mixed if sample.weight == 0.4]
    assert (len(gold), len(synthetic)) == (5 * len(GOLD), 600)
    assert {sample.meta["source"] for sample in mixed} == {"gold", "synthetic"}


def test_a_smaller_part_is_contained_in_a_larger():
    texts = [
        {s.text for s in Mixture(part=part).training_set(GOLD, HELPFUL, seed=0)}
        for part in (0.2, 0.6, 1.0)
    ]
    assert texts[0] < texts[1] < texts[2]


@pytest.mark.parametrize("size", [10, 1000, 50_000])
def test_training_is_bounded(size):
    settings = FitSettings()
    steps = steps_of(Mixture(), 50, size, settings)
    assert steps * 8 <= max(1.1 * READINGS, 2.3 * size)
    assert steps >= 120


def test_a_part_of_many_texts_is_tried_too():
    assert SMALLER in mixtures_of(MANY + 1) and SMALLER.part < 1
    assert set(mixtures_of(MANY)) == set(MIXTURES)
    steps = [n_steps(30, MANY + 1, FitSettings(), tried) for tried in ((), MIXTURES, (SMALLER,))]
    assert steps[0] == steps[1] + steps[2]


def test_synthetic_text_that_helps_is_used(tmp_path):
    path = tmp_path / "synthetic.jsonl"
    write_samples(HELPFUL, path)
    little = FAST | {"epochs": 1, "min_steps": 8}  # gold alone teaches next to nothing
    result = spacy_fewner.fit(GOLD, tmp_path / "out", synthetic=path, **little)
    assert result.synthetic.startswith("synthetic text used")
    assert result.synthetic in result.summary()
    scores = json.loads((result.out / "scores.json").read_text(encoding="utf8"))
    assert scores["synthetic"] == result.synthetic
    assert "synthetic text used" in result.report.read_text(encoding="utf8")


def test_synthetic_text_that_harms_is_dropped(tmp_path):
    fast = FAST | {"min_steps": 200}
    alone = spacy_fewner.fit(GOLD, tmp_path / "alone", **fast)
    result = spacy_fewner.fit(GOLD, tmp_path / "out", synthetic=HARMFUL, **fast)
    assert result.synthetic.startswith("synthetic text dropped: it does not help")
    assert result.scores.micro.f.values == alone.scores.micro.f.values


def test_held_out_text_is_never_trained_on():
    settings = FitSettings(**{k: v for k, v in FAST.items() if k != "progress"})
    without = [run_split(split, settings, False) for split in splits(GOLD, [], settings)]
    copies = [Sample(sample.text, sample.spans) for sample in GOLD]
    choice = choose(Task(GOLD, [], copies, settings, False), without, mixtures=[Mixture(1.0)])
    # Of the copies only those of the fold's own training texts are left.
    assert [part.n_train for part in choice.trials[1].held_out] == [12, 12]


def test_what_is_chosen_on_the_first_splits_is_measured_on_all():
    fast = {k: v for k, v in FAST.items() if k != "progress"}
    settings = FitSettings(**{**fast, "folds": TRIED_ON + 1, "epochs": 1, "min_steps": 4})
    without = [run_split(split, settings, False) for split in splits(GOLD, [], settings)]
    task = Task(GOLD, [], HELPFUL, settings, False)
    choice = choose(task, without, mixtures=[Mixture(1.0)])
    assert [len(trial.held_out) for trial in choice.trials] == [TRIED_ON, TRIED_ON]
    assert choice.best.mixture == Mixture(1.0)
    assert [part.samples for part in choice.best.held_out] == [part.samples for part in without]
    assert choice.best.held_out[:TRIED_ON] == choice.trials[1].held_out
    alone = choose(replace(task, synthetic=[]), without)
    assert len(alone.best.held_out) == len(alone.best.heads[0].scores) == TRIED_ON + 1


def explained(parent: Sample, number: int) -> Sample:
    """A sentence that explains it, as `Explain` and `Annotate` leave it."""
    (text,) = written(1, seed=1000 + number)
    steps = [{"stage": "explain", "parents": [sample_id(parent)], "calls": ["c"]}]
    meta = {"id": f"e{number}", "stage": "annotate", "parents": [f"e{number}"], "earlier": steps}
    return Sample(text.text, text.spans, meta=meta)


def test_explanations_of_held_out_examples_are_left_out_of_their_fold():
    """Their spans come from a model that was trained on these examples."""
    settings = FitSettings(**{k: v for k, v in FAST.items() if k != "progress"})
    texts = [explained(sample, number) for number, sample in enumerate(GOLD)]
    generated = replace(texts[0], meta={"stage": "generate", "parents": list(map(sample_id, GOLD))})
    task = Task(GOLD, [], [*texts, generated], settings, False)
    pairs = splits_to_measure(task)
    without = [run_split(split, settings, False) for split in pairs]
    choice = choose(task, without, mixtures=[Mixture(1.0)])
    sizes = [part.n_train for part in choice.trials[1].held_out]
    # gold, the explanations of it, and what every example was shown for
    assert sizes == [2 * len(pair.train) + 1 for pair in pairs]


def test_what_a_model_annotated_is_annotated_anew_by_each_fold():
    """That model knew the held-out examples: what it says of other texts would tell of them."""
    wrong = replace(explained(GOLD[0], 0), spans=(CharSpan(0, 1, "MAKER"), CharSpan(0, 2, "ext/X")))
    written_anew = replace(wrong, meta={"id": "g", "stage": "generate", "parents": []})
    task = Task(GOLD, [], [wrong, written_anew], FitSettings(folds=3), False)
    (split, *_) = splits_to_measure(replace(task, samples=GOLD[1:]))
    assert split.more == [wrong]
    found = [[CharSpan(0, 4, "MAKER", 0.35), CharSpan(5, 8, "PART", 0.28)]]
    own = HeldOut(0, 1, 1, [], [], more=found)
    # the threshold comes from the others: right about "b" at 0.3, wrong about "d" at 0.25
    sample = Sample("a b c d", (CharSpan(2, 3, "MAKER"),))
    others = [CharSpan(2, 3, "MAKER", 0.3), CharSpan(6, 7, "PART", 0.25)]
    one, other = own_annotation(task, split, own, [HeldOut(0, 1, 1, [sample], [others])])
    assert one.spans == (CharSpan(0, 4, "MAKER", 0.35), CharSpan(0, 2, "ext/X"))
    assert other == written_anew
    with_dev = replace(task, dev=GOLD[:2])
    assert all(split.more == [] for split in splits_to_measure(with_dev))


@pytest.mark.parametrize("beta, part", [(0, 1), (-1, 1), (1, 0), (1, 1.5)])
def test_bad_mixtures_are_refused(beta, part):
    with pytest.raises(FewnerError, match="beta above 0"):
        Mixture(beta, part)


def test_unusable_synthetic_text_is_refused_with_the_reasons(tmp_path):
    strange = written(30, seed=4, labels=("MAKER", "PRICE"))
    with pytest.raises(FewnerError, match="unknown label 30"):
        spacy_fewner.fit(GOLD, tmp_path / "out", synthetic=strange, **FAST)
    assert not (tmp_path / "out").exists()
