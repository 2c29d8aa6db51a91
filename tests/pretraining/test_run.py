"""`pretrain` as a whole, on a tiny encoder: what it learns, and going on where it was stopped."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import spacy
from pretraining_helpers import FIRST, LABELS, PLACES, TINY, marked, small_scheme

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation.scores import span_strict
from spacy_fewner.pretraining import loop, run
from spacy_fewner.pretraining.checkpoint import STATE
from spacy_fewner.pretraining.run import pretrain
from spacy_fewner.pretraining.schemes import OpenLabel, Scheme
from spacy_fewner.progress import Count
from spacy_fewner.spans.open.start import ABOUT, WEIGHTS, read_start
from spacy_fewner.types import CharSpan

FEW = {**TINY, "passes": 2.0, "progress": False}  # six updates
# The same in a process of its own, which may be killed.
ALONE = """
import sys, time
from pretraining_helpers import TINY, small_scheme
from spacy_fewner.pretraining import loop
from spacy_fewner.pretraining.run import pretrain

update = loop.Trainer._update
def slowly(self, step):
    print(step, flush=True)
    time.sleep(float(sys.argv[3]))
    return update(self, step)
loop.Trainer._update = slowly
pretrain([small_scheme()], sys.argv[1], encoder=sys.argv[2], passes=2.0, save_every=1e-9,
         progress=False, **TINY)
"""


def train(out: Path, base: str, schemes: list[Scheme] | None = None, **more: Any):
    return pretrain(schemes or [small_scheme()], out, **{**FEW, "encoder": base, **more})


class Stopped(Exception):
    """In place of whatever ends a process."""


@contextmanager
def stopped_at(step: int, monkeypatch: pytest.MonkeyPatch):
    """Raise from the progress display after so many updates."""

    class Stopping(Count):
        def step(self, steps: int = 1) -> None:
            super().step(steps)
            if self.unit == "updates" and self.done == step:
                raise Stopped

    @contextmanager
    def counting(total: int | None, unit: str, stage: str = ""):
        yield Stopping(total, unit)

    with monkeypatch.context() as patched, pytest.raises(Stopped):
        patched.setattr(run, "counting", counting)
        yield


@pytest.fixture(scope="module")
def whole(tiny_base: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A start made at one go."""
    return train(tmp_path_factory.mktemp("whole") / "start", tiny_base).folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def same_start(one: Path, other: Path) -> None:
    first, second = content(one), content(other)
    assert set(first) == set(second) == {"README.md", ABOUT, WEIGHTS}
    assert first[WEIGHTS] == second[WEIGHTS]


def test_two_runs_are_the_same(whole: Path, tiny_base: str, tmp_path: Path):
    again = train(tmp_path / "start", tiny_base)
    assert content(again.folder) == content(whole)
    other = train(tmp_path / "other", tiny_base, seed=1)
    assert content(other.folder)[WEIGHTS] != content(whole)[WEIGHTS]


