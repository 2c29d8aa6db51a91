"""recipe.cfg, used by itself, trains as `fit` does; so does the config of two components."""

from pathlib import Path

import spacy.util
from thinc.api import Config

from spacy_fewner.fitting.training.config import RECIPE, WARMUP, training_config
from spacy_fewner.fitting.training.settings import FitSettings

LORA = Path(__file__).parents[3] / "configs/fewner_lora.cfg"
# What depends on the number of texts, and on the machine.
SIZES = {"max_steps", "eval_frequency", "warmup_steps", "total_steps", "train_precision"}


def filled(config: Config) -> dict:
    """With every default, without what depends on the size of the data."""
    nlp = spacy.util.load_model_from_config(config, auto_fill=True)
    return without_sizes(nlp.config.interpolate())


def without_sizes(block: dict) -> dict:
    return {
        name: without_sizes(value) if isinstance(value, dict) else value
        for name, value in block.items()
        if name not in SIZES
    }


def test_the_recipe_by_itself_is_that_of_fit():
    recipe = Config().from_disk(RECIPE, interpolate=False)
    # Nesting is taken from the data; both values are tried by other tests.
    ours = filled(training_config(FitSettings(), 100, 0, nested=True))
    assert filled(recipe) == ours


def test_the_steps_of_the_recipe_are_those_of_fit_for_80_texts():
    recipe = Config().from_disk(RECIPE)["training"]
    assert recipe["max_steps"] == FitSettings().steps(80)
    assert recipe["optimizer"]["learn_rate"]["warmup_steps"] == WARMUP * recipe["max_steps"]


def test_the_config_of_two_components_has_the_recipe_in_it():
    ours, theirs = (Config().from_disk(path).interpolate() for path in (RECIPE, LORA))
    encoder, own = theirs["components"]["tok2vec"]["model"], ours["components"]["fewner"]
    recipe = own["model"]["tok2vec"]
    assert {name: encoder[name] for name in recipe} == recipe
    head = dict(theirs["components"]["fewner"]["model"])
    assert head.pop("tok2vec")["width"] == encoder["width"]
    assert head == {name: value for name, value in own["model"].items() if name != "tok2vec"}
    assert theirs["components"]["fewner"]["threshold"] == own["threshold"]
    shared = ("dropout", "accumulate_gradient", "patience", "max_epochs", "batcher")
    assert {n: theirs["training"][n] for n in shared} == {n: ours["training"][n] for n in shared}
    optimizer = ours["training"]["optimizer"]
    assert {n: theirs["training"]["optimizer"][n] for n in optimizer} == optimizer
    assert theirs["corpora"]["train"]["swap_mentions"] == ours["corpora"]["train"]["swap_mentions"]
