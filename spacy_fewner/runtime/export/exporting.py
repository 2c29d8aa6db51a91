"""A trained pipeline as one that needs no torch: its encoders and heads as ONNX graphs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any, Literal

import srsly
from spacy.language import Language
from thinc.api import Config

from ...data.disk import scratch_folder
from ...data.given import as_samples
from ...data.installed import needs_training
from ...errors import FewnerError
from ...fitting.folder import free_folder, whole_folder
from ...scale.loading import load_pipeline
from ...types import Sample
from .encoder import exported_encoder
from .parts import Part, check_trained, exported_parts, lora_encoders
from .small import SmallGraphs
from .trial import LEAST_FOUND, Trial, tried

Precision = Literal["auto", "fp32", "int8"]
LEFT = (0.0, 0.125, 0.25, 0.5)  # of the layers, those that lose most: they stay as they are
MOST_CALIBRATED = 128  # texts
LEAST_TEXTS = 8


@dataclass(frozen=True)
class Export:
    """chosen: what was written. trials: what was measured, the pipeline before first."""

    chosen: str
    trials: list[Trial]


def export(
    model: str | Path,
    out: str | Path,
    *,
    precision: Precision | None = None,
    samples: Iterable[Any] = (),
    open_labels: bool | None = None,
    overwrite: bool = False,
) -> Export:
    """Write the pipeline in folder `model` to folder `out` in a form that needs no torch.

    precision: "fp32" keeps every number; "int8" has 8-bit numbers in most layers, "auto" has them
        if what the pipeline finds on the samples stays as good. By default auto with samples, else
        fp32.
    samples: real texts, best not those that it was trained on, annotated or not, as `fit` takes
        examples, or mere strings; the first half tells how large numbers get, all say what is lost.
    open_labels: bring the base encoder along, so that new labels can be read by what they mean; by
        default where the pipeline takes such labels.
    overwrite: replace a pipeline that stands in `out`.
    Returns what was written, and what was measured.
    Raises FewnerError for a pipeline that has no exported form, for too few samples, and for a
    folder that is not free.
    """
    needs_training("export")
    given = as_samples(map(_as_sample, samples), "samples")
    precision = precision or ("auto" if given else "fp32")
    _check(precision, given)
    out = free_folder(out, overwrite)
    check_beside(Path(model), out)
    nlp = load_pipeline(str(model))
    with whole_folder(out) as folder, scratch_folder() as scratch:
        exporter = _Exporter(nlp, Path(model), scratch, open_labels)
        chosen, trials = exporter.choose(precision, given)
        copytree(chosen, folder, dirs_exist_ok=True)
        return Export(chosen.name, trials)


def _as_sample(given: Any) -> Any:
    return Sample(given, spans_annotated=False) if isinstance(given, str) else given


def _check(precision: str, samples: Sequence[Sample]) -> None:
    if precision not in ("auto", "fp32", "int8"):
        raise FewnerError("precision", "must be auto, fp32 or int8", precision, "Choose one.")
    if precision != "fp32" and len(samples) < LEAST_TEXTS:
        rule = f"must hold {LEAST_TEXTS} texts or more, to tell how large numbers get"
        remedy = "Give more real texts, or choose the precision fp32."
        raise FewnerError("samples", rule, f"{len(samples)} texts", remedy)


def check_beside(model: Path, out: Path) -> None:
    """Raises FewnerError for a folder to write that is, holds or lies in the pipeline's own."""
    source, target = model.resolve(), out.resolve()
    if target == source or target in source.parents or source in target.parents:
        rule = "must not be, hold or lie in the folder of the pipeline that is exported"
        raise FewnerError("out", rule, str(out), "Choose another folder.")


class _Exporter:
    def __init__(self, nlp: Language, model: Path, scratch: Path, open_labels: bool | None):
        self.nlp, self.model, self.scratch = nlp, model, scratch
        self.shims = lora_encoders(nlp)
        check_trained(nlp)
        is_open = any(getattr(pipe, "is_open", False) for _, pipe in nlp.components)
        with_base = is_open if open_labels is None else open_labels
        self.plain = {id(shim): exported_encoder(shim, with_base) for shim in self.shims}

    def choose(self, precision: str, samples: Sequence[Sample]) -> tuple[Path, list[Trial]]:
        """The folder to keep, and what was tried on the way."""
        plain = self.written("fp32")
        if not samples:
            return plain, []
        before, docs = tried("torch", self.nlp, self.model, samples)
        trials = [before, self.trial(plain, samples, docs)]
        if precision == "fp32":
            return plain, trials
        for folder in self.smaller(plain, samples):
            trials.append(self.trial(folder, samples, docs))
            if trials[-1].holds(before):
                return folder, trials
        if precision == "auto":
            return plain, trials
        rule = f"must find what was found before, in texts with {LEAST_FOUND} finds or more"
        remedy = "Choose the precision fp32, or give other real texts."
        raise FewnerError("precision", rule, _told(trials), remedy)

    def smaller(self, plain: Path, samples: Sequence[Sample]) -> Iterator[Path]:
        """The pipeline with 8-bit numbers, first in all layers, then in fewer."""
        import spacy

        nlp = spacy.load(plain)
        half = samples[: max(1, len(samples) // 2)]
        graphs = SmallGraphs(nlp, [sample.text for sample in half[:MOST_CALIBRATED]])
        for share in LEFT:
            graphs.put(share)
            folder = self.scratch / (f"int8, {share:.1%} of layers fp32" if share else "int8")
            nlp.to_disk(folder)
            yield folder

    def trial(self, folder: Path, samples: Sequence[Sample], before: Any) -> Trial:
        import spacy

        return tried(folder.name, spacy.load(folder), folder, samples, before)[0]

    def written(self, name: str) -> Path:
        parts = exported_parts(self.nlp, self.plain)
        if not parts:
            rule = "must have a component that needs torch"
            remedy = "Use it as it is; of an exported one, export what it came from once more."
            raise FewnerError("model", rule, ", ".join(self.nlp.pipe_names), remedy)
        folder = self.scratch / name
        copytree(self.model, folder)
        config = Config().from_disk(folder / "config.cfg", interpolate=False)
        for part, made in parts.items():
            _write_part(folder / part, made)
            config["components"][part]["model"] = made.config
        config.to_disk(folder / "config.cfg", interpolate=False)
        meta = srsly.read_json(folder / "meta.json")
        srsly.write_json(folder / "meta.json", {**meta, "runtime": "onnx"})
        return folder


def _write_part(folder: Path, part: Part) -> None:
    (folder / "model").write_bytes(part.data)


def _told(trials: Sequence[Trial]) -> str:
    parts = [f"{trials[0].same.found} found by the pipeline"]
    for one in trials[1:]:
        score = "" if one.quality is None else f", score {one.quality:.1%}"
        parts.append(f"{one.name}: {one.same.same:.1%} the same{score}")
    return "; ".join(parts)
