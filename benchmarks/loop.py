"""KnowFREE's loop with a small model: extension spans and explanations, each on and off.

FEWNER_DATA=data python benchmarks/loop.py --encoder minilm=PATH [--datasets organ] [--ask]
Replies come from journals: that of the demo for the embedded data, else one in --journals, to which
--ask adds what is missing. Finished cells are kept in --out and not run again; their table goes to
the end of synthesis.md beside it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import languages_data, live, proggen
from benchmarks.accuracy import named_path
from benchmarks.datasets import ROOT, load, to_sample
from benchmarks.loop_page import HEADING, section
from benchmarks.ours import RECIPE
from benchmarks.store import Key, Store, recipe_hash, versions
from spacy_fewner.corpus.checking.clean import Cleaned
from spacy_fewner.corpus.checking.extended_gold import with_extended
from spacy_fewner.data.read import read_samples
from spacy_fewner.data.schema import parse_schema
from spacy_fewner.evaluation.thresholds import Thresholds
from spacy_fewner.fitting.first_model import FirstModel, trained_with_threshold
from spacy_fewner.fitting.measuring.mixture import Mixture
from spacy_fewner.fitting.measuring.validation import HeldOut, predict_candidates
from spacy_fewner.fitting.synthesis_loop import SynthesisSettings, synthetic_examples
from spacy_fewner.fitting.task import Task
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.training import train_pipeline
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.types import Sample, Schema

ORGAN = ROOT / "assets/organ"
REVISION = "sha256:cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
SETTINGS = replace(live.SETTINGS, max_tokens=400, revision=REVISION, timeout=3600.0)
SMALL = "qwen2.5-coder-0.5b-instruct-q4_k_m"
TEST = 800  # sentences at most


@dataclass(frozen=True)
class Treatment:
    """extend: layers of extension. explain, merge: as in SynthesisSettings. context: of the head,
    as in FitSettings."""

    extend: tuple[str, ...] = ()
    explain: bool = False
    merge: bool = True
    context: str = "attention"

    @property
    def made(self) -> bool:
        """Whether a model writes something."""
        return bool(self.extend) or self.explain


ENTITIES = ("entities",)
TREATMENTS = {
    "gold": Treatment(),
    "extension spans": Treatment(ENTITIES),
    "explanations": Treatment(explain=True),
    "both": Treatment(ENTITIES, explain=True),
}
# KnowFREE's ablations and layers, beside the four.
ABLATIONS = {
    "entities, not merged": Treatment(ENTITIES, merge=False),
    "words": Treatment(("words",)),
    "gold, no attention": Treatment(context="none"),
    "gold, convolution": Treatment(context="convolution"),
}


@dataclass(frozen=True)
class Data:
    """gold: its first `asked` are what the model is asked about. journal: of its replies. model:
    that wrote them. lang: of the texts, which are cut anew where they bring no tokens."""

    gold: list[Sample]
    test: list[Sample]
    schema: Schema
    domain: str
    nested: bool
    journal: Path
    asked: int = 10**6
    lang: str = "en"
    model: OpenAISettings = SETTINGS


def organ(journals: Path) -> Data:
    gold, test = (read_samples(ORGAN / f"{name}.jsonl") for name in ("train", "test"))
    schema = parse_schema(str(ORGAN / "schema.jsonl"))
    domain = "workshop notes of organ builders"
    return Data(gold, test, schema, domain, True, ORGAN / "journal.replay.jsonl")


def mit_movie(journals: Path) -> Data:
    parts = ([to_sample(one) for one in part] for part in load("mit_movie", 0, shots=5))
    domain = "queries to a film database"
    return Data(*parts, proggen.SCHEMA, domain, False, journals / "loop.jsonl")


def crossner_ai(journals: Path) -> Data:
    parts = ([to_sample(one) for one in part] for part in load("crossner_ai", 0))
    return Data(*parts, live.SCHEMA, live.STAGE.domain, False, journals / "loop.jsonl", asked=24)


def weibo(journals: Path) -> Data:
    """Asked in Chinese, of a model that a busy core can ask within half an hour."""
    train, test = languages_data.load("weibo", "k=10", 0)
    gold, held_out = ([replace(to_sample(one), tokens=None) for one in p] for p in (train, test))
    schema = parse_schema(str(Path(__file__).parent / "weibo_labels.jsonl"))
    how = {"lang": "zh", "model": replace(SETTINGS, model=SMALL, revision="", seed=0)}
    return Data(gold, held_out, schema, "微博", False, journals / "loop_zh.jsonl", **how)


DATASETS = {
    "weibo k=10": weibo,
    "organ": organ,
    "mit_movie k=5": mit_movie,
    "crossner_ai": crossner_ai,
}


class Trial:
    """One data set; its first models, one for each kind of gold, serve all seeds."""

    def __init__(self, data: Data, path: str, ask: bool):
        self.data, self.ask = data, ask
        how: Any = {"encoder": path, "lang": data.lang, "nested": data.nested, "start": "scratch"}
        self.settings = FitSettings(**how, **RECIPE).for_samples(data.gold)
        self._made: dict[Treatment, Cleaned] = {}

    def made(self, treatment: Treatment) -> Cleaned:
        if not treatment.made:
            return Cleaned()
        known = self._made.get(treatment)
        return known or self._made.setdefault(treatment, self._make(treatment))

    def _make(self, treatment: Treatment) -> Cleaned:
        data, gold = self.data, self.data.gold[: self.data.asked]
        task = Task(data.gold, [], [], self.settings, data.nested)

        def train(samples: Sequence[Sample]) -> Any:
            return trained_with_threshold(task, with_extended(data.gold, samples)[0])

        settings = SynthesisSettings(
            size=0,
            domain=data.domain,
            explain=treatment.explain,
            extend=treatment.extend,
            merge=treatment.merge,
            reject_limit=1.0,
        )
        with self._client() as client:
            return synthetic_examples(
                gold,
                data.schema,
                client,
                settings,
                lang=data.lang,
                tokens=self.settings.tokens,
                nested=data.nested,
                held_out={"test": data.test},
                first=FirstModel(gold, train, "sc"),
            )

    @contextmanager
    def _client(self) -> Iterator[Client]:
        mode = "resume" if self.ask else "replay"
        model = OpenAIModel(self.data.model) if self.ask else None
        with Journal(self.data.journal, mode) as journal:  # type: ignore[arg-type]
            yield Client(model, journal)

    @property
    def what(self) -> dict[str, Any]:
        """Of the recipe: the head as it is today, and how much text."""
        model = training_config(self.settings, 1, 0, self.data.nested)["components"]["fewner"]
        head = {name: value for name, value in model["model"].items() if name != "tok2vec"}
        return {"head": head, "test": TEST, "asked": self.data.asked}

    @cached_property
    def labels(self) -> list[str]:
        return sorted({span.label for one in self.data.gold for span in one.targets})

    def cell(self, name: str, seed: int) -> dict[str, Any]:
        """Train in this way and score the first TEST test sentences."""
        begun = time.process_time()
        treatment = {**TREATMENTS, **ABLATIONS}[name]
        made = self.made(treatment)
        gold, new = with_extended(self.data.gold, made.samples)
        nlp = self._trained(gold, new, seed, treatment.context)
        test = self.data.test[:TEST]
        found = HeldOut(seed, len(gold), 0, test, predict_candidates(nlp, test))
        threshold = Thresholds(self.settings.threshold, {})
        score = found.score(threshold, self.data.nested, self.labels).micro
        return {
            **dict(f1=round(score.f, 5), p=round(score.p, 5), r=round(score.r, 5)),
            "gold": len(gold),
            "extended": sum(len(one.targets) < len(one.spans) for one in gold),
            "explanations": len(new),
            "test": len(test),
            "ledger": made.ledger.to_json(),
            "cpu_seconds": round(time.process_time() - begun, 1),
            "versions": versions(),
            "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }

    def _trained(self, gold: list[Sample], new: list[Sample], seed: int, context: str) -> Any:
        settings: Any = replace(self.settings, head_context=context)
        examples = gold
        if new:
            examples = Mixture().training_set(gold, new, seed)
            settings = Mixture().settings(settings, len(examples))
        config = training_config(settings, len(examples), seed, self.data.nested)
        return train_pipeline(config, examples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", type=named_path, required=True, metavar="NAME=PATH")
    parser.add_argument("--datasets", nargs="+", choices=DATASETS, default=list(DATASETS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    every = [*TREATMENTS, *ABLATIONS]
    parser.add_argument("--treatments", nargs="+", choices=every, default=list(TREATMENTS))
    parser.add_argument("--journals", type=Path, default=ROOT / "benchmarks/.journals")
    parser.add_argument("--ask", action="store_true", help="Ask the server at FEWNER_LLM_URL.")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/loop.jsonl")
    args = parser.parse_args()
    store, (encoder, path) = Store(args.out), args.encoder
    for name in args.datasets:
        trial = Trial(DATASETS[name](args.journals), path, args.ask)
        for seed in args.seeds:
            for treatment in args.treatments:
                recipe = {**RECIPE, **asdict(Mixture()), **trial.what}
                key = Key(name, encoder, treatment, seed, recipe_hash(recipe))
                if key not in store:
                    found = trial.cell(treatment, seed)
                    store.append(key, {"recipe": recipe, **found})
                    print(f"F1 {100 * found['f1']:.1f} {key}", flush=True)
    page = args.out.with_name("synthesis.md")
    page.write_text(page.read_text("utf8").partition(HEADING)[0] + section(store), "utf8")


if __name__ == "__main__":
    main()
