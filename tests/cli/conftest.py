"""Fixtures for commands."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_helpers import RECORDS, Run, run_command, write_records
from corpus_helpers import GOLD, reply_to
from server import Server

from spacy_fewner.data import write_samples


@pytest.fixture
def run() -> Run:
    return run_command


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    return write_records(tmp_path / "examples.jsonl", RECORDS)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server on loopback that computes its replies."""
    with Server(reply=reply_to) as server:
        yield server


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    write_samples(GOLD, tmp_path / "gold.jsonl")
    return tmp_path / "gold.jsonl"
