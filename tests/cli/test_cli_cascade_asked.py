"""`cascade rows`, and `cascade apply` with language models behind a server on loopback."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import spacy
from asked_models import either, marking, naming
from cli_helpers import Run, asking, run_command, tree, write_records
from server import Server
from tiny_lm import tiny_base

from spacy_fewner.llm.types import Message, Prompt

TREE = """\
person: {description: A human being., children: {organist: Plays the organ., builder: Builds it.}}
place: {children: {town: With streets., other place: {catch_all: true}}}
"""
TEXT = "Ann Lee saw Bob in Basel."
ANSWERS = {"Ann Lee": "person/organist", "Bob": "person/builder", "Basel": "place/town"}
RECORDS = [
    {"text": "Cy of Oslo played.", "spans": [(0, 2, "organist"), (6, 10, "town")]},
    {"text": "Di made pipes.", "spans": [(0, 2, "builder")]},
    {"text": "Nobody came.", "spans": []},
]


def prompt_of(body: dict) -> Prompt:
    held = body.get("response_format", {}).get("json_schema", {}).get("schema")
    return Prompt(tuple(Message(**one) for one in body["messages"]), held)


def reply(body: dict) -> str:
    prompt = prompt_of(body)
    if prompt.messages[0].role == "user":  # the bare form
        return re.sub(
            "|".join(ANSWERS), lambda found: f"##{found[0]}##", prompt.messages[-1].content
        )
    return either(marking(*ANSWERS), naming(ANSWERS))(prompt)


@pytest.fixture
def answering() -> Iterator[Server]:
    with Server(reply=reply) as server:
        yield server


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    (tmp_path / "tree.yaml").write_text(TREE, "utf8")
    return tmp_path / "tree.yaml"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    (tmp_path / "texts.txt").write_text(f"{TEXT}\nNobody is here.\n", "utf8")
    return tmp_path / "texts.txt"


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    return write_records(tmp_path / "shown.jsonl", RECORDS)


def found_in(path: Path) -> list[list[tuple[str, str]]]:
    records = [json.loads(line) for line in path.read_text("utf8").splitlines()]
    return [
        [(one["text"][span["start"] : span["end"]], span["label"]) for span in one["spans"]]
        for one in records
    ]


FOUND = [[("Ann Lee", "person/organist"), ("Bob", "person/builder"), ("Basel", "place/town")], []]


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf8").splitlines()]


def asked_by(row: dict) -> list[dict]:
    return [{"role": one["role"], "content": one["content"]} for one in row["messages"][:-1]]


def shuffled(messages: list[dict]) -> str:
    """A chat, whatever the order of its options."""
    *before, last = (one["content"] for one in messages)
    return str([*before, sorted(last.split("\n"))])


def test_a_tree_alone_is_enough(run: Run, answering: Server, labels, texts, tmp_path: Path):
    out = tmp_path / "found.jsonl"
    done = run("cascade", "apply", labels, texts, out, *asking(answering))
    assert done.exit_code == 0, done.output
    assert found_in(out) == FOUND
    # Two texts in three rounds; three spans on two levels.
    assert "12 requests" in done.stdout and "3 spans in 2 texts, 0 answers not used" in done.stdout
    first = read(out)[0]["meta"]
    assert first["levels"][0] == [["person", 1.0], ["person/organist", 1.0]]
    assert len(first["calls"]) == 9 and first["prompt"] == "mark_entities.v1 + choose_label.v1"
    again = run("cascade", "apply", labels, texts, tmp_path / "again.jsonl", "--llm-mode",
                "replay", "--journal", tmp_path / "found.journal.jsonl")  # fmt: skip
    assert again.exit_code == 0, again.output
    assert (tmp_path / "again.jsonl").read_text() == out.read_text()
    assert len(answering.bodies) == 12


def test_two_models_one_journal_and_one_budget(run: Run, labels, texts, tmp_path: Path):
    out = tmp_path / "found.jsonl"
    with Server(reply=reply) as marks, Server(reply=reply) as choices:
        more = ["--classifier-llm", "other-model", "--classifier-llm-url", choices.url]
        done = run("cascade", "apply", labels, texts, out, *asking(marks), *more)
        assert done.exit_code == 0, done.output
        assert found_in(out) == FOUND
        assert {body["model"] for body in marks.bodies} == {"stand-in"}
        assert {body["model"] for body in choices.bodies} == {"other-model"}
        assert {body["temperature"] for body in marks.bodies} == {0.7}
        assert {body["temperature"] for body in choices.bodies} == {0.0}
        assert (len(marks.bodies), len(choices.bodies)) == (6, 6)
        assert "12 requests" in done.stdout and "180 tokens" in done.stdout
        again = run("cascade", "apply", labels, texts, out, *asking(marks), *more)
        assert "0 requests (12 replies from the journal" in again.stdout
        short = ["--journal", tmp_path / "short.jsonl", "--budget", "120"]
        third = tmp_path / "third.jsonl"
        stopped = run("cascade", "apply", labels, texts, third, *asking(marks), *more, *short)
    assert stopped.exit_code == 1 and "--budget: the run may use 120" in stopped.stderr
    assert not third.exists() and (tmp_path / "short.jsonl").stat().st_size


def test_the_pipeline_finds_and_the_model_chooses(run: Run, answering: Server, texts, tmp_path):
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("span_ruler", config={"spans_key": "mine"})
    ruler.add_patterns([{"label": "X", "pattern": "Bob"}])
    settings = {"tree": ["person", "person/builder"], "candidates_key": "mine"}
    nlp.add_pipe("fewner_cascade_llm", name="last", config=settings)
    nlp.to_disk(tmp_path / "model")
    out = tmp_path / "found.jsonl"
    named = ["--classifier-llm", "m", "--llm-url", answering.url, "--llm-key-env", ""]
    done = run("cascade", "apply", tmp_path / "model", texts, out, *named, "--no-unknown")
    assert done.exit_code == 0, done.output
    assert found_in(out) == [[("Bob", "person/builder")], []]
    assert answering.bodies == []  # levels with one label need no question
    done = run("cascade", "apply", tmp_path / "model", texts, out, *asking(answering))
    assert done.exit_code == 0, done.output
    assert found_in(out) == [[("Ann Lee", "person"), ("Bob", "person/builder")], []]


def test_examples_and_the_forms_are_those_of_rows(
    run: Run, answering: Server, labels, texts, shown, tmp_path: Path
):
    """The question that a row answers is the one that is asked with the same options."""
    source = write_records(
        tmp_path / "source.jsonl",
        [*RECORDS, {"text": TEXT, "spans": [(0, 7, "organist"), (12, 15, "builder")]}],
    )
    for form in ([], ["--guidance", "Names."], ["--bare", "--alone"]):
        answering.bodies.clear()
        out = tmp_path / f"rows{len(form)}"
        more = [*form, "--static", "--offer", "0"]
        done = run("cascade", "rows", source, out, "--tree", labels, *more)
        assert done.exit_code == 0, done.output
        wanted = asked_by(read(out / "extractor.jsonl")[-1])
        args = ["--rounds", "1", "--no-unknown", "--journal", tmp_path / f"j{len(form)}", *form]
        found = tmp_path / "found.jsonl"
        done = run("cascade", "apply", labels, texts, found, *asking(answering), *args)
        bodies = [body["messages"] for body in answering.bodies]
        assert wanted in bodies
        questions = {shuffled(messages) for messages in bodies}
        rows = [row for row in read(out / "classifier.jsonl") if "Bob" in str(row["messages"][-2])]
        assert rows and {shuffled(asked_by(row)) for row in rows} <= questions
    # Few-shot: of the examples as many as asked for, before the questions of both steps.
    answering.bodies.clear()
    few = ["--examples", shown, "--shots", "2", "--rounds", "1", "--journal", tmp_path / "few"]
    done = run("cascade", "apply", labels, texts, tmp_path / "f.jsonl", *asking(answering), *few)
    assert done.exit_code == 0, done.output
    assert found_in(tmp_path / "f.jsonl") == FOUND
    assert {len(body["messages"]) for body in answering.bodies} == {6, 4}
    roots = [body["messages"] for body in answering.bodies if "- person" in str(body)]
    assert roots and all("@@Cy## of Oslo" in str(one) or "Cy of @@Oslo##" in str(one)
                         or "@@Di##" in str(one) for one in roots)  # fmt: skip


def test_answers_that_are_of_no_use_are_written(run: Run, labels, texts, tmp_path: Path):
    def strange(body: dict) -> str:
        asks = prompt_of(body)
        return "emperor" if asks.schema else marking(*ANSWERS)(asks)

    out = tmp_path / "found.jsonl"
    with Server(reply=strange) as server:
        done = run("cascade", "apply", labels, texts, out, *asking(server))
    assert done.exit_code == 0, done.output
    assert found_in(out) == [[], []] and "3 answers not used" in done.stdout
    rejects = read(tmp_path / "found.rejects.jsonl")
    assert [one["reason"] for one in rejects] == ["label not offered"] * 3


def test_bad_input_is_one_line_and_nothing_is_written(
    run: Run, labels, texts, shown, tmp_path: Path
):
    out, url = tmp_path / "new" / "out.jsonl", ["--llm-url", "http://127.0.0.1:9/v1"]
    model = ["--llm", "m", "--llm-key-env", "", *url]
    cases: list[tuple[list, str]] = [
        (["--rounds", "5"], "--llm: a language model must be named where its options"),
        (["--shots", "2", *model], "--shots: needs --examples"),
        (["--examples", shown, "--shots", "0", *model], "--shots: must be"),
        (["--examples", tmp_path / "none.jsonl", *model], "--examples: the file must exist"),
        (["--examples", texts, *model], "texts.txt"),
        (["--tree", labels, *model], "--tree: does not go with a tree"),
        (["--spans-key", "x", *model], "--spans-key: does not go with a tree"),
        (["--classifier-llm", "m", *url], "--llm: must be given where MODEL is a tree"),
        (["--bare", "--nested", *model], "--nested: does not go with bare"),
        (["--bare", "--guidance", "x", *model], "--guidance: does not go with bare"),
        (["--rounds", "0", *model], "--rounds: must be"),
        (["--min-votes", "9", *model], "--min-votes: must not exceed"),
        (["--classifier-rounds", "0", *model], "--classifier-rounds: must be a whole number"),
        (["--threshold", "2", *model], "--threshold: must be"),
        (["--max-chars", "0", *model], "--max-chars: must be"),
        (["--reject-limit", "2", *model], "--reject-limit: must lie in"),
        (["--llm", "none.gguf"], "--llm: must be a GGUF file"),
        ([*model, "--classifier-llm", "none.gguf"], "--classifier-llm: must be a GGUF file"),
        (["--llm", "m", "--llm-key-env", "NO_SUCH_KEY"], "NO_SUCH_KEY"),
    ]
    before = tree(tmp_path)
    for options, said in cases:
        done = run("cascade", "apply", labels, texts, out, *options)
        assert done.exit_code == 1, (options, done.output)
        assert said in done.stderr, (options, done.stderr)
        assert done.stderr.count("Error") == 1 and tree(tmp_path) in (before, before | {"new"})
    done = run("cascade", "apply", tmp_path / "none.yaml", texts, out, *model)
    assert done.exit_code == 1 and "MODEL: the file must exist" in done.stderr


def test_rows_of_both_steps(run: Run, labels, shown, tmp_path: Path):
    out = tmp_path / "rows"
    done = run("cascade", "rows", shown, out, "--tree", labels, "--geic")
    assert done.exit_code == 0, done.output
    assert {path.name for path in out.iterdir()} == {
        "extractor.jsonl", "classifier.jsonl", "geic.json", "geic.dynamic.json",
    }  # fmt: skip
    extracted, classified = read(out / "extractor.jsonl"), read(out / "classifier.jsonl")
    assert [row["messages"][-1]["content"] for row in extracted] == [
        "@@Cy## of @@Oslo## played.", "@@Di## made pipes.", "Nobody came.",
    ]  # fmt: skip
    assert len(classified) >= 3 and {row["meta"]["task"] for row in classified} == {"choose"}
    assert f"{out / 'extractor.jsonl'}: 3 rows (mark 3) of 3 texts" in done.stdout
    assert json.loads((out / "geic.json").read_text())["sentence1"]["category"] == [
        "organist", "town",
    ]  # fmt: skip


def test_rows_sampled_in_labels_and_without_held_out_texts(run: Run, labels, tmp_path: Path):
    records = [
        {"text": f"Cy{n} of {town} played.", "spans": [(0, 3, "organist"), (7, 11, "town")]}
        for n, town in enumerate(("Oslo", "Bonn", "Rome", "Lima"))
    ]
    source = write_records(tmp_path / "many.jsonl", [*records, RECORDS[1]])
    held = write_records(tmp_path / "held.jsonl", RECORDS[1:2])
    out = tmp_path / "rows"
    options = ["--tree", labels, "--per-label-budget", "6", "--static"]
    done = run("cascade", "rows", source, out, *options)
    assert done.exit_code == 0, done.output
    counts = {"person/organist": 2, "place/town": 2, "person/builder": 1}
    fine = [row["meta"]["label"] for row in read(out / "classifier.jsonl")]
    assert {label: fine.count(label) for label in counts} == counts
    texts = len(read(out / "extractor.jsonl"))
    assert 3 <= texts <= 5
    done = run("cascade", "rows", source, out, *options, "--against", held)
    assert done.exit_code == 0 and "1 left out: in a held-out set" in done.stderr
    assert len(read(out / "extractor.jsonl")) == texts - 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--per-label-budget", "2"], "--per-label-budget: must be 3 or more"),
        (["--shots", "-1"], "--shots: must be"),
        (["--merge", "2"], "--merge: must be from 0 to 1"),
        (["--keep", "0"], "--keep: must be 1 or more"),
        (["--bare", "--nested"], "--nested: does not go with bare"),
        (["--max-chars", "0"], "--max-chars: must be"),
        (["--max-chars", "3"], "EXAMPLES: must give a row of extractor.jsonl"),
        (["--against", "none.jsonl"], "the file must exist"),
    ],
)
def test_bad_options_of_rows(run: Run, labels, shown, tmp_path: Path, options, said):
    done = run("cascade", "rows", shown, tmp_path / "rows", "--tree", labels, *options)
    assert done.exit_code == 1 and said in done.stderr, done.output
    assert not (tmp_path / "rows").exists()


def test_help_shows_the_options_of_both(run: Run):
    for command in ("rows", "apply"):
        done = run_command("cascade", command, "--help")
        assert done.exit_code == 0 and "--bare" in done.stdout and "--alone" in done.stdout


def test_a_model_tuned_on_the_rows_does_what_they_say(run: Run, answering: Server, tmp_path: Path):
    """From examples to rows to a tuned model to spans; a server chooses the labels."""
    from spacy_fewner.distill.tuning.run import distill
    from spacy_fewner.distill.tuning.settings import Settings
    from spacy_fewner.llm.chat_rows import read_rows

    records = [
        {"text": "Ann Lee left.", "spans": [(0, 7, "person")]},
        {"text": "To Basel.", "spans": [(3, 8, "place")]},
        {"text": "Nobody came.", "spans": []},
    ]
    source = write_records(tmp_path / "source.jsonl", records)
    (tmp_path / "tree.yaml").write_text(TREE, "utf8")
    done = run(
        "cascade", "rows", source, tmp_path / "rows", "--tree", tmp_path / "tree.yaml", "--bare"
    )
    assert done.exit_code == 0, done.output
    rows = read_rows(tmp_path / "rows" / "extractor.jsonl")
    how = {"method": "full", "learn_rate": 5e-3, "epochs": 30, "batch": 3, "check_every": 1000}
    base = tiny_base(tmp_path / "base")
    settings = Settings(str(base), **how, precision="float32", device="cpu")
    distill(rows, tmp_path / "model", settings, dev_share=0, progress=False)
    (tmp_path / "texts.txt").write_text("".join(f"{one['text']}\n" for one in records), "utf8")
    out = tmp_path / "found.jsonl"
    models = ["--llm", tmp_path / "model", "--temperature", "0", "--rounds", "1", "--bare"]
    models += ["--classifier-llm", "m", "--classifier-llm-url", answering.url]
    files = [tmp_path / "tree.yaml", tmp_path / "texts.txt", out]
    for more in ([], ["--constrained"]):
        done = run("cascade", "apply", *files, *models, "--classifier-llm-key-env", "", *more)
        assert done.exit_code == 0, done.output
        assert found_in(out) == [
            [("Ann Lee", "person/organist")], [("Basel", "place/town")], [],
        ]  # fmt: skip
