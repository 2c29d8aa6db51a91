"""Which models of a trained pipeline have an exported form, and that form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.util import registry
from thinc.api import Config, Model

from ...cascade.trained.component import CascadeClassifier
from ...encoders.lora.lora_shim import LoraHFShim
from ...errors import FewnerError
from ...spans.architecture import head_of
from ...spans.component import SpanLabeller
from ...textcat.component import TextClassifier
from ..encoder import EncoderShim
from ..graph import Graph
from ..grid.head import Head
from ..grid.shim import HEAD, HeadShim
from ..shims import ExportedShim, shims_of
from .span_cells import cells_graph

Encoders = Mapping[int, EncoderShim]  # exported ones, by the id of the shim that each stands for
LORA_TOK2VEC, ONNX_TOK2VEC = "spacy-fewner.LoraTok2Vec.v1", "spacy-fewner.OnnxTok2Vec.v1"
TRANSFORMER = "spacy-fewner.LoraTransformer.v1"


@dataclass(frozen=True)
class Part:
    """A component's model in its exported form. config: what builds it. data: what it holds."""

    config: dict[str, Any]
    data: bytes


def lora_encoders(nlp: Language) -> list[LoraHFShim]:
    """Encoders of a pipeline with an adapter of ours."""
    models = (getattr(pipe, "model", None) for _, pipe in nlp.components)
    found = [_lora_of(model) for model in models if isinstance(model, Model)]
    return [shim for shim in found if shim is not None]


def check_trained(nlp: Language) -> None:
    """Raises FewnerError for a component that cannot predict yet."""
    for _, pipe in nlp.components:
        if isinstance(pipe, SpanLabeller | TextClassifier | CascadeClassifier):
            pipe._require_initialized()


def exported_parts(nlp: Language, encoders: Encoders) -> dict[str, Part]:
    """By the component's name, of those whose model needs torch. Raises FewnerError for one that
    has no exported form."""
    config = nlp.config.interpolate()["components"]
    found = {}
    for name, pipe in nlp.components:
        model = getattr(pipe, "model", None)
        if isinstance(model, Model) and _needs_torch(model):
            found[name] = _part(name, model, config[name].get("model", {}), encoders)
    return found


def _needs_torch(model: Model) -> bool:
    return any(not isinstance(shim, ExportedShim) for shim in shims_of(model))


def _lora_of(model: Model) -> LoraHFShim | None:
    return next((shim for shim in shims_of(model) if isinstance(shim, LoraHFShim)), None)


def _part(name: str, model: Model, config: Mapping[str, Any], encoders: Encoders) -> Part:
    architecture = config.get("@architectures", "")
    if architecture == TRANSFORMER:
        rule = "a `transformer` component has no exported form"
        remedy = "Train with a `tok2vec` component on spacy-fewner.LoraTok2Vec.v1 in its place."
        raise FewnerError(name, rule, architecture, remedy)
    if architecture == LORA_TOK2VEC:
        return _filled(_tok2vec_config(config), lambda made: _fill_encoder(made, model, encoders))
    known = HEADS.get(architecture)
    if known is None:
        rule = f"must be one of {', '.join(HEADS)} to be exported"
        raise FewnerError(f"{name}.model", rule, architecture, "Package it without --runtime onnx.")
    exported_as, kept, fill = known
    built = {"@architectures": exported_as, "tok2vec": _tok2vec_config(config["tok2vec"])}
    built |= {name: config[name] for name in kept if name in config}

    def filled(made: Model) -> None:
        _fill_encoder(made.get_ref("tok2vec"), model.get_ref("tok2vec"), encoders)
        fill(made, model)

    return _filled(built, filled)


def _filled(config: dict[str, Any], fill: Callable[[Model], None]) -> Part:
    made = registry.resolve({"model": config})["model"]
    fill(made)
    return Part(config, made.to_bytes())


def _tok2vec_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """A listener stays what it is; so does a tok2vec that never needed torch."""
    if config.get("@architectures") != LORA_TOK2VEC:
        return Config(dict(config)).copy()
    spans = {"get_spans": config["get_spans"]} if config.get("get_spans") else {}
    return {
        "@architectures": ONNX_TOK2VEC,
        "pooling": Config(dict(config["pooling"])).copy(),
        **spans,
    }


def _fill_encoder(made: Model, trained: Model, encoders: Encoders) -> None:
    shim = _lora_of(trained)
    if shim is not None:
        made.shims[0] = encoders[id(shim)]  # type: ignore[index]
        made.set_dim("nO", trained.get_dim("nO"))  # of all its poolings
    else:
        made.from_bytes(trained.to_bytes())


def _fill_span_grid(made: Model, trained: Model) -> None:
    sizes, weights = head_of(trained).sizes, _arrays(trained.get_ref("grid"))
    cells = Graph(cells_graph(sizes.to_dict(), weights), HEAD)
    kept = {name: one for name, one in weights.items() if HeadShim.keeps(name)}
    made.get_ref("grid").shims[0].head = Head(sizes, cells, kept)  # type: ignore[attr-defined]
    made.set_dim("nO", sizes.n_labels)


def _fill_textcat(made: Model, trained: Model) -> None:
    weights = _arrays(trained.get_ref("head"))
    made.get_ref("head").shims[0].weights = weights  # type: ignore[attr-defined]
    n_labels, width = weights["meanings"].shape
    made.get_ref("mean").set_dim("nO", width)
    made.set_dim("nI", width)
    made.set_dim("nO", n_labels)


def _fill_classifier(made: Model, trained: Model) -> None:
    weights = _arrays(trained.get_ref("matcher"))
    made.get_ref("matcher").shims[0].weights = weights  # type: ignore[attr-defined]
    made.set_dim("nI", len(weights["label_change.weight"]))


def _arrays(layer: Model) -> dict[str, np.ndarray]:
    """Weights of a torch module inside a layer, by its own names."""
    module = layer.shims[0]._model  # type: ignore[attr-defined]
    state = module.state_dict().items()
    return {name: one.detach().float().cpu().numpy() for name, one in state}


# What each architecture is exported as, what of its config stays, and what moves its weights over.
HEADS: dict[str, tuple[str, tuple[str, ...], Callable[[Model, Model], None]]] = {
    "spacy-fewner.SpanGrid.v1": ("spacy-fewner.OnnxSpanGrid.v1", (), _fill_span_grid),
    "spacy-fewner.LabelTextCat.v1": (
        "spacy-fewner.OnnxLabelTextCat.v1",
        ("exclusive_classes",),
        _fill_textcat,
    ),
    "spacy-fewner.PathClassifier.v1": (
        "spacy-fewner.OnnxPathClassifier.v1",
        (),
        _fill_classifier,
    ),
}
