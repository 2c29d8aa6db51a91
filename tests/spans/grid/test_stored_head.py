"""A span head that is damaged says which tensor, before its sizes take memory."""

import resource
from dataclasses import replace

import pytest
import srsly
import torch
from safetensors.torch import load, save

from spacy_fewner.errors import FewnerError
from spacy_fewner.spans.grid.grid import GridSizes, SpanGrid
from spacy_fewner.spans.grid.layer import grid_from_bytes, grid_layer, grid_to_bytes

SIZES = GridSizes(
    *(8, 3, 4),
    hidden=8,
    cell=8,
    biaffine_heads=2,
    attention_heads=2,
    label_vectors=True,
    token_evidence=True,
    writer=4,
)
CPU = torch.device("cpu")
# Of the body, of what belongs to labels, and of the writer of labels.
NAMES = ["start.weight", "biaffine.bilinear", "out.bias", "likeness.labels", "writer.out.weight"]


def stored():
    return srsly.msgpack_loads(grid_to_bytes(SpanGrid(SIZES)))


def loaded(message):
    return grid_from_bytes(SpanGrid(GridSizes(1, 1, 1)), srsly.msgpack_dumps(message), CPU)


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def test_a_whole_one_loads():
    grid = SpanGrid(SIZES)
    again = grid_from_bytes(grid, grid_to_bytes(grid), CPU).state_dict()
    assert all(torch.equal(again[name], one) for name, one in grid.state_dict().items())


@pytest.mark.parametrize("attention_heads", [0, 2])
def test_one_of_before_there_was_a_choice_of_context(attention_heads):
    message = srsly.msgpack_loads(
        grid_to_bytes(SpanGrid(replace(SIZES, attention_heads=attention_heads)))
    )
    assert message["sizes"].pop("context") == "attention"
    assert loaded(message).sizes.looks_by == ("attention" if attention_heads else "none")


@pytest.mark.parametrize("context", ["convolution", "none"])
def test_a_context_goes_along(context):
    grid = SpanGrid(replace(SIZES, context=context))
    again = grid_from_bytes(grid, grid_to_bytes(grid), CPU)
    assert again.sizes == grid.sizes
    message = stored()
    message["sizes"]["context"] = context
    with pytest.raises(FewnerError, match=r"^span head"):
        loaded(message)


def damages(name):
    return {
        "missing": lambda state: state.pop(name),
        "extra": lambda state: state.update({f"{name}.x": torch.ones(1)}),
        "nan": lambda state: state[name].view(-1)[:1].fill_(float("nan")),
        "inf": lambda state: state[name].view(-1)[:1].fill_(float("-inf")),
        "shape": lambda state: state.update({name: state[name][:1]}),
        "dtype": lambda state: state.update({name: state[name].to(torch.bool)}),
    }


@pytest.mark.parametrize("damage", damages(""))
@pytest.mark.parametrize("name", NAMES)
def test_damaged_tensors_are_named(name, damage):
    message = stored()
    state = load(message["weights"])
    damages(name)[damage](state)
    message["weights"] = save(state)
    with pytest.raises(FewnerError, match=name.replace(".", r"\.")) as caught:
        loaded(message)
    assert caught.value.argument == "span head"


STRANGE = [10**6, 10**12, 2**63, 0, -1, 0.5, "8", None, True, [8], float("nan")]


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("name", [*SIZES.to_dict(), "x"])
def test_sizes_are_those_of_the_tensors(name, value):
    message = stored()
    fine = {("reach", "0"), ("dropout", "0"), ("dropout", "0.5")}  # no tensor tells
    if message["sizes"].get(name, "none") == value or (name, str(value)) in fine:
        pytest.skip("a size that it may have")
    message["sizes"][name] = value
    before = peak()
    with pytest.raises(FewnerError, match=r"span head|must divide|max_width"):
        loaded(message)
    assert peak() - before < 100


@pytest.mark.parametrize("part", ["sizes", "weights"])
@pytest.mark.parametrize("value", [None, b"", b"\x08" * 20, "x", {}, []])
def test_parts_are_whole(part, value):
    message = stored()
    message[part] = value
    with pytest.raises(FewnerError, match=r"span head|must divide"):
        loaded(message)


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x80\x04x", b"\x93"])
def test_bytes_that_are_none(data):
    with pytest.raises(FewnerError, match="span head"):
        grid_from_bytes(SpanGrid(GridSizes(1, 1, 1)), data, CPU)


def test_an_encoder_of_another_width_is_said():
    layer = grid_layer(1.0)
    layer.shims[0].replace(SpanGrid(SIZES))
    with pytest.raises(FewnerError, match="vectors of 8 numbers"):
        layer.predict((torch.ones(3, 5).numpy(), [3]))
