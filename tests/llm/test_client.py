"""The client: order, laziness, what is asked, what is kept, and how runs end."""

import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from llm_helpers import IDENTITY, Model, answer_to, prompt_of, prompts_of

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.budget import Budget
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.types import Prompt, Reply


def texts(replies: Iterator[Reply]) -> list[str]:
    return [reply.text for reply in replies]


def expected(prompts: list[Prompt]) -> list[str]:
    return [answer_to(prompt).text for prompt in prompts]


def fixed(text: str, prompt: Prompt) -> Reply:
    return Reply(text)


def slow_first(prompt: Prompt) -> Reply:
    """Earlier prompts take longer, so that replies come in another order than asked."""
    time.sleep(0.01 / (1 + int(prompt.messages[0].content.split()[-1]) % 7))
    return answer_to(prompt)


@pytest.mark.parametrize("concurrency", [1, 3, 16])
def test_replies_come_in_the_order_of_their_prompts(concurrency: int):
    # The first few wait for each other, so that a slow machine asks as many at once too.
    first, together = prompts_of(concurrency), threading.Barrier(concurrency)

    def answer(prompt: Prompt) -> Reply:
        if prompt in first:
            together.wait(timeout=30)
        return slow_first(prompt)

    model = Model(answer, concurrency)
    assert texts(Client(model).complete(prompts_of(60))) == expected(prompts_of(60))
    assert model.most_at_once == concurrency


def test_prompts_are_read_a_bounded_number_ahead():
    read = 0

    def endless() -> Iterator[Prompt]:
        nonlocal read
        while True:
            read += 1
            yield prompt_of(f"prompt {read}")

    replies = Client(Model(concurrency=2)).complete(endless())
    assert read == 0  # nothing is read, or asked, before the first reply is wanted
    for taken in range(1, 200):
        next(replies)
        assert read - taken <= 8
    replies.close()


def test_a_second_run_asks_for_nothing(tmp_path: Path):
    prompts = prompts_of(20)
    first, second = Model(), Model()
    with Journal(tmp_path / "journal.jsonl") as journal:
        replies = list(Client(first, journal).complete(prompts))
    with Journal(tmp_path / "journal.jsonl") as journal:
        client = Client(second, journal)
        assert list(client.complete(prompts)) == replies
    assert (len(first.asked), len(second.asked)) == (20, 0)
    assert (client.totals.requests, client.totals.from_journal) == (0, 20)


@pytest.mark.parametrize("mode", [None, "resume", "live"])
def test_the_same_prompt_twice_is_asked_once(tmp_path: Path, mode):
    prompts = [*prompts_of(5), *prompts_of(10), *prompts_of(10)]
    journal = Journal(tmp_path / "journal.jsonl", mode) if mode else None
    model = Model(seconds=0.005)
    client = Client(model, journal)
    assert texts(client.complete(prompts)) == expected(prompts)
    assert len(model.asked) == 10
    assert (client.totals.requests, client.totals.from_journal) == (10, 15)


