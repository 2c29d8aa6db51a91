"""Classification by a language model, level by level, whatever it answers."""

import json
from collections import Counter

import pytest
from asked_models import HOSTILE, TREE, Scripted, client, naming, options_in, span_in, text_in
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_strategies import trees

from spacy_fewner.cascade.asked.choice_prompt import Place, around, choice_prompt
from spacy_fewner.cascade.asked.choose import ChooseLabels
from spacy_fewner.cascade.asked.options import offered
from spacy_fewner.cascade.classify import Thresholds
from spacy_fewner.cascade.trees import tree_of
from spacy_fewner.data.trees import paths
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.types import Prompt, Reply

CASCADE = tree_of(TREE)
TEXT = "Ann saw Bob in Basel. Bob saw Ann."
ANSWERS = {"Ann": "person/organist", "Bob": "person", "Basel": "place/town"}


def places(text: str, *surfaces: str) -> list[Place]:
    return [Place(text, text.index(one), text.index(one) + len(one)) for one in surfaces]


def label(word: str) -> str:
    return json.dumps({"label": word})


def test_each_level_is_asked_about_together():
    model = Scripted(naming(ANSWERS))
    found = ChooseLabels(CASCADE).choose(places(TEXT, "Ann", "Bob", "Basel"), Client(model))
    assert [one.levels for one in found] == [
        [("person", 1.0), ("person/organist", 1.0)],
        [("person", 1.0)],  # "unknown" is no option below person, where there is a catch-all
        [("place", 1.0), ("place/town", 1.0)],
    ]
    assert [len(one.calls) for one in found] == [2, 2, 2]
    assert [one.reason for one in found[1].rejects] == ["label not offered"]
    assert "'Bob' below person" in found[1].rejects[0].detail
    levels = [set(options_in(prompt)) for prompt in model.asked]
    assert levels[:3] == [{"person", "place", "unknown"}] * 3
    assert sorted(map(sorted, levels[3:])) == [
        ["organist", "other"], ["organist", "other"], ["other", "town", "unknown"],
    ]  # fmt: skip


def test_only_the_span_asked_about_is_marked():
    first, second = [Place(TEXT, at, at + 3) for at in (TEXT.index("Bob"), TEXT.rindex("Bob"))]
    texts = [text_in(choice_prompt(one, offered(CASCADE, None, True), 999))
             for one in (first, second)]  # fmt: skip
    assert texts == [
        "Ann saw @@Bob## in Basel. Bob saw Ann.",
        "Ann saw Bob in Basel. @@Bob## saw Ann.",
    ]


def test_unknown_keeps_the_label_above_and_drops_what_has_none():
    def answer(prompt: Prompt) -> str:
        return label("place" if span_in(prompt) == "Basel" and "place" in options_in(prompt)
                     else "unknown")  # fmt: skip

    found = ChooseLabels(CASCADE).choose(places(TEXT, "Ann", "Basel"), client(answer))
    assert [one.levels for one in found] == [[], [("place", 1.0)]]
    assert all(not one.rejects for one in found)


@pytest.mark.parametrize(
    "bad", ["emperor", "", "person and place", "person/organist?", "I cannot."]
)
def test_a_bad_answer_leaves_the_others_alone(bad):
    def answer(prompt: Prompt) -> str:
        return bad if span_in(prompt) == "Bob" else naming(ANSWERS)(prompt)

    found = ChooseLabels(CASCADE).choose(places(TEXT, "Ann", "Bob", "Basel"), client(answer))
    assert [bool(one.rejects) for one in found] == [False, True, False]
    assert [one.levels[-1:] for one in found] == [
        [("person/organist", 1.0)], [], [("place/town", 1.0)],
    ]  # fmt: skip
    assert found[1].rejects[0].meta["stage"] == "choose"


