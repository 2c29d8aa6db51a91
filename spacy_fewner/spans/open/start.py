"""A start: what a model knows of types before it sees an example; read, written, put in place.

Adapter of the encoder, body of the span grid, and the writer of label weights. One comes with the
package; `spacy-fewner pretrain` makes others.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.files import atomic_write, remove, together
from ...errors import FewnerError
from ...types import LabelSpec
from ..architecture import head_of
from ..grid.sizes import OF_LABELS, looks_by  # a start has none of the parameters of labels
from . import SHIPPED
from .about import ANEW, check_about

if TYPE_CHECKING:
    import torch
    from thinc.api import Model

    from ...encoders.lora.lora_shim import LoraHFShim
    from ..grid.grid import SpanGrid

FOLDER = Path(__file__).parent / "shipped"
ABOUT, WEIGHTS = "start.json", "weights.safetensors"
ENCODER, GRID = "encoder.", "grid."


@dataclass(frozen=True)
class Start:
    """base: name, kind, revision and hash of the encoder that it adapts. lora: settings of the
    adapter. sizes: of the grid, without what belongs to the labels. threshold: from which a span is
    predicted. about: the card, as data. tensors: by name."""

    base: dict[str, str]
    lora: dict[str, Any]
    sizes: dict[str, Any]
    threshold: float
    tensors: "dict[str, torch.Tensor]" = field(repr=False, compare=False)
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def context(self) -> str:
        """By what its head learns of neighbouring spans; see `GridSizes`."""
        return looks_by(self.sizes.get("context", "attention"), self.sizes["attention_heads"])

    def part(self, prefix: str) -> "dict[str, torch.Tensor]":
        return {
            name.removeprefix(prefix): tensor
            for name, tensor in self.tensors.items()
            if name.startswith(prefix)
        }


def find_start(name: str) -> Path:
    """The folder of a start: "open" for the one in the package, else a path.

    Raises FewnerError if it is none.
    """
    folder = FOLDER if name == SHIPPED else Path(name).expanduser()
    if not (folder / ABOUT).is_file() or not (folder / WEIGHTS).is_file():
        rule = f'must be "{SHIPPED}" or a folder with {ABOUT} and {WEIGHTS}'
        raise FewnerError("start", rule, name, "`spacy-fewner pretrain` writes one.")
    return folder


def read_about(name: str) -> Start:
    """A start without its tensors. name: as `find_start` takes it.

    Raises FewnerError for one that is damaged.
    """
    file = find_start(name) / ABOUT
    try:
        about = json.loads(file.read_text("utf8"))
        parts = {key: about[key] for key in ("base", "lora", "sizes", "threshold")}
        start = Start(**parts, tensors={}, about=about.get("about", {}))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
        raise FewnerError("start", f"{ABOUT} must be whole", f"{file}: {err!r}", ANEW) from err
    check_about(start.base, start.lora, start.sizes, start.threshold, start.about)
    return start


def read_start(name: str) -> Start:
    """name: as `find_start` takes it. Raises FewnerError for one that is damaged."""
    from ...encoders.shims.tensors import unpack_tensors

    about, file = read_about(name), find_start(name) / WEIGHTS
    return replace(about, tensors=unpack_tensors(file.read_bytes(), f"start, {WEIGHTS}"))


def write_start(start: Start, folder: Path) -> None:
    """Weights in half precision. What stood there is replaced whole: a folder without `ABOUT`, as a
    killed process may leave, is no start."""
    from safetensors.torch import save

    halves = {name: tensor.half().contiguous() for name, tensor in start.tensors.items()}
    said = {
        "base": start.base,
        "lora": start.lora,
        "sizes": start.sizes,
        "threshold": start.threshold,
        "about": start.about,
    }
    text = json.dumps(said, indent=1, ensure_ascii=False) + "\n"
    weights = save(halves)
    with together():
        remove(folder / ABOUT)
        atomic_write(folder / WEIGHTS, weights)
        atomic_write(folder / ABOUT, text.encode())


def begin_from(model: "Model", start: Start, labels: Sequence[LabelSpec], width: int) -> None:
    """Give an initialized `SpanGrid.v1` the start's adapter and head, with weights for labels.

    width: of the widest span in tokens. Raises FewnerError for an encoder that the start is not of.
    """
    import torch

    from ..grid.grid import SpanGrid
    from ..grid.layer import shim_of
    from ..grid.sizes import GridSizes, check_width

    check_width(width)
    check_grid(start)
    _check_context(start, model.attrs["grid_sizes"])
    shim = encoder_of(model)
    given = GridSizes(**{**start.sizes, "n_labels": len(labels), "max_width": width})
    grid = SpanGrid(replace(given, dropout=model.attrs["grid_sizes"]["dropout"]))
    put_in_place(start, shim, grid)
    written = grid.written(torch.as_tensor(vectors_for(shim, labels)))
    grid.load_state_dict(written, strict=False)
    shim_of(model.get_ref("grid")).replace(grid)
    model.set_dim("nO", len(labels), force=True)


def _check_context(start: Start, wanted: dict[str, Any]) -> None:
    own = looks_by(wanted.get("context", "attention"), wanted["attention_heads"])
    if own != start.context:
        rule = f"its head has the context {start.context}"
        raise FewnerError("start", rule, f"a model with {own}", "Change it, or start from scratch.")


def check_grid(start: Start) -> None:
    """Raises FewnerError unless a start has the tensors of its sizes, but those of labels."""
    from ...encoders.shims.tensors import check_tensors
    from ..grid.layer import planned
    from ..grid.sizes import GridSizes

    wanted = planned(GridSizes(**{**start.sizes, "n_labels": 1, "max_width": 1}))
    of_body = {name: one for name, one in wanted.items() if name not in OF_LABELS}
    check_tensors("start", start.part(GRID), of_body, ANEW)


def put_in_place(start: Start, shim: "LoraHFShim", grid: "SpanGrid") -> None:
    """Give an encoder and a grid the start's adapter and body; the encoder is to be fresh.

    Raises FewnerError where they do not fit.
    """
    check_grid(start)
    _adapt(shim, start)
    try:
        grid.load_state_dict(start.part(GRID), strict=False)
    except RuntimeError as error:
        rule, remedy = "must fit the span grid that it is for", ANEW
        raise FewnerError("start", rule, str(error).splitlines()[-1].strip(), remedy) from error


def rewrite(model: "Model", labels: Sequence[LabelSpec], columns: Sequence[int | None]) -> None:
    """A head for these labels: `columns` says which label of the old head each is, and so keeps the
    weights of; those with None are written from what they mean."""
    head = head_of(model)
    new = [label for label, column in zip(labels, columns, strict=True) if column is None]
    head.rewrite(columns, head.write(reader_of(model)(new)) if new else {})
    model.set_dim("nO", len(labels), force=True)


def reader_of(model: "Model") -> Callable[[Sequence[LabelSpec]], Any]:
    """What reads labels for a model: gives (labels, width), as its base encoder reads them."""
    for shim in (shim for node in model.walk() for shim in node.shims):
        if hasattr(shim, "label_vectors"):
            return shim.label_vectors
    return partial(vectors_for, encoder_of(model))


def vectors_for(shim: "LoraHFShim", labels: Sequence[LabelSpec]) -> Any:
    """(labels, width), as the shim's base encoder reads them."""
    from .vectors import label_vectors

    return label_vectors(labels, shim.settings.name, shim.settings.revision)


