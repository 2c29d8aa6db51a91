"""The README's blocks run as they stand, and print what it shows but for the numbers."""

import os
import re
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
import readme_output  # noqa: E402

README = (ROOT / "README.md").read_text("utf8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def shown_commands() -> list[tuple[str, list[str]]]:
    """(command, lines that it prints) of the console blocks."""
    found = []
    for block in blocks("console"):
        commands = readme_output.commands(block)
        for command, following in zip_longest(commands, commands[1:]):
            output = block.partition(command)[2]
            if following:
                output = output.partition(following)[0]
            found.append((command, output.splitlines()))
    return found


def masked(lines: list[str]) -> list[str]:
    """Without numbers and spacing; rows in one order, since that follows the numbers."""
    return sorted(" ".join(re.sub(r"[-+]?\d+(\.\d+)?", "N", line).split()) for line in lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    (folder / "assets").symlink_to(ROOT / "assets")
    return folder


def execute(command: list[str], folder: Path, codes: tuple[int, ...] = (0,)) -> list[str]:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode in codes, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(("command", "output"), shown_commands())
def test_commands_print_what_is_shown(folder: Path, command: str, output: list[str]):
    codes = (1,) if "audit" in command else (0,)
    printed = execute(readme_output.words(command), folder, codes)
    assert masked(printed) == masked(output)


def test_classes_without_an_example(folder: Path):
    code, _ = blocks("python")
    assert execute([sys.executable, "-c", code], folder) == ["quotation"]


def test_python_block(folder: Path):
    _, code = blocks("python")
    printed = execute([sys.executable, "-c", code], folder)
    assert any(line.startswith("Strict span F1") for line in printed)
    spans = [line for line in printed if re.match(r"[01]\.\d\d  [A-Z]+ +\w", line)]
    assert spans


def shell_lines() -> list[str]:
    """Of the bash blocks, with lines that go on put together."""
    joined = "\n".join(blocks("bash")).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip()]


def test_options_of_shell_commands_exist(folder: Path):
    commands = [line.split() for line in shell_lines() if line.startswith("python -m spacy fewner")]
    assert commands
    for words in commands:
        command = words[4:6] if words[4] == "cascade" else words[4:5]
        helped = execute([sys.executable, "-m", "spacy", "fewner", *command, "--help"], folder)
        options = {word for word in words if word.startswith("--")}
        known = set(re.findall(r"--[\w-]+", "\n".join(helped)))
        assert options <= known


def test_make_targets_exist():
    targets = {line.split()[1] for line in shell_lines() if line.startswith("make ")}
    makefile = (ROOT / "Makefile").read_text("utf8")
    assert targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_files_named_exist():
    named = re.findall(r"`((?:configs|assets|docs)/[\w./]+|\w+\.(?:md|yml))`", README)
    assert len(named) > 4
    assert [name for name in named if not (ROOT / name).exists()] == []
