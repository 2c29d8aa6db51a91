"""Wheels made by version 0.1.0 load and predict as they did then.

`en_organ_of_0_1_0`: `fewner` on all-MiniLM-L6-v2, LoRA of rank 1, 60 updates on
assets/organ/train.jsonl, threshold 0.15. `en_organ_cascade_of_0_1_0`: `fewner` and
`fewner_cascade` on a shared CNN of width 16, 400 updates, assets/organ/tree.yaml.
"""

import importlib
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import spacy
from spacy.language import Language

FOLDER = Path(__file__).parent
OBOE = "Releathered the Swell pallets and cured a cipher on the Oboe 8'."
CHAMBER = "The 1874 Hartwell organ of St Brannoc stands in a chamber."
Found = list[tuple[int, int, str, float]]

# Spans and scores as 0.1.0 printed them, on a processor with bfloat16.
LORA: Found = [
    (2, 3, "DIVISION", 0.3351),
    (3, 4, "PART", 0.1827),
    (7, 8, "FAULT", 0.3646),
    (10, 13, "STOP", 0.3006),
]
CASCADE_OBOE: Found = [(10, 13, "organ/STOP", 0.5029)]
CASCADE_CHAMBER: Found = [(1, 7, "organ/INSTRUMENT", 0.3557), (1, 4, "organ/INSTRUMENT", 0.2238)]


def installed(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Language:
    """The wheel's pipeline, from its package, as after `pip install`."""
    (wheel,) = FOLDER.glob(f"{name}-*.whl")
    ZipFile(wheel).extractall(folder)
    monkeypatch.syspath_prepend(folder)
    importlib.invalidate_caches()
    try:
        return spacy.load(name)
    finally:
        sys.modules.pop(name, None)


def found(nlp: Language, text: str) -> Found:
    doc = nlp(text)  # kept, since its spans need it
    group = doc.spans["sc"]
    scored = zip(group, group.attrs["scores"], strict=True)
    return [(span.start, span.end, span.label_, float(score)) for span, score in scored]


def check(nlp: Language, text: str, wanted: Found) -> None:
    spans = found(nlp, text)
    assert [span[:3] for span in spans] == [span[:3] for span in wanted]
    assert [span[3] for span in spans] == pytest.approx([span[3] for span in wanted], abs=0.02)


def test_a_lora_pipeline_of_0_1_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    nlp = installed("en_organ_of_0_1_0", tmp_path, monkeypatch)
    check(nlp, OBOE, LORA)
    again = tmp_path / "again"
    nlp.to_disk(again)
    check(spacy.load(again), OBOE, LORA)


def test_a_cascade_of_0_1_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    nlp = installed("en_organ_cascade_of_0_1_0", tmp_path, monkeypatch)
    check(nlp, OBOE, CASCADE_OBOE)
    check(nlp, CHAMBER, CASCADE_CHAMBER)
