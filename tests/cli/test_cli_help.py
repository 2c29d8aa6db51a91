"""Help texts: whole sentences, and defaults that are so."""

import typer
from cli_helpers import Run

from spacy_fewner.cli.app import app
from spacy_fewner.fitting.training.settings import FitSettings


def test_commands_are_listed_with_a_whole_sentence(run: Run):
    for path in ([], ["cascade"]):
        shown = run(*path, "--help").stdout.partition("Commands:")[2].strip().splitlines()
        own = [line for line in shown if not line.strip().startswith("stage ")]
        assert own and all(line.rstrip().endswith(".") for line in own)
        assert not [line for line in own if line.rstrip().endswith("...")]


def test_defaults_in_the_help_are_those_of_the_recipe():
    group = typer.main.get_command(app)
    found = {
        (command, option.name): option.show_default
        for command in ("fit", "train")
        for option in group.commands[command].params
        if option.default is None and option.name in FitSettings.__dataclass_fields__
    }
    for (_, name), value in found.items():
        if name in ("epochs", "min_steps", "rank"):
            assert value == str(getattr(FitSettings(), name))
    assert {name for _, name in found} >= {"epochs", "min_steps", "rank"}
