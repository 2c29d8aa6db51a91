"""Models for embeddings run no code that comes with them."""

import json

import pytest

from spacy_fewner.errors import FewnerError
from spacy_fewner.synthesis.retrieval.embed import SentenceEmbedder, check_modules

pytest.importorskip("sentence_transformers", reason="pip install spacy-fewner[retrieval]")


def test_code_in_a_folder_is_not_run(tmp_path):
    modules = [{"idx": 0, "name": "0", "path": "", "type": "own.Module"}]
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    (tmp_path / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(FewnerError, match="never run"):
        SentenceEmbedder(str(tmp_path))(["a text"])
    assert not (tmp_path / "ran").exists()


def test_known_modules_are_fine(tmp_path):
    (tmp_path / "modules.json").write_text('[{"type": "sentence_transformers.models.Pooling"}]')
    check_modules(str(tmp_path))
    (tmp_path / "plain").mkdir()
    check_modules(str(tmp_path / "plain"))


@pytest.mark.parametrize("text", ["[1]", "{", '[{"path": ""}]', "{}"])
def test_a_damaged_list_of_modules(text, tmp_path):
    (tmp_path / "modules.json").write_text(text)
    with pytest.raises(FewnerError):
        SentenceEmbedder(str(tmp_path))(["a text"])
