"""Keys: equal for equal requests wherever they are made, different for all others."""

import json
from typing import Any

import pytest
from hypothesis import given
from llm_helpers import IDENTITY, objects, prompt_of, prompts

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.journal.keys import request_key
from spacy_fewner.llm.types import Message, Prompt


def content(identity: dict[str, Any], prompt: Prompt) -> str:
    """The request as JSON that tells 1 from 1.0 and true."""
    return json.dumps(
        [
            json.dumps(identity, sort_keys=True),
            [[message.role, message.content] for message in prompt.messages],
            prompt.schema,
            prompt.sample,
        ]
    )


@given(objects, prompts, objects, prompts)
def test_keys_are_equal_exactly_where_requests_are(
    first: dict[str, Any], one: Prompt, second: dict[str, Any], other: Prompt
):
    same = content(first, one) == content(second, other)
    assert (request_key(first, one) == request_key(second, other)) == same


@given(objects, prompts)
def test_order_of_parameters_and_a_round_trip_change_nothing(
    identity: dict[str, Any], prompt: Prompt
):
    turned = dict(reversed(identity.items()))
    again = json.loads(json.dumps(identity))
    assert request_key(identity, prompt) == request_key(turned, prompt)
    assert request_key(identity, prompt) == request_key(again, prompt)


def test_every_part_of_a_request_counts():
    different = [
        prompt_of("dog bites man"),
        prompt_of("man bites dog"),
        prompt_of("dog bites man", sample=1),
        prompt_of("dog bites man", schema={}),
        prompt_of("dog bites man", schema={"a": 1, "b": 2}),
        prompt_of("dog bites man", schema={"b": 2, "a": 1}),
        Prompt((Message("system", "dog bites man"),)),
        Prompt((Message("user", "dog"), Message("user", " bites man"))),
    ]
    keys = {request_key(IDENTITY, prompt) for prompt in different}
    assert len(keys) == len(different)
    assert request_key({**IDENTITY, "seed": 1}, different[0]) not in keys


def test_keys_are_those_of_journals_already_written():
    key = request_key({"model": "m", "temperature": 0.0}, prompt_of("Ünïcode 名前"))
    assert key == "afe40c1925480809b1924b8a595efcca8d41749bf69311c9d171735fb7fb5e72"


@pytest.mark.parametrize("value", [object(), float("nan"), {1, 2}])
def test_what_is_not_json_is_refused(value: Any):
    with pytest.raises(FewnerError, match="must be JSON"):
        request_key({"model": value}, prompt_of("text"))