def test_live_asks_for_all_anew(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    for text in ("old", "new"):
        with Journal(path, "live") as journal:
            client = Client(Model(partial(fixed, text)), journal)
            assert texts(client.complete(prompts_of(3))) == [text] * 3
    with Journal(path, "replay") as journal:
        assert texts(Client(None, journal).complete(prompts_of(3))) == ["new"] * 3


def test_a_replay_needs_no_model_and_says_what_is_missing(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        list(Client(Model(), journal).complete(prompts_of(3)))
    content = path.read_bytes()
    with Journal(path, "replay") as journal:
        replies = Client(None, journal).complete([*prompts_of(3), prompt_of("unknown " * 9)])
        assert [next(replies).text for _ in range(3)] == expected(prompts_of(3))
        with pytest.raises(FewnerError, match="unknown unknown") as caught:
            next(replies)
    assert "mode resume" in caught.value.remedy
    assert path.read_bytes() == content


def test_a_replay_under_another_model_says_so(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        list(Client(Model(), journal).complete(prompts_of(1)))
    with Journal(path, "replay") as journal:
        other = Model(identity={**IDENTITY, "temperature": 0.9})
        with pytest.raises(FewnerError, match="other parameters"):
            list(Client(other, journal).complete(prompts_of(1)))
        assert other.asked == []


def test_a_replay_of_two_models_needs_a_name_only_where_both_answered(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    one, two = Model(identity={"model": "one"}), Model(identity={"model": "two"})
    with Journal(path) as journal:
        list(Client(one, journal).complete([prompt_of("a"), prompt_of("both")]))
        list(Client(two, journal).complete([prompt_of("b"), prompt_of("both")]))
    with Journal(path, "replay") as journal:
        replies = Client(None, journal).complete(map(prompt_of, ("a", "b", "both")))
        assert [next(replies).text, next(replies).text] == ["reply to a", "reply to b"]
        with pytest.raises(FewnerError, match="several models"):
            next(replies)
        assert texts(Client(two, journal).complete([prompt_of("both")])) == ["reply to both"]


def test_a_reply_with_an_error_is_not_kept(tmp_path: Path):
    def sometimes(prompt: Prompt) -> Reply:
        failed = prompt.messages[0].content == "prompt 1"
        return Reply("", error="given up") if failed else answer_to(prompt)

    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        client = Client(Model(sometimes), journal)
        errors = [reply.error for reply in client.complete(prompts_of(3))]
    assert errors == ["", "given up", ""]
    assert (client.totals.requests, client.totals.failed) == (2, 1)
    again = Model()
    with Journal(path) as journal:
        assert texts(Client(again, journal).complete(prompts_of(3))) == expected(prompts_of(3))
    assert again.asked == [prompts_of(3)[1]]


def test_what_is_under_way_is_kept_when_the_caller_stops_reading(tmp_path: Path):
    model = Model(seconds=0.05, concurrency=8)
    with Journal(tmp_path / "journal.jsonl") as journal:
        replies = Client(model, journal).complete(prompts_of(100))
        next(replies)
        replies.close()
        assert len(journal) == len(model.asked) < 100


def test_a_fault_ends_the_run_after_the_replies_before_it(tmp_path: Path):
    def no_more(prompt: Prompt) -> Reply:
        if prompt.messages[0].content == "prompt 10":
            raise FewnerError("quota", "must not be used up", "nothing", "Pay.")
        return answer_to(prompt)

    model = Model(no_more, concurrency=4, seconds=0.01)
    with Journal(tmp_path / "journal.jsonl") as journal:
        client = Client(model, journal)
        replies = client.complete(prompts_of(1000))
        assert [next(replies).text for _ in range(10)] == expected(prompts_of(10))
        with pytest.raises(FewnerError, match="quota"):
            next(replies)
        assert len(journal) == len(model.asked) - 1
        assert len(model.asked) <= 14  # none was begun after the fault
        assert len(journal) == client.totals.requests


def test_an_error_of_the_prompts_comes_after_the_replies_before_it():
    def failing() -> Iterator[Prompt]:
        yield from prompts_of(3)
        raise KeyError("mine")

    replies = Client(Model()).complete(failing())
    assert [next(replies).text for _ in range(3)] == expected(prompts_of(3))
    with pytest.raises(KeyError, match="mine"):
        next(replies)


@pytest.mark.parametrize(
    ("budget", "most"),
    [
        (Budget(max_tokens=1500), 100),
        (Budget(1.0, 2.0, max_cost=0.002), 100),
        (Budget(max_tokens=0), 0),
        (Budget(max_tokens=1), 4),
    ],
)
def test_a_budget_stops_the_run_and_keeps_what_was_paid(tmp_path: Path, budget: Budget, most: int):
    model = Model(concurrency=4, seconds=0.001)
    yielded = 0
    with Journal(tmp_path / "journal.jsonl") as journal:
        client = Client(model, journal, budget)
        with pytest.raises(FewnerError, match="the run may use"):
            for _ in client.complete(prompts_of(1000)):
                yielded += 1
        assert len(journal) == len(model.asked) == yielded == client.totals.requests
    assert most - 4 <= yielded <= most
    assert client.totals.tokens == 15 * yielded
    assert client.totals.cost == pytest.approx(
        yielded * (10 * budget.prompt_price + 5 * budget.completion_price) / 1e6
    )
    with Journal(tmp_path / "journal.jsonl") as journal:  # what is in the journal costs nothing
        again = Client(Model(), journal, budget).complete(prompts_of(yielded))
        assert len(list(again)) == yielded


def test_tokens_are_estimated_where_a_model_does_not_count():
    client = Client(Model(lambda _: Reply("x" * 40)))
    list(client.complete([prompt_of("y" * 400)]))
    assert (client.totals.prompt_tokens, client.totals.completion_tokens) == (100, 10)


def test_one_run_within_another_shares_threads_and_replies(tmp_path: Path):
    model = Model(concurrency=3, seconds=0.002)
    with Journal(tmp_path / "journal.jsonl") as journal:
        client = Client(model, journal)
        inner = client.complete(prompts_of(50))
        outer = (prompt_of(f"prompt {int(r.text.split()[-1]) // 2}") for r in inner)
        wanted = [f"reply to prompt {number // 2}" for number in range(50)]
        assert texts(client.complete(outer)) == wanted
    assert len(model.asked) == 50
    assert model.most_at_once <= 3


def test_a_shared_request_survives_the_end_of_the_run_that_began_it():
    hold = threading.Event()
    model = Model(lambda p: (hold.wait(5), answer_to(p))[1], concurrency=1)
    client = Client(model)
    ended, stays = client.complete(prompts_of(4)), client.complete(prompts_of(4))
    results: list[str] = []
    threading.Timer(0.2, hold.set).start()
    thread = threading.Thread(target=lambda: results.extend(texts(stays)))
    first = threading.Thread(target=lambda: (next(ended), ended.close()))
    first.start()
    thread.start()
    first.join()
    thread.join()
    assert results == expected(prompts_of(4))
    assert len(model.asked) == 4


def test_a_model_is_needed_unless_replaying(tmp_path: Path):
    with pytest.raises(FewnerError, match="model"):
        Client(None)
    with Journal(tmp_path / "journal.jsonl") as journal, pytest.raises(FewnerError, match="replay"):
        Client(None, journal)


@pytest.mark.parametrize("settings", [{"max_cost": 1.0}, {"max_tokens": -1}, {"prompt_price": -1}])
def test_a_budget_is_checked(settings):
    with pytest.raises(FewnerError, match=next(iter(settings))):
        Budget(**settings)
