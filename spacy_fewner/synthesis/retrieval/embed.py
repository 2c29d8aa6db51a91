"""Sentence embeddings for retrieval and for tests of likeness."""

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ...data.installed import folder_in
from ...errors import FewnerError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Embed: TypeAlias = Callable[[Sequence[str]], np.ndarray]
"""n texts -> (n, d) float32; any callable will do."""

_PACKAGE = "pkg:"
_loading = threading.Lock()  # not one each: embedders are copied and pickled


class SentenceEmbedder:
    """Embeddings by sentence-transformers, loaded when first asked for.

    model: hub name, folder, or "pkg:package/inner/folder" for files of an installed package.
    revision: of a hub model.
    device: "cpu", "cuda", …; None takes what there is.
    batch_size: texts embedded at once.
    """

    def __init__(
        self, model: str, revision: str = "", device: str | None = None, batch_size: int = 64
    ):
        self.identity = f"{model}@{revision}" if revision else model
        self._model, self._revision, self._device = model, revision, device
        self._batch_size = batch_size
        self._loaded: SentenceTransformer | None = None

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """(n, d) float32. Raises FewnerError when the model cannot be loaded."""
        vectors = self._model_in_use().encode(
            list(texts),
            batch_size=self._batch_size,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(vectors, dtype=np.float32)

    def _model_in_use(self) -> "SentenceTransformer":
        if self._loaded is None:
            with _loading:
                self._loaded = self._loaded or self._load()
        return self._loaded

    def _load(self) -> "SentenceTransformer":
        source = _source(self._model)
        options: dict[str, Any] = {"revision": self._revision} if self._revision else {}
        try:
            from sentence_transformers import SentenceTransformer

            check_modules(source, self._revision)
            # Never asked on the terminal either.
            return SentenceTransformer(
                source, device=self._device, trust_remote_code=False, **options
            )
        except FewnerError:
            raise
        except ImportError as error:
            remedy = "Run: pip install 'spacy-fewner[retrieval]'"
            raise FewnerError("embedder", "needs its library", str(error), remedy) from error
        except Exception as error:  # damaged or missing files raise whatever their parsers raise
            remedy = "Give a hub name, a folder with a sentence-transformers model, or pkg:…"
            rule = "must be a sentence-transformers model"
            raise FewnerError("model", rule, f"{self._model}: {error}", remedy) from error


def check_modules(source: str, revision: str = "") -> None:
    """Raises FewnerError for a model that names code of its own: sentence-transformers runs what
    lies in a folder unasked."""
    from transformers.utils import cached_file

    file = cached_file(
        source,
        "modules.json",
        revision=revision or None,
        _raise_exceptions_for_missing_entries=False,
        _raise_exceptions_for_connection_errors=False,
    )
    for module in json.loads(Path(file).read_bytes()) if file else ():
        if not str(module["type"]).startswith("sentence_transformers."):
            remedy = "Use a model that sentence-transformers knows without it."
            rule = "must come without code of its own, which is never run"
            raise FewnerError("model", rule, f"{source}: {module['type']}", remedy)


def sentence_embedder(
    model: str, revision: str = "", device: str | None = None, batch_size: int = 64
) -> SentenceEmbedder:
    """For configs; see SentenceEmbedder."""
    return SentenceEmbedder(model, revision, device, batch_size)


def identity_of(embed: Embed) -> str:
    """What tells embedders apart: their `identity`, else their name."""
    named = getattr(embed, "identity", None) or getattr(embed, "__qualname__", None)
    return str(named or type(embed).__qualname__)


def unit_vectors(embed: Embed, texts: Sequence[str]) -> np.ndarray:
    """(n, d) float32 of length 1 each (or 0), checked."""
    vectors = np.asarray(embed(texts), dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
        raise FewnerError(
            "embed",
            f"must give ({len(texts)}, d) finite numbers for {len(texts)} texts",
            f"shape {vectors.shape}",
            "Correct the callable.",
        )
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths == 0, 1, lengths)


def _source(model: str) -> str:
    if not model.startswith(_PACKAGE):
        return str(Path(model).expanduser()) if Path(model).expanduser().is_dir() else model
    folder = folder_in(model.removeprefix(_PACKAGE))
    if folder is None or not folder.is_dir():
        raise FewnerError(
            "model", "the package must be installed and hold the folder", model, "Install it."
        )
    return str(folder)