def test_votes_are_probabilities():
    def answer(prompt: Prompt) -> str:
        if "person" in options_in(prompt):
            return label(["person", "person", "place", "nonsense"][prompt.sample])
        return label(["organist", "other", "other", "other"][prompt.sample])

    (ann,) = places(TEXT, "Ann")
    (found,) = ChooseLabels(CASCADE, rounds=4).choose([ann], client(answer))
    assert found.levels == [("person", 0.5), ("person/other", 0.375)] and not found.rejects
    strict = ChooseLabels(CASCADE, rounds=4, thresholds=Thresholds(0.4, [0.5]))
    assert strict.choose([ann], client(answer))[0].levels == [("person", 0.5)]
    never = ChooseLabels(CASCADE, rounds=4, thresholds=Thresholds(0.6))
    assert never.choose([ann], client(answer))[0].levels == []
    (unsure,) = ChooseLabels(CASCADE, rounds=4).choose([ann], client(answer), [0.5])
    assert unsure.levels == [("person", 0.25), ("person/other", 0.1875)]


def test_a_failed_round_is_no_vote_and_failing_all_a_reject():
    def answer(prompt: Prompt) -> str | Reply:
        return Reply("", error="timed out") if prompt.sample else naming(ANSWERS)(prompt)

    (ann,) = places(TEXT, "Ann")
    (found,) = ChooseLabels(CASCADE, rounds=2).choose([ann], client(answer))
    assert found.levels == [("person", 0.5), ("person/organist", 0.25)]
    (lost,) = ChooseLabels(CASCADE).choose([ann], client(lambda _: Reply("", error="timed out")))
    assert [one.reason for one in lost.rejects] == ["no reply"] and not lost.levels


def test_the_order_of_options_depends_on_text_span_level_and_seed():
    def orders(seed: int = 0, text: str = TEXT) -> list[list[str]]:
        model = Scripted(naming(ANSWERS))
        ChooseLabels(tree_of(list("abcdefgh")), seed=seed).choose(
            places(text, "Ann", "Bob", "Basel"), Client(model)
        )
        return [options_in(prompt) for prompt in sorted(model.asked, key=str)]

    assert orders() == orders() != orders(seed=1)
    assert len(set(map(tuple, orders()))) == 3 and orders() != orders(text=TEXT + " ")
    shown = Counter(
        options_in(choice)[0]
        for number in range(90)
        for choice in ChooseLabels(CASCADE)._request(Place(f"{number} Ann", 0, 1), None).prompts
    )
    assert min(shown[one] for one in ("person", "place", "unknown")) > 15


def test_a_level_with_one_label_is_asked_about_only_where_it_may_be_none():
    tree = tree_of(["person", "person/organist"])
    (ann,) = places(TEXT, "Ann")
    model = Scripted(lambda _: label("unknown"))
    (found,) = ChooseLabels(tree, unknown=False).choose([ann], Client(model))
    assert found.levels == [("person", 1.0), ("person/organist", 1.0)] and not model.asked
    assert ChooseLabels(tree).choose([ann], Client(model))[0].levels == []
    assert len(model.asked) == 1


def test_equal_questions_are_asked_once():
    model = Scripted(naming(ANSWERS))
    found = ChooseLabels(CASCADE).choose(places(TEXT, "Ann") * 5, Client(model))
    assert len(model.asked) == 2 and len({str(one.levels) for one in found}) == 1


def test_the_same_name_under_two_parents():
    answers = {"Ann": "person/other", "Basel": "place/other"}
    found = ChooseLabels(CASCADE).choose(places(TEXT, "Ann", "Basel"), client(naming(answers)))
    assert [one.levels[-1][0] for one in found] == ["person/other", "place/other"]
    other = client(lambda prompt: "person" if "person" in options_in(prompt) else "place/other")
    (ann,) = ChooseLabels(CASCADE).choose(places(TEXT, "Ann"), other)
    assert ann.levels == [("person", 1.0)] and ann.rejects


