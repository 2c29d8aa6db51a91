"""The one exception: its message fits on a terminal's line."""

import pickle

import pytest

from spacy_fewner.errors import FewnerError


def test_values_are_shown_on_one_line_without_control_characters():
    error = FewnerError("file", "must be text", "a\x1b[31m\x00\ud800é 人\r\nb", "Look.")
    assert str(error) == "file: must be text; got a\\x1b[31m\\x00\\ud800é 人 b. Look."
    assert str(FewnerError("n", "must be 1", ["x"] * 99, "Look.")).count("x") < 99
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", "'' (empty)"),
        (" ", "' '"),
        ("\n\t", "'\\n\\t'"),
        ("\u200b\u2028", "'\\u200b\\u2028'"),
        ([], "[]"),
        (None, "None"),
        (" PER ", " PER "),
    ],
)
def test_a_value_that_cannot_be_seen_is_shown_by_its_escapes(value: object, shown: str):
    error = FewnerError("label", "must be a name", value, "Look.")
    assert str(error) == f"label: must be a name; got {shown}. Look."
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
