"""Updates and micro batches; the loss of a batch is that of its rows."""

from itertools import chain

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_lm import memorising_rows, row, tiny_model, tiny_tokenizer

from spacy_fewner.distill.tuning.tokens.batches import MicroBatches, shares, updates
from spacy_fewner.distill.tuning.tokens.encoding import IGNORED, Encoded, RowEncoder


@given(st.integers(1, 30), st.integers(1, 40), st.sampled_from([0.3, 1.0, 2.5]), st.integers(0, 3))
def test_updates_are_passes_over_all_rows(rows: int, batch: int, epochs: float, seed: int):
    plan = updates(rows, batch, epochs, seed)
    assert {len(one) for one in plan} == {min(rows, batch)}
    assert len(plan) * min(rows, batch) >= epochs * rows > (len(plan) - 1) * min(rows, batch)
    order = list(chain.from_iterable(plan))
    for start in range(0, len(order) - rows + 1, rows):
        assert sorted(order[start : start + rows]) == list(range(rows))
    assert plan == updates(rows, batch, epochs, seed)


ROWS = st.lists(st.integers(2, 50).map(lambda n: Encoded([5] * n, [IGNORED] * (n - 1) + [5])))


@given(ROWS.filter(bool), st.integers(1, 120), st.booleans(), st.integers(1, 3))
def test_micro_batches_hold_each_row_once(
    rows: list[Encoded], most: int, packing: bool, processes: int
):
    made = MicroBatches(most, 0, packing)
    longest = max(map(len, rows))
    dealt = [part for part in shares(rows, processes) if part]
    found = [one for part in dealt for one in made(part)]
    assert sum(int((one["targets"] != IGNORED).sum()) for one in found) == len(rows)
    assert all(one["input_ids"].numel() <= max(most, longest) for one in found)
    tokens = sum(
        int(one["attention_mask"].sum()) if not packing else one["input_ids"].numel()
        for one in found
    )
    assert tokens == sum(map(len, rows))


def loss_of(model, tensors) -> torch.Tensor:
    given = {name: value for name, value in tensors.items() if name != "targets"}
    logits = model(**given, use_cache=False).logits
    targets = tensors["targets"]
    return torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), reduction="sum", ignore_index=IGNORED
    )


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("packing", [False, True])
def test_loss_of_a_batch_is_that_of_its_rows(packing: bool, attention: str):
    model = tiny_model(attention)
    encoder = RowEncoder(tiny_tokenizer(), 2048)
    rows = [encoder.encode(one) for one in [*memorising_rows()[:3], row("Lima " * 20, "Oslo")]]
    with torch.no_grad():
        alone = sum(
            model(input_ids=torch.tensor([one.ids]), labels=torch.tensor([one.labels])).loss
            * one.answers
            for one in rows
        )
        (tensors,) = MicroBatches(500, 0, packing)(rows)
        together = loss_of(model, tensors)
        changed = Encoded([*rows[0].ids[:3], 300, *rows[0].ids[4:]], [IGNORED] * len(rows[0]))
        (other,) = MicroBatches(500, 0, packing)([changed, *rows[1:]])
        (rest,) = MicroBatches(500, 0, packing)(rows[1:])
        assert torch.allclose(loss_of(model, other), loss_of(model, rest), rtol=1e-5)
    assert torch.allclose(together, alone, rtol=1e-5)
