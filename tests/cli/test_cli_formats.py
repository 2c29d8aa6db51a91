"""Segmented text and CoNLL-U on the command line, and how files of unsaid formats are read."""

import json
from pathlib import Path

import pytest
from cli_helpers import TINY, Run, write_records

from spacy_fewner.cli.options.reading import ReadingOptions
from spacy_fewner.data import read_samples
from spacy_fewner.types import CharSpan, Sample

WORDS = "王小明 在 北京 大学\n李娜 赢得 了 法国 公开赛\n他 明天 去 上海\n我们 爱 北京\n"
TEXTS = [line.replace(" ", "") for line in WORDS.splitlines()]
CONLLU = (
    "# text = im Haus\n1-2\tim\t_\t_\t_\t_\t_\t_\t_\t_\n1\tin\tin\tADP\tAPPR\t_\t3\tcase\t_\t_\n"
    "2\tdem\tder\tDET\tART\t_\t3\tdet\t_\t_\n3\tHaus\tHaus\tNOUN\tNN\t_\t0\troot\t_\t_\n\n"
)


@pytest.fixture
def segmented(tmp_path: Path) -> Path:
    """As PKU's files are called."""
    path = tmp_path / "pku_training.utf8"
    path.write_text(WORDS, "utf8")
    return path


def texts_of(path: Path) -> list[str]:
    return [sample.text for sample in read_samples(path)]


@pytest.mark.parametrize("option", ["--from", "--format"])
def test_segmented_text_is_converted(run: Run, segmented: Path, tmp_path: Path, option: str):
    out, back = tmp_path / "out.jsonl", tmp_path / "back.words"
    assert run("convert", segmented, out).exit_code == 1
    done = run("convert", segmented, out, option, "words")
    assert done.stderr == "Words of pku_training.utf8: joined without spaces\n"
    assert texts_of(out) == TEXTS
    done = run("convert", out, back)
    assert (done.exit_code, done.stderr) == (0, "")
    assert back.read_text("utf8") == WORDS
    done = run("convert", segmented, out, option, "words", "--joiner", " ")
    assert texts_of(out) == WORDS.splitlines()
    done = run("convert", out, back, "--to", "words")
    assert "not kept in words: spacing of texts 4" in done.stderr


def test_what_words_cannot_hold(run: Run, examples: Path, tmp_path: Path):
    done = run("convert", examples, tmp_path / "out.words")
    assert done.exit_code == 1 and "must be labelled WORD" in done.stderr
    done = run("convert", examples, tmp_path / "out.conllu")
    assert done.exit_code == 1 and "Write .conll, .jsonl or .spacy" in done.stderr


def test_conllu_is_converted(run: Run, tmp_path: Path):
    path, out = tmp_path / "in.conllu", tmp_path / "out.jsonl"
    path.write_text(CONLLU, "utf8")
    done = run("convert", path, out)
    said, lost = done.stderr.splitlines()
    assert said.endswith("text 2, tags 4; 1 tokens of several words, such as im ADP+DET")
    assert lost == "not kept in JSONL: further columns of sentences 1"
    labels = [span.label for span in read_samples(out)[0].spans]
    assert labels == ["ADP+DET", "NOUN"]
    run("convert", path, out, "--tag-column", 5)
    assert [span.label for span in read_samples(out)[0].spans] == ["APPR+ART", "NN"]
    done = run("sample", path, tmp_path / "few.conllu", "--size", 1)
    assert (tmp_path / "few.conllu").read_text("utf8") == CONLLU


def test_a_format_is_for_files_that_do_not_say_their_own(
    run: Run, segmented: Path, examples: Path, tmp_path: Path
):
    said = "--format", "words"
    done = run("audit", segmented, *said, "--against", f"dev={examples}", "--lang", "zh")
    assert "WORD" in done.stdout and done.stderr.count("Words of") == 1
    assert "0 errors, 0 warnings" in done.stdout
    done = run("audit", examples, *said)
    assert done.exit_code == 1
    assert f"--format: needs a file that does not say its own; got {examples}" in done.stderr
    done = run("audit", segmented, "--format", "word")
    assert done.exit_code == 1 and "--format: must be one of jsonl, json, conll" in done.stderr


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [("--joiner", "", "needs a file of columns or words"), ("--token-column", 1, "of columns")],
)
def test_options_that_no_file_has_a_use_for(
    run: Run, examples: Path, option: str, value: object, says: str
):
    done = run("audit", examples, option, value)
    assert done.exit_code == 1
    assert f"{option}: needs a file of columns" in done.stderr and says in done.stderr


def test_one_column_is_words(run: Run, tmp_path: Path):
    path, out = tmp_path / "in.txt", tmp_path / "out.words"
    path.write_text("\n\n".join(line.replace(" ", "\n") for line in WORDS.splitlines()), "utf8")
    done = run("convert", path, out, "--token-column", 1, "--joiner", "")
    assert done.stderr == "Columns of in.txt: text 1, tags none (words) of 1\n"
    assert out.read_text("utf8") == WORDS


