"""Fixtures for commands."""

from pathlib import Path

import pytest
from cli_helpers import RECORDS, Run, run_command, write_records


@pytest.fixture
def run() -> Run:
    return run_command


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    return write_records(tmp_path / "examples.jsonl", RECORDS)
