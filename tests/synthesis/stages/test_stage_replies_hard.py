"""Whatever a model replies: spans lie in the text, labels are allowed, others are untouched."""

import json
import random

from hypothesis import example, given
from hypothesis import strategies as st
from synthesis_helpers import (
    HARD,
    HARD_TEXT,
    REPLIES,
    SAID,
    SCHEMA,
    SEEDS,
    SLOW,
    client,
    last_turn,
    letters,
    sample,
    split,
    surfaces,
)

from spacy_fewner.grounding.ladder import find
from spacy_fewner.grounding.normal import fold
from spacy_fewner.llm.types import Prompt, Reply
from spacy_fewner.synthesis.annotated_texts import Written, is_unicode, shown
from spacy_fewner.synthesis.labels import LabelNames
from spacy_fewner.synthesis.planning.ideas import Ideas
from spacy_fewner.synthesis.stages.correct import Correct
from spacy_fewner.synthesis.stages.explain import Explain
from spacy_fewner.synthesis.stages.extend import Extend, is_entity_type
from spacy_fewner.synthesis.stages.merge import Merge
from spacy_fewner.synthesis.words import UPOS
from spacy_fewner.types import CharSpan, Reject, Sample

TEXT = "Drew the Oboe 8' in İzmir at noon; the café's Oboe 8' is 北京's."
GIVEN = sample(TEXT, ("Oboe 8'", "STOP"), ("İzmir", "ext/place"), ("noon", "FAULT"), id="g")
OTHER = sample("A torn pallet.", ("pallet", "PART"), id="o")
HALF = st.just("Half a pair, \ud83d, in a text that is long enough to be kept.")
FINISH = st.sampled_from(["stop", "length"])
IN_TEXT = st.integers(0, len(TEXT) - 1).flatmap(
    lambda start: st.integers(start + 1, len(TEXT)).map(lambda end: TEXT[start:end])
)
SURFACE = IN_TEXT | st.sampled_from(TEXT.split()) | HARD_TEXT
KINDS_SAID = st.sampled_from(["a/b", "A_b", " x ", "x" * 50, "", "\ud83d", "seg/word"])
THINGS = st.fixed_dictionaries(
    {"entity": st.sampled_from(TEXT.split()) | SURFACE, "type": KINDS_SAID | SAID | HARD_TEXT}
)
LISTS = st.lists(THINGS | SURFACE, max_size=4)
NEAR = LISTS.map(lambda items: json.dumps({"items": items})) | REPLIES


def is_placed(one: Sample) -> bool:
    """Every span holds something, without spaces at its edges."""
    found = [span.surface(one.text) for span in one.spans]
    inside = all(0 <= span.start < span.end <= len(one.text) for span in one.spans)
    return inside and all(text == text.strip() != "" for text in found)


def fixed(found: str, finish: str = "stop"):
    """A model that says this about the text, and about the other one what `quiet` says."""

    def answer(prompt: Prompt) -> Reply:
        asked = last_turn(prompt)
        return Reply(found, finish) if TEXT in asked else Reply('{"items": []}')

    return client(answer)


@HARD
@given(NEAR, FINISH, st.booleans())
@example('{"items": [{"entity": "noon", "type": "\\ud83d"}]}', "stop", False)
def test_extension_adds_entity_types_and_nothing_else(reply, finish, strict):
    stage = Extend(strict=strict)
    first, second = stage([GIVEN, OTHER], SCHEMA, fixed(reply, finish))
    assert second.spans == OTHER.spans
    assert first.text == TEXT
    if isinstance(first, Reject):
        assert first.reason and first.stage == "extend"
        return
    assert first.spans[: len(GIVEN.spans)] == GIVEN.spans and is_placed(first)
    assert all(is_entity_type(span.label) for span in first.spans[len(GIVEN.spans) :])
    assert all(is_unicode(span.label) for span in first.spans)


@HARD
@given(st.lists(THINGS, max_size=4))
def test_extension_finds_the_surfaces_it_was_told(items):
    (found,) = Extend()([GIVEN], SCHEMA, fixed(json.dumps({"items": items}, ensure_ascii=False)))
    if isinstance(found, Sample):
        told = [fold(item["entity"]) for item in items]
        added = [fold(span.surface(TEXT)) for span in found.spans[len(GIVEN.spans) :]]
        assert all(any(one in other or other in one for other in told) for one in added)


WORDS = st.lists(st.integers(0, len(TEXT)), max_size=6).map(
    lambda cuts: [TEXT[a:b] for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), None], strict=True)]
)
SPLITS = WORDS.map(lambda words: json.dumps({"items": words}, ensure_ascii=False))


