"""What a training leaves behind in memory once its pipeline is dropped: nothing of ours."""

import gc
import weakref
from pathlib import Path

from spacy_fewner.data.read import read_samples
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.training import train_pipeline

TRAIN = Path(__file__).parents[3] / "assets" / "organ" / "train.jsonl"


def test_a_dropped_pipeline_is_gone_when_the_next_is_trained():
    samples = read_samples(TRAIN)[:8]
    config = training_config(FitSettings(encoder="cnn", epochs=1, min_steps=1), 8, 0, True)
    kept = []
    gc.disable()  # by itself it may come late: it counts objects, of which a model has few
    try:
        for _ in range(3):
            nlp = train_pipeline(config, samples)
            list(nlp.pipe([sample.text for sample in samples]))
            assert [ref for ref in kept if ref() is not None] == []
            head = nlp.get_pipe("fewner").model.get_ref("grid").shims[0].grid
            kept += [weakref.ref(nlp), weakref.ref(head)]
            del nlp, head
    finally:
        gc.enable()
