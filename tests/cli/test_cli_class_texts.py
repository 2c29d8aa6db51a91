"""`synthesize` and `stage` for texts with classes, against a server that computes its replies."""

import hashlib
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import ASKED, Run, asking, tree
from corpus_helpers import GOLD, WORDS, reply_to
from server import Server

from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.types import Sample

SMALL = ("--size", 12, "--per-call", 4, "--ideas", 2)


def class_reply(body: dict[str, Any]) -> str:
    """Texts of seven words for classes; what reply_to has of spans."""
    asked = body["messages"][-1]["content"]
    if "of the class" not in asked:
        return reply_to(body)
    rng = random.Random(hashlib.sha256(json.dumps(body["messages"]).encode()).hexdigest())
    plans = re.findall(r"^\d+\. about ", asked, re.MULTILINE)
    return "\n".join(json.dumps({"text": " ".join(rng.sample(WORDS, 7))}) for _ in plans)


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    rng = random.Random(3)
    samples = [
        Sample(" ".join(rng.sample(WORDS, 7)), cats={label: 1.0}, spans_annotated=False)
        for label in ("repair", "tuning")
        for _ in range(5)
    ]
    write_samples(samples, tmp_path / "classes.jsonl")
    return tmp_path / "classes.jsonl"


def test_texts_of_classes_and_the_same_in_replay(run: Run, classes: Path, tmp_path: Path):
    dev = tmp_path / "dev.jsonl"
    write_samples(read_samples(classes)[:1], dev)
    made, again = tmp_path / "live" / "more.jsonl", tmp_path / "replay" / "more.jsonl"
    with Server(reply=class_reply) as server:
        options = [*SMALL, "--held-out", dev]
        done = run("synthesize", classes, made, *asking(server), *options)
        assert done.exit_code == 0, done.output
        asked = server.attempts.total()
        journal = ["--journal", made.with_suffix(".journal.jsonl"), "--llm-mode", "replay"]
        assert run("synthesize", classes, again, *journal, *options).exit_code == 0
        assert server.attempts.total() == asked
    samples = read_samples(made)
    assert Counter(label for one in samples for label in one.cats) == {"repair": 6, "tuning": 6}
    assert f"12 new examples written to {made}" in done.stdout
    steps = [line.split()[0] for line in done.stdout.splitlines()[1:9]]
    assert steps == [
        "generate_texts", "classes", "leftovers", "style", "copies", "held-out", "other",
        "duplicates",
    ]  # fmt: skip
    assert tree(made.parent) == {"more.jsonl", "more.rejects.jsonl", "more.journal.jsonl"}
    assert again.read_bytes() == made.read_bytes()


def test_examples_with_spans_and_with_classes(run: Run, classes: Path, tmp_path: Path):
    both, out = tmp_path / "both.jsonl", tmp_path / "out.jsonl"
    write_samples([*GOLD, *read_samples(classes)], both)
    with Server(reply=class_reply) as server:
        done = run("synthesize", both, out, *asking(server), *SMALL)
    assert done.exit_code == 0, done.output
    samples = read_samples(out)
    assert Counter(one.meta["stage"] for one in samples).keys() == {"generate", "generate_texts"}
    assert all(bool(one.cats) != one.spans_annotated for one in samples)
    steps = [line.split()[0] for line in done.stdout.splitlines() if line]
    assert steps.index("density") < steps.index("generate_texts")
    assert steps.count("duplicates") == 2


def test_classes_from_a_schema(run: Run, classes: Path, tmp_path: Path):
    schema, out = tmp_path / "schema.jsonl", tmp_path / "out.jsonl"
    schema.write_text(
        '{"id": "repair"}\n{"id": "tuning"}\n{"id": "offer", "description": "what it costs"}\n'
    )
    with Server(reply=class_reply) as server:
        url = ["--llm-url", server.url]
        done = run("synthesize", classes, out, *ASKED, *url, *SMALL, "--labels", schema)
        assert done.exit_code == 0, done.output
        assert any("offer: what it costs" in str(body) for body in server.bodies)
    assert "offer" in {label for one in read_samples(out) for label in one.cats}


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        ("repair,tuning,cost", [], "cost, which has neither"),
        ("repair,paint", [], "must have the classes of the examples"),
        ("repair", [], "must have two classes or more"),
        ("repair,tuning", ["--explain"], "--explain: is about entities"),
        ("repair,tuning", ["--extend", "--size", 0], "--extend: is about entities"),
        ("repair,tuning", ["--between", 2], "--between"),
    ],
)
def test_bad_input_for_classes(
    run: Run, server: Server, classes: Path, tmp_path: Path, labels: str, options, message: str
):
    out, asked = tmp_path / "out.jsonl", server.attempts.total()
    how = [*asking(server), *SMALL, "--labels", labels, *options]
    done = run("synthesize", classes, out, *how)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ") and message in done.stderr, done.stderr
    assert not out.exists() and server.attempts.total() == asked


def test_a_label_that_may_be_of_spans_or_of_texts(
    run: Run, server: Server, classes: Path, tmp_path: Path
):
    both = tmp_path / "both.jsonl"
    write_samples([*GOLD, *read_samples(classes)], both)
    labels = ["--labels", "MAKER,PART,repair,tuning,other"]
    out = tmp_path / "out.jsonl"
    done = run("synthesize", both, out, *asking(server), *labels)
    assert done.exit_code == 1
    assert "--labels: must occur in examples that have both spans and classes" in done.stderr


def test_a_table_with_several_classes_a_text(run: Run, tmp_path: Path):
    table, out = tmp_path / "notes.csv", tmp_path / "more.jsonl"
    rng = random.Random(3)
    rows = [
        f"{' '.join(rng.sample(WORDS, 7))},{label}"
        for label in ("repair", "tuning", "repair|tuning") * 3
    ]
    table.write_text("\n".join(["sentence,class", *rows]) + "\n", "utf8")
    how = [*ASKED, *SMALL, "--label-separator", "|"]
    with Server(reply=class_reply) as server:
        url = ["--llm-url", server.url]
        done = run("synthesize", table, out, *how, *url, "--exclusive")
        assert done.exit_code == 1 and not server.bodies
        assert "--exclusive: every text must have exactly one class" in done.stderr
        done = run("synthesize", table, out, *how, *url)
        assert done.exit_code == 0, done.output
    assert {tuple(one.cats) for one in read_samples(out)} == {
        ("repair",), ("tuning",), ("repair", "tuning"),
    }  # fmt: skip


def test_one_stage_of_texts(run: Run, classes: Path, tmp_path: Path):
    out = tmp_path / "out.jsonl"
    sets = ["--set", "target_size=6", "--set", "n_topics=0"]
    with Server(reply=class_reply) as server:
        url = ["--llm-url", server.url]
        done = run("stage", "generate_texts", classes, out, *sets, *ASKED, *url)
    assert done.exit_code == 0, done.output
    assert Counter(label for one in read_samples(out) for label in one.cats) == {
        "repair": 3, "tuning": 3,
    }  # fmt: skip
