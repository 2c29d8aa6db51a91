"""What all stages share: asking in order, provenance, limits; labels, decks."""

import random

import pytest
from synthesis_helpers import SCHEMA, client, last_turn, sample

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.types import Message, Prompt, Reply
from spacy_fewner.synthesis.labels import LabelNames
from spacy_fewner.synthesis.planning.rotation import dealt, interleaved
from spacy_fewner.synthesis.provenance import inherited, origin, sample_id, text_id
from spacy_fewner.synthesis.stage import Request, ask, passing
from spacy_fewner.types import LabelSpec, Reject, Sample, Schema


def prompt(text: str) -> Prompt:
    return Prompt((Message("user", text),))


def echo(prompt: Prompt) -> str:
    return last_turn(prompt).upper()


def joined(replies):
    return [Sample(" ".join(reply.text for reply in replies))]


def test_replies_go_to_their_requests_and_what_needs_none_keeps_its_place():
    requests = [
        passing(Sample("first")),
        Request(joined, (prompt("a"), prompt("b")), {"parents": ["x"]}),
        passing(Reject("known", "", "before")),
        Request(joined, (prompt("c"),)),
        passing(Sample("last")),
    ]
    found = list(ask("stage", client(echo), requests))
    assert [getattr(one, "text", None) for one in found] == ["first", "A B", "", "C", "last"]
    assert found[1].meta["stage"] == "stage"
    assert found[1].meta["parents"] == ["x"]
    assert len(found[1].meta["calls"]) == 2
    assert found[2] == Reject("known", "", "before")


def test_requests_are_read_a_bounded_number_ahead():
    read = []

    def requests():
        for n in range(10_000):
            read.append(n)
            yield Request(joined, (prompt(str(n)),)) if n % 4000 == 5 else passing(Sample(str(n)))

    outcomes = ask("stage", client(echo), requests())
    assert next(outcomes).text == "0"
    assert len(read) < 2100
    assert [one.text for one in outcomes] == [str(n) for n in range(1, 10_000)]


def test_a_request_may_do_with_some_of_its_replies():
    def fails(prompt: Prompt) -> str | Reply:
        return Reply("", error="refused") if last_turn(prompt) == "b" else echo(prompt)

    def present(replies):
        return [Sample(" ".join(reply.error or reply.text for reply in replies))]

    requests = [
        Request(present, (prompt("a"), prompt("b")), partial=True),
        Request(present, (prompt("b"), prompt("b")), partial=True),
        Request(present, (prompt("a"), prompt("b"))),
    ]
    found = list(ask("stage", client(fails), requests))
    assert found[0].text == "A refused"
    assert [(one.reason, one.detail) for one in found[1:]] == [("no reply", "refused")] * 2


def test_earlier_calls_come_first():
    request = Request(joined, (prompt("a"),), {"calls": ["k0"]})
    (found,) = ask("stage", client(echo), [request])
    assert found.meta["calls"][0] == "k0"
    assert len(found.meta["calls"]) == 2


def test_a_request_without_reply_is_rejected_with_its_parents():
    def answer(prompt: Prompt) -> Reply:
        return Reply("", error="refused" if last_turn(prompt) == "b" else "")

    requests = [Request(joined, (prompt("a"), prompt("b")), {"parents": ["x"]})]
    (found,) = ask("stage", client(answer), requests)
    assert isinstance(found, Reject)
    assert (found.reason, found.detail, found.meta["parents"]) == ("no reply", "refused", ["x"])


def test_too_many_rejects_stop_the_run_and_those_passed_on_do_not_count():
    def build(replies):
        return [Reject("bad", "", "stage")]

    refused = (Request(build, (prompt(str(n)),)) for n in range(1000))
    with pytest.raises(FewnerError, match=r"at most 30% .* 50 of 50"):
        list(ask("stage", client(echo), refused))
    passed = (passing(Reject("bad", "", "before")) for _ in range(1000))
    assert len(list(ask("stage", client(echo), passed))) == 1000


def test_a_stage_that_asks_needs_a_client():
    with pytest.raises(FewnerError, match="client: stage extend asks a language model"):
        list(ask("extend", None, []))


def test_history_of_a_text_is_kept():
    seed = sample("A text.")
    assert (sample_id(seed), origin(seed)) == (text_id("A text."), "gold")
    made = Sample("A text.", meta={"id": "g-1", "stage": "generate", "calls": ["k"], "prompt": "p"})
    twice = Sample("A text.", meta={**inherited(made), "stage": "correct", "calls": ["l"]})
    assert twice.meta["earlier"] == [{"stage": "generate", "prompt": "p", "calls": ["k"]}]
    assert (sample_id(twice), origin(twice)) == ("g-1", "generate")


def test_labels_are_read_back_by_name_id_and_synonym():
    names = LabelNames(
        Schema(
            (
                LabelSpec("person/artist", synonyms=("painter", "star")),
                LabelSpec("work/artist"),
                LabelSpec("MPAA_Rating", synonyms=("star",)),
            )
        )
    )
    assert names.show("person/artist") == "person/artist"
    assert names.show("MPAA_Rating") == "MPAA_Rating"
    assert names.read("Person / Artist") == "person/artist"
    assert names.read("mpaa rating") == "MPAA_Rating"
    assert names.read(" Painter ") == "person/artist"
    assert names.read("artist") is None  # of two labels
    assert names.read("star") is None  # synonym of two
    assert names.read("sculptor") is None


def test_clashing_and_missing_labels_are_told():
    with pytest.raises(FewnerError, match="'Part' and 'PART'"):
        LabelNames(Schema((LabelSpec("Part"), LabelSpec("PART"))))
    with pytest.raises(FewnerError, match="must have labels"):
        LabelNames(Schema(()))
    assert LabelNames(SCHEMA).read("Register") == "STOP"


def test_decks_deal_everything_before_anything_again():
    deck = dealt(list("abcde"), random.Random(1))
    rounds = [sorted(next(deck) for _ in range(5)) for _ in range(3)]
    assert rounds == [list("abcde")] * 3
    assert next(dealt([], random.Random(1)), "none") == "none"
    assert list(interleaved(["ad", "bda", ""])) == ["a", "b", "d"]
