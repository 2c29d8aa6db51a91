"""`synthesize` and `fit --llm` as a whole, against a server that computes its replies."""

import json
import os
import socket
from pathlib import Path

import pytest
from cli_helpers import ASKED, TINY, Run, asking, tree
from corpus_helpers import reply_to, written
from server import Server

from spacy_fewner.data import read_samples, write_samples

SMALL = ("--size", 20, "--per-call", 5, "--ideas", 3)
FIT = (*TINY, "--folds", 2, "--no-curve")
KEY = "sk-0123456789abcdefghij"


def files(folder: Path) -> dict[str, bytes]:
    return {
        name: (folder / name).read_bytes() for name in tree(folder) if (folder / name).is_file()
    }


def test_examples_rejects_and_journal_then_the_same_in_replay(
    run: Run, server: Server, gold: Path, tmp_path: Path
):
    dev = tmp_path / "dev.jsonl"
    write_samples(written(5, seed=9), dev)
    made, again = tmp_path / "live" / "more.jsonl", tmp_path / "replay" / "more.jsonl"
    options = [*SMALL, "--held-out", dev]
    done = run("synthesize", gold, made, *asking(server), *options)
    assert done.exit_code == 0, done.output
    samples = read_samples(made)
    assert f"{len(samples)} new examples written to {made}" in done.stdout
    assert done.stdout.splitlines()[1].startswith("generate")
    assert "0 replies from the journal, 0 failed" in done.stdout
    assert {span.label for sample in samples for span in sample.spans} == {"MAKER", "PART"}
    assert all(sample.meta["stage"] == "generate" and sample.meta["calls"] for sample in samples)
    assert tree(made.parent) == {"more.jsonl", "more.rejects.jsonl", "more.journal.jsonl"}
    asked, before = server.attempts.total(), files(made.parent)
    journal = ["--journal", made.with_suffix(".journal.jsonl"), "--llm-mode", "replay"]
    done = run("synthesize", gold, again, *journal, *options)
    assert done.exit_code == 0, done.output
    assert "0 requests" in done.stdout and server.attempts.total() == asked
    assert files(again.parent) == {k: v for k, v in before.items() if "journal" not in k}
    assert files(made.parent) == before


def test_what_was_paid_for_is_not_asked_again_unless_live(run: Run, gold: Path, tmp_path: Path):
    with Server(reply=reply_to) as server:
        whole = [*asking(server), *SMALL, "--quiet"]
        out = tmp_path / "out.jsonl"
        done = run("synthesize", gold, out, *whole, "--budget", 60, "--concurrency", 1)
        assert done.exit_code == 1
        assert done.stderr.startswith("Error: --budget: the run may use 60")
        assert "--" not in done.stdout and not out.exists()
        assert not (tmp_path / "out.rejects.jsonl").exists()  # nothing was rejected until then
        assert 0 < server.good.total() <= 4
        assert run("synthesize", gold, out, *whole).exit_code == 0
        assert server.stats()["twice"] == 0
        first = out.read_bytes()
        assert run("synthesize", gold, out, *whole).exit_code == 0
        assert server.stats()["twice"] == 0 and out.read_bytes() == first
        assert run("synthesize", gold, out, *whole, "--llm-mode", "live").exit_code == 0
        assert server.stats()["twice"] == server.stats()["requests"]


