"""What works where nothing of training is installed, and what is said of the rest."""

from pathlib import Path

import pytest
from without_training import TRAINING, run_without_training

ROOT = Path(__file__).parents[1]
EXAMPLES = str(ROOT / "assets/organ/train.jsonl")
COMMAND = """
import sys
from spacy_fewner.cli.app import main
sys.argv = ["spacy-fewner", *sys.argv[1:]]
main()
"""
NEEDED = "pip install 'spacy-fewner[train]'"


def test_the_others_are_hidden_indeed():
    done = run_without_training("\n".join(f"import {name}" for name in TRAINING[:1]))
    assert "ModuleNotFoundError" in done.stderr


def test_import_and_blank_pipeline():
    done = run_without_training("import spacy_fewner, spacy\nprint(spacy.blank('en').lang)")
    assert done.stdout.strip() == "en", done.stderr


@pytest.mark.parametrize("name", ["", "fit", "annotate", "evaluate", "package"])
def test_help(name: str):
    done = run_without_training(COMMAND, *filter(None, [name]), "--help")
    assert done.returncode == 0 and "Usage" in done.stdout, done.stderr


def test_audit():
    done = run_without_training(COMMAND, "audit", EXAMPLES)
    assert done.returncode == 0 and "INSTRUMENT" in done.stdout, done.stderr


@pytest.mark.parametrize("command", ["fit", "train"])
def test_commands_that_train_say_so_in_one_line(command: str, tmp_path: Path):
    out = tmp_path / "out"
    done = run_without_training(COMMAND, command, EXAMPLES, str(out))
    (said,) = done.stderr.strip().splitlines()
    assert done.returncode == 1 and said.startswith(f"Error: {command}: ") and NEEDED in said
    assert not out.exists()


@pytest.mark.parametrize("factory", ["fewner", "fewner_textcat"])
def test_components_that_train_say_so(factory: str):
    code = f"import spacy\nspacy.blank('en').add_pipe({factory!r})"
    done = run_without_training(code)
    last = done.stderr.strip().splitlines()[-1]
    assert "FewnerError" in last and NEEDED in last


def test_wheels_of_trained_pipelines_ask_for_it(tmp_path: Path):
    from spacy_fewner.fitting.output.packaging import extras

    config = "[components]\n[components.a]\n[components.a.model]\n@architectures = "
    encoder = '[components.a.model.tok2vec]\n@architectures = "spacy-fewner.LoraTransformer.v1"\n'
    (tmp_path / "config.cfg").write_text(f'{config}"spacy-fewner.SpanGrid.v1"\n{encoder}')
    assert extras(tmp_path) == ["spacy-fewner[train]", "spacy-fewner[transformer]"]
    (tmp_path / "config.cfg").write_text(f'{config}"spacy-fewner.OnnxSpanGrid.v1"\n')
    assert extras(tmp_path) == []