@pytest.mark.parametrize("step", [1, 4, 6])
def test_it_goes_on_with_the_same_result(
    step: int, whole: Path, tiny_base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "start"
    with stopped_at(step, monkeypatch):
        train(out, tiny_base, save_every=1e-9)
    assert not (out / ABOUT).exists()
    done: list[int] = []
    update = loop.Trainer._update
    monkeypatch.setattr(
        loop.Trainer, "_update", lambda self, at: (done.append(at), update(self, at))[1]
    )
    result = train(out, tiny_base)
    same_start(out, whole)
    assert done == list(range(step - 1, 6))  # the display stops before the last one is saved
    assert result.loss == pytest.approx(train(tmp_path / "again", tiny_base).loss)


def test_killed_as_processes_are(whole: Path, tiny_base: str, tmp_path: Path):
    out = tmp_path / "start"
    paths = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": paths}

    def command(pause: float) -> list[str]:
        return [sys.executable, "-c", ALONE, str(out), tiny_base, str(pause)]

    process = subprocess.Popen(command(0.2), env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    while process.stdout.readline().strip() != "3":
        assert process.poll() is None
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert (out / STATE).exists() and not (out / ABOUT).exists()
    done = subprocess.run(
        command(0), env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    assert int(done[0]) == 3
    same_start(out, whole)


def test_stopped_while_it_is_scored(whole: Path, tiny_base: str, tmp_path: Path, monkeypatch):
    """Nothing of the training is lost."""
    from spacy_fewner.pretraining.output import zero_shot

    def broken(*_: Any) -> None:
        raise Stopped

    with monkeypatch.context() as patched, pytest.raises(Stopped):
        patched.setattr(zero_shot, "with_scores", broken)
        train(tmp_path / "start", tiny_base)
    with monkeypatch.context() as patched:
        patched.setattr(loop.Trainer, "_update", broken)
        train(tmp_path / "start", tiny_base)
    same_start(tmp_path / "start", whole)


def test_with_other_settings_or_data_it_does_not_go_on(
    tiny_base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "start"
    with stopped_at(3, monkeypatch):
        train(out, tiny_base, save_every=1e-9)
    before = content(out)
    held_out = {"test": [small_scheme().samples[1]]}
    for other in (
        {"schemes": [small_scheme(n=13)]},
        {"schemes": [Scheme("small", small_scheme().samples, {})]},
        {"learn_rate": 0.5},
        {"shares": {"small": 2.0}},
        {"held_out": held_out},
    ):
        with pytest.raises(FewnerError, match="checkpoint of a run with other settings or data"):
            train(out, tiny_base, **other)
    assert content(out) == before
    assert train(out, tiny_base, learn_rate=0.5, overwrite=True).folder == out


def test_a_finished_folder_is_kept(whole: Path, tiny_base: str):
    before = content(whole)
    with pytest.raises(FewnerError, match="must not hold a start already"):
        train(whole, tiny_base)
    assert content(whole) == before


def test_replacing_goes_on_without_being_told_again(
    tiny_base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = train(tmp_path / "start", tiny_base).folder
    old = content(out)
    with stopped_at(3, monkeypatch):
        train(out, tiny_base, save_every=1e-9, seed=1, overwrite=True)
    assert {name: content(out)[name] for name in old} == old
    train(out, tiny_base, seed=1)
    train(tmp_path / "other", tiny_base, seed=1)
    same_start(out, tmp_path / "other")


def test_a_file_in_the_way(tiny_base: str, tmp_path: Path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FewnerError, match="out: must be a folder"):
        train(tmp_path / "file", tiny_base)
    assert (tmp_path / "file").read_text() == "mine"


def test_unknown_settings(tiny_base: str, tmp_path: Path):
    with pytest.raises(FewnerError, match="settings: must be known; got epochs"):
        train(tmp_path / "start", tiny_base, epochs=3)


def test_texts_like_held_out_ones_are_left_out(tiny_base: str, tmp_path: Path):
    texts = ("[Ada:person] wrote notes on an engine", "[Bo:person] lives in the far north", "A day")
    scheme = Scheme("own", [marked(one) for one in texts], LABELS)
    dev = Scheme("dev", [marked("[Bo:person] lives in the far north !")], LABELS)
    held_out = {"test": [marked("a  DAY")]}
    result = train(tmp_path / "start", tiny_base, [scheme], held_out=held_out, dev=[dev])
    assert result.counts["in_held_out"] == 2 and result.counts["texts"] == 1
    with pytest.raises(FewnerError, match="must have a text with spans"):
        train(tmp_path / "none", tiny_base, [scheme], held_out={"all": scheme.samples})


def teaching() -> list[Scheme]:
    """One scheme, of whom and where."""
    texts = [
        marked(f"[{FIRST[n % 6]}:person] went to [{PLACES[(n * 5 + n // 6) % 6]}:place] in June")
        for n in range(36)
    ]
    return [Scheme("who and where", texts, LABELS)]


def f_of(folder: Path, names: dict[str, str], scheme: Scheme) -> float:
    """Strict F1 on the training texts, the labels called otherwise."""
    nlp = spacy.blank("en")
    config = {"labels": list(names.values()), "start": str(folder), "threshold": 0.3}
    nlp.add_pipe("fewner", config=config)
    own = {called: label for label, called in names.items()}
    docs = list(nlp.pipe(sample.text for sample in scheme.samples))
    predicted = [
        [CharSpan(s.start_char, s.end_char, own[s.label_]) for s in doc.spans["sc"]] for doc in docs
    ]
    return span_strict([sample.spans for sample in scheme.samples], predicted).micro.f


def test_it_learns_labels_by_names_it_was_not_taught(tiny_base: str, tmp_path: Path):
    """ "persons" and "places" are none of the names in training."""
    schemes = teaching()
    names = {"person": "persons", "place": "places"}
    start = train(tmp_path / "first", tiny_base, schemes, passes=0.1)
    before = f_of(start.folder, names, schemes[0])
    taught = train(tmp_path / "start", tiny_base, schemes, passes=20.0, learn_rate=5e-3)
    after = f_of(taught.folder, names, schemes[0])
    assert before < 0.3 and after > 0.8
    assert taught.loss < start.loss
    swapped = {"person": "places", "place": "persons"}
    assert f_of(taught.folder, swapped, schemes[0]) < 0.2


def test_the_start_says_what_it_was_made_of(whole: Path, tiny_base: str):
    start = read_start(str(whole))
    assert start.base["name"] == tiny_base and len(start.base["hash"]) == 64
    assert start.lora == {"rank": 2, "alpha": 8}
    assert start.about["counts"]["texts"] == 12 and start.about["counts"]["spans"] == 16
    assert start.about["data"][0]["name"] == "small"
    assert start.about["settings"]["passes"] == 2.0
    assert "n_labels" not in start.sizes


@pytest.mark.parametrize(
    "labels",
    [
        {"人物": OpenLabel(("人物", "人間"), ("行動する者。",)), "place": OpenLabel(("место",))},
        {"person": OpenLabel(("person",), ("A person. " * 3000,)), "place": OpenLabel(("place",))},
        {"person": OpenLabel(("same",)), "place": OpenLabel(("same",))},
    ],
    ids=["other scripts", "long definition", "one name"],
)
def test_labels_of_every_kind(labels: dict[str, OpenLabel], tiny_base: str, tmp_path: Path):
    person = next(iter(labels))
    texts = [marked(f"[{name}:{person}] went to [Rome:place]") for name in FIRST]
    result = train(tmp_path / "start", tiny_base, [Scheme("own", texts, labels)])
    assert 0 < result.loss < 1e4