def test_a_schema_file_and_a_key(
    run: Run, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    schema = tmp_path / "schema.jsonl"
    schema.write_text('{"id": "MAKER", "description": "who builds organs"}\n{"id": "PART"}\n')
    monkeypatch.setenv("FEWNER_TEST_KEY", KEY)
    asked = ["--llm", "stand-in", "--llm-key-env", "FEWNER_TEST_KEY", "--labels", schema]
    with Server(reply=reply_to) as server:
        out = tmp_path / "out" / "more.jsonl"
        done = run("synthesize", gold, out, *asked, "--llm-url", server.url, *SMALL)
        assert done.exit_code == 0, done.output
        assert set(server.keys) == {f"Bearer {KEY}"}
        assert "MAKER: who builds organs" in server.bodies[-1]["messages"][0]["content"]
    assert KEY not in done.output
    assert not any(KEY.encode() in content for content in files(out.parent).values())


@pytest.mark.parametrize("command", ["synthesize", "fit"])
def test_bad_options(
    run: Run, server: Server, gold: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, command: str,
):  # fmt: skip
    monkeypatch.delenv("FEWNER_NO_KEY", raising=False)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    asked = server.attempts.total()
    for number, (options, message) in enumerate(
        [
            (["--size", 7], "--llm: "),
            (["--llm", "m", "--llm-key-env", "FEWNER_NO_KEY", "--llm-url", server.url],
             "FEWNER_NO_KEY, which is not set"),
            ([*ASKED, "--llm-url", f"http://127.0.0.1:{port}/v1"], "must be the address of a"),
            ([*ASKED, "--llm-url", "localhost"], "must be a http or https address"),
            ([*asking(server), "--size", 0], "size: must be 1 or more"),
            ([*asking(server), "--per-call", 0], "--per-call"),
            (["--llm", tmp_path / "none.gguf"], "none.gguf"),
            (["--llm-mode", "replay", "--journal", tmp_path / "none"], "none"),
        ]
    ):  # fmt: skip
        out = tmp_path / f"out{number}"
        small = [*FIT, "--quiet"] if command == "fit" else []
        done = run(command, gold, out, *small, *options)
        assert done.exit_code == 1, (options, done.output)
        assert done.stderr.startswith("Error: ") and message in done.stderr, done.stderr
        assert not out.exists()
    assert server.attempts.total() == asked


UNKNOWN = json.dumps({"text": "Here is a Thing", "entities": [{"text": "Thing", "label": "X"}]})


@pytest.mark.parametrize(
    ("reply", "size", "message", "reason"),
    [
        ("I cannot help with that.", 3, "must keep at least one text", "refusal"),
        (UNKNOWN, 3, "must keep at least one text", "unknown label"),
        ("\n".join([UNKNOWN] * 60), 60, "may be rejects", "unknown label"),
    ],
)
@pytest.mark.filterwarnings("ignore:stage generate")
def test_nothing_kept(
    run: Run, gold: Path, tmp_path: Path, reply: str, size: int, message: str, reason: str
):
    out = tmp_path / "out.jsonl"
    options = [*ASKED, "--size", size, "--ideas", 0]
    with Server(reply=lambda body: reply) as server:
        done = run("synthesize", gold, out, *options, "--llm-url", server.url)
    assert done.exit_code == 1
    assert message in done.stderr and "Traceback" not in done.stderr
    assert "generate" in done.stderr and reason in done.stderr  # the table says what happened
    assert not out.exists()
    lines = (tmp_path / "out.rejects.jsonl").read_text("utf8").splitlines()
    assert {json.loads(line)["reason"] for line in lines} <= {reason, "repeated", "loop"}
    assert json.loads(lines[0])["reason"] == reason


def test_fit_with_a_language_model_then_in_replay(
    run: Run, server: Server, gold: Path, tmp_path: Path
):
    out = tmp_path / "work" / "out"
    options = [*FIT, *SMALL, "--package", "organ_test"]
    done = run("fit", gold, out, *asking(server), *options)
    assert done.exit_code == 0, done.output
    assert "synthetic text " in done.stdout and " requests (" in done.stdout
    assert {path.name for path in out.parent.iterdir()} == {"out", "out.journal.jsonl"}
    kept = {"synthetic", "synthetic/samples.jsonl", "synthetic/rejects.jsonl"}
    assert {*kept, "synthetic/ledger.txt", "model", "report.html"} <= tree(out)
    before = files(out)
    asked = server.attempts.total()
    done = run("fit", gold, out, "--llm-mode", "replay", *options, "--overwrite")
    assert done.exit_code == 0, done.output
    assert server.attempts.total() == asked
    after = files(out)
    timed = {"scores.json", "report.html"}  # they say how long it took
    same = {name for name in before if name not in timed and not name.endswith(".whl")}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


def test_fit_refuses_two_sources_and_a_journal_that_would_go(
    run: Run, server: Server, gold: Path, tmp_path: Path
):
    out = tmp_path / "out"
    options = [*FIT, *asking(server)]
    done = run("fit", gold, out, *options, "--synthetic", gold)
    assert done.exit_code == 1 and "only one may be given" in done.stderr
    done = run("fit", gold, out, *options, "--journal", out / "journal.jsonl")
    assert done.exit_code == 1 and "must not lie in `out`" in done.stderr
    assert os.listdir(out) == []  # nothing was paid for


def test_a_missing_key_is_told_before_anything_is_trained(
    run: Run, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    monkeypatch.setattr("spacy_fewner.fitting.training.training.train_pipeline", pytest.fail)
    done = run("fit", gold, tmp_path / "out", *FIT, "--llm", "some", "--llm-key-env", "NO_SUCH_KEY")
    assert done.exit_code == 1
    assert "NO_SUCH_KEY, which is not set" in done.stderr


@pytest.mark.parametrize(
    "command", [("synthesize",), ("stage", "generate"), ("stage", "explain")], ids=str
)
def test_without_a_key_nothing_is_left_behind(
    run: Run, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command
):
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    folder = tmp_path / "work"
    folder.mkdir()
    done = run(
        *command, gold, folder / "out.jsonl", "--llm", "some", "--llm-key-env", "NO_SUCH_KEY"
    )
    assert done.exit_code == 1
    assert "NO_SUCH_KEY, which is not set" in done.stderr
    assert "reasons" not in done.stderr  # no table of nothing
    assert list(folder.iterdir()) == []


def test_where_no_reply_comes_no_file_stays(run: Run, gold: Path, tmp_path: Path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    folder = tmp_path / "work"
    folder.mkdir()
    asked = [*ASKED, "--llm-url", f"http://127.0.0.1:{port}/v1", "--size", 5]
    done = run("synthesize", gold, folder / "out.jsonl", *asked)
    assert done.exit_code == 1
    assert "reasons" not in done.stderr
    assert list(folder.iterdir()) == []


def test_prices_make_costs_and_limits(run: Run, server: Server, gold: Path, tmp_path: Path):
    asked = [*asking(server), *SMALL, "--concurrency", 1]
    priced = ["--prompt-price", 1_000_000, "--completion-price", 1_000_000]
    done = run("synthesize", gold, tmp_path / "a.jsonl", *asked, *priced)
    assert done.exit_code == 0, done.output
    tokens = done.stdout.partition(" tokens, cost ")
    assert float(tokens[2].split()[0]) == float(tokens[0].split()[-1].replace(",", ""))
    done = run("synthesize", gold, tmp_path / "b.jsonl", *asked, *priced, "--max-cost", 60)
    assert done.exit_code == 1 and done.stderr.startswith("Error: --max-cost: the run may use 60")
    done = run("synthesize", gold, tmp_path / "c.jsonl", *asked, "--max-cost", 60)
    assert done.exit_code == 1 and "needs the prices of tokens" in done.stderr


def test_own_texts_are_found_by_the_embedded_encoder(
    run: Run, server: Server, gold: Path, tmp_path: Path
):
    texts = tmp_path / "texts.txt"
    texts.write_text("\n".join(one.text for one in written(12, seed=5)), encoding="utf8")
    asked = [*asking(server), *SMALL, "--unlabelled", texts]
    done = run("synthesize", gold, tmp_path / "out.jsonl", *asked)
    assert done.exit_code == 0, done.output
    found = {one.meta["stage"] for one in read_samples(tmp_path / "out.jsonl")}
    assert found == {"generate", "retrieve"}
    done = run("synthesize", gold, tmp_path / "b.jsonl", *asked, "--embedder", tmp_path)
    assert done.exit_code == 1 and "must be a sentence-transformers model" in done.stderr
