"""A tiny base for all tests of tuning."""

from pathlib import Path

import pytest
from tiny_lm import tiny_base


@pytest.fixture(scope="session")
def lm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a causal language model; not to be written to."""
    return tiny_base(tmp_path_factory.mktemp("lm"))
