"""Nothing is lost from text to wheel, in any script."""

import json
import subprocess
import sys
import zipfile

import pytest
import spacy
from cli_helpers import run_command
from many_languages import FRAMES, INSIDE_WORDS, LABELS, inside_words, sentences

from spacy_fewner import fit
from spacy_fewner.data import read_samples, samples_to_docs, write_samples
from spacy_fewner.data.auditing.audit import audit
from spacy_fewner.data.tokens.pipeline import blank_pipeline
from spacy_fewner.types import Sample

pytestmark = pytest.mark.filterwarnings("ignore:nothing was learnt")
LANGUAGES = list(FRAMES)
# One update: what is learnt does not matter here.
TINY = {"encoder": "cnn", "epochs": 1, "min_steps": 1, "folds": 2, "progress": False}


def annotated(samples: list[Sample]) -> list[tuple]:
    return [(sample.text, sorted(sample.spans)) for sample in samples]


def named(samples: list[Sample]) -> list[list[tuple[str, str]]]:
    return [[(span.label, span.surface(s.text)) for span in s.spans] for s in samples]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_twenty_sentences_without_a_fault(lang: str):
    samples = sentences(lang)
    assert len({sample.text for sample in samples}) == 20
    assert {span.label for sample in samples for span in sample.spans} == set(LABELS)
    report = audit(samples, blank_pipeline(lang), flat=True)
    assert {issue.kind for issue in report.issues} <= {"single label"}, report.table()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("suffix", ["jsonl", "json", "spacy", "conll"])
def test_files_keep_texts_and_spans(lang: str, suffix: str, tmp_path):
    samples = sentences(lang)
    path = tmp_path / f"out.{suffix}"
    write_samples(samples, path, nlp=blank_pipeline(lang))
    read = read_samples(path, **({"joiner": ""} if suffix == "conll" else {}))
    if suffix == "conll":  # has tokens and no text: spaces are gone
        bare = [[(label, name.replace(" ", "")) for label, name in one] for one in named(samples)]
        assert named(read) == bare
    else:
        assert annotated(read) == annotated(samples)


@pytest.mark.parametrize("lang", sorted(INSIDE_WORDS))
def test_names_inside_words_are_kept_when_asked(lang: str):
    sample = inside_words(lang)
    report = audit([sample], blank_pipeline(lang), flat=True, min_count=1)
    lost = [issue for issue in report.issues if issue.kind == "misaligned"]
    assert lost and "--tokens characters" in report.table()
    docs, missed = samples_to_docs([sample], blank_pipeline(lang, "characters"))
    assert not missed
    assert [span.text for span in docs[0].spans["sc"]] == [
        span.surface(sample.text) for span in sample.spans
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_trained_pipeline_has_a_place_for_every_name(lang: str, tmp_path):
    samples = sentences(lang)
    result = fit(samples, tmp_path / "out", lang=lang, **TINY)
    assert not result.notes
    nlp = spacy.load(result.model)
    assert nlp.lang == lang
    docs, missed = samples_to_docs(samples, nlp)
    assert not missed
    assert [doc.text for doc in nlp.pipe(s.text for s in samples)] == [s.text for s in samples]
    gold = sum(len(sample.spans) for sample in samples)
    assert sum(len(doc.spans["sc"]) for doc in docs) == gold
    page = result.report.read_text(encoding="utf8")
    assert "�" not in page


CHECK = """
import sys, json, spacy
sys.path.insert(0, sys.argv[1])
nlp = spacy.load(sys.argv[2])
texts = json.load(open(sys.argv[3], encoding="utf8"))
print(json.dumps([[t.idx for t in doc] for doc in nlp.pipe(texts)]))
"""


def test_a_wheel_cuts_texts_as_the_pipeline_does(tmp_path):
    texts = [sample.text for lang in LANGUAGES for sample in sentences(lang)]
    samples = [sample for lang in LANGUAGES for sample in sentences(lang)]
    result = fit(samples, tmp_path / "out", lang="xx", **TINY)
    done = run_command("package", result.model, tmp_path / "wheels", "--name", "scripts")
    assert done.exit_code == 0, done.stderr
    (wheel,) = (tmp_path / "wheels").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    (tmp_path / "texts.json").write_text(json.dumps(texts), encoding="utf8")
    (package,) = (path for path in (tmp_path / "site").iterdir() if path.name.endswith("scripts"))
    (inner,) = (path for path in package.iterdir() if path.is_dir() and "-" in path.name)
    args = (tmp_path / "site", inner, tmp_path / "texts.json")
    out = subprocess.run(
        [sys.executable, "-c", CHECK, *map(str, args)], capture_output=True, text=True, check=True
    )
    nlp = spacy.load(result.model)
    assert json.loads(out.stdout) == [[t.idx for t in doc] for doc in nlp.pipe(texts)]
