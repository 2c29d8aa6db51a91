"""Commands with a causal model that runs in this process."""

import json
from pathlib import Path

import pytest
from cli_helpers import Run
from tuned_helpers import made_base, tiny_adapter

SHORT = ("--max-tokens", "4", "--set", "rounds=1", "--set", "reject_limit=1.0")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made_base(tmp_path_factory.mktemp("base"))


def test_a_stage_asks_a_tuned_folder(run: Run, base: str, gold: Path, tmp_path: Path):
    tuned, out = tiny_adapter(Path(base), tmp_path / "tuned"), tmp_path / "marked.jsonl"
    done = run("stage", "mark", gold, out, "--llm", tuned, *SHORT, "--temperature", "0")
    assert "12 rejects" in done.stderr  # its weights are random
    lines = (tmp_path / "marked.journal.jsonl").read_text().splitlines()
    found = [record for line in lines if '"transformers"' in line for record in [json.loads(line)]]
    assert found and "base" in json.dumps(found[0])


def test_hf_names_a_folder_or_the_hub(run: Run, base: str, gold: Path, tmp_path: Path):
    out = tmp_path / "marked.jsonl"
    assert "12 rejects" in run("stage", "mark", gold, out, "--llm", f"hf:{base}", *SHORT).stderr
    done = run("stage", "mark", gold, out, "--llm", "hf:./none", *SHORT)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: --llm: must be a folder or a GGUF file, or a hub name")


def test_a_folder_with_no_model_is_one_line(run: Run, gold: Path, tmp_path: Path):
    done = run("stage", "mark", gold, tmp_path / "out.jsonl", "--llm", tmp_path, *SHORT)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: --llm: must be a causal language model")
    assert len(done.stderr.splitlines()) == 1
