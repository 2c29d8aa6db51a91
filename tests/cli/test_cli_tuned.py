"""Commands with a causal model that runs in this process."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cli_helpers import Run
from tuned_helpers import made_base, tiny_adapter

from spacy_fewner.cli.commands.cascade.asking_options import AskingOptions, CascadeLlmOptions
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.tuned.card import read_card, write_card
from spacy_fewner.llm.types import Message, Prompt, Reply

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


def test_a_base_that_has_moved_is_named(run: Run, base: str, gold: Path, tmp_path: Path):
    tuned = moved_adapter(Path(base), tmp_path / "tuned")
    stage = ("stage", "mark", gold, tmp_path / "out.jsonl", *SHORT)
    gone = run(*stage, "--llm", tuned)
    assert gone.stderr.startswith("Error: --llm-base: ") and "tuned on a model" in gone.stderr
    assert "12 rejects" in run(*stage, "--llm", tuned, "--llm-base", base).stderr
    for other in (base, "a-servers-model"):
        refused = run(*stage, "--llm", other, "--llm-base", base)
        assert refused.stderr.startswith("Error: --llm-base: goes with an adapter")


def test_each_model_of_a_cascade_has_a_base_of_its_own(base: str, tmp_path: Path):
    tuned = str(moved_adapter(Path(base), tmp_path / "tuned"))
    prompt = Prompt((Message("user", "Who?"),))

    def asked(first: CascadeLlmOptions, **second: str) -> list[Reply]:
        journal = tmp_path / f"{len(list(tmp_path.iterdir()))}.journal.jsonl"
        with AskingOptions(classifier_llm=tuned, **second).clients(first, journal) as (_, choosing):
            return list(choosing.complete([prompt]))

    both = CascadeLlmOptions(llm=tuned, llm_base=base, max_tokens=4)
    assert not asked(both)[0].error
    one = CascadeLlmOptions(llm=base, max_tokens=4)
    with pytest.raises(FewnerError, match=r"--classifier-llm-base: .*was tuned on a model"):
        asked(one)
    assert not asked(one, classifier_llm_base=base)[0].error
    server = CascadeLlmOptions(llm="x", llm_url="http://127.0.0.1:9/v1", llm_key_env="")
    assert not asked(server, classifier_llm_base=base)[0].error


def moved_adapter(base: Path, folder: Path) -> Path:
    """Whose card says that its base is where it no longer is."""
    tiny_adapter(base, folder)
    write_card(folder, replace(read_card(folder), base="/gone/base"))
    return folder
