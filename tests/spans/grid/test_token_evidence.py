"""What single tokens say of a label: its loss, its place in the head, and heads without it."""

import numpy as np
import pytest
import spacy
import torch
from span_helpers import TEXTS, make_example, make_pipeline, train

from spacy_fewner.errors import FewnerError
from spacy_fewner.spans.architecture import build_span_grid
from spacy_fewner.spans.factory import DEFAULT_MODEL
from spacy_fewner.spans.grid.grid import GridSizes, SpanGrid
from spacy_fewner.spans.grid.layer import grid_from_bytes, grid_to_bytes, shim_of
from spacy_fewner.spans.grid.loss import with_token_targets, with_token_weight

SIZES = GridSizes(8, 3, 4, hidden=8, cell=8, biaffine_heads=2, attention_heads=2, dropout=0.0)
WITH = GridSizes(**{**SIZES.to_dict(), "token_evidence": True})
LENGTHS = torch.tensor([5, 2])


def with_token_loss(weight):
    return {"model": {**DEFAULT_MODEL, "token_loss": weight}}


def grid_of(component):
    return shim_of(component.model.get_ref("grid")).grid


def test_before_training_it_changes_no_span_and_only_training_shows_the_tokens():
    grids = []
    for sizes in (SIZES, WITH):
        torch.manual_seed(0)
        grids.append(SpanGrid(sizes))
    tokens = torch.randn(7, 8)
    plain, own = (grid.eval()(tokens, LENGTHS) for grid in grids)
    torch.testing.assert_close(own, plain)
    assert grids[1].train()(tokens, LENGTHS).shape == (7, 4 + 3, 3)
    assert grids[0].train()(tokens, LENGTHS).shape == (7, 4, 3)


def test_targets_of_tokens():
    # A span of three tokens from row 1, label 2, and one of one token in row 5, label 0.
    gold = np.asarray([1, 5]), np.asarray([2, 0]), np.asarray([2, 0])
    target = np.zeros((7, 4 + 3, 3), int)
    target[with_token_targets(gold, 4)] += 1
    assert target[:, :4].sum() == 2 and target[1, 2, 2] == target[5, 0, 0] == 1
    first, inner, last = (np.argwhere(target[:, 4 + i]).tolist() for i in range(3))
    assert first == [[1, 2], [5, 0]] and last == [[3, 2], [5, 0]]
    assert inner == [[1, 2], [2, 2], [3, 2], [5, 0]]


def test_no_gold_has_no_targets():
    none = (np.zeros(0, int),) * 3
    assert all(len(part) == 0 for part in with_token_targets(none, 4))


def test_weight_of_tokens():
    real = np.asarray([[True, True], [True, False]])
    weighed = [[1, 1, 0.5, 0.5, 0.5], [1, 0, 0.5, 0.5, 0.5]]
    assert with_token_weight(real, 0.5).tolist() == weighed


@pytest.mark.parametrize("weight", [0.0, 1.0, 2.0])
def test_the_weight_scales_the_gradient_of_tokens_alone(weight):
    nlp = make_pipeline(**with_token_loss(weight))
    examples = [make_example(nlp, *text) for text in TEXTS]
    nlp.initialize(lambda: examples)
    component = nlp.get_pipe("fewner")
    n, w = sum(len(eg.predicted) for eg in examples), component.max_width
    columns = w + 3 if weight else w
    logits, _ = component.model.begin_update([eg.predicted for eg in examples])
    assert logits.shape == (n, columns, len(component.labels))
    value, gradient = component.get_loss(examples, logits * 0)
    cells, tokens = gradient[:, :w], gradient[:, w:]
    assert np.abs(cells).max() == pytest.approx(0.5 / len(examples))
    if weight:
        assert np.abs(tokens).max() == pytest.approx(0.5 * weight / len(examples))
        assert value == pytest.approx(
            component.get_loss(examples, logits[:, :w] * 0)[0]
            + weight * tokens.size * np.log(2) / len(examples)
        )


def test_it_learns_and_is_stored(tmp_path):
    nlp = make_pipeline(**with_token_loss(1.0))
    train(nlp)
    weights = grid_of(nlp.get_pipe("fewner")).evidence.weight
    assert weights.abs().max() > 0
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    for text, _ in TEXTS:
        old, new = (
            one.get_pipe("fewner").probabilities([one.make_doc(text)])[0] for one in (nlp, again)
        )
        np.testing.assert_allclose(new, old, atol=1e-6)


def test_a_head_stored_before_there_was_token_evidence_loads_without():
    torch.manual_seed(0)
    old = SpanGrid(SIZES).eval()
    saved = spacy.util.srsly.msgpack_loads(grid_to_bytes(old))
    del saved["sizes"]["token_evidence"]
    loaded = grid_from_bytes(old, spacy.util.srsly.msgpack_dumps(saved), torch.device("cpu")).eval()
    tokens = torch.randn(7, 8)
    assert loaded.evidence is None
    torch.testing.assert_close(loaded(tokens, LENGTHS), old(tokens, LENGTHS))


def test_an_old_head_trains_on_under_a_config_with_a_token_loss(tmp_path):
    nlp = make_pipeline(**with_token_loss(0.0))
    examples, _ = train(nlp, steps=5)
    newer = make_pipeline(**with_token_loss(1.0))
    newer.get_pipe("fewner").from_bytes(nlp.get_pipe("fewner").to_bytes())
    assert grid_of(newer.get_pipe("fewner")).evidence is None
    assert newer.update(examples, sgd=newer.create_optimizer())["fewner"] > 0


def test_a_label_added_later_is_as_rare_as_the_others():
    nlp = make_pipeline(**with_token_loss(1.0))
    train(nlp, steps=5)
    component = nlp.get_pipe("fewner")
    before = grid_of(component).evidence
    component.add_label("TOOL")
    after = grid_of(component).evidence
    torch.testing.assert_close(after.weight[:-1], before.weight)
    torch.testing.assert_close(after.bias[:-1], before.bias)
    torch.testing.assert_close(after.bias[-1], before.bias.mean(0))
    assert not after.weight[-1].any()


def test_a_negative_weight_is_an_error():
    with pytest.raises(FewnerError, match="token_loss"):
        build_span_grid(None, token_loss=-1.0)
