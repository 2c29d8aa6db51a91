"""`open-llm`: texts in, spans of the labels out."""

from pathlib import Path

from cli_helpers import Run, tree
from tuned_helpers import made_base

from spacy_fewner.data import read_samples
from spacy_fewner.data.schema import parse_schema
from spacy_fewner.distill.answers.ask_types import AskTypes
from spacy_fewner.distill.answers.classes import Classes
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.types import Message, Prompt, Reply


def journal_of(path: Path, answers: dict[tuple[str, str], str]) -> Path:
    """The replies of a model to questions about (text, type)."""
    journal = Journal(path, "resume")
    with journal:
        for (text, kind), said in answers.items():
            for prompt in AskTypes().prompts(text, [kind]):
                record(journal, prompt, said)
    return path


def record(journal: Journal, prompt: Prompt, said: str) -> None:
    from spacy_fewner.llm.journal.keys import request_key

    identity = {"model": "recorded"}
    journal.record(identity, prompt, Reply(said, key=request_key(identity, prompt)))


def test_spans_of_recorded_answers(run: Run, tmp_path: Path):
    texts, out = tmp_path / "texts.txt", tmp_path / "found.jsonl"
    texts.write_text("Ada swam in Rome.\nBo left.\n")
    answers = {
        ("Ada swam in Rome.", "person"): '["Ada", "Eve"]',
        ("Ada swam in Rome.", "city"): '["Rome"]',
        ("Bo left.", "person"): "no idea",
        ("Bo left.", "city"): "no idea either",
    }
    journal = journal_of(tmp_path / "journal.jsonl", answers)
    done = run(
        *("open-llm", texts, out, "--labels", "person,city"),
        *("--llm-mode", "replay", "--journal", journal),
    )
    assert done.exit_code == 0, done.output
    (sample,) = read_samples(out)
    assert {(span.surface(sample.text), span.label) for span in sample.spans} == {
        ("Ada", "person"),
        ("Rome", "city"),
    }
    assert "2 spans in 1 texts" in done.stdout
    assert "Bo left." in (tmp_path / "found.rejects.jsonl").read_text()


def test_questions_in_python(run: Run, tmp_path: Path):
    texts, out, labels = (tmp_path / name for name in ("texts.txt", "found.jsonl", "labels.jsonl"))
    texts.write_text("Ott built it for Aa.\n")
    labels.write_text('{"id": "Organ"}\n{"id": "Organ/maker", "description": "Who built it."}\n')
    with Journal(tmp_path / "journal.jsonl", "resume") as journal:
        for code in Classes(parse_schema(str(labels)), fields=True, most=30).about(
            "Ott built it for Aa."
        ):
            turns = tuple(Message(*turn) for turn in code.turns)
            record(journal, Prompt(turns), '[Organ(maker="Ott")]')
    done = run(
        *("open-llm", texts, out, "--labels", labels, "--queries", "code", "--fields"),
        *("--llm-mode", "replay", "--journal", tmp_path / "journal.jsonl"),
    )
    assert done.exit_code == 0, done.output
    (sample,) = read_samples(out)
    assert [(s.surface(sample.text), s.label) for s in sample.spans] == [("Ott", "Organ/maker")]
    assert sample.meta["instances"] == [{"type": "Organ", "values": {"maker": "Ott"}}]


def test_a_model_of_random_weights_lists_what_is_not_there(run: Run, tmp_path: Path):
    texts, out = tmp_path / "texts.txt", tmp_path / "found.jsonl"
    texts.write_text("Ada swam in Rome.\n")
    base = made_base(tmp_path / "base")
    done = run("open-llm", texts, out, "--labels", "person", "--llm", base, "--max-tokens", "40")
    assert done.exit_code == 0, done.output
    assert "found.journal.jsonl" in tree(tmp_path) and len(read_samples(out)) == 1


def test_bad_input_is_one_line(run: Run, tmp_path: Path):
    texts = tmp_path / "texts.txt"
    texts.write_text("Ada swam.\n")
    for more, said in (
        (["--labels", "a"], "Error: --llm: a language model must be named"),
        (["--labels", "a", "--max-passage", "0"], "Error: --max-passage: must be 1 or more"),
        (["--labels", " "], "Error: --labels: must name a label"),
        (["--labels", "a", "--fields"], "Error: --fields: does not go with --queries each"),
        (
            ["--labels", "a", "--queries", "code", "--data-set", "x"],
            "Error: --data-set: does not go with --queries code",
        ),
    ):
        done = run("open-llm", texts, tmp_path / "out.jsonl", *more)
        assert done.exit_code == 1 and done.stderr.startswith(said), done.stderr


def test_with_an_address_a_folder_of_that_name_is_not_taken(run: Run, tmp_path: Path):
    texts, base = tmp_path / "texts.txt", made_base(tmp_path / "merged")
    texts.write_text("Ada swam.\n")
    done = run(
        *("open-llm", texts, tmp_path / "out.jsonl", "--labels", "a", "--llm", base),
        *("--llm-url", "http://127.0.0.1:9/v1", "--llm-key-env", ""),
    )
    assert done.exit_code == 1 and "127.0.0.1:9" in done.stderr


def test_no_file_that_is_named_is_written_over(run: Run, tmp_path: Path):
    texts, labels = tmp_path / "texts.txt", tmp_path / "labels.jsonl"
    texts.write_text("Ada swam.\n")
    labels.write_text('{"id": "a"}\n')
    rejects = tmp_path / "y.rejects.jsonl"
    rejects.write_text('{"id": "a"}\n')
    for out, named, journal in (
        (labels, labels, "j.jsonl"),
        (tmp_path / "y.jsonl", rejects, "j.jsonl"),
        (tmp_path / "out.jsonl", labels, "out.jsonl"),
        (tmp_path / "out.jsonl", labels, "out.rejects.jsonl"),
    ):
        given = ("--labels", named, "--journal", tmp_path / journal, "--llm-mode", "replay")
        done = run("open-llm", texts, out, *given)
        assert done.stderr.startswith("Error: files: must be different ones"), done.stderr
    assert labels.read_text() == rejects.read_text() == '{"id": "a"}\n'
