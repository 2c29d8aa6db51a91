"""What synthetic text brings: F1 on MIT Movie without it, with all of it, and with what passes.

FEWNER_DATA=data python benchmarks/synthesis.py --encoder minilm=PATH
The synthetic text is gpt-3.5's (benchmarks/proggen.py). Finished cells are kept in --out and not
run again; the tables of all of them are printed at the end and written beside --out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

# The script's own folder on the path would hide the library `datasets` behind our datasets.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import device
from benchmarks.accuracy import named_path
from benchmarks.datasets import ROOT, Sentence, load, to_sample
from benchmarks.ours import RECIPE, predict
from benchmarks.provenance import foot, provenance
from benchmarks.scoring import scores
from benchmarks.store import Key, Store, recipe_hash, versions
from benchmarks.summary import summary
from benchmarks.synthesis_treatments import TREATMENTS, Treatment
from spacy_fewner.fitting.mixture import Mixture
from spacy_fewner.fitting.settings import FitSettings, training_config
from spacy_fewner.fitting.training import train_pipeline
from spacy_fewner.types import Sample

RESULTS = ROOT / "benchmarks/results/synthesis.jsonl"


def cell(
    treatment: Treatment, shots: int, seed: int, path: str, journals: Path
) -> dict[str, object]:
    """Train on `shots` gold examples a label and the treatment's synthetic text, and score."""
    import torch

    torch.set_num_threads(1)
    train, test = load("mit_movie", seed, shots=shots)
    gold = [to_sample(sentence) for sentence in train]
    made = treatment.make(gold, [to_sample(sentence) for sentence in test], journals)
    cpu = time.process_time()
    predicted = _predict(treatment.mixture, gold, made.samples, test, path, seed)
    return {
        **scores(test, predicted),
        "gold": len(gold),
        "synthetic": len(made.samples),
        "ledger": made.ledger.to_json(),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "device": device.name(),
        "versions": versions(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _predict(
    mixture: Mixture,
    gold: list[Sample],
    synthetic: list[Sample],
    test: Sequence[Sentence],
    path: str,
    seed: int,
):
    settings, examples = FitSettings(encoder=path, nested=False, **RECIPE), gold
    if synthetic:
        examples = mixture.training_set(gold, synthetic, seed)
        settings = mixture.settings(settings, len(examples))
    config = training_config(settings, len(examples), seed, nested=False)
    nlp = train_pipeline(config, examples)
    return predict(nlp, [sentence.tokens for sentence in test])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--encoder", type=named_path, required=True, metavar="NAME=PATH")
    parser.add_argument("--shots", nargs="+", type=int, default=[5, 10])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--treatments", nargs="+", choices=TREATMENTS, default=list(TREATMENTS))
    parser.add_argument("--journals", type=Path, default=ROOT / "benchmarks/.journals")
    parser.add_argument("--machine", default="")
    parser.add_argument("--out", type=Path, default=RESULTS)
    device.add_gpu_option(parser)
    args = parser.parse_args()
    device.use(args.gpu_id)
    store, (encoder, path) = Store(args.out), args.encoder
    for seed in args.seeds:
        for shots in args.shots:
            for name in args.treatments:
                treatment = TREATMENTS[name]
                recipe = {**RECIPE, **asdict(treatment.mixture), "steps": treatment.says}
                key = Key(f"mit_movie k={shots}", encoder, name, seed, recipe_hash(recipe))
                if key not in store:
                    found = cell(treatment, shots, seed, path, args.journals)
                    store.append(key, {"recipe": recipe, **found})
                    print(f"F1 {100 * float(found['f1']):.1f} {key}", flush=True)  # type: ignore[arg-type]
    page = _page(store, provenance(args.machine))
    args.out.with_suffix(".md").write_text(page, encoding="utf8")
    print(page)


def _page(store: Store, how: dict[str, str]) -> str:
    says = [f"- **{name}**: {treatment.says}" for name, treatment in TREATMENTS.items()]
    lines = [
        "# Synthesis: what text written by a language model brings",
        summary(store.rows()),
        "\n".join(says),
        "Strict span F1 on the test set, in percent, mean ± deviation over seeds (each with its "
        "own few examples). The threshold is fixed, not picked. What each step kept stands in "
        "`synthesis.jsonl`.",
        foot(how),
    ]
    return "\n\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
