"""`stage`: one stage alone, against a server that computes its replies."""

from pathlib import Path

from cli_helpers import Run, asking, tree
from server import Server

from spacy_fewner.cli.commands.stage import REGISTERED
from spacy_fewner.data import read_samples

SMALL = ("--set", "target_size=10", "--set", "per_call=5", "--set", "n_topics=2")


def test_one_stage_and_its_replay(run: Run, server: Server, gold: Path, tmp_path: Path):
    out = tmp_path / "out" / "more.jsonl"
    done = run("stage", "generate", gold, out, *SMALL, *asking(server))
    assert done.exit_code == 0, done.output
    made = read_samples(out)
    assert len(made) >= 10
    assert {sample.meta["stage"] for sample in made} == {"generate"}
    assert done.stdout.splitlines()[1].startswith("generate")
    assert tree(out.parent) == {"more.jsonl", "more.rejects.jsonl", "more.journal.jsonl"}
    before = server.attempts.total()
    journal = ["--journal", out.with_suffix(".journal.jsonl"), "--llm-mode", "replay"]
    again = tmp_path / "again.jsonl"
    assert run("stage", "generate", gold, again, *SMALL, *journal).exit_code == 0
    assert again.read_bytes() == out.read_bytes()
    assert server.attempts.total() == before


def test_a_stage_of_a_config_with_a_setting_changed(
    run: Run, server: Server, gold: Path, tmp_path: Path
):
    config, out = tmp_path / "stage.cfg", tmp_path / "more.jsonl"
    config.write_text('[stage]\n@misc = "spacy-fewner.Generate.v1"\nper_call = 5\nn_topics = 2\n')
    done = run("stage", config, gold, out, "--set", "target_size=5", "--quiet", *asking(server))
    assert done.exit_code == 0, done.output
    assert 5 <= len(read_samples(out)) < 15 and done.stdout == ""


def test_the_samples_are_not_written_over(run: Run, server: Server, gold: Path):
    before = gold.read_bytes()
    done = run("stage", "generate", gold, gold, *SMALL, *asking(server))
    assert done.exit_code == 1 and "must be different ones" in done.stderr
    assert gold.read_bytes() == before


def test_all_names_are_registered_stages():
    from spacy import registry

    for name in REGISTERED.values():
        assert registry.has("misc", name)


def test_bad_input_is_one_line(run: Run, server: Server, gold: Path, tmp_path: Path):
    empty, odd, no_config = (tmp_path / name for name in ("a.cfg", "b.cfg", "c.cfg"))
    empty.write_text("[other]\nx = 1\n")
    odd.write_text('[stage]\n@misc = "spacy-fewner.Budget.v1"\nmax_tokens = 5\n')
    no_config.write_text("what [is this\n")
    cases = [
        (["polish"], "STAGE"),
        (["generate", "--set", "colour=3"], "colour"),
        (["generate", "--set", "per_call"], "NAME=VALUE"),
        (["merge"], "embed"),
        ([empty], "block [stage]"),
        ([odd], "must be a stage"),
        ([no_config], "must be a config"),
        (["generate", "--set", "per_call=0"], "per_call"),
    ]
    for (name, *options), named in cases:
        done = run("stage", name, gold, tmp_path / "out.jsonl", *options, *asking(server))
        assert done.exit_code == 1, named
        assert done.stderr.startswith("Error:") and named in done.stderr
    assert not (tmp_path / "out.jsonl").exists()
