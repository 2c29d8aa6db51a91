"""Commands on pipelines whose components have other names, keys or kinds than ours."""

from pathlib import Path

import pytest
import spacy
from cli_helpers import TINY, Run, asking, run_command, tree, write_records
from server import Server
from spacy.tokens import Span
from spacy.training import Example

TEXTS = [f"took {'aspirin' if day % 2 else 'codeine'} on day {day}" for day in range(20)]


def trained(key: str, name: str) -> spacy.Language:
    """Finds drugs."""
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("en")
    nlp.add_pipe("fewner", name=name, config={"spans_key": key})
    examples = []
    for text in TEXTS:
        reference = nlp.make_doc(text)
        reference.spans[key] = [Span(reference, 1, 2, label="DRUG")]
        examples.append(Example(nlp.make_doc(text), reference))
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(20):
        nlp.update(examples, sgd=optimizer)
    return nlp


@pytest.fixture(scope="module")
def drugs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """one: a `fewner` of another name and key; two: that and another; gold.jsonl."""
    folder = tmp_path_factory.mktemp("drugs")
    nlp = trained("drugs", "fewner_drugs")
    nlp.to_disk(folder / "one")
    nlp.add_pipe("fewner", source=trained("sc", "fewner"))
    nlp.to_disk(folder / "two")
    write_records(folder / "gold.jsonl", [{"text": t, "spans": [(5, 12, "DRUG")]} for t in TEXTS])
    return folder


@pytest.mark.parametrize("option", [(), ("--spans-key", "drugs")])
def test_the_key_of_a_pipeline_is_found(option: tuple, drugs: Path, run: Run):
    found = run("evaluate", drugs / "one", drugs / "gold.jsonl", *option).stdout
    assert found.splitlines()[1].split() == ["all", *["100.0"] * 4, "20"]


def test_a_key_that_is_not_written_is_an_error(drugs: Path, run: Run):
    failed = run("evaluate", drugs / "one", drugs / "gold.jsonl", "--spans-key", "sc")
    assert failed.exit_code == 1
    assert "--spans-key: must be a key that the pipeline writes" in failed.stderr
    assert "got sc; it writes doc.spans['drugs']" in failed.stderr


def test_several_keys_are_named_and_one_is_chosen(drugs: Path, run: Run):
    failed = run("evaluate", drugs / "two", drugs / "gold.jsonl")
    assert failed.exit_code == 1 and "--spans-key KEY" in failed.stderr
    assert "fewner_drugs writes doc.spans['drugs'], fewner writes doc.spans['sc']" in failed.stderr
    assert run("evaluate", drugs / "two", drugs / "gold.jsonl", "--spans-key", "sc").exit_code == 0


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pipelines that cannot judge, and `renamed`, which can."""
    from corpus_helpers import GOLD

    from spacy_fewner.data import write_samples

    folder = tmp_path_factory.mktemp("judges")
    write_samples(GOLD, folder / "gold.jsonl")
    for command, name in ((["train"], "plain"), (["cascade", "train"], "cascade")):
        done = run_command(*command, folder / "gold.jsonl", folder / name, *TINY, "-q")
        assert done.exit_code == 0, done.output
    nlp = spacy.load(folder / "plain")
    nlp.rename_pipe("fewner", "parts")
    nlp.to_disk(folder / "renamed")
    spacy.blank("en").to_disk(folder / "blank")
    trained("sc", "fewner").to_disk(folder / "strange")
    return folder


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        ("cascade", "model: must tell the labels apart; got fewner, which finds spans of any type"),
        ("blank", "model: must have a fewner that is not disabled; got no component"),
        ("strange", "model: must know some of the labels MAKER, PART; got fewner with DRUG"),
    ],
)
def test_a_judge_that_cannot_judge_is_refused_before_anything_is_paid(
    judge: str, said: str, judges: Path, run: Run, server: Server, tmp_path: Path
):
    options = (*asking(server), "--size", 5)
    before = server.attempts.total()
    given = (judges / "gold.jsonl", tmp_path / "more.jsonl", "--model", judges / judge)
    failed = run("synthesize", *given, *options)
    assert failed.exit_code == 1
    assert said in failed.stderr
    assert server.attempts.total() == before and tree(tmp_path) == set()


def test_a_renamed_judge_judges(judges: Path, run: Run, server: Server, tmp_path: Path):
    options = (*asking(server), "--size", 5)
    given = (
        judges / "gold.jsonl",
        tmp_path / "more.jsonl",
        "--model",
        judges / "renamed",
        "--agree",
    )
    done = run("synthesize", *given, *options)
    assert done.exit_code == 0, done.output
    assert "agreement" in done.stdout


SPACED = [
    {"text": f"{firm}\nhired {name}\n on day {day}", "spans": [(0, 5, "ORG"), (11, 14, "PER")]}
    for day, (firm, name) in enumerate([("Acme", "Bob"), ("Axis", "Ann")] * 10)
]


@pytest.mark.parametrize("command", ["train", "fit"])
def test_white_space_at_an_edge_is_said_and_left_out(command: str, run: Run, tmp_path: Path):
    gold = write_records(tmp_path / "gold.jsonl", SPACED)
    options = ("--encoder", "cnn", "--epochs", 1, "--min-steps", 40)
    more = ("--folds", 2, "--no-curve") if command == "fit" else ()
    done = run(command, gold, tmp_path / "out", *options, *more)
    assert done.exit_code == 0, done.output
    said = "20 gold spans of ORG: white space at an edge, which training and scores leave out"
    assert done.stdout.count(said) == 1
    model = tmp_path / "out" / "model" if command == "fit" else tmp_path / "out"
    scores = run("evaluate", model, gold).stdout.splitlines()
    (org,) = (line for line in scores if line.startswith("ORG"))
    assert float(org.split()[3]) > 90


@pytest.mark.parametrize("command", [["train"], ["fit"], ["cascade", "train"]], ids=" ".join)
def test_training_goes_on_with_what_we_wrote(
    command: list[str], run: Run, examples: Path, tmp_path: Path
):
    more = ("--folds", 2, "--no-curve") if command == ["fit"] else ()
    done = run(*command, examples, tmp_path / "out", *TINY, *more)
    assert done.exit_code == 0, done.output
    model = tmp_path / "out" / "model" if more else tmp_path / "out"
    assert spacy.load(model).resume_training() is not None
    if more:
        chosen = spacy.load(model).get_pipe("fewner").threshold
        assert f"\nthreshold = {chosen}\n" in (model / "config.cfg").read_text()
