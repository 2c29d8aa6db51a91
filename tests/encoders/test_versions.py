"""spacy-transformers that is not there, or does not fit, is named before anything is imported."""

import importlib.metadata

import pytest
import spacy

from spacy_fewner.encoders import versions
from spacy_fewner.errors import FewnerError

pytest.importorskip("spacy_transformers")

MODEL = {
    "@architectures": "spacy-fewner.LoraTransformer.v1",
    "name": "nowhere",
}


def replaced(package, installed):
    """importlib.metadata.version, with another answer for one package."""

    def version(asked):
        if asked != package:
            return importlib.metadata.version(asked)
        if installed is None:
            raise importlib.metadata.PackageNotFoundError(asked)
        return installed

    return version


@pytest.mark.parametrize("installed", ["5.0.1", None])
def test_both_versions_and_the_command_are_named(installed, monkeypatch):
    monkeypatch.setattr(versions, "version", replaced("transformers", installed))
    theirs = importlib.metadata.version("spacy-transformers")
    said = rf"spacy-transformers {theirs}.*transformers {installed or 'none'}.*pip install 'transf"
    with pytest.raises(FewnerError, match=said):
        spacy.blank("en").add_pipe("transformer", config={"model": MODEL})


def test_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(versions, "version", replaced("spacy-transformers", None))
    with pytest.raises(FewnerError, match=r"pip install 'spacy-fewner\[transformer\]'"):
        spacy.blank("en").add_pipe("transformer", config={"model": MODEL})


def test_the_installed_one_fits():
    versions.check_spacy_transformers()
