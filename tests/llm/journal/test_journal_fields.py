"""Journal lines with a right check sum and missing or wrong fields: named, or read without them."""

import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llm_helpers import IDENTITY, prompt_of, values

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.journal.keys import request_key
from spacy_fewner.llm.journal.lines import decode, encode, header, model_line, reply_line
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.llm.types import Reply

PROMPT = prompt_of("text")
KEY = request_key(IDENTITY, PROMPT)
GOOD = reply_line(IDENTITY, PROMPT, Reply("good", "stop", 10, 5, KEY))


def journal_of(path: Path, *lines: bytes) -> Path:
    path.write_bytes(header() + model_line(IDENTITY) + b"".join(lines))
    return path


def changed(**fields: Any) -> bytes:
    """A good line with other fields, None taking one out; its check sum is right."""
    entry = {**decode(GOOD), **fields}
    entry.pop("crc", None)
    return encode({name: value for name, value in entry.items() if value is not None})


WRONG = [
    changed(text=None), changed(text=7), changed(text=["x"]), changed(text={"a": 1}),
    changed(key="zz"), changed(key=7), changed(key="ab"), changed(key=[]), changed(key=KEY.upper()),
    changed(model=None), changed(model=7), changed(model=[]), changed(model="another"),
    changed(finish=7), changed(finish=["stop"]),
    encode({"model": [], "identity": {}}), encode({"model": "m", "identity": 7}),
    encode({"model": "m", "identity": []}), encode({"identity": {}}), encode({"schema": 7}),
    encode({"schema": {}}), encode({"other": 1}), encode({"": None}), encode({"key": None}),
]  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
@pytest.mark.parametrize("mode", ["resume", "replay", "live"])
def test_a_wrong_field_is_named_with_its_line(line: bytes, mode: Any, tmp_path: Path):
    path = journal_of(tmp_path / "journal.jsonl", GOOD, line, GOOD)
    before = path.read_bytes()
    with pytest.raises(FewnerError, match=r"journal\.jsonl:4: .* delete this line"):
        Journal(path, mode)
    assert path.read_bytes() == before


COUNTS = [int("9" * 4000), -5, "12", True, [1], {}, 1.5, 10**12, float("nan")]


@pytest.mark.parametrize("count", COUNTS)
def test_a_reply_is_not_lost_for_its_counts(count: Any, tmp_path: Path):
    """Versions before 0.2 kept what the server said."""
    line = changed(prompt_tokens=count, completion_tokens=count)
    with Journal(journal_of(tmp_path / "journal.jsonl", line), "replay") as journal:
        assert journal.find(KEY) == Reply("good", "stop", None, None, KEY)
        assert [reply.text for reply in Client(None, journal).complete([PROMPT])] == ["good"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([*decode(GOOD), "schema", "sample", "identity"]), values))
def test_any_fields_are_read_or_named(tmp_path: Path, fields: dict[str, Any]):
    path = journal_of(tmp_path / "journal.jsonl", encode({**decode(GOOD), **fields}), GOOD)
    try:
        with Journal(path, "replay") as journal:
            found = journal.find(KEY)
            list(Client(None, journal).complete([PROMPT]))
    except FewnerError as err:
        assert "journal.jsonl" in str(err) or "model" in str(err)
    else:
        assert found and isinstance(found.text, str)


@pytest.mark.parametrize("content", ["[1]", "7", '"x"', "[" * 5000 + "]" * 5000, "1" * 5000])
def test_a_line_that_is_no_object_is_named(content: str, tmp_path: Path):
    body = content[:-1].encode()
    line = body + b',"crc":"%08x"}\n' % zlib.crc32(body)
    with pytest.raises(FewnerError, match=r"journal\.jsonl:3"):
        Journal(journal_of(tmp_path / "journal.jsonl", line, GOOD), "replay")


def test_a_line_changed_while_the_journal_is_open_is_named(tmp_path: Path):
    path = journal_of(tmp_path / "journal.jsonl", GOOD)
    with Journal(path, "replay") as journal:
        path.write_bytes(path.read_bytes().replace(b"good", b"evil"))
        with pytest.raises(FewnerError, match="damaged one"):
            journal.find(KEY)


def test_an_identity_of_any_json_is_compared_and_not_run(tmp_path: Path):
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    lines = encode({"model": "m", "identity": {"api": deep, "model": {"a": 1}}})
    path = journal_of(tmp_path / "journal.jsonl", lines, GOOD)
    with Journal(path, "replay") as journal:
        assert len(list(Client(None, journal).complete([PROMPT]))) == 1
        assert json.dumps(OpenAISettings("m").identity)