def test_plain_texts_stay_plain_beside_columns(tmp_path: Path):
    plain, words = tmp_path / "in.txt", tmp_path / "in.words"
    for path in (plain, words):
        path.write_text(WORDS, "utf8")
    reading = ReadingOptions(token_column=1, joiner="")
    assert reading.unlabelled(plain) == [Sample(line) for line in WORDS.splitlines()]
    assert [sample.text for sample in reading.unlabelled(words)] == TEXTS
    assert all(sample.text and not sample.spans for sample in reading.unlabelled(words))
    told = ReadingOptions(format="words").unlabelled(plain)
    assert [sample.text for sample in told] == TEXTS


def test_training_and_scoring_on_words(run: Run, segmented: Path, tmp_path: Path):
    said, out = ("--format", "words"), tmp_path / "out"
    done = run("train", segmented, out, *TINY, *said, "--lang", "zh", "--quiet")
    assert (done.exit_code, done.stderr) == (0, "")
    done = run("evaluate", out, segmented, *said)
    assert done.exit_code == 0 and "WORD" in done.stdout
    predicted = tmp_path / "predicted.words"
    predicted.write_text(WORDS.replace("李娜", "李 娜"), "utf8")
    done = run("evaluate", predicted, segmented, *said, "--joiner", "")
    assert done.exit_code == 0 and "WORD" in done.stdout


def test_texts_to_annotate_may_be_words(run: Run, tmp_path: Path):
    path, out = tmp_path / "in.words", tmp_path / "out.jsonl"
    path.write_text("Dune is a novel by Frank Herbert .\n", "utf8")
    done = run("typed-text", path, out)
    assert done.exit_code == 1 and '--joiner " "' in done.stderr
    done = run("typed-text", path, out, "--joiner", " ")
    assert done.exit_code == 0
    assert texts_of(out) == ["Dune is a novel by Frank Herbert ."]
    plain = tmp_path / "in.txt"
    plain.write_text("Dune is a novel by Frank Herbert.\n", "utf8")
    assert run("typed-text", plain, out).exit_code == 0
    done = run("typed-text", plain, out, "--token-column", 1)
    assert done.exit_code == 1 and "--token-column: needs a file of columns" in done.stderr


def test_rows_of_words(run: Run, segmented: Path, tmp_path: Path):
    out = tmp_path / "rows.jsonl"
    done = run("rows", segmented, out, "--format", "words")
    assert done.exit_code == 0 and out.is_file()
    first = json.loads(out.read_text("utf8").splitlines()[0])
    assert any(TEXTS[0] in message["content"] for message in first["messages"])


def test_a_wrong_encoding_is_named(run: Run, tmp_path: Path):
    path = tmp_path / "in.words"
    path.write_bytes(WORDS.encode("gb18030"))
    done = run("audit", path)
    assert done.exit_code == 1
    assert "It is likely GB18030 (or GBK). Convert it: iconv -f GB18030" in done.stderr


def test_files_of_records_stay_what_they_are(run: Run, segmented: Path, tmp_path: Path):
    record = {"text": "王小明在北京", "spans": [(0, 3, "WORD"), (3, 4, "WORD"), (4, 6, "WORD")]}
    test = write_records(tmp_path / "test.jsonl", [record])
    done = run("audit", segmented, "--format", "words", "--against", f"test={test}", "--lang", "zh")
    assert done.stderr == "Words of pku_training.utf8: joined without spaces\n"


def test_tokens_may_be_left_out(run: Run, tmp_path: Path):
    record = {"tokens": ["New", "York", "is"], "spans": [{"start": 0, "end": 2, "label": "LOC"}]}
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text(json.dumps(record), "utf8")
    assert run("convert", path, out, "--no-tokens").exit_code == 0
    assert read_samples(out) == [Sample("New York is", (CharSpan(0, 8, "LOC"),))]
    assert run("convert", path, out).exit_code == 0
    assert read_samples(out)[0].tokens == ((0, 3), (4, 8), (9, 11))


def test_spacing_comes_back_from_columns_or_is_counted(run: Run, tmp_path: Path):
    chinese, english = tmp_path / "zh.jsonl", tmp_path / "en.jsonl"
    write_records(chinese, [{"text": "王小明在上海。", "spans": [(0, 3, "PER")]}])
    write_records(english, [{"text": "Ada left Rome, twice.", "spans": [(0, 3, "PER")]}])
    columns, back = tmp_path / "out.conll", tmp_path / "back.jsonl"
    assert run("convert", chinese, columns, "--lang", "zh").stderr == ""
    done = run("convert", columns, back)
    assert "text 1, tags 2 of 2; joined without spaces" in done.stderr
    assert texts_of(back) == ["王小明在上海。"]
    assert "not kept in CoNLL: spacing of texts 1" in run("convert", english, columns).stderr


def test_words_that_the_pipeline_does_not_cut_itself_are_told(run: Run, tmp_path: Path):
    tagged = tmp_path / "tagged.conll"
    rows = ["王小明\tNR", "在\tP", "上海\tNR", "。\tPU"]
    sentences = ["\n".join(rows[at:] + rows[:at]) for at in range(4)]
    tagged.write_text("\n\n".join(3 * sentences), "utf8")
    how = [*TINY, "--folds", 2, "--lang", "zh", "--tag-column", 2]
    done = run("fit", tagged, tmp_path / "out", *how)
    assert done.exit_code == 0, done.output
    assert "a tag for each word" in done.stderr
    assert "12 of 12 texts have other words than this pipeline cuts by itself" in done.stdout
