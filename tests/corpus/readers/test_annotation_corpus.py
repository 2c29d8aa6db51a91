import random
import warnings

import pytest
import spacy
from spacy import registry, util
from spacy.training import Corpus

from spacy_fewner.corpus.readers.annotation_corpus import AnnotationCorpus, annotation_corpus
from spacy_fewner.data import write_samples
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan, Sample

NLP = spacy.blank("en")
SAMPLES = [
    Sample("the London Eye", (CharSpan(4, 14, "FAC"), CharSpan(4, 10, "LOC")), weight=0.4),
    Sample("Nothing here."),
    Sample("Ada's cat", (CharSpan(0, 3, "PER"),), ((0, 5), (6, 9))),
    Sample(""),
]


@pytest.fixture
def path(tmp_path):
    write_samples(SAMPLES[:2], tmp_path / "train.jsonl")
    return tmp_path / "train.jsonl"


def test_examples(path):
    examples = list(annotation_corpus(path)(NLP))
    spans = [[(s.text, s.label_) for s in eg.reference.spans["sc"]] for eg in examples]
    assert spans == [[("London Eye", "FAC"), ("London", "LOC")], []]
    for example in examples:
        assert example.predicted.text == example.reference.text
        assert [t.text for t in example.predicted] == [t.text for t in example.reference]
        assert "sc" not in example.predicted.spans
        assert example.predicted is not example.reference
        assert example.reference.ents == ()
    assert [eg.reference.user_data["fewner_weight"] for eg in examples] == [0.4, 1.0]


def test_fill_ents_takes_the_flat_subset(path):
    examples = list(annotation_corpus(path, fill_ents=True)(NLP))
    assert [[ent.text for ent in eg.reference.ents] for eg in examples] == [["London Eye"], []]
    assert [token.ent_iob_ for token in examples[1].reference] == ["O", "O", "O"]
    assert len(examples[0].reference.spans["sc"]) == 2


def test_tokens_of_the_file_and_alignment(tmp_path):
    path = tmp_path / "train.jsonl"
    write_samples(SAMPLES, path)
    with pytest.warns(UserWarning, match=r"1 spans do not fit the tokens, 1 are lost.*example 3"):
        examples = list(annotation_corpus(path)(NLP))
    assert [t.text for t in examples[2].predicted] == ["Ada's", "cat"]
    assert len(examples) == 3  # the empty text is left out
    with pytest.warns(UserWarning, match="0 are lost"):
        examples = list(annotation_corpus(path, alignment="expand")(NLP))
    assert [span.text for span in examples[2].reference.spans["sc"]] == ["Ada's"]


def test_loss_is_told_once_and_total_loss_is_an_error(tmp_path):
    path = tmp_path / "train.jsonl"
    write_samples(SAMPLES, path)
    corpus = annotation_corpus(path)
    with pytest.warns(UserWarning, match="fit the tokens"):
        list(corpus(NLP))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        list(corpus(NLP))
    write_samples(SAMPLES[2:3], path)
    with pytest.raises(FewnerError, match="none of 1"):
        list(annotation_corpus(path)(NLP))


def test_limit_and_shuffle(tmp_path):
    path = tmp_path / "train.conll"
    write_samples([Sample(f"text {number}") for number in range(30)], path)
    assert len(list(annotation_corpus(path, limit=7)(NLP))) == 7
    shuffled = annotation_corpus(path, shuffle=True)

    def order():
        return [eg.reference.text for eg in shuffled(NLP)]

    random.seed(3)
    first, second = order(), order()
    assert first != second
    assert sorted(first) == sorted(second)
    random.seed(3)
    assert order() == first


def test_docbin_equals_spacys_own_reader(tmp_path):
    path = tmp_path / "train.spacy"
    write_samples(SAMPLES[:2], path, spans_key="mine")
    ours = list(annotation_corpus(path, spans_key="mine")(NLP))
    spacys = list(Corpus(path)(NLP))
    assert [eg.reference.to_json() for eg in ours] == [eg.reference.to_json() for eg in spacys]


def test_config_with_relative_path(path, monkeypatch):
    config = """
    [paths]
    train = "train.jsonl"

    [corpus]

    [corpus.train]
    @readers = "spacy-fewner.AnnotationCorpus.v1"
    path = ${paths.train}
    fill_ents = true
    """
    monkeypatch.chdir(path.parent)
    text = "\n".join(line.strip() for line in config.splitlines())
    loaded = util.load_config_from_str(text)
    corpus = registry.resolve(loaded)["corpus"]["train"]
    assert isinstance(corpus, AnnotationCorpus)
    assert len(list(corpus(NLP))) == 2


@pytest.mark.parametrize("empty", [None, ""])
def test_no_path(empty):
    reader = registry.readers.get("spacy-fewner.AnnotationCorpus.v1")
    with pytest.raises(FewnerError, match=r"--paths\.train"):
        reader(empty)


def test_errors_are_ours(tmp_path):
    with pytest.raises(FewnerError, match="must exist"):
        list(annotation_corpus(tmp_path / "absent.jsonl")(NLP))
    with pytest.raises(FewnerError, match="alignment"):
        annotation_corpus(tmp_path / "s.jsonl", alignment="loose")


def test_columns_of_a_file_can_be_chosen(tmp_path):
    path = tmp_path / "s.tsv"
    path.write_text("1\tin\tIn\tO\n2\tulm\tUlm\tB-LOC\n")
    reader = annotation_corpus(path, token_column=3, joiner="")
    (example,) = reader(spacy.blank("en"))
    assert example.reference.text == "InUlm"
    assert [span.text for span in example.reference.spans["sc"]] == ["Ulm"]
