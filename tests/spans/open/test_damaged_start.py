"""A start may come from anybody: what is damaged is said before it takes memory."""

import json
from pathlib import Path

import pytest
import spacy
import torch
from open_starts import write_tiny_start
from safetensors.torch import load_file, save_file
from tiny_bases import write_tiny_base

from spacy_fewner.errors import FewnerError
from spacy_fewner.spans.open.start import ABOUT, WEIGHTS

ADAPTER = "encoder.encoder.layer.0.attention.self.query.lora_B.weight"
NAMES = [ADAPTER, "grid.biaffine.bilinear", "grid.writer.out.weight"]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture
def start(base, tmp_path):
    return Path(write_tiny_start(tmp_path, base))


def used(folder):
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner", config={"labels": ["FIRM"], "start": str(folder)})
    return nlp("Hartwell replaced the pallets.")


def test_a_whole_one_is_used(start):
    assert "sc" in used(start).spans


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", ["missing", "extra", "nan", "shape"])
def test_damaged_tensors_are_named(damage, name, start):
    tensors = load_file(start / WEIGHTS)
    change = {
        "missing": lambda: tensors.pop(name),
        "extra": lambda: tensors.update({f"{name}.x": torch.ones(1)}),
        "nan": lambda: tensors[name].fill_(float("nan")),
        "shape": lambda: tensors.update({name: tensors[name][:1].clone()}),
    }
    change[damage]()
    save_file(tensors, start / WEIGHTS)
    with pytest.raises(FewnerError, match=name.partition(".")[2].replace(".", r"\.")) as caught:
        used(start)
    assert caught.value.argument == "start"


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        *(("lora", "rank", 10**6), ("lora", "rank", "4"), ("lora", "alpha", None)),
        *(("sizes", "hidden", 10**9), ("sizes", "hidden", 2**20), ("sizes", "writer", 0)),
        *(("sizes", "cell", 17), ("sizes", "n_in", 10**6), ("sizes", "x", 1)),
        *(("sizes", "label_vectors", False), ("sizes", "dropout", 1.5)),
        *(("base", "name", 3), ("base", "name", "/nowhere"), ("base", "hash", "x")),
    ],
)
def test_what_it_says_of_itself_is_checked(part, name, value, start):
    about = json.loads((start / ABOUT).read_text())
    about[part][name] = value
    (start / ABOUT).write_text(json.dumps(about))
    with pytest.raises(FewnerError):
        used(start)


@pytest.mark.parametrize(
    ("name", "value"),
    [("threshold", "x"), ("threshold", 2), ("base", []), ("lora", 1), ("sizes", None)],
)
def test_its_parts_are_whole(name, value, start):
    about = json.loads((start / ABOUT).read_text())
    (start / ABOUT).write_text(json.dumps({**about, name: value}))
    with pytest.raises(FewnerError, match="start"):
        used(start)
