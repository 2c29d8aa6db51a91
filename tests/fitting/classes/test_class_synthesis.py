"""From gold texts with classes to checked ones that a language model wrote."""

import hashlib
import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from class_seeds import CLASSES, classed, planned
from corpus_helpers import WORDS
from scripted import Scripted

from spacy_fewner.corpus.synthesize import Stopped
from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.classes.synthesis import synthetic_texts
from spacy_fewner.fitting.synthesis_loop import SynthesisSettings
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Prompt
from spacy_fewner.types import LabelSpec, Sample, Schema


def text(rng: random.Random) -> str:
    return " ".join(rng.sample(WORDS, 7))


RNG = random.Random(1)
GOLD = [classed(text(RNG), label) for label in CLASSES.ids for _ in range(4)]
DEV = [classed(text(RNG), "repair") for _ in range(5)]
SMALL = SynthesisSettings(size=24, per_call=4, ideas=0)


def answer(prompt: Prompt) -> str:
    """Texts of seven words; of each call one copy of gold, one of dev, one too long."""
    rng = random.Random(hashlib.sha256(str(prompt).encode()).hexdigest())
    found = [text(rng) for _ in planned(prompt)]
    found += [rng.choice(GOLD).text.upper(), DEV[0].text, " ".join(WORDS), "So [[ it ]] is now all"]
    return "\n".join(json.dumps({"text": one}) for one in found)


def made(settings: SynthesisSettings = SMALL, gold=GOLD, schema=CLASSES, **more):
    given = {"held_out": {"dev": DEV}, **more}
    easy = replace(settings, reject_limit=1.0)
    return synthetic_texts(gold, schema, Client(Scripted(answer)), easy, **given)


def rows(cleaned) -> dict[str, dict]:
    return {row["step"]: row for row in cleaned.ledger.to_json()}


def test_what_is_written_is_checked():
    cleaned = made()
    found = rows(cleaned)
    assert list(found) == [
        "generate_texts", "classes", "leftovers", "style", "copies", "held-out", "other class",
        "duplicates",
    ]  # fmt: skip
    assert all(row["in"] == row["kept"] + row["rejected"] for row in found.values())
    assert found["generate_texts"]["reasons"]["copy of a seed"] > 0
    assert found["leftovers"]["rejected"] == 1  # said again, it is repeated
    assert found["style"]["reasons"] == {"too long": 1}
    assert found["held-out"]["rejected"] == 1
    assert sum(row["rejected"] for row in found.values()) == len(cleaned.rejects)
    assert len(cleaned.samples) == found["duplicates"]["kept"] >= 15
    counts = Counter(label for one in cleaned.samples for label in one.cats)
    assert max(counts.values()) - min(counts.values()) <= 3
    assert not any(one.spans_annotated for one in cleaned.samples)


def test_texts_are_brought_to_the_style_of_gold():
    gold = [replace(one, text=f"{one.text.capitalize()}!") for one in GOLD]
    assert all(one.text.endswith("!") for one in made(gold=gold).samples)
    plain = made(replace(SMALL, style=False), gold).samples
    assert plain and not any(one.text.endswith("!") for one in plain)


def test_without_a_schema_the_classes_are_those_of_gold():
    cleaned = made(gold=[*GOLD, Sample("no class at all"), Sample("unsure", cats={"odd": 0.3})])
    assert made(schema=None).samples == made(schema=Schema(())).samples != []
    assert {label for one in cleaned.samples for label in one.cats} == set(CLASSES.ids)


def test_half_of_the_texts_come_with_retrieved_ones(tmp_path: Path, monkeypatch):
    import numpy as np

    from spacy_fewner.fitting.classes import synthesis

    monkeypatch.setattr(
        synthesis,
        "embedder",
        lambda name: lambda texts: np.asarray([[len(t), 1.0] for t in texts], dtype=np.float32),
    )
    (tmp_path / "more.txt").write_text("one more text\nand another text\n", "utf8")
    cleaned = made(replace(SMALL, unlabelled=tmp_path / "more.txt"))
    stages = Counter(one.meta["stage"] for one in cleaned.samples)
    assert stages.keys() == {"generate_texts", "retrieve_texts"}
    assert rows(cleaned)["retrieve_texts"]["kept"] >= 12


def test_a_model_judges_where_it_is_asked_to():
    def judge(samples):
        return [{"repair": 0.99, "tuning": 0.01, "offer": 0.0} for _ in samples]

    cleaned = made(replace(SMALL, agree=True), judge=judge)
    assert {label for one in cleaned.samples for label in one.cats} == {"repair"}
    assert rows(cleaned)["agreement"]["reasons"].keys() == {"model says another class"}
    assert "agreement" not in rows(made(judge=judge))


def test_texts_of_several_classes():
    gold = [*GOLD, classed(text(RNG), "repair", "tuning")]
    together = {tuple(one.cats) for one in made(gold=gold).samples}
    assert ("repair", "tuning") in together and ("offer",) in together
    with pytest.raises(FewnerError, match="must have exactly one class"):
        made(gold=gold, exclusive=True)


def test_nothing_is_written_where_size_is_none():
    assert made(replace(SMALL, size=0, extend=True)).samples == []


def test_what_cannot_be_written_of_is_said():
    with pytest.raises(FewnerError, match="must have texts with classes"):
        made(gold=[Sample("x")])
    with pytest.raises(FewnerError, match="two classes or more"):
        made(gold=GOLD[:4], schema=None)
    with pytest.raises(Stopped, match="cost, which has neither"):
        made(schema=Schema((*CLASSES.labels, LabelSpec("cost"))))
    with pytest.raises(FewnerError, match="between"):
        SynthesisSettings(between=-1)
