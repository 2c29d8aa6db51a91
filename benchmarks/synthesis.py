"""What synthetic text brings: F1 without it, with all of it, and with what passes.

FEWNER_DATA=data python benchmarks/synthesis.py --encoder minilm=PATH
Few examples of MIT Movie with gpt-3.5's text, or CrossNER AI with that of a small local model
(--source qwen-1.5b). Finished cells are kept in --out and not run again; the tables of all of them
are printed at the end and written beside --out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import device
from benchmarks.accuracy import named_path
from benchmarks.datasets import PUBLISHED_SPLITS, ROOT, Sentence, load, to_sample
from benchmarks.loop_page import section
from benchmarks.ours import RECIPE, predict
from benchmarks.provenance import foot, provenance
from benchmarks.scoring import scores
from benchmarks.store import Key, Store, recipe_hash, versions
from benchmarks.summary import summary
from benchmarks.synthesis_sources import SOURCES, Source
from benchmarks.synthesis_treatments import TREATMENTS, Case, Treatment
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.fitting.training.training import train_pipeline
from spacy_fewner.types import Sample

RESULTS = ROOT / "benchmarks/results/synthesis.jsonl"


class Trial:
    """One draw of gold examples; the treatments of it share the model that is trained on gold."""

    def __init__(self, source: Source, shots: int, seed: int, path: str, journals: Path):
        import torch

        torch.set_num_threads(1)
        self.path, self.seed = path, seed
        train, self.test = load(source.dataset, seed, shots=shots)
        test = [to_sample(sentence) for sentence in self.test]
        gold = [to_sample(sentence) for sentence in train]
        self.case = Case(gold, test, source, journals, self._train_on_gold)

    def _train_on_gold(self, gold: Sequence[Sample]) -> Any:
        return self._train(FitSettings(encoder=self.path, nested=False, **RECIPE), gold)

    def _train(self, settings: FitSettings, examples: Sequence[Sample]) -> Any:
        config = training_config(settings, len(examples), self.seed, nested=False)
        return train_pipeline(config, examples)

    def cell(self, treatment: Treatment) -> dict[str, object]:
        """Train on gold and the treatment's synthetic text, and score."""
        made = treatment.make(self.case)
        cpu = time.process_time()
        predicted = predict(self._trained(treatment, made.samples), _tokens(self.test))
        return {
            **scores(self.test, predicted),
            "gold": len(self.case.gold),
            "synthetic": len(made.samples),
            "ledger": made.ledger.to_json(),
            "cpu_seconds": round(time.process_time() - cpu, 1),
            "device": device.name(),
            "versions": versions(),
            "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }

    def _trained(self, treatment: Treatment, synthetic: list[Sample]) -> Any:
        if not synthetic:
            return self.case.frozen
        mixture = treatment.mixture
        examples = mixture.training_set(self.case.gold, synthetic, self.seed)
        settings = FitSettings(encoder=self.path, nested=False, **RECIPE)
        return self._train(mixture.settings(settings, len(examples)), examples)


def _tokens(sentences: Sequence[Sentence]) -> list[tuple[str, ...]]:
    return [sentence.tokens for sentence in sentences]


def _name(source: Source, shots: int) -> str:
    return source.dataset if source.dataset in PUBLISHED_SPLITS else f"{source.dataset} k={shots}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", type=named_path, required=True, metavar="NAME=PATH")
    parser.add_argument("--source", choices=SOURCES, default="gpt-3.5")
    parser.add_argument("--shots", nargs="+", type=int, default=[5, 10])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--treatments", nargs="+", choices=TREATMENTS, default=list(TREATMENTS))
    parser.add_argument("--journals", type=Path, default=ROOT / "benchmarks/.journals")
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=RESULTS)
    device.add_gpu_option(parser)
    args = parser.parse_args()
    device.use(args.gpu_id)
    store, (encoder, path), source = Store(args.out), args.encoder, SOURCES[args.source]
    shots_of_source = args.shots[:1] if source.dataset in PUBLISHED_SPLITS else args.shots
    for seed in args.seeds:
        for shots in shots_of_source:
            trial = None
            for name in args.treatments:
                treatment = TREATMENTS[name]
                recipe = {**RECIPE, **asdict(treatment.mixture), "steps": treatment.says}
                key = Key(_name(source, shots), encoder, name, seed, recipe_hash(recipe))
                if key not in store:
                    trial = trial or Trial(source, shots, seed, path, args.journals)
                    found = trial.cell(treatment)
                    store.append(key, {"recipe": recipe, **found})
                    print(f"F1 {100 * float(found['f1']):.1f} {key}", flush=True)  # type: ignore[arg-type]
    loop = section(Store(args.out.with_name("loop.jsonl")))
    page = _page(store, provenance(args.machine)) + loop
    args.out.with_suffix(".md").write_text(page, encoding="utf8")
    print(page)


def _page(store: Store, how: dict[str, str]) -> str:
    says = [f"- **{name}**: {treatment.says}" for name, treatment in TREATMENTS.items()]
    who = [f"- {source.dataset}: {source.says}" for source in SOURCES.values()]
    lines = [
        "# Synthesis: what text written by a language model brings",
        summary(store.rows()),
        "Who wrote the text:",
        "\n".join(who),
        "How it was treated:",
        "\n".join(says),
        "Strict span F1 on the test set, in percent, mean ± deviation over seeds (each with its "
        "own few examples). The threshold is fixed, not picked. What each step kept stands in "
        "`synthesis.jsonl`.",
        foot(how),
    ]
    return "\n\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
