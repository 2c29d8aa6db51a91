"""Our dropout does what torch's does, and replaces it wherever it stands."""

import pytest
import torch
from torch import nn

from spacy_fewner.encoders.shims.dropout import QuickDropout, quicken


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5, 0.999])
def test_rate_and_mean_are_those_asked_for(rate):
    torch.manual_seed(0)
    dropped = QuickDropout(rate)(torch.ones(1000, 400))
    # Four standard deviations of a share of 400,000 draws.
    near = 4 * (rate * (1 - rate) / dropped.numel()) ** 0.5
    assert abs(float((dropped == 0).float().mean()) - rate) < near + 2**-16
    assert torch.allclose(dropped[dropped > 0], torch.tensor(1 / (1 - rate)), rtol=0.02)


def test_masks_follow_torchs_seed_and_differ_from_call_to_call():
    layer, values = QuickDropout(0.5), torch.ones(64)
    torch.manual_seed(1)
    first, second = layer(values), layer(values)
    torch.manual_seed(1)
    assert torch.equal(first, layer(values)) and not torch.equal(first, second)


def test_gradient_goes_where_values_went():
    values = torch.randn(5, 7, requires_grad=True)
    torch.manual_seed(0)
    QuickDropout(0.4)(values).sum().backward()
    torch.manual_seed(0)
    assert torch.equal(values.grad, QuickDropout(0.4)(torch.ones(5, 7)))


@pytest.mark.parametrize("layer", [QuickDropout(0.0), QuickDropout(0.5).eval()])
def test_nothing_is_dropped_without_a_rate_or_in_prediction(layer):
    values = torch.randn(3, 4)
    assert torch.equal(layer(values), values)


def test_keeps_the_type_of_its_values():
    assert QuickDropout(0.3)(torch.ones(4, dtype=torch.bfloat16)).dtype is torch.bfloat16


def test_quicken_reaches_every_dropout_and_nothing_else():
    module = nn.Sequential(nn.Dropout(0.1), nn.ModuleDict({"a": nn.Dropout(0.2)}), nn.Linear(2, 2))
    quicken(module)
    kinds = [type(one) for one in module.modules()]
    assert kinds.count(QuickDropout) == 2 and nn.Dropout not in kinds
    assert module[1]["a"].p == 0.2


def test_quicken_leaves_a_module_in_its_mode():
    module = nn.Sequential(nn.Dropout(0.9), nn.Identity()).eval()
    quicken(module)
    assert torch.equal(module(torch.ones(50)), torch.ones(50))
