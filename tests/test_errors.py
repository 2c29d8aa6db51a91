"""The one exception: its message fits on a terminal's line."""

import pickle

from spacy_fewner.errors import FewnerError


def test_values_are_shown_on_one_line_without_control_characters():
    error = FewnerError("file", "must be text", "a\x1b[31m\x00\ud800é 人\r\nb", "Look.")
    assert str(error) == "file: must be text; got a\\x1b[31m\\x00\\ud800é 人 b. Look."
    assert str(FewnerError("n", "must be 1", ["x"] * 99, "Look.")).count("x") < 99
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
