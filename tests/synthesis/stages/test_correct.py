"""Self-check: rulings carried out, options shuffled, what cannot be carried out."""

import re

import pytest
from synthesis_helpers import HOSTILE, SCHEMA, SEEDS, Scripted, last_turn, sample, split, surfaces

from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Prompt
from spacy_fewner.synthesis.stages.correct import Correct
from spacy_fewner.types import Sample

GIVEN = sample(
    "The new Oboe 8' and its torn pallet.",
    ("new Oboe 8'", "STOP"),
    ("torn", "PART"),
    ("pallet", "PART"),
    ("new", "FAULT"),
    ("its", "ext/word"),
    id="g",
    stage="generate",
    calls=["k"],
)
STATEMENTS = {
    "kept": "exactly one entity of its type",
    "type": "another of the types",
    "none": "no entity of any",
    "boundary": "wrong place",
}


def judge(rulings: dict[str, tuple[str, str]]):
    """Answers by surface: ruling, and what is said with it; the letter is looked up."""

    def answer(prompt: Prompt) -> str:
        letters = {
            ruling: re.search(rf"\((\w)\) [^\n]*{part}", prompt.messages[0].content)[1]
            for ruling, part in STATEMENTS.items()
        }
        asked = re.findall(r'(\d+)\. A .*\? Text Span: "(.*)"', last_turn(prompt))
        lines = []
        for number, surface in asked:
            ruling, said = rulings.get(surface, ("kept", ""))
            lines.append(f'{number}. Text Span: "{surface}"\nLabel: ({letters[ruling]}). {said}')
        return "\n".join(lines)

    return answer


RULINGS = {
    "new Oboe 8'": ("boundary", 'The correct span is "Oboe 8\'".'),
    "torn": ("type", "The correct type is fault."),
    "new": ("none", ""),
}


@pytest.mark.parametrize("per_call", [1, 8])
def test_spans_are_kept_moved_relabelled_and_dropped(per_call: int):
    model = Scripted(judge(RULINGS))
    (found,) = Correct(per_call)([GIVEN], SCHEMA, Client(model))
    assert surfaces(found) == [
        ("Oboe 8'", "STOP"),
        ("torn", "FAULT"),
        ("pallet", "PART"),
        ("its", "ext/word"),
    ]
    assert found.meta["corrected"] == {"boundary": 1, "type": 1, "kept": 1, "none": 1}
    assert len(model.asked) == len(found.meta["calls"]) == (4 if per_call == 1 else 1)
    assert found.meta["earlier"] == [{"stage": "generate", "calls": ["k"]}]
    assert (found.meta["stage"], found.meta["parents"]) == ("correct", ["g"])


def test_options_come_in_different_orders():
    model = Scripted(judge({}))
    found, _ = split(Correct()(SEEDS * 10, SCHEMA, Client(model)))
    assert [one.spans for one in found] == [one.spans for one in SEEDS * 10]
    orders = {
        tuple(re.findall(r"\((\w)\) the span (?:has|is exactly)", prompt.messages[0].content))
        for prompt in model.asked
    }
    assert len(orders) > 5


@pytest.mark.parametrize(
    ("ruling", "said", "reason"),
    [
        ("boundary", 'The correct span is "trumpet".', "not in the text"),
        ("boundary", "It is too long.", "no corrected boundary"),
        ("type", "The correct type is colour.", "unknown label"),
        ("type", "", "no corrected type"),
    ],
)
def test_what_cannot_be_carried_out_rejects_or_leaves_the_span(ruling, said, reason):
    model = Scripted(judge({"torn": (ruling, said)}))
    (found,) = Correct()([GIVEN], SCHEMA, Client(model))
    assert found.reason == reason
    (found,) = Correct(strict=False)([GIVEN], SCHEMA, Client(model))
    assert surfaces(found) == surfaces(GIVEN)
    assert found.meta["corrected"] == {"kept": 3, "unread": 1}


def test_another_type_that_is_none_drops_the_span():
    model = Scripted(judge({"torn": ("type", "The correct type is other.")}))
    (found,) = Correct()([GIVEN], SCHEMA, Client(model))
    assert ("torn", "PART") not in surfaces(found)


def test_a_boundary_moves_to_the_place_it_touches():
    given = sample("An Oboe, then its Oboe 8'.", ("its Oboe", "STOP"))
    model = Scripted(judge({"its Oboe": ("boundary", 'It should be "Oboe".')}))
    (found,) = Correct()([given], SCHEMA, Client(model))
    assert [(s.start, s.end) for s in found.spans] == [(18, 22)]


@pytest.mark.parametrize("reply", ["", "maybe", "(Z)", "[" * 400_000, "I'm sorry, I can't."])
def test_replies_without_a_ruling_reject_the_sample(reply: str):
    (found,) = Correct()([GIVEN], SCHEMA, Client(Scripted(lambda prompt: reply)))
    assert found.reason in ("empty reply", "no items", "not answered", "refusal")
    assert found.meta["calls"]


def test_samples_without_target_spans_are_not_asked_about_and_hostile_ones_stay_alone():
    hostile = [sample(f"{text} Oboe", ("Oboe", "STOP")) for text in HOSTILE]
    given = [SEEDS[3], *hostile, Sample("(" * 1_000_000), SEEDS[0]]
    model = Scripted(judge({}))
    found = list(Correct()(given, SCHEMA, Client(model)))
    assert [one.text for one in found] == [one.text for one in given]
    assert found[-2].reason == "too long"
    assert [surfaces(one) for one in found[1:5]] == [[("Oboe", "STOP")]] * 4
    assert len(model.asked) == 5
    assert found[0].meta["calls"] == []