@HARD
@given(SPLITS | SPLITS.map(lambda reply: reply.replace("a", "b", 1)) | NEAR)
def test_words_are_all_of_the_text_or_none(reply):
    (found,) = Extend(("words",))([Sample(TEXT)], SCHEMA, fixed(reply))
    if isinstance(found, Reject):
        assert found.reason
    else:
        assert {span.label for span in found.spans} == {"ext/seg/word"} and is_placed(found)
        covered = "".join(span.surface(TEXT) for span in sorted(found.spans))
        assert "".join(covered.split()) == "".join(TEXT.split())


TAGGED = st.lists(
    st.fixed_dictionaries({"word": st.sampled_from(["a", "b", "A"]), "pos": HARD_TEXT}), max_size=3
)
GOOD = st.lists(
    st.sampled_from(["NOUN", "noun", "THING", "ſym", "ext/x"]), min_size=2, max_size=2
).map(lambda tags: [{"word": word, "pos": tag} for word, tag in zip("ab", tags, strict=True)])


@HARD
@given((TAGGED | GOOD).map(lambda items: json.dumps({"items": items})) | REPLIES)
def test_tags_are_those_of_universal_dependencies(reply):
    def answer(prompt: Prompt) -> str:
        return reply if "Words:" in last_turn(prompt) else '["a", "b"]'

    (found,) = Extend(("tags",))([Sample("a b")], SCHEMA, client(answer))
    if isinstance(found, Sample):
        assert [(span.start, span.end) for span in found.spans] == [(0, 1), (2, 3)]
        assert all(span.label.removeprefix("ext/pos/") in UPOS for span in found.spans)
    else:
        assert found.reason


KINDS = ["place", "city", "person"]
MERGED = [
    sample("Ann in Rome.", ("Ann", "ext/person"), ("Rome", "ext/city"), ("Rome", "PART"), id="a"),
    sample("To İzmir.", ("İzmir", "ext/place"), ("To", "ext/seg/word"), id="b"),
]
GROUPS = st.lists(
    st.fixed_dictionaries(
        {"label": HARD_TEXT, "types": st.lists(st.sampled_from([*KINDS, "PART"]) | HARD_TEXT)}
    ),
    max_size=3,
)


@HARD
@given(GROUPS.map(lambda groups: json.dumps({"groups": groups})) | REPLIES, st.sampled_from([0, 9]))
def test_merging_renames_entity_types_among_themselves(reply, eps):
    outcomes = Merge(letters, eps=eps)(MERGED, SCHEMA, client(lambda prompt: reply))
    found, rejects = split(outcomes)
    assert [one.text for one in found] == [one.text for one in MERGED]
    assert all(reject.reason for reject in rejects)
    for before, after in zip(MERGED, found, strict=True):
        for old, new in zip(before.spans, after.spans, strict=True):
            assert (old.start, old.end) == (new.start, new.end)
            allowed = {f"ext/{kind}" for kind in KINDS} if is_entity_type(old.label) else set()
            assert new.label in {old.label, *allowed}


CORRECTED = st.lists(
    st.tuples(
        st.sampled_from([(1, "Oboe 8'"), (2, "noon"), (2, "Oboe 8'"), (3, "")]),
        st.sampled_from("ABCD"),
        st.sampled_from(["Drew", "Oboe", "at noon", "STOP", "PART", "other", "ext/place"])
        | SURFACE,
    ),
    max_size=4,
).map(
    lambda rows: "\n".join(
        f'{n}. Text Span: "{span}"\nLabel: ({letter}). The correct span is "{said}". '
        f"The correct type is {said}"
        for (n, span), letter, said in rows
    )
)


@HARD
@given(CORRECTED | REPLIES, st.booleans(), st.integers(0, 9))
def test_correction_keeps_labels_and_leaves_all_else(reply, strict, seed):
    def answer(prompt: Prompt) -> str:
        return reply if TEXT in last_turn(prompt) else ""

    found = list(Correct(strict=strict, seed=seed)([GIVEN, OTHER], SCHEMA, client(answer)))
    assert [one.text for one in found] == [TEXT, OTHER.text]
    assert isinstance(found[1], Reject) or found[1].spans == OTHER.spans
    if isinstance(found[0], Reject):
        assert found[0].reason and strict
        return
    assert is_placed(found[0])
    kept = [span for span in found[0].spans if span.label not in SCHEMA.ids]
    assert kept == [span for span in GIVEN.spans if span.label not in SCHEMA.ids]
    old = [span for span in GIVEN.spans if span.label in SCHEMA.ids]
    for span in found[0].spans:
        assert any(span.start < one.end and one.start < span.end for one in [*old, *kept])


