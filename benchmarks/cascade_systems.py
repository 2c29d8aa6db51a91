"""The flat span model, the cascade and its classifier alone, trained and scored on one task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from benchmarks import ours
from benchmarks.cascade_data import (
    HELD_OUT,
    Task,
    held_out_types,
    names_only,
    shuffled,
    without_types,
)
from benchmarks.cascade_page import OTHERS, OWN
from benchmarks.ours_open import shipped_weights
from spacy_fewner.cascade.open_labels import add_open_labels
from spacy_fewner.cascade.tree_owner import classifier_of
from spacy_fewner.data import doc_to_sample, samples_to_docs
from spacy_fewner.data.trees.paths import prefix
from spacy_fewner.data.trees.tree import LabelTree
from spacy_fewner.evaluation.levels import level_scores
from spacy_fewner.evaluation.scores import PRF, span_strict
from spacy_fewner.fitting.training.cascade_config import (
    LR_SCALE,
    MAX_LABELS,
    CascadeSettings,
    cascade_config,
)
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.training import train_pipeline
from spacy_fewner.types import ENTITY, CharSpan, Sample

BATCH = 64
# Of the classifier without `fewner`.
ALONE: dict[str, Any] = {"batch_size": 16, "min_steps": 1, "learn_rate": 5e-4}


def settings_for(encoder: str) -> FitSettings:
    return FitSettings(encoder=encoder, nested=False, **ours.RECIPE)


def recipe_of(system: str) -> dict[str, Any]:
    """All that decides a cell besides data and seed."""
    if system == "flat":
        return dict(ours.RECIPE)
    how = asdict(CascadeSettings(shared=system == "cascade, one encoder"))
    how |= {"lr_scale": LR_SCALE, "max_labels": MAX_LABELS}
    alone = ALONE if system in ("in context", "alone") else {}
    held_out = (
        {"held_out": f"{HELD_OUT:.2f} of all"} if system in ("zero-shot", "open labels") else {}
    )
    held_out |= {"start_weights": shipped_weights()} if system == "open labels" else {}
    cascade = {f"cascade_{name}": value for name, value in how.items()}
    return {**ours.RECIPE, **alone, **cascade, **held_out}


def flat(task: Task, encoder: str, seed: int) -> dict[str, Any]:
    """`fewner` with all leaves as labels."""
    settings = settings_for(encoder)
    config = training_config(settings, len(task.train), seed, nested=False)
    nlp = train_pipeline(config, task.train)
    return _level_scores(task, _predicted(nlp, task.test))


def cascade(task: Task, encoder: str, seed: int, shared: bool = False) -> dict[str, Any]:
    """Both components; and the classifier alone on the gold spans of the test texts."""
    nlp = _trained(task, encoder, seed, CascadeSettings(shared=shared))
    return {
        **_level_scores(task, _predicted(nlp, task.test)),
        "gold_spans": _accuracy(nlp, task.test, task.tree),
    }


def context(task: Task, encoder: str, seed: int, reads_context: bool) -> dict[str, Any]:
    """Only the classifier, on its own encoder; it reads spans in their texts, or each alone."""
    nlp = _classifier(task, encoder, seed, reads_context)
    return {"gold_spans": _accuracy(nlp, task.test, task.tree)}


def zero_shot(task: Task, encoder: str, seed: int) -> dict[str, Any]:
    """On types that training had no example of, by what they are told by: F1 on gold spans, and
    strict span F1 on the texts."""
    unseen = held_out_types(task.tree, seed)
    fewer = replace(task, train=without_types(task.train, unseen))
    nlp = _trained(fewer, encoder, seed, CascadeSettings())
    trees = {
        OWN: task.tree,
        "name only": names_only(task.tree),
        OTHERS: shuffled(task.tree, seed),
    }
    given, found = {}, {}
    for told, tree in trees.items():
        classifier_of(nlp).set_tree(tree)
        given[told] = _f1_of_types(nlp, task.test, unseen)
        found[told] = _strict_of_types(_predicted(nlp, task.test), task.test, unseen)
    return {"unseen": sorted(unseen), "zero_shot": given, "zero_shot_found": found}


def open_labels(task: Task, encoder: str, seed: int) -> dict[str, Any]:
    """As in `zero_shot`; strict F1 on the texts, without and with a `fewner` whose open labels are
    found by what they mean."""
    unseen = held_out_types(task.tree, seed)
    fewer = replace(task, train=without_types(task.train, unseen))
    nlp = _trained(fewer, encoder, seed, CascadeSettings())
    seen = set(task.tree.leaves) - unseen
    found = {}
    for way in ("the cascade alone", "with open labels"):
        if way == "with open labels":
            add_open_labels(nlp)
        predicted = _predicted(nlp, task.test)
        found[way] = {
            "unseen": _strict_of_types(predicted, task.test, unseen),
            "seen": _strict_of_types(predicted, task.test, seen),
        }
    return {"unseen": sorted(unseen), "by_meaning": found}


def _trained(task: Task, encoder: str, seed: int, how: CascadeSettings):
    settings = settings_for(encoder)
    config = cascade_config(settings, how, task.tree, len(task.train), seed, nested=False)
    return train_pipeline(config, task.train)


def _classifier(task: Task, encoder: str, seed: int, reads_context: bool):
    """Without `fewner`; in larger batches, since each reads label texts too."""
    settings = replace(settings_for(encoder), **ALONE)
    how = CascadeSettings(shared=False)
    config = cascade_config(settings, how, task.tree, len(task.train), seed, nested=False)
    config["nlp"]["pipeline"] = ["fewner_cascade"]
    del config["components"]["fewner"]
    config["components"]["fewner_cascade"]["context"] = reads_context
    return train_pipeline(config, task.train)


def _predicted(nlp: Any, test: Sequence[Sample]) -> list[Sequence[CharSpan]]:
    docs, _ = samples_to_docs([replace(sample, spans=()) for sample in test], nlp, "none")
    return [doc_to_sample(doc, "sc").spans for doc in nlp.pipe(docs, batch_size=BATCH)]


def _level_scores(task: Task, predicted: Sequence[Sequence[CharSpan]]) -> dict[str, Any]:
    """Strict F1 at each level; extraction counts a span of any label."""
    gold = [sample.spans for sample in task.test]
    blind = [[_blind(spans) for spans in docs] for docs in (gold, predicted)]
    found = {"extraction": _rates(span_strict(*blind).micro)}
    for level, scores in level_scores(gold, predicted, task.tree):
        found[f"level {level}"] = _rates(scores.micro)
    return found


def _blind(spans: Sequence[CharSpan]) -> list[CharSpan]:
    return [replace(span, label=ENTITY) for span in spans]


def _rates(prf: PRF) -> dict[str, float]:
    return {"p": round(prf.p, 5), "r": round(prf.r, 5), "f1": round(prf.f, 5)}


def _classified(nlp: Any, test: Sequence[Sample]) -> list[tuple[str, list[tuple[str, float]]]]:
    """Gold label and levels of each gold span."""
    pipe: Any = classifier_of(nlp)
    threshold, found = pipe.threshold, []
    pipe.set_threshold(0.0)
    for at in range(0, len(test), BATCH):
        docs, _ = samples_to_docs(test[at : at + BATCH], nlp, "gold")
        for _, upstream in nlp.pipeline:
            if getattr(upstream, "listening_components", None):
                upstream.set_annotations(docs, upstream.predict(docs))
        gold = [list(doc.spans["gold"]) for doc in docs]
        tables = [
            np.asarray([(s.start, s.end) for s in spans], dtype="int64").reshape(-1, 2)
            for spans in gold
        ]
        for spans, levels in zip(gold, pipe.classify(docs, tables), strict=True):
            found += [(span.label_, own) for span, own in zip(spans, levels, strict=True)]
    pipe.set_threshold(threshold)
    return found


def _accuracy(nlp: Any, test: Sequence[Sample], tree: LabelTree) -> dict[str, float]:
    pairs = _classified(nlp, test)
    return {
        f"level {level}": round(
            float(
                np.mean([prefix(gold, level) == prefix(own[-1][0], level) for gold, own in pairs])
            ),
            5,
        )
        for level in range(1, tree.depth + 1)
    }


def _strict_of_types(
    predicted: Sequence[Sequence[CharSpan]], test: Sequence[Sample], types: set[str]
) -> float:
    """Of spans and labels together, over these types."""
    gold = [sample.spans for sample in test]
    both = (
        [[s for s in spans if s.label in types] for spans in side] for side in (gold, predicted)
    )
    return round(span_strict(*both).micro.f, 5)


def _f1_of_types(nlp: Any, test: Sequence[Sample], types: set[str]) -> float:
    """Over gold spans of all types: one of another type given one of these is a false positive."""
    pairs = [(gold, own[-1][0]) for gold, own in _classified(nlp, test)]
    right = sum(gold == label for gold, label in pairs if gold in types)
    counts = sum(gold in types for gold, _ in pairs) + sum(label in types for _, label in pairs)
    return round(2 * right / counts, 5) if counts else 0.0
