"""One schema out of many documents, with the embedder whose thresholds are in use."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from discovery_helpers import DOCUMENTS, ORGAN, answers, found, groups, guideline, labelled
from scripted import client

from spacy_fewner.discovery.mentions_shown import in_sentence
from spacy_fewner.discovery.merging.central import central
from spacy_fewner.discovery.merging.discover_types import discover_types
from spacy_fewner.discovery.merging.likeness import alike, known, may_be_synonyms
from spacy_fewner.discovery.merging.split_other import split_other
from spacy_fewner.discovery.merging.synonyms import Candidate, group_synonyms
from spacy_fewner.discovery.merging.tell_apart import tell_apart
from spacy_fewner.discovery.type_labels import is_catch_all, plain_key
from spacy_fewner.types import CharSpan

BODY = "A part of the body with a function of its own."


def test_documents_become_one_schema(embed):
    types = discover_types(DOCUMENTS, embed)
    by_name = {one.name: one for one in types}
    assert by_name["organ"].labels == ("organ", "Organs")
    assert by_name["organ (body)"].labels == ("organ (body)",)
    assert by_name["church"].mentions == by_name["church"].documents == 2
    (year, pipes) = by_name["organ"].fields
    assert year.labels == ("organ/year built", "Organs/years built")
    assert (pipes.name, pipes.mentions, pipes.documents) == ("pipes", 0, 1)
    assert by_name["organ"].shown == (
        "The [Great organ] of St Mary was built in 1714 by Father Smith.",
        "Harrison & Harrison rebuilt the [organs] of Durham Cathedral in 1932.",
    )
    assert [types.documents, types.named, types.mentions] == [3, 6, 10]
    assert types.told_apart == {"organ": ("organ", "organ (body)")}
    heart = types.samples[2]
    assert labelled(heart)[0] == ("heart", "organ (body)")
    assert heart.meta["guidelines"][0]["name"] == "organ (body)"
    assert heart.meta["instances"][0]["type"] == "organ (body)"


def test_synonyms_of_a_model_are_merged_where_they_are_near(embed):
    said = groups(["church", "organ builder"], ["builder", "organ builder"], ["organ"], ["other"])
    types = discover_types(DOCUMENTS, embed, client(answers({"group": said})))
    assert [
        ("builder" in one.labels, len(one.labels)) for one in types if one.name == "builder"
    ] == [(True, 1)]
    said = groups(["organ builder", "builder"], ["organ", "organ (body)"])
    types = discover_types(DOCUMENTS, embed, client(answers({"group": said})))
    names = [one.name for one in types]
    assert "organ (body)" in names, "what documents define in two ways is never merged again"
    (builder,) = [one for one in types if "builder" in one.labels]
    assert set(builder.labels) == {"builder", "organ builder"}
    assert builder.definition in (
        "A person or firm that builds organs.",
        "A firm that builds or restores organs.",
    )


def test_a_group_of_most_types_is_refused(embed):
    names = ["river", "stream", "creek", "brook", "burn", "beck", "tractor"]
    kinds = [Candidate(one, "Water that flows.", 2, ("Thames", "Rhine")) for one in names]
    said = groups(names[:6])
    grouped = group_synonyms(kinds, embed, client(answers({"group": said})))
    assert [one.reason for one in grouped.rejects] == ["group of most types"]
    assert max(map(len, grouped.groups)) < 4


@pytest.mark.parametrize("reply", ["", "I cannot", '{"groups": 7}', "[" * 10_000])
def test_without_a_readable_reply_only_what_is_alike_is_merged(embed, reply: str):
    types = discover_types(DOCUMENTS, embed, client(lambda prompt: reply))
    plain = discover_types(DOCUMENTS, embed)
    assert types.types == plain.types
    assert types.rejects


def test_alike_are_synonyms_and_not_kinds_of_each_other(embed):
    types = {
        "drug": "A chemical that is given to treat or prevent a disease.",
        "medication": "A chemical that is given to treat or prevent a disease.",
        "device": "A thing made for a purpose, such as a tool or machine.",
        "medical device": "A thing made for a medical purpose, such as a tool or machine.",
        "city": "A large town.",
        "river": "Water that flows to the sea.",
    }
    facts = known(list(types), list(types.values()), embed)
    assert list(alike(facts)) == [(0, 1)]
    assert may_be_synonyms(facts, 0, 1)
    assert not may_be_synonyms(facts, 4, 5)
    assert list(alike(known(["tv show", "tv series", "city"], ["", "", ""], embed))) == [(0, 1)]


def test_definitions_far_apart_are_two_types_and_near_ones_one(embed):
    said = [ORGAN, ORGAN, "An instrument with pipes and keys.", BODY, ""]
    given = [
        found(f"An organ {n}.", ("organ", "organ"), guidelines=[guideline("organ", d)])
        for n, d in enumerate(said)
    ]
    samples, told = tell_apart(given, embed)
    assert [one.spans[0].label for one in samples] == ["organ"] * 3 + ["organ (body)", "organ"]
    assert told == {"organ": ("organ", "organ (body)")}
    assert tell_apart(given[:3], embed) == (given[:3], {})


def test_the_central_definition_is_that_of_most(embed):
    said = Counter({ORGAN: 1, "A musical instrument with pipes and keys.": 2, BODY: 1})
    assert central(said, embed) == "A musical instrument with pipes and keys."
    assert central(Counter(), embed) == ""


RIVERS, PEOPLE = ["Thames", "Rhine", "Danube", "Nile"], ["Ann Lee", "Tom Marsh", "Eva Braun"]
VIRUS = "The virus spread fast."


def others(*more):
    return [
        *(found(f"We saw {one} there.", (one, "river")) for one in RIVERS),
        *(found(f"We saw {one} there.", (one, "person")) for one in PEOPLE),
        *more,
    ]


def test_mentions_of_other_get_the_type_they_belong_to(embed):
    given = others(
        found("At the Rhine again.", ("Rhine", "other")),
        found("Ann Marsh came.", ("Ann Marsh", "miscellaneous")),
        found(VIRUS, ("virus", "other")),
    )
    split = split_other(given, embed)
    assert [one.spans[0].label for one in split.samples[-3:]] == ["river", "person", "other"]
    assert split.counts == {"river": 1, "person": 1}
    assert split.samples[:-3] == given[:-3]


def test_a_model_names_the_types_of_the_rest(embed):
    given = others(
        found(
            VIRUS,
            ("virus", "other"),
            guidelines=[guideline("other", "")],
            instances=[{"type": "other", "values": {"name": "virus"}}],
        ),
        found("A big deal.", ("deal", "other")),
    )
    items = [
        {"mention": "virus", "type": "Infectious_Agent"},
        {"mention": "deal", "type": "Other Thing"},
        {"mention": "nobody asked", "type": "river"},
        7,
    ]
    asked = client(answers({"mention": json.dumps({"items": items})}))
    split = split_other(given, embed, asked)
    virus, deal = split.samples[-2:]
    assert labelled(virus) == [("virus", "infectious agent")]
    assert virus.meta["guidelines"][1]["name"] == "infectious agent"
    assert virus.meta["instances"] == [{"type": "infectious agent", "values": {"name": "virus"}}]
    assert labelled(deal) == [("deal", "other")]


def test_a_type_that_nothing_is_known_of_is_taken_apart_like_other(embed):
    said = [guideline("river", "Water that flows."), guideline("zzz", "")]
    given = others(found("At the Rhine.", ("Rhine", "zzz"), guidelines=said))
    assert labelled(split_other(given, embed).samples[-1]) == [("Rhine", "river")]
    alone = others(found("At the Rhine.", ("Rhine", "zzz")))
    assert labelled(split_other(alone, embed).samples[-1]) == [("Rhine", "zzz")]


def test_labels_that_no_review_could_hold_are_made_plain(embed):
    given = [found("At the Rhine.", ("Rhine", " a\tbig\u2028river/in/ the west"))]
    (one,) = discover_types(given, embed)
    assert (one.name, one.fields[0].name) == ("a big river", "in- the west")
    kept = [found("At the Rhine.", ("Rhine", "ext/river"))]
    assert discover_types(kept, embed).samples == kept


def test_passages_of_one_document_are_one_document(embed):
    given = [
        replace(
            found("At the Rhine.", ("Rhine", "river")),
            meta={"id": f"d.{n}", "stage": "passages", "parents": ["d"]},
        )
        for n in range(2)
    ]
    assert discover_types(given, embed).documents == 1


def test_nothing_found_is_no_type(embed):
    assert len(discover_types([found("Nothing.")], embed)) == 0


def test_plain_names():
    assert plain_key("Organ-Builders/years  built") == plain_key("organ builder/year built")
    assert plain_key("organ") != plain_key("organist")
    assert [is_catch_all(one) for one in ("Other", "misc entities", "other person")] == [
        True,
        True,
        False,
    ]


def test_a_mention_is_shown_in_its_sentence():
    text = "First. The old\norgan of this place, the Great organ, stands in the loft. Last."
    start = text.index("Great organ")
    assert (
        in_sentence(text, CharSpan(start, start + 11, "x"))
        == "organ of this place, the [Great organ], stands in the loft."
    )
    long = "word " * 40 + "organ" + " word" * 40
    shown = in_sentence(long, CharSpan(200, 205, "x"))
    assert shown.startswith("… word") and shown.endswith("word …") and len(shown) < 140