def test_a_synonym_of_two_cousins_means_the_one_that_is_offered():
    shared = [{"id": f"{above}/x{above}", "synonyms": ["side"]} for above in "ab"]
    tree = tree_of([{"id": "a"}, {"id": "b"}, *shared])
    answers = {"Ann": "a", "Basel": "b"}
    model = client(
        lambda prompt: label(answers[span_in(prompt)] if "a" in options_in(prompt) else "Side")
    )
    found = ChooseLabels(tree).choose(places(TEXT, "Ann", "Basel"), model)
    assert [one.levels[-1][0] for one in found] == ["a/xa", "b/xb"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_and_span_stay_data(hostile):
    text = f"Ann {hostile} left."
    model = Scripted(naming({hostile: "person", "Ann": "person/organist"}))
    found = ChooseLabels(CASCADE).choose(places(text, "Ann", hostile), Client(model))
    assert found[0].levels[-1][0] == "person/organist"
    for prompt in model.asked:
        assert [one.role for one in prompt.messages] == ["system", "user", "assistant", "user"]
        assert hostile not in prompt.messages[0].content
        tail = prompt.messages[-1].content.rsplit("\nLabels:\n", 1)[1]
        assert len(tail.splitlines()) == len(options_in(prompt))


def test_of_long_texts_a_piece_is_shown():
    text = "word " * 3000 + "Ann " + "word " * 3000
    model = Scripted(naming(ANSWERS))
    (found,) = ChooseLabels(CASCADE, max_chars=60).choose(places(text, "Ann"), Client(model))
    assert found.levels[-1][0] == "person/organist"
    shown = text_in(model.asked[0])
    assert "word @@Ann## word" in shown and len(shown) <= 64
    assert set(shown.split()) == {"word", "@@Ann##"}


@given(st.text(st.sampled_from("ab \n"), min_size=1, max_size=60), st.integers(1, 70), st.data())
def test_the_piece_holds_the_span(text, max_chars, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    place = Place(text, start, end)
    piece = around(place, max_chars)
    assert piece.surface == place.surface and piece.text in text
    assert len(piece.text) <= max(max_chars, end - start)


def test_nothing_to_ask_about_needs_no_client():
    assert ChooseLabels(CASCADE).choose([], None) == []
    with pytest.raises(FewnerError, match="client"):
        ChooseLabels(CASCADE).choose(places(TEXT, "Ann"), None)
    for bad in ({"rounds": 0}, {"max_chars": 0}, {"reject_limit": 2.0}):
        with pytest.raises(FewnerError, match=next(iter(bad))):
            ChooseLabels(CASCADE, **bad)


@settings(deadline=None, max_examples=60)
@given(trees(), st.lists(st.integers(0, 5), min_size=1, max_size=6), st.booleans(), st.data())
def test_whatever_is_answered_paths_are_those_of_the_tree(tree, numbers, unknown, data):
    words = [*(paths.name(path) for path in tree), *tree, "unknown", "none", "", "emperor", "no"]
    answers = data.draw(st.lists(st.sampled_from(words) | st.text(max_size=9), min_size=1))
    made: dict[str, str] = {}

    def answer(prompt: Prompt) -> str:
        # By the question alone, so that equal questions get equal answers in any order.
        asked = f"{span_in(prompt)} {sorted(options_in(prompt))}"
        return made.setdefault(asked, answers[len(asked) % len(answers)])

    text = " ".join(f"w{number}" for number in range(6))
    given_places = [Place(text, 3 * number, 3 * number + 2) for number in numbers]
    how = ChooseLabels(tree, unknown=unknown)
    found = how.choose(given_places, client(answer))
    for one in found:
        labels = [path for path, _ in one.levels]
        assert labels == (paths.lineage(labels[-1]) if labels else [])
        assert all(path in tree for path in labels)
        is_whole = bool(labels) and tree.is_leaf(labels[-1])
        assert len(one.rejects) <= 1 and not (one.rejects and is_whole)
    # Each span is as if it had been asked about alone.
    alone = [how.choose([place], client(answer))[0].levels for place in given_places]
    assert [one.levels for one in found] == alone
