"""What is read and written again comes out as it went in, but for what was changed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span, SpanGroup

from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.data.losses import not_kept
from spacy_fewner.errors import FewnerError
from spacy_fewner.types import CharSpan

NLP = spacy.blank("en")
LINES = [
    '{"id": 7, "text": "Acme hired Bob", "relations": [[0, 1]], "spans": '
    '[{"label": "ORG", "start": 0, "end": 4, "kb": "Q1"}, {"start": 11, "end": 14, "label": "PER"}'
    '], "meta": {"by": "me"}, "caf\\u00e9": 1.50}',
    '{"tokens": ["New", "York", "is"], "spans": [{"start": 0, "end": 2, "label": "LOC", "x": 1}], '
    '"id": 8}',
    '{"text": "none", "url": "u"}',
]


def jsonl(folder: Path) -> Path:
    path = folder / "in.jsonl"
    path.write_text("\n".join(LINES) + "\n", encoding="utf8")
    return path


def full_doc(number: int, spans: bool = True) -> Doc:
    doc = Doc(
        NLP.vocab,
        words=["Acme", "hired", "Bob", str(number)],
        spaces=[True, True, False, False],
        tags=["NNP", "VBD", "NNP", "CD"],
        pos=["PROPN", "VERB", "PROPN", "NUM"],
        lemmas=["Acme", "hire", "Bob", "0"],
        heads=[1, 1, 1, 2],
        deps=["nsubj", "ROOT", "dobj", "nummod"],
    )
    doc.ents = [Span(doc, 0, 1, label="ORG", kb_id="Q1"), Span(doc, 2, 3, label="PER")]
    if spans:
        doc.spans["sc"] = SpanGroup(doc, name="sc", spans=[Span(doc, 0, 3, "EVENT", span_id="e1")])
        doc.spans["sc"].attrs["levels"] = ["a"]
        doc.spans["coref"] = [Span(doc, 2, 3, label="C1")]
    doc.cats = {"NEWS": 1.0}
    doc.user_data["._.", "src", None, None] = f"file{number}"
    return doc


def docbin(path: Path, docs: list[Doc]) -> Path:
    DocBin(attrs=["TAG", "POS", "LEMMA", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE", "ENT_KB_ID"],
           docs=docs, store_user_data=True).to_disk(path)  # fmt: skip
    return path


def stored(path: Path) -> list[tuple]:
    """Everything a DocBin holds of each document."""
    held = DocBin().from_disk(path)
    rows = (held.spaces, held.cats, held.flags, held.span_groups, held.user_data)
    return [
        (held.attrs, tokens.tolist(), spaces.tolist(), *rest)
        for tokens, spaces, *rest in zip(held.tokens, *rows, strict=True)
    ]


@pytest.mark.parametrize("spans", [True, False])
def test_docs_that_are_chosen_are_the_docs_that_went_in(tmp_path: Path, spans: bool):
    path = docbin(tmp_path / "in.spacy", [full_doc(n, spans) for n in range(4)])
    samples = read_samples(path)
    assert [len(sample.spans) for sample in samples] == [1 if spans else 2] * 4
    write_samples([samples[3], samples[1]], tmp_path / "out.spacy")
    before = stored(path)
    assert stored(tmp_path / "out.spacy") == [before[3], before[1]]
    strings = [DocBin().from_disk(p).strings for p in (path, tmp_path / "out.spacy")]
    assert strings[0] <= strings[1]


def test_a_changed_doc_keeps_what_was_not_changed(tmp_path: Path):
    path = docbin(tmp_path / "in.spacy", [full_doc(0), full_doc(1)])
    first, second = read_samples(path)
    renamed = replace(first.spans[0], label="DEAL")
    write_samples([replace(first, spans=(renamed,), meta={"n": 1}), second], path)
    doc, other = DocBin().from_disk(path).get_docs(NLP.vocab)
    assert [(s.label_, s.id_) for s in doc.spans["sc"]] == [("DEAL", "e1")]
    assert doc.spans["sc"].attrs["levels"] in (["a"], ("a",))
    assert [(e.label_, e.kb_id_) for e in doc.ents] == [("ORG", "Q1"), ("PER", "")]
    assert [t.tag_ for t in doc] == ["NNP", "VBD", "NNP", "CD"] and doc[0].head.text == "hired"
    assert doc.user_data["._.", "src", None, None] == "file0" and len(doc.spans["coref"]) == 1
    assert doc.user_data["fewner_meta"] == {"n": 1} and doc.cats == {"NEWS": 1.0}
    assert other.spans["sc"][0].id_ == "e1"
    moved = replace(first, spans=(CharSpan(5, 10, "VERB", 0.5),))
    write_samples([moved], path)
    (doc,) = DocBin().from_disk(path).get_docs(NLP.vocab)
    assert "levels" not in doc.spans["sc"].attrs and list(doc.spans["sc"].attrs["scores"]) == [0.5]


@pytest.mark.parametrize("name", ["out.jsonl", "out.json"])
def test_records_keep_their_own_fields(tmp_path: Path, name: str):
    samples = read_samples(jsonl(tmp_path))
    write_samples(samples[::-1], tmp_path / name)
    text = (tmp_path / name).read_text(encoding="utf8")
    assert [line.rstrip(",") for line in text.splitlines() if line[0] == "{"] == LINES[::-1]
    assert read_samples(tmp_path / name) == samples[::-1]


def test_a_changed_record_keeps_what_was_not_changed(tmp_path: Path):
    path = jsonl(tmp_path)
    first, second, third = read_samples(path)
    relabelled = [replace(span, label=f"{span.label}/x", score=0.5) for span in first.spans]
    city = (*second.spans, CharSpan(0, 3, "WORD"))
    changed = [
        replace(first, spans=tuple(relabelled), meta={}),
        replace(second, spans=city, cats={"A": 1.0}),
        replace(third, spans=(CharSpan(0, 2, "X"),), weight=0.5),
    ]
    write_samples(changed, path)
    one, two, three = map(json.loads, path.read_text(encoding="utf8").splitlines())
    assert list(one) == ["id", "text", "relations", "spans", "café"]
    assert one["spans"][0] == {"label": "ORG/x", "start": 0, "end": 4, "kb": "Q1", "score": 0.5}
    assert two["spans"] == [
        {"start": 0, "end": 2, "label": "LOC", "x": 1},
        {"start": 0, "end": 1, "label": "WORD"},
    ]
    assert two["tokens"] == ["New", "York", "is"] and two["id"] == 8 and two["cats"] == {"A": 1.0}
    assert three == {"text": "none", "url": "u", "weight": 0.5,
                     "spans": [{"start": 0, "end": 2, "label": "X"}]}  # fmt: skip
    assert read_samples(path) == changed
    inside = replace(second, spans=(CharSpan(0, 2, "PART"),))  # no token ends there
    write_samples([inside], path)
    (record,) = map(json.loads, path.read_text(encoding="utf8").splitlines())
    assert record["id"] == 8 and record["tokens"][0]["text"] == "New"
    assert read_samples(path) == [inside]


def test_a_sample_of_another_text_is_another_record(tmp_path: Path):
    (first, *_) = read_samples(jsonl(tmp_path))
    write_samples([replace(first, text="acme hired bob")], tmp_path / "out.jsonl")
    assert "relations" not in (tmp_path / "out.jsonl").read_text()


def test_sentences_keep_their_columns(tmp_path: Path):
    blocks = [
        "-DOCSTART- -X- O\n\nAda NNP S-PER\nleft VBD O",
        "# sent 2\nNew NNP B-LOC\nYork NNP E-LOC",
    ]
    path, out = tmp_path / "in.conll", tmp_path / "out.conll"
    path.write_text("\n\n".join(blocks).replace("# sent 2\n", ""))
    samples = read_samples(path)
    write_samples(samples[::-1], out)
    assert out.read_text().split("\n\n", 1)[0] == "New NNP B-LOC\nYork NNP E-LOC"
    assert "-DOCSTART- -X- O\n\nAda NNP S-PER" in out.read_text()
    assert read_samples(out) == samples[::-1]
    write_samples([replace(samples[0], spans=()), samples[1]], out)
    assert out.read_text().splitlines()[0] == "Ada\tO"


def test_what_would_be_taken_for_annotation_is_left_out_and_counted(tmp_path: Path):
    """Beside records with spans `relations` are further fields; alone they would be refused."""
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    bare = '{"id": 9, "text": "Cy left", "spans": [], "relations": [[0, 1]]}'
    path.write_text(f"{LINES[0]}\n{bare}\n", encoding="utf8")
    samples = read_samples(path)
    write_samples(samples, out)
    assert out.read_text(encoding="utf8") == path.read_text(encoding="utf8")
    assert not_kept(samples, "jsonl") == ""
    write_samples(samples[1:], out)
    assert json.loads(out.read_text(encoding="utf8")) == {"id": 9, "text": "Cy left", "spans": []}
    assert read_samples(out) == samples[1:]
    assert not_kept(samples[1:], "jsonl") == "not kept in JSONL: relations 1"


def test_texts_alone_keep_the_other_fields(tmp_path: Path):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text('{"text": "Cy left", "spans": [{"from": 0}], "url": "u"}', encoding="utf8")
    (sample,) = read_samples(path, texts_only=True)
    write_samples([replace(sample, spans=(CharSpan(0, 2, "PER"),))], out)
    spans = [{"start": 0, "end": 2, "label": "PER"}]
    assert json.loads(out.read_text()) == {"text": "Cy left", "spans": spans, "url": "u"}
    docs = docbin(tmp_path / "in.spacy", [full_doc(1)])
    assert read_samples(docs, texts_only=True) == read_samples(docs, spans_key=None)


ROWS = "1\tAda\tB-PER\tB-NP\tO\n2\tleft\tO\tO\tO\n2.1\tx\tO\tO\tO"


def test_columns_are_kept_as_they_were_chosen(tmp_path: Path):
    path, out = tmp_path / "in.conll", tmp_path / "out.conll"
    path.write_text(f"{ROWS}\n\n{ROWS.replace('Ada', 'Bo')}\n")
    chosen = {"token_column": 2, "tag_column": 3}
    samples = read_samples(path, **chosen)
    write_samples(samples[::-1], out)
    assert out.read_text().split("\n\n")[1] == ROWS
    assert read_samples(out, **chosen) == samples[::-1]
    assert not_kept(samples, "conll") == ""
    changed = [replace(samples[0], spans=()), samples[1]]
    write_samples(changed, out)
    assert out.read_text().splitlines()[0] == "Ada\tO"
    assert "further columns of sentences 2" in not_kept(changed, "conll")


def test_what_a_format_cannot_hold_is_counted(tmp_path: Path):
    docs = read_samples(docbin(tmp_path / "in.spacy", [full_doc(n) for n in range(2)]))
    assert not_kept(docs, "spacy") == ""
    said = not_kept(docs, "jsonl")
    assert said.startswith("not kept in JSONL: ")
    for part in ("doc.ents 4", "doc.spans['coref'] 2", "tag 8", "ids of spans 2", "user data 2"):
        assert part in said
    assert "cats 2" in not_kept(docs, "conll") and "cats" not in said
    assert "spacing of texts 2" in not_kept(docs, "conll")
    records = read_samples(jsonl(tmp_path))
    assert not_kept(records, "jsonl") == not_kept(records, "json") == ""
    assert "relations 1" in not_kept(records, "spacy") and "id 2" in not_kept(records, "spacy")
    assert "kb of spans 1" in not_kept(records, "spacy")


def bare(*keys: str) -> Doc:
    """Two spans under each key; a key in capitals has none, and "ents" is doc.ents."""
    doc = Doc(NLP.vocab, words=["Acme", "hired", "Bob"])
    spans = [Span(doc, 0, 1, label="ORG"), Span(doc, 2, 3, label="PER")]
    for key in keys:
        if key == "ents":
            doc.ents = spans
        else:
            doc.spans[key.lower()] = [] if key.isupper() else spans
    return doc


@pytest.mark.parametrize(
    ("docs", "says"),
    [
        ([bare("SC", "ents")] * 6, "6 docs, 6 with 12 spans in doc.ents only"),
        ([bare("sc")] * 3 + [bare("ents")] * 3, "6 docs, 3 with 6 spans in doc.ents only"),
        ([bare("sc")] * 3 + [bare("SC", "ents")] * 3, "6 docs, 3 with 6 spans in doc.ents only"),
        ([bare("sc"), bare("other")] * 3, "6 docs, 3 with 6 spans in doc.spans['other'] only"),
        ([bare("ents"), bare("other")] * 3, "6 docs, 3 with 6 spans in doc.spans['other'] only"),
        ([bare("other")] * 2, "--spans-key other"),
    ],
)
def test_annotation_elsewhere_is_no_lack_of_it(tmp_path: Path, docs: list[Doc], says: str):
    path = docbin(tmp_path / "in.spacy", docs)
    with pytest.raises(FewnerError) as caught:
        read_samples(path)
    assert says in str(caught.value)
    assert all(sample.spans == () for sample in read_samples(path, spans_key=None))


def test_the_key_ents_reads_entities(tmp_path: Path):
    path = docbin(tmp_path / "in.spacy", [bare("SC", "ents")] * 2)
    assert [len(sample.spans) for sample in read_samples(path, spans_key="ents")] == [2, 2]


def test_further_layers_are_left_alone(tmp_path: Path):
    docs = [bare("sc", "ents", "other"), bare("SC", "ents"), bare("SC", "other")]
    read = read_samples(docbin(tmp_path / "in.spacy", docs))
    assert [len(sample.spans) for sample in read] == [2, 0, 0]


def test_docs_without_the_group_are_said_to_be_read_as_bare(tmp_path: Path):
    path = docbin(tmp_path / "in.spacy", [bare("sc", "ents"), bare("ents")])
    with pytest.warns(UserWarning, match="1 of 2 docs have doc.ents and no"):
        read = read_samples(path)
    assert [len(sample.spans) for sample in read] == [2, 0]
    write_samples(read[1:], tmp_path / "out.spacy")
    (doc,) = DocBin().from_disk(tmp_path / "out.spacy").get_docs(NLP.vocab)
    assert list(doc.spans["sc"]) == [] and len(doc.ents) == 2
    with pytest.warns(UserWarning, match="doc.ents are read, and not"):
        read = read_samples(docbin(tmp_path / "in.spacy", [bare("ents", "other")]))
    assert [len(sample.spans) for sample in read] == [2]
