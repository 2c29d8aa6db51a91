"""A trained pipeline of each kind, and its exported form, made once."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pytest
import runtime_pipelines as pipelines
from tiny_bases import write_tiny_base

from spacy_fewner.runtime.export.exporting import export as export_pipeline

KINDS = {
    "spans": pipelines.spans_pipeline,
    "characters": pipelines.characters_pipeline,
    "textcat": pipelines.textcat_pipeline,
    "cascade": pipelines.cascade_pipeline,
    "joint": pipelines.joint_pipeline,
    "poolings": pipelines.poolings_pipeline,
}


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    return write_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def trained(base, tmp_path_factory):
    """trained(kind) -> the folder of a pipeline."""
    made = {}

    def get(kind):
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind) / "model"
            made[kind] = pipelines.saved(KINDS[kind](base), folder)
        return made[kind]

    return get


@pytest.fixture(scope="session")
def exported(trained, tmp_path_factory):
    """exported(kind) -> the folder of the same pipeline, in full precision, without torch."""
    made = {}

    def get(kind):
        if kind not in made:
            made[kind] = tmp_path_factory.mktemp(kind) / "exported"
            export_pipeline(trained(kind), made[kind], precision="fp32")
        return made[kind]

    return get
