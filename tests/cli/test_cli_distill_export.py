"""`distill-export`: what is written, and how to serve it."""

from pathlib import Path

from cli_helpers import Run, tree
from tiny_gguf import tiny_gguf
from tiny_lm import tiny_base
from tuned_helpers import tiny_adapter


def test_a_folder_and_the_command_to_serve_it(run: Run, tmp_path: Path):
    adapter = tiny_adapter(tiny_base(tmp_path / "base"), tmp_path / "adapter")
    done = run("distill-export", adapter, tmp_path / "merged")
    assert done.exit_code == 0, done.output
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= tree(tmp_path / "merged")
    assert f"vllm serve {tmp_path / 'merged'} --served-model-name merged" in done.stdout
    assert "gguf" not in done.stdout
    again = run("distill-export", adapter, tmp_path / "merged")
    assert again.exit_code == 1 and again.stderr.startswith("Error: OUT: must not exist yet")


def test_a_gguf_file_beside_it(run: Run, tmp_path: Path):
    adapter = tiny_adapter(tiny_gguf(tmp_path / "base.gguf"), tmp_path / "adapter")
    done = run("distill-export", adapter, tmp_path / "merged", "--gguf")
    assert done.exit_code == 0, done.output
    made = tmp_path / "merged" / "model.gguf"
    assert made.read_bytes()[:4] == b"GGUF" and f"llama-server -m {made}" in done.stdout


def test_bad_input_is_one_line(run: Run, tmp_path: Path):
    base = tiny_base(tmp_path / "base")
    done = run("distill-export", base, tmp_path / "merged")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: MODEL: must be a folder that `distill` wrote")
    assert len(done.stderr.splitlines()) == 1


def test_a_merged_model_is_written_over_and_no_other(run: Run, tmp_path: Path):
    base = tiny_base(tmp_path / "base")
    adapter, out = tiny_adapter(base, tmp_path / "adapter"), tmp_path / "merged"
    for more in ((), ("--overwrite",)):
        assert run("distill-export", adapter, out, *more).exit_code == 0
    other = tiny_base(tmp_path / "other")
    refused = run("distill-export", adapter, other, "--overwrite")
    assert refused.stderr.startswith("Error: OUT: only a folder with a merged model of an earlier")
    assert (Path(other) / "config.json").is_file()
