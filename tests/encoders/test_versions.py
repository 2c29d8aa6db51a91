"""A transformers that spacy-transformers cannot use is named before anything is imported."""

import importlib.metadata

import pytest
import spacy

from spacy_fewner.encoders import versions
from spacy_fewner.errors import FewnerError

MODEL = {
    "@architectures": "spacy-fewner.SpanGrid.v1",
    "tok2vec": {
        "@architectures": "spacy-fewner.LoraTok2Vec.v1",
        "name": "nowhere",
        "pooling": {"@layers": "reduce_max.v1"},
    },
}


@pytest.mark.parametrize("installed", ["5.0.1", None])
def test_both_versions_and_the_command_are_named(installed, monkeypatch):
    def version(package):
        if package != "transformers":
            return importlib.metadata.version(package)
        if installed is None:
            raise importlib.metadata.PackageNotFoundError(package)
        return installed

    monkeypatch.setattr(versions, "version", version)
    theirs = importlib.metadata.version("spacy-transformers")
    said = rf"spacy-transformers {theirs}.*transformers {installed or 'none'}.*pip install 'transf"
    with pytest.raises(FewnerError, match=said):
        spacy.blank("en").add_pipe("fewner", config={"model": MODEL})


def test_the_installed_one_fits():
    versions.check_transformers()