@HARD
@given(NEAR, FINISH, REPLIES | HALF, FINISH)
@example('{"items": ["noon"]}', "stop", "Half a pair, \ud83d, in a text that is kept else.", "stop")
def test_explanations_are_plain_text_about_phrases_of_the_text(phrases, ended, text, finish):
    asked: list[Prompt] = []

    def answer(prompt: Prompt) -> Reply:
        asked.append(prompt)
        is_first = '"items"' in prompt.messages[0].content
        return Reply(phrases, ended) if is_first else Reply(text, finish)

    for found in Explain()([Sample(TEXT)], SCHEMA, client(answer)):
        if isinstance(found, Reject):
            assert found.reason
        else:
            assert found.spans == () and is_unicode(found.text) and "\n" not in found.text
            assert len(found.text) >= Explain().min_chars
    assert all(is_unicode(message.content) for prompt in asked for message in prompt.messages)
    if len(asked) > 1:
        listed = last_turn(asked[1]).rpartition("<phrases>\n")[2].partition("\n</phrases>")[0]
        assert all(fold(json.loads(one)) for one in listed.split("\n"))


LABELS = st.sampled_from(["STOP", "part", "Register", "FAULT", "none", "ext/x"])
ANNOTATED = st.lists(
    st.fixed_dictionaries(
        {
            "text": HARD_TEXT | st.just(TEXT) | HALF,
            "entities": st.lists(
                st.fixed_dictionaries({"text": SURFACE, "label": LABELS}), max_size=2
            ),
        }
    ),
    max_size=3,
)


def written(form: str) -> Written:
    return Written("generate", LabelNames(SCHEMA), ["a seed"], form, 2)


@HARD
@given(ANNOTATED.map(json.dumps) | REPLIES, st.sampled_from(["lines", "json", "list"]))
def test_written_texts_have_labels_of_the_schema_in_their_place(reply, form):
    for found in written(form).outcomes([Reply(reply, key="k" * 64)]):
        if isinstance(found, Reject):
            assert found.reason and found.stage == "generate"
        else:
            assert is_placed(found) and is_unicode(found.text)
            assert {span.label for span in found.spans} <= set(SCHEMA.ids)


@st.composite
def annotated(draw) -> Sample:
    """Mentions of several labels, each surface once in the text."""
    names = draw(st.lists(SAID.filter(lambda s: len(fold(s)) > 2), max_size=3, unique_by=fold))
    text, spans = "x1 ", []
    for name in names:
        label = draw(st.sampled_from(SCHEMA.ids))
        spans.append(CharSpan(len(text), len(text) + len(name), label))
        text += f"{name} | "
    return Sample(f"{text}x2", tuple(spans))


def is_clear(one: Sample) -> bool:
    """Each surface stands where its span is, at boundaries of characters, and nowhere else."""
    places = [find(span.surface(one.text), one.text) for span in one.spans]
    held = [[(match.start, match.end) for match in found] for found in places]
    return held == [[(span.start, span.end)] for span in one.spans]


@HARD
@given(
    st.lists(
        annotated().filter(is_clear), min_size=1, max_size=3, unique_by=lambda one: fold(one.text)
    )
)
def test_what_examples_look_like_is_read_back(samples):
    lines = [shown(one, LabelNames(SCHEMA), "lines", n) for n, one in enumerate(samples, 1)]
    replies = ["\n".join(lines), '{"items": [' + ", ".join(lines) + "]}"]
    for form, reply in zip(("lines", "json"), replies, strict=True):
        found, rejects = split(written(form).outcomes([Reply(reply)]))
        assert rejects == []
        assert [one.text for one in found] == [one.text for one in samples]
        assert [surfaces(one) for one in found] == [surfaces(one) for one in samples]


@SLOW
@given(st.lists(SAID, min_size=1, max_size=5), st.data())
def test_ideas_are_read_back_also_from_a_reply_cut_short(told, data):
    whole = json.dumps({"items": told}, ensure_ascii=data.draw(st.booleans()))
    cut = data.draw(st.integers(0, len(whole)))
    reply = Reply(whole) if cut == len(whole) else Reply(whole[:cut], "length")
    ideas = Ideas("generate", "", 5, 0)
    rejects = list(
        ideas.gather(SEEDS, LabelNames(SCHEMA), client(lambda p: reply), random.Random(0))
    )
    assert ideas.topics == told[: len(ideas.topics)]
    if cut == len(whole):
        assert ideas.topics == told and rejects == []
    assert ideas.topics or rejects


@HARD
@given(NEAR, FINISH)
def test_ideas_are_short_whole_and_printable_in_any_prompt(reply, finish):
    ideas = Ideas("generate", "", 3, 3)
    answer = client(lambda prompt: Reply(reply, finish))
    rejects = list(ideas.gather(SEEDS, LabelNames(SCHEMA), answer, random.Random(0)))
    assert all(isinstance(one, Reject) and one.reason for one in rejects)
    for idea in (*ideas.topics, *(one for pool in ideas.entities.values() for one in pool)):
        assert 0 < len(idea) <= 80 and idea == idea.strip() and is_unicode(idea)
