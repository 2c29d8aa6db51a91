"""A matcher, or a tree, that is damaged says what, before its width takes memory."""

import pytest
import spacy
import srsly
import torch
from cascade_helpers import make_pipeline, train
from safetensors.torch import load, save

from spacy_fewner.cascade.trained.layer import matcher_from_bytes, matcher_to_bytes
from spacy_fewner.cascade.trained.matcher import Matcher
from spacy_fewner.errors import FewnerError

CPU = torch.device("cpu")
NAME = "span_change.weight"
DAMAGES = {
    "missing": lambda state: state.pop(NAME),
    "extra": lambda state: state.update({f"{NAME}.x": torch.ones(1)}),
    "nan": lambda state: state[NAME][:1].fill_(float("nan")),
    "shape": lambda state: state.update({NAME: state[NAME][:1]}),
    "dtype": lambda state: state.update({NAME: state[NAME].to(torch.int64)}),
}


def loaded(message):
    return matcher_from_bytes(Matcher(1), srsly.msgpack_dumps(message), CPU)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_tensors_are_named(damage):
    message = srsly.msgpack_loads(matcher_to_bytes(Matcher(8)))
    state = load(message["weights"])
    DAMAGES[damage](state)
    message["weights"] = save(state)
    with pytest.raises(FewnerError, match=NAME.replace(".", r"\.")):
        loaded(message)


@pytest.mark.parametrize("width", [10**6, 10**12, 9, 0, -1, "8", None, 8.0, True])
def test_its_width_is_that_of_its_tensors(width):
    message = srsly.msgpack_loads(matcher_to_bytes(Matcher(8)))
    message["n_in"] = width
    with pytest.raises(FewnerError, match="matcher"):
        loaded(message)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    nlp = make_pipeline()
    train(nlp, steps=1)
    folder = tmp_path_factory.mktemp("cascade")
    nlp.to_disk(folder)
    return folder


@pytest.mark.parametrize("tree", ["/etc/hostname", {"x": 1}, [1], [{"id": 1}], True])
def test_a_stored_tree_is_no_file(tree, folder):
    file = folder / "fewner_cascade" / "cfg"
    before = file.read_text()
    file.write_text(srsly.json_dumps({**srsly.json_loads(before), "tree": tree}))
    try:
        with pytest.raises(FewnerError, match="fewner_cascade"):
            spacy.load(folder)
    finally:
        file.write_text(before)
    spacy.load(folder)


def test_damaged_weights_of_the_cnn_are_named(folder):
    file = folder / "fewner_cascade" / "model"
    before = file.read_bytes()
    message = srsly.msgpack_loads(before)
    for params in message["params"]:
        for name, array in params.items():
            if array is not None:
                params[name] = array * float("nan")
    file.write_bytes(srsly.msgpack_dumps(message))
    try:
        with pytest.raises(FewnerError, match=r"layer '.*', 'E': must hold finite numbers"):
            spacy.load(folder)
    finally:
        file.write_bytes(before)
