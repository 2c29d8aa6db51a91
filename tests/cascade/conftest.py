"""A cascade trained once a module."""

import pytest
from cascade_helpers import make_pipeline, train


@pytest.fixture(scope="module")
def trained():
    nlp = make_pipeline()
    return nlp, train(nlp)


@pytest.fixture
def pipe(trained):
    """The trained component; its tree and settings are put back afterwards."""
    pipe = trained[0].get_pipe("fewner_cascade")
    tree, cfg = pipe.tree, dict(pipe.cfg)
    yield pipe
    pipe.cfg.update(cfg)
    pipe.set_tree(tree)
