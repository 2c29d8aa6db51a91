"""Components are found by their type."""

import pytest
import spacy
from span_helpers import make_pipeline

from spacy_fewner.errors import FewnerError
from spacy_fewner.spans.component import labeller_of


def test_renamed_and_sourced_components_are_found():
    nlp = make_pipeline()
    pipe = nlp.get_pipe("fewner")
    nlp.rename_pipe("fewner", "parts")
    other = spacy.blank("en")
    other.add_pipe("parts", name="mine", source=nlp)
    assert labeller_of(nlp) is labeller_of(other) is pipe


def test_several_are_named_and_chosen_by_their_key():
    nlp = make_pipeline()
    nlp.add_pipe("fewner", name="drugs", config={"spans_key": "drugs"})
    with pytest.raises(FewnerError, match=r"fewner writes doc.spans\['sc'\], drugs .*spans_key"):
        labeller_of(nlp)
    assert labeller_of(nlp, "drugs") is nlp.get_pipe("drugs")
    with pytest.raises(FewnerError, match=r"that writes doc.spans\['x'\].*Name another key"):
        labeller_of(nlp, "x")


def test_none_is_an_error_that_names_what_there_is():
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    with pytest.raises(FewnerError, match=r"must have a fewner.*sentencizer"):
        labeller_of(nlp)
