"""The losses against plain references, and the probe against scikit-learn's idea of an optimum."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from spacy_fewner.textcat.head.head import ClassHead
from spacy_fewner.textcat.head.loss import TEMPERATURE, class_loss, contrastive_loss
from spacy_fewner.textcat.head.probe import BIAS_STRENGTH, STRENGTH, fit_probe
from spacy_fewner.textcat.learning.targets import target_matrix
from spacy_fewner.textcat.siblings import Siblings

FLAT = Siblings.of(["a", "b", "c"])
TREE = Siblings.of(["s", "s/x", "s/y", "n"])


def random_numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_flat_and_exclusive_is_cross_entropy():
    logits, gold = random_numbers(5, 3), torch.tensor([0, 1, 2, 2, 0])
    found = class_loss(logits, F.one_hot(gold, 3).float(), FLAT, exclusive=True)
    assert torch.allclose(found, F.cross_entropy(logits, gold, reduction="none"))


def test_a_text_without_a_class_costs_nothing_where_each_has_one():
    found = class_loss(random_numbers(1, 3), torch.tensor([[0.3, 0.0, 0.1]]), FLAT, exclusive=True)
    assert found.tolist() == [0.0]


def test_shares_are_weighed_among_themselves():
    logits = random_numbers(1, 3)
    found = class_loss(logits, torch.tensor([[0.6, 0.3, 0.0]]), FLAT, exclusive=True)
    logs = F.log_softmax(logits, dim=1)[0]
    assert float(found) == pytest.approx(float(-(2 * logs[0] + logs[1]) / 3), abs=1e-6)


def test_several_classes_are_each_asked_for_itself():
    logits, gold = (
        random_numbers(4, 3),
        torch.tensor([[1.0, 1, 0], [0, 0, 0], [0, 1, 0], [1, 1, 1]]),
    )
    found = class_loss(logits, gold, FLAT, exclusive=False)
    naive = F.binary_cross_entropy_with_logits(logits, gold, reduction="none").sum(dim=1)
    assert torch.allclose(found, naive)


def test_levels_add_up_and_what_is_below_a_wrong_parent_is_not_asked():
    logits = random_numbers(2, 4)
    targets = torch.tensor(target_matrix([{"s/y": 1.0}, {"n": 1.0}], TREE, True))
    top, below = F.log_softmax(logits[:, [0, 3]], dim=1), F.log_softmax(logits[:, [1, 2]], dim=1)
    found = class_loss(logits, targets, TREE, exclusive=True)
    assert found.tolist() == pytest.approx([float(-top[0, 0] - below[0, 1]), float(-top[1, 1])])


@given(st.integers(2, 7), st.integers(0, 99))
def test_contrastive_loss_is_that_of_its_paper(n, seed):
    vectors = random_numbers(n, 4, seed=seed)
    gold = torch.randint(0, 3, (n,), generator=torch.Generator().manual_seed(seed))
    found = contrastive_loss(vectors, F.one_hot(gold, 3).float())
    unit = F.normalize(vectors, dim=-1).double().numpy()
    for i in range(n):
        others = [j for j in range(n) if j != i]
        scores = np.array([unit[i] @ unit[j] for j in others]) / TEMPERATURE
        logs = scores - scores.max() - np.log(np.exp(scores - scores.max()).sum())
        alike = [at for at, j in enumerate(others) if gold[j] == gold[i]]
        naive = -np.mean(logs[alike]) if alike else 0.0
        assert float(found[i]) == pytest.approx(naive, abs=1e-4)


def test_texts_with_some_classes_in_common_attract_each_other_less():
    vectors = random_numbers(3, 4).requires_grad_()
    gold = torch.tensor([[1.0, 1, 0], [1, 1, 0], [1, 0, 0]])
    contrastive_loss(vectors, gold)[0].backward()
    assert vectors.grad.abs().sum() > 0


def test_the_probe_is_where_no_step_helps():
    torch.manual_seed(0)
    head = ClassHead(6, 3)
    head.meanings.copy_(F.normalize(random_numbers(3, 6, seed=1), dim=-1))
    vectors, gold = random_numbers(9, 6, seed=2), torch.tensor([0, 1, 2] * 3)
    targets = F.one_hot(gold, 3).float()
    fit_probe(head, vectors, targets, torch.ones(9), FLAT, True)
    change = head.change.detach().clone().requires_grad_()
    bias = head.bias.detach().clone().requires_grad_()
    scale = head.log_scale.exp().detach()
    logits = scale * (F.normalize(vectors, dim=-1) @ (head.meanings + change).T) + bias
    cost = F.cross_entropy(logits, gold, reduction="sum") + STRENGTH * (
        (scale * change).pow(2).sum() + BIAS_STRENGTH * bias.pow(2).sum()
    )
    cost.backward()
    assert change.grad.abs().max() < 1e-2 and bias.grad.abs().max() < 1e-2


def test_a_class_without_examples_stays_near_its_meaning():
    head = ClassHead(6, 3)
    meanings = F.normalize(random_numbers(3, 6, seed=1), dim=-1)
    head.meanings.copy_(meanings)
    vectors, gold = random_numbers(8, 6, seed=2), torch.tensor([0, 1] * 4)
    fit_probe(head, vectors, F.one_hot(gold, 3).float(), torch.ones(8), FLAT, True)
    moved = head.change.norm(dim=1)
    assert moved[2] < moved[0] and moved[2] < moved[1]


def test_weights_weigh_and_nothing_is_learnt_from_weight_zero():
    head = ClassHead(6, 3)
    vectors, gold = random_numbers(9, 6, seed=2), F.one_hot(torch.tensor([0, 1, 2] * 3), 3).float()
    fit_probe(head, vectors, gold, torch.zeros(9), FLAT, True)
    assert head.change.abs().max() < 1e-6


@pytest.mark.parametrize("exclusive", [True, False])
def test_parents_have_what_their_children_have(exclusive):
    found = target_matrix([{"s/x": 1.0}, {"s/x": 0.4, "s/y": 0.3}], TREE, exclusive)
    assert found[0].tolist() == [1, 1, 0, 0]
    assert found[1].tolist() == pytest.approx([0.7 if exclusive else 0.4, 0.4, 0.3, 0])
