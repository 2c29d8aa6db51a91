"""Fixtures for runs over many texts."""

from pathlib import Path

import pytest
from scale_helpers import ruler


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small pipeline."""
    folder = tmp_path_factory.mktemp("pipeline") / "ruler"
    ruler().to_disk(folder)
    return folder
