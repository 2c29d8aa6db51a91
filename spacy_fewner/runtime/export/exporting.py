"""A trained pipeline as one that needs no torch: its encoders and heads as ONNX graphs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any, Literal

import numpy as np
import srsly
from spacy.language import Language
from thinc.api import Config

from ...data.disk import scratch_folder
from ...encoders.inputs.batching import make_batch
from ...encoders.inputs.windows import StridedWindows
from ...errors import FewnerError
from ...fitting.folder import whole_folder
from ...types import Sample
from ..encoder import PIECES_AT_ONCE, EncoderShim
from .encoders import exported_encoder
from .parts import Part, exported_parts, lora_encoders
from .quantise import Quantiser
from .trial import Trial, tried

Precision = Literal["auto", "fp32", "int8"]
LEFT = (0.0, 0.125, 0.25, 0.5)  # of the layers, those that lose most: they stay as they are
MOST_CALIBRATED = 128  # texts
LEAST_TEXTS = 8


@dataclass(frozen=True)
class Export:
    """chosen: what was written. trials: what was measured, the pipeline before first."""

    chosen: str
    trials: list[Trial]


def export_pipeline(
    model: Path,
    out: Path,
    *,
    precision: Precision = "auto",
    samples: Sequence[Sample] = (),
    open_labels: bool | None = None,
) -> Export:
    """Write the pipeline in folder `model` to folder `out` in a form that needs no torch.

    precision: "fp32" keeps every number; "int8" has 8-bit numbers in most layers, "auto" has them
        if what the pipeline finds on the samples stays as good.
    samples: real texts, best not those that it was trained on, annotated or not; the first half
        tells how large numbers get, all say what is lost.
    open_labels: bring the base encoder along, so that new labels can be read by what they mean; by
        default where the pipeline takes such labels.
    Raises FewnerError for a pipeline that has no exported form, and for too few samples.
    """
    import spacy

    _check(precision, samples)
    nlp = spacy.load(model)
    with scratch_folder() as scratch:
        exporter = _Exporter(nlp, model, scratch, open_labels)
        chosen, trials = exporter.choose(precision, samples)
        with whole_folder(out) as folder:
            copytree(chosen, folder, dirs_exist_ok=True)
        return Export(chosen.name, trials)


def _check(precision: str, samples: Sequence[Sample]) -> None:
    if precision not in ("auto", "fp32", "int8"):
        raise FewnerError("precision", "must be auto, fp32 or int8", precision, "Choose one.")
    if precision != "fp32" and len(samples) < LEAST_TEXTS:
        rule = f"must hold {LEAST_TEXTS} texts or more, to tell how large numbers get"
        remedy = "Give real texts with --text, or --precision fp32."
        raise FewnerError("text", rule, f"{len(samples)} texts", remedy)


class _Exporter:
    def __init__(self, nlp: Language, model: Path, scratch: Path, open_labels: bool | None):
        self.nlp, self.model, self.scratch = nlp, model, scratch
        self.shims = lora_encoders(nlp)
        is_open = any(getattr(pipe, "is_open", False) for _, pipe in nlp.components)
        with_base = is_open if open_labels is None else open_labels
        self.plain = {id(shim): exported_encoder(shim, with_base) for shim in self.shims}

    def choose(self, precision: str, samples: Sequence[Sample]) -> tuple[Path, list[Trial]]:
        """The folder to keep, and what was tried on the way."""
        plain = self.written("fp32", self.plain)
        if not samples:
            return plain, []
        before, docs = tried("torch", self.nlp, self.model, samples)
        trials = [before, self.trial(plain, samples, docs)]
        if precision == "fp32" or not self.plain:
            return plain, trials
        for folder in self.smaller(samples):
            trials.append(self.trial(folder, samples, docs))
            if trials[-1].holds(before):
                return folder, trials
        if precision == "auto":
            return plain, trials
        rule = "must find what the pipeline found before"
        remedy = "Use --precision fp32, or give more text with --text."
        raise FewnerError("precision", rule, _told(trials), remedy)

    def smaller(self, samples: Sequence[Sample]) -> Iterator[Path]:
        """The pipeline with 8-bit numbers, first in all layers, then in fewer."""
        texts = [sample.text for sample in samples[: max(1, len(samples) // 2)]]
        texts = texts[:MOST_CALIBRATED]
        quantisers = {key: _Quantisers(self.nlp, shim, texts) for key, shim in self.plain.items()}
        for share in LEFT:
            name = f"int8, {share:.1%} of layers fp32" if share else "int8"
            yield self.written(name, {key: one.at(share) for key, one in quantisers.items()})

    def trial(self, folder: Path, samples: Sequence[Sample], before: Any) -> Trial:
        import spacy

        return tried(folder.name, spacy.load(folder), folder, samples, before)[0]

    def written(self, name: str, encoders: Mapping[int, EncoderShim]) -> Path:
        parts = exported_parts(self.nlp, encoders)
        if not parts:
            rule = "must have a component that needs torch"
            raise FewnerError("model", rule, ", ".join(self.nlp.pipe_names), "Use it as it is.")
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


class _Quantisers:
    """An exported encoder with less and less of it in 8 bits, and its base with it."""

    def __init__(self, nlp: Language, shim: EncoderShim, texts: Sequence[str]):
        self._shim = shim
        batch = make_batch([nlp.make_doc(text) for text in texts], shim.reader, StridedWindows())
        inputs = [batch.inputs(rows) for rows in batch.groups(PIECES_AT_ONCE)]
        self._own = Quantiser(shim.graph.data, inputs)
        self._base = Quantiser(shim.base.data, inputs) if shim.base else None

    def at(self, share: float) -> EncoderShim:
        """share: of the layers that stay as they are."""
        graphs = (_with_left(one, share) if one else b"" for one in (self._own, self._base))
        return self._shim.with_graphs(*graphs)


def _with_left(quantiser: Quantiser, share: float) -> bytes:
    return quantiser.graph(quantiser.worst(int(np.ceil(share * len(quantiser.layers)))))


def _told(trials: Sequence[Trial]) -> str:
    return "; ".join(f"{one.name}: {one.same.same:.1%} of spans the same" for one in trials[1:])
