"""A label added to a trained head is known by its name, as those of the start are."""

import pytest
import spacy
import torch
from span_helpers import train

from spacy_fewner.spans.factory import DEFAULT_MODEL
from spacy_fewner.spans.grid.layer import shim_of


def with_label_vectors(tok2vec):
    model = {"@architectures": "spacy-fewner.SpanGrid.v1", "label_vectors": True}
    return {**model, "tok2vec": tok2vec}


def likeness_of(component):
    return shim_of(component.model.get_ref("grid")).grid.likeness


OWN = DEFAULT_MODEL["tok2vec"]
LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}


@pytest.mark.parametrize("shared", [False, True])
def test_a_label_added_later_is_known_by_its_name(shared):
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    if shared:
        nlp.add_pipe("tok2vec")
    nlp.add_pipe("fewner", config={"model": with_label_vectors(LISTENER if shared else OWN)})
    train(nlp, steps=5)
    component = nlp.get_pipe("fewner")
    before = likeness_of(component).labels.detach().clone()
    component.add_label("PIPE/swell_box", nlp=nlp)
    after = likeness_of(component).labels.detach()
    torch.testing.assert_close(after[:-1], before)
    named = nlp.make_doc("swell box")
    if shared:
        nlp.get_pipe("tok2vec")(named)
    (tokens,) = component.model.get_ref("tok2vec").predict([named])
    expected = torch.nn.functional.normalize(torch.as_tensor(tokens.mean(axis=0)), dim=0)
    torch.testing.assert_close(after[-1], expected)
    assert not torch.allclose(after[-1], after[0], atol=0.1)


def test_an_added_label_whose_name_nothing_reads_starts_at_random():
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec")
    nlp.add_pipe("fewner", config={"model": with_label_vectors(LISTENER)})
    train(nlp, steps=1)
    component = nlp.get_pipe("fewner")
    component.add_label("NEW")
    assert likeness_of(component).labels[-1].norm().item() == pytest.approx(1.0, abs=1e-5)
