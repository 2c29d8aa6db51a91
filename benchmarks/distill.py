"""Small language models tuned on rows: what they find before and after, and beside the span model.

FEWNER_DATA=data python benchmarks/distill.py --base SmolLM2-135M-Instruct.Q4_1.gguf [--parts …]
Parts: crossner (conversations), extractor and classifier (AnythingNER), negatives, open (the same
passages into a span model and into a language model). Each part is tuned on texts of train files
and scored on test sentences, drawn with seed 0; nothing is chosen on them. What is done stays in
--work and is not done again. Results go to results/distill.json and distill.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import distill_data as data
from benchmarks.datasets import ROOT
from benchmarks.distill_page import page
from benchmarks.provenance import provenance
from spacy_fewner.distill.rows.row_sets import RowSet
from spacy_fewner.llm.chat_rows import ChatRow
from spacy_fewner.llm.client import Client
from spacy_fewner.types import Sample, Schema

MORE = 200  # dev sentences of CrossNER AI that are learnt from besides its 100
LISTED, MARKED = 48, 256  # tokens of an answer: a list of strings, a marked sentence


@dataclass(frozen=True)
class Bench:
    """base: of all models. work: folder of adapters. Sizes in texts, or rows of the classifier;
    epochs, learn_rate: of each training."""

    base: str
    work: Path
    train: int = 400
    choices: int = 400
    dev: int = 40
    test: int = 60
    epochs: float = 3
    learn_rate: float = 1e-3
    batch: int = 8
    precision: str = "auto"
    found: dict[str, Any] = field(default_factory=dict)

    def tuned(self, name: str, rows: Sequence[ChatRow], dev: Sequence[ChatRow], **how: Any) -> Path:
        """The folder of a model tuned on the rows, made unless it is there."""
        from spacy_fewner.distill.tuning.run import distill
        from spacy_fewner.distill.tuning.settings import Settings

        out = self.work / name
        if not (out / "tuned.json").is_file():
            settings = {"epochs": self.epochs, "learn_rate": self.learn_rate, "batch": self.batch}
            begun = time.time()
            made = Settings(self.base, dropout=0.0, **{**settings, **how})
            distill(rows, out, made, dev=dev)
            (out / "seconds.json").write_text(json.dumps(time.time() - begun))
        return out

    def model(self, path: Path | str, **how: Any):
        from spacy_fewner.llm.tuned.model import TunedModel

        told = {"max_tokens": LISTED, "batch": 16, "precision": self.precision}
        return TunedModel(str(path), **{**told, **how})

    def losses(self, folder: Path) -> dict[str, Any]:
        """Of a tuning: loss on the dev rows from before the first update on, and its seconds."""
        lines = (folder / "loss.jsonl").read_text("utf8").splitlines()
        dev = [one["dev_loss"] for one in map(json.loads, lines) if "dev_loss" in one]
        seconds = json.loads((folder / "seconds.json").read_text())
        return {"dev loss": [round(one, 4) for one in dev], "seconds": round(seconds)}


def crossner(bench: Bench) -> dict[str, Any]:
    """Conversations about train and dev sentences: strict span F1 of all types on test ones."""
    flat = data.crossner(bench.dev, bench.test, MORE)
    rows, dev = (_conversations(flat, part) for part in (flat.train, flat.dev))
    tuned = bench.tuned("crossner-more", rows, dev)
    shots = {"untuned": bench.base, "tuned": tuned}
    found = {name: _asked(bench, path, flat.test, flat.schema) for name, path in shots.items()}
    return {**found, "texts": len(flat.train), "tuning": bench.losses(tuned)}


def negatives(bench: Bench) -> dict[str, Any]:
    """Conversations about 100 sentences, with absent types drawn in three ways."""
    flat, found = data.crossner(bench.dev, bench.test), {}
    for way in ("none", "uniform", "frequency"):
        name = "crossner" if way == "frequency" else f"negatives-{way}"
        rows = _conversations(flat, flat.train, negatives=way)
        tuned = bench.tuned(name, rows, _conversations(flat, flat.dev))
        found[way] = _asked(bench, tuned, flat.test, flat.schema)
    return found


def _conversations(flat: data.Flat, samples: list[Sample], **how: Any) -> list[ChatRow]:
    from spacy_fewner.distill.rows.conversations import Conversations, conversation_rows

    told = Conversations(data_set_line=False, **how)
    return conversation_rows([flat.row_set(samples)], told).rows


def _asked(
    bench: Bench, path: Path | str, samples: list[Sample], schema: Schema
) -> dict[str, float]:
    from spacy_fewner.distill.answers.ask_types import AskTypes

    model = bench.model(path)
    model.ask_all([])  # loads it
    begun = time.process_time()
    outcomes = list(AskTypes(reject_limit=1.0, flat=True)(samples, schema, Client(model)))
    return {**_scores(samples, outcomes), **_speed(samples, time.process_time() - begun)}


def _scores(samples: list[Sample], outcomes: Sequence[Any]) -> dict[str, float]:
    """Strict; of a rejected text all spans are missed."""
    from spacy_fewner.evaluation.scores import span_strict

    said = [list(one.targets) if isinstance(one, Sample) else [] for one in outcomes]
    scores = span_strict([list(one.targets) for one in samples], said).micro
    unusable = sum(not isinstance(one, Sample) for one in outcomes)
    return {"f": scores.f, "p": scores.p, "r": scores.r, "rejected": unusable}


def _speed(samples: list[Sample], seconds: float) -> dict[str, float]:
    words = sum(len(one.text.split()) for one in samples)
    return {"cpu_seconds": round(seconds, 1), "words_per_cpu_second": round(words / seconds, 1)}


def extractor(bench: Bench) -> dict[str, Any]:
    """Marking in the bare form on AnythingNER: places, whatever their types; recall by rounds."""
    from spacy_fewner.cascade.asked.mark import MarkEntities
    from spacy_fewner.cascade.rows.chat_rows import extractor_rows
    from spacy_fewner.distill.measuring.extraction import found_in_rounds

    task = data.anythingner(bench.train, bench.dev, bench.test)
    how = MarkEntities(rounds=1, bare=True, reject_limit=1.0)
    rows, dev = (extractor_rows(one, task.tree, how).rows for one in (task.train, task.dev))
    tuned = bench.tuned("extractor", rows, dev)
    found: dict[str, Any] = {"tuning": bench.losses(tuned)}
    for name, path, constrained in (
        ("untuned", bench.base, False),
        ("untuned, held to the text", bench.base, True),
        ("tuned", tuned, False),
        ("tuned, held to the text", tuned, True),
    ):
        stage = replace(how, constrained=constrained)
        model = Client(bench.model(path, max_tokens=MARKED))
        begun = time.process_time()
        (scores,) = found_in_rounds(task.test, task.tree.schema, model, stage, [1]).values()
        speed = _speed(task.test, time.process_time() - begun)
        found[name] = {"f": scores.f, "p": scores.p, "r": scores.r, **speed}
    drawing = Client(bench.model(tuned, max_tokens=MARKED, temperature=0.7))
    by_rounds = found_in_rounds(task.test, task.tree.schema, drawing, how)
    found["rounds"] = {str(n): {"p": one.p, "r": one.r, "f": one.f} for n, one in by_rounds.items()}
    return found


def classifier(bench: Bench) -> dict[str, Any]:
    """The label of a marked span, in its sentence and alone; and both models as a cascade."""
    from spacy_fewner.cascade.rows.chat_rows import classifier_rows
    from spacy_fewner.distill.measuring.measure import measure

    task, found = data.anythingner(bench.train, bench.dev, bench.test), {}
    for name, context in (("in context", True), ("alone", False)):
        rows, dev, test = (
            classifier_rows(part, task.tree, context=context).rows
            for part in (task.train, task.dev, task.test)
        )
        tuned = bench.tuned(
            f"classifier-{name.replace(' ', '-')}",
            data.drawn(rows, bench.choices),
            data.drawn(dev, 4 * bench.dev),
        )
        asked = data.drawn(test, 5 * bench.test)
        shots = {"untuned": bench.base, "tuned": tuned}
        found[name] = {
            which: measure(bench.model(path, max_tokens=32), asked).tasks["choose"].scores.r
            for which, path in shots.items()
        }
        found[name]["tuning"] = bench.losses(tuned)
    return {**found, "cascade": _cascade(bench, task)}


def _cascade(bench: Bench, task: data.InTree) -> dict[str, Any]:
    """Strict span F1 with whole paths, of the two tuned models and of the untuned one as both."""
    import spacy

    from spacy_fewner.cascade.asked.component import LLMCascade
    from spacy_fewner.cascade.asked.mark import MarkEntities
    from spacy_fewner.data import samples_to_docs
    from spacy_fewner.data.docs import doc_to_sample

    found = {}
    extract, classify = bench.work / "extractor", bench.work / "classifier-in-context"
    for name, (first, second) in {
        "untuned": (bench.base, bench.base),
        "tuned": (extract, classify),
    }.items():
        nlp = spacy.blank("en")
        mark = MarkEntities(rounds=1, bare=True, constrained=True, reject_limit=1.0)
        pipe = LLMCascade(
            Client(bench.model(second, max_tokens=32)),
            extractor_client=Client(bench.model(first, max_tokens=MARKED)),
            tree=task.tree,
            mark=mark,
            unknown=False,  # each gold span has a label, and a small model says "unknown" too often
        )
        docs, _ = samples_to_docs(task.test, nlp, "fewner_none")
        begun = time.process_time()
        outcomes = [doc_to_sample(doc, "sc") for doc in pipe.pipe(docs, batch_size=64)]
        seconds = time.process_time() - begun
        found[name] = {**_scores(task.test, outcomes), **_speed(task.test, seconds)}
    return found


def open_types(bench: Bench) -> dict[str, Any]:
    """The same passages with open types into the language model and into the span model; both then
    look for the types of CrossNER AI, of which they saw no sentence."""
    from spacy_fewner.distill.rows.conversations import Conversations, conversation_rows

    passages, flat = data.open_annotations(bench.train), data.crossner(bench.dev, bench.test)
    rows = conversation_rows([passages], Conversations(data_set_line=False)).rows
    tuned = bench.tuned("open", rows, _conversations(flat, flat.dev))
    found = {
        "language model, untuned": _asked(bench, bench.base, flat.test, flat.schema),
        "language model": _asked(bench, tuned, flat.test, flat.schema),
        "span model": _span_model(bench, "span-model", passages, 20.0, flat),
        "span model, all passages": _span_model(
            bench, "span-model-more", data.open_annotations(10 * bench.train), 2.0, flat
        ),
    }
    return {**found, "passages": len(passages.samples), "tuning": bench.losses(tuned)}


def _span_model(
    bench: Bench, name: str, passages: RowSet, passes: float, flat: data.Flat
) -> dict[str, float]:
    """From the encoder alone."""
    import spacy

    from spacy_fewner.fitting.measuring.validation import predict_candidates
    from spacy_fewner.pretraining.run import pretrain
    from spacy_fewner.pretraining.schemes import Scheme

    out = bench.work / name
    if not out.exists():
        scheme = Scheme(passages.name, passages.samples, data.open_labels())
        pretrain([scheme], out, passes=passes, batch_size=8)
    nlp = spacy.blank("en")
    told = {label.id: label.description for label in flat.schema}
    nlp.add_pipe("fewner", config={"labels": told, "start": str(out), "nested": False})
    begun = time.process_time()
    spans = predict_candidates(nlp, flat.test)
    seconds = time.process_time() - begun
    threshold = nlp.get_pipe("fewner").threshold
    kept = [
        replace(one, spans=tuple(s for s in own if (s.score or 0) >= threshold))
        for one, own in zip(flat.test, spans, strict=True)
    ]
    return {**_scores(flat.test, kept), **_speed(flat.test, seconds)}


PARTS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "crossner": crossner,
    "negatives": negatives,
    "extractor": extractor,
    "classifier": classifier,
    "open": open_types,
}


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--base", required=True, help="Hub name, folder, or GGUF file.")
    parser.add_argument("--work", type=Path, default=Path("training/distill"))
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    for name in ("train", "choices", "dev", "test"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Bench, name))
    parser.add_argument("--epochs", type=float, default=Bench.epochs)
    parser.add_argument("--learn-rate", type=float, default=Bench.learn_rate)
    parser.add_argument("--precision", default=Bench.precision, help="When the models are asked.")
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/distill.json")
    args = vars(parser.parse_args())
    out, parts, machine = (args.pop(name) for name in ("out", "parts", "machine"))
    torch.set_num_threads(1)
    bench = Bench(**args)
    found = json.loads(out.read_text("utf8")) if out.exists() else {}
    for part in parts:
        sizes = {name: args[name] for name in ("train", "choices", "dev", "test", "epochs")}
        found[part] = {**PARTS[part](bench), "sizes": sizes, "base": Path(bench.base).name}
        print(part, json.dumps(found[part]), flush=True)
        out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf8")
        out.with_suffix(".md").write_text(page(found, provenance(machine)), encoding="utf8")


if __name__ == "__main__":
    main()
