"""What stages are built with, from configs."""

from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.util import registry
from synthesis_helpers import letters, split

from spacy_fewner.errors import FewnerError
from spacy_fewner.synthesis.retrieval.index import Index
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

PLAIN = ("Generate", "Extend", "Tag", "KeyPhrases", "Explain", "Correct")


def built(name: str, **settings: Any) -> Any:
    config = {"it": {"@misc": f"spacy-fewner.{name}.v1", **settings}}
    assert registry.fill(config)["it"]["@misc"] == config["it"]["@misc"]
    return registry.resolve(config)["it"]


@pytest.mark.parametrize("name", PLAIN)
def test_stages_are_built_with_their_defaults(name: str):
    stage = built(name)
    assert type(stage).__name__ == name and stage == type(stage)()
    assert built(name, reject_limit=0.9).reject_limit == 0.9
    with pytest.raises(FewnerError, match="reject_limit"):
        built(name, reject_limit=2.0)


@registry.misc("fewner-test.Letters.v1")
def make_letters():
    return letters


EMBED = {"@misc": "fewner-test.Letters.v1"}


def test_merge_gets_its_embedder():
    assert built("Merge", embed=EMBED, eps=2.0).embed is letters
    sentences = {"@misc": "spacy-fewner.SentenceEmbedder.v1", "model": "some/model"}
    assert built("Merge", embed=sentences).embed.identity == "some/model"


def test_retrieval_gets_its_index(tmp_path: Path):
    Index(letters, tmp_path / "index").add(["The wind is steady.", "A reed is dull."])
    index = {"@misc": "spacy-fewner.Index.v1", "path": str(tmp_path / "index"), "embed": EMBED}
    assert len(built("Retrieve", index=index, k=1).index) == 2


def test_annotation_loads_its_pipeline_when_asked(tmp_path: Path):
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("span_ruler", config={"spans_key": "sc"})
    ruler.add_patterns([{"label": "city", "pattern": "Basel"}])
    nlp.to_disk(tmp_path / "model")
    annotator = {"@misc": "spacy-fewner.Annotator.v1", "model": str(tmp_path / "model")}
    stage = built("Annotate", annotator=annotator)
    samples, _ = split(stage([Sample("To Basel.")], Schema((LabelSpec("city"),))))
    assert samples[0].spans == (CharSpan(3, 8, "city"),)
    missing = built("Annotate", annotator={**annotator, "model": str(tmp_path / "none")})
    with pytest.raises(FewnerError, match="model: must be a spaCy pipeline"):
        list(missing([Sample("To Basel.")], Schema((LabelSpec("city"),))))
