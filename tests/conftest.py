"""Published data sets, for the tests that read them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no fault of what is tested.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

FOLDER = Path(os.environ.get("FEWNER_DATA") or Path(__file__).parents[2] / "shared" / "data")


@pytest.fixture
def published() -> Callable[[str], Path]:
    """From the name of a published file or folder to its path; skips the test where it is not."""

    def path_of(name: str) -> Path:
        path = FOLDER / name
        if not path.exists():
            pytest.skip(f"no {name} here; FEWNER_DATA names the folder of published data sets")
        return path

    return path_of


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m published_data` selects the tests that read published data."""
    for item in items:
        if "published" in getattr(item, "fixturenames", ()):
            item.add_marker("published_data")
