"""Settings that cannot work are refused by name."""

from typing import Any

import pytest

from spacy_fewner.errors import FewnerError
from spacy_fewner.pretraining.settings import PretrainSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("encoder", "cnn"),
        ("passes", 0),
        ("passes", float("nan")),
        ("learn_rate", -1.0),
        ("rank", 0),
        ("batch_size", 2.5),
        ("group", 0),
        ("negatives", "often"),
        ("token_loss", -1),
        ("writer", 0),
        ("max_width", 0),
        ("most_tokens", 0),
        ("precision", "float16"),
        ("seed", -1),
        ("gpu_id", -2),
        ("save_every", 0),
    ],
)
def test_bad_settings(name: str, value: Any):
    with pytest.raises(FewnerError) as caught:
        PretrainSettings(**{name: value})
    assert caught.value.argument == name