def encoder_of(model: "Model") -> "LoraHFShim":
    """The one LoRA encoder inside a model. Raises FewnerError if it has none of its own."""
    from ...encoders.lora.lora_shim import LoraHFShim

    shims = [shim for node in model.walk() for shim in node.shims if isinstance(shim, LoraHFShim)]
    if not shims:
        raise FewnerError(
            "start",
            "an open start is for a LoRA encoder of the component's own",
            "a model without one",
            "Use spacy-fewner.LoraTok2Vec.v1 as its tok2vec, or start from scratch.",
        )
    return shims[0]


def _adapt(shim: "LoraHFShim", start: Start) -> None:
    from ...encoders.base import weights_hash
    from ...encoders.lora import adapters

    own = asdict(shim.settings)
    wanted = {name: start.lora[name] for name in ("rank", "alpha")}
    if shim.settings.mode != "lora" or any(own[name] != wanted[name] for name in wanted):
        said = ", ".join(f"{name}={value}" for name, value in wanted.items())
        shown = "full fine-tuning" if shim.settings.mode != "lora" else f"rank={own['rank']}"
        remedy = "Leave the rank out, or start from scratch."
        raise FewnerError("start", f"its adapter has {said}", shown, remedy)
    found = shim.base_hash or weights_hash(shim._model)
    if found != start.base["hash"]:
        rule = f"it is for the encoder {start.base['name']} with weights {start.base['hash'][:12]}…"
        shown = f"{shim.settings.name} with weights {found[:12]}…"
        raise FewnerError("start", rule, shown, "Start from scratch, or pretrain for this encoder.")
    adapters.load_trained_state(shim._model, start.part(ENCODER), "start")
