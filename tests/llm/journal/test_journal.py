"""The journal: what was recorded is there again, whatever happened to the process or the file."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llm_helpers import IDENTITY, answer_to, objects, prompt_of, prompts, prompts_of, replies

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.journal.keys import request_key
from spacy_fewner.llm.journal.lines import DamagedLine, decode, encode
from spacy_fewner.llm.types import Prompt, Reply

# Prints "open" and then the keys on the disk, or the error; argv: journal, size limit, replies.
WRITER = """
import resource, sys
from llm_helpers import IDENTITY, answer_to, prompt_of
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from llm_helpers import Model
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    with Journal(sys.argv[1]) as journal:
        for reply in Client(Model(), journal).complete(
            prompt_of(f"prompt {n} " + "x" * 100) for n in range(int(sys.argv[3]))
        ):
            print(reply.key, flush=True)
except FewnerError as err:
    print("error", err)
"""


def record(
    journal: Journal, prompt: Prompt, reply: Reply | None = None, identity: Mapping = IDENTITY
) -> Reply:
    reply = replace(reply or answer_to(prompt), key=request_key(identity, prompt))
    journal.record(identity, prompt, reply)
    return reply


def written(path: Path, count: int = 3) -> list[Reply]:
    with Journal(path) as journal:
        return [record(journal, prompt) for prompt in prompts_of(count)]


def found(path: Path, wanted: list[Reply]) -> list[Reply]:
    """Which of the replies a replay finds as they were."""
    with Journal(path, "replay") as journal:
        return [reply for reply in wanted if journal.find(reply.key) == reply]


def run_writer(path: Path, limit: int, count: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(path), str(limit), str(count)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(objects, prompts, replies), max_size=5))
def test_round_trip_of_anything(entries: list[tuple[dict[str, Any], Prompt, Reply]]):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new" / "journal.jsonl"
        with Journal(path) as journal:
            kept = [record(journal, p, reply, identity) for identity, p, reply in entries]
            last = {reply.key: reply for reply in kept}
            assert all(journal.find(key) == reply for key, reply in last.items())
        with Journal(path, "replay") as journal:
            assert all(journal.find(key) == reply for key, reply in last.items())
            assert len(journal) == len(last)
            assert [dict(i) for i in journal.identities] == _first_of_each(
                [identity for identity, _, _ in entries]
            )


def _first_of_each(identities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_content = {json.dumps(i): i for i in reversed(identities)}
    order = list(dict.fromkeys(json.dumps(i) for i in identities))
    return [by_content[name] for name in order]


@given(objects)
def test_lines_round_trip_and_any_changed_byte_is_seen(entry: dict[str, Any]):
    line = encode({"a": 1, **entry})
    assert line.count(b"\n") == 1
    assert decode(line) == json.loads(json.dumps({"a": 1, **entry}))
    for at in range(0, len(line) - 1, 7):
        damaged = line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]
        with pytest.raises(DamagedLine):
            decode(damaged)


def test_lines_can_be_read_by_people(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    schema = {"type": "object"}
    with Journal(path) as journal:
        for sample in (0, 1):
            record(journal, prompt_of("Was heißt 名前?", schema=schema, sample=sample))
    lines = path.read_text("utf8").splitlines()
    heads = [list(json.loads(line)) for line in lines]
    assert heads == [
        ["journal", "version", "crc"],
        ["model", "identity", "crc"],
        ["schema", "json", "crc"],
        ["key", "model", "messages", "schema", "text", "prompt_tokens", "completion_tokens", "crc"],
        [
            *("key", "model", "messages", "schema", "sample", "text"),
            *("prompt_tokens", "completion_tokens", "crc"),
        ],
    ]
    assert '"content":"Was heißt 名前?"' in lines[3]


def test_a_last_line_cut_anywhere_is_dropped_and_overwritten(tmp_path: Path):
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    replies = written(whole)
    content = whole.read_bytes()
    begin = content.rindex(b"\n", 0, -1) + 1
    for end in range(begin, len(content) - 1):
        cut.write_bytes(content[:end])
        assert found(cut, replies) == replies[:2]
        assert cut.read_bytes() == content[:end]  # a replay leaves the file alone
        with Journal(cut) as journal:
            assert len(journal) == 2
        assert cut.read_bytes() == content[:begin]
    written(cut)
    assert found(cut, replies) == replies


def test_a_whole_last_line_without_newline_is_kept(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    replies = written(path)
    path.write_bytes(path.read_bytes()[:-1])
    assert found(path, replies) == replies
    with Journal(path) as journal:
        more = record(journal, prompt_of("more"))
    assert found(path, [*replies, more]) == [*replies, more]


def test_a_file_cut_within_its_header_is_begun_anew(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    written(path, 0)
    header = path.read_bytes()
    for end in range(len(header)):
        path.write_bytes(header[:end])
        written(path, 0)
        assert path.read_bytes() == header


@pytest.mark.parametrize("mode", ["live", "resume", "replay"])
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda c: c.replace(b'"version":1', b'"version":2'), "journal of version 1"),
        (lambda c: b'{"journal":"spacy-fewner","version":9}\n', "got version 9"),
        (lambda c: b'{"text":"an example"}\n', "must begin as a journal"),
        (lambda c: b'{"text":"an example"}', "must begin as a journal"),
        (lambda c: b"\x00" * 100, "must begin as a journal"),
        (lambda c: b"[" * 100_000 + c, "must begin as a journal"),
        (lambda c: c.replace(b"prompt 1", b"prompt 7", 1), r"jsonl:4: .* a damaged one"),
        (lambda c: c.replace(b'{"key', b"\x00\x00\x00\x00\x00", 1), r"jsonl:3: .* damaged"),
        (lambda c: c.replace(c.split(b"\n")[1] + b"\n", b""), r"jsonl:2: .* damaged"),
        (lambda c: c.replace(b"\n", b"\n\n", 1), r"jsonl:2: .* damaged"),
    ],
)
def test_damage_is_named_and_the_file_left_alone(tmp_path: Path, damage, message, mode):
    path = tmp_path / "journal.jsonl"
    written(path)
    content = damage(path.read_bytes())
    path.write_bytes(content)
    with pytest.raises(FewnerError, match=message):
        Journal(path, mode)
    assert path.read_bytes() == content


def test_windows_line_ends_change_nothing(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    replies = written(path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert found(path, replies) == replies


def test_resume_finds_what_is_there_and_live_only_what_is_new(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    first, second = written(path, 2)
    with Journal(path, "live") as journal:
        assert journal.find(first.key) is None
        newer = record(journal, prompt_of("prompt 0"), Reply("newer"))
        assert journal.find(first.key) == newer
    assert found(path, [newer, second]) == [newer, second]


def test_only_one_run_writes_while_others_may_replay(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        reply = record(journal, prompt_of("text"))
        with pytest.raises(FewnerError, match="only one run"):
            Journal(path, "live")
        assert "only one run" in run_writer(path, 10**6, 1)[0]
        assert found(path, [reply]) == [reply]
    assert len(run_writer(path, 10**6, 1)) == 1


def test_an_error_at_opening_gives_the_lock_back(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    written(path)
    content = path.read_bytes()
    path.write_bytes(b"damaged" + content)
    with pytest.raises(FewnerError) as caught:
        Journal(path)
    path.write_bytes(content)
    with Journal(path) as journal:
        assert len(journal) == 3
    assert caught


def test_many_threads(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    kept: list[Reply] = []
    with Journal(path) as journal:

        def work(number: int) -> None:
            for n in range(20):
                prompt = prompt_of(f"{number} {n}", schema={"n": number % 3})
                kept.append(record(journal, prompt, identity={"model": str(number % 5)}))
                assert journal.find(kept[-1].key)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(kept) == 320
    assert found(path, kept) == kept
    lines = path.read_bytes().splitlines()
    assert len(lines) == 1 + 5 + 3 + 320  # every model and schema is introduced once


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits there")
@pytest.mark.parametrize("limit", [20, 500, 2000, 2001, 2500])
def test_a_full_disk_is_said_and_leaves_whole_lines(tmp_path: Path, limit: int):
    path = tmp_path / "journal.jsonl"
    *keys, last = run_writer(path, limit, 50)
    assert last.startswith("error journal: must be writable")
    assert "mode resume" in last
    assert path.read_bytes()[-1:] in (b"", b"\n")
    with Journal(path) as journal:
        assert len(journal) >= len(keys)
        assert all(journal.find(key) for key in keys)
    assert len(run_writer(path, 10**6, 50)) == 50  # room again: it goes on


@pytest.mark.parametrize("mode", ["live", "resume", "replay"])
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, mode: Any):
    with pytest.raises(FewnerError, match="journal: must be"):
        Journal(tmp_path, mode)
    with pytest.raises(FewnerError, match="mode: must be one of"):
        Journal(tmp_path / "journal.jsonl", "append")  # type: ignore[arg-type]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_a_device_is_refused():
    with pytest.raises(FewnerError, match="not a regular file"):
        Journal("/dev/full")


def test_a_replay_needs_a_file_and_writes_nothing(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    with pytest.raises(FewnerError, match="No such file"):
        Journal(path, "replay")
    assert not path.exists()
    written(path)
    with Journal(path, "replay") as journal, pytest.raises(FewnerError, match="replay"):
        record(journal, prompt_of("more"))
