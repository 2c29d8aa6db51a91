"""Base encoders: find one by hub name, folder or installed package; load it; know its weights."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from os.path import exists, isdir  # unlike those of Path, false for names too long
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.installed import folder_in
from ..errors import FewnerError
from .compat import quiet_loading
from .keywords import TOKENIZER, TRANSFORMER, check_keywords

if TYPE_CHECKING:
    import torch

PACKAGE_PREFIX = "pkg:"
WEIGHT_FILES = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
)


@dataclass(frozen=True, slots=True)
class Base:
    """A base encoder that has been found.

    name: as given ("org/model", a folder, "pkg:package/inner/folder").
    kind: "hub", "folder" or "package".
    source: what `from_pretrained` takes.
    revision: for the hub the commit that was found, else "".
    """

    name: str
    kind: str
    source: str
    revision: str = ""


@dataclass(slots=True)
class Loaded:
    """A tokenizer and an encoder, both of transformers.

    packed: the tokenizer's files, where it is a stored one (see lora/tokenizers.py).
    """

    tokenizer: Any
    transformer: Any
    packed: dict[str, Any] | None = None


def resolve_base(name: str, revision: str = "") -> Base:
    """Find a base encoder.

    name: a hub name ("org/model"), a folder, or "pkg:package_name/inner/folder" for files
        that an installed Python package carries.
    revision: branch, tag or commit; hub only.
    Raises FewnerError when there is nothing of the name, or no encoder in it.
    """
    if name.startswith(PACKAGE_PREFIX):
        return Base(name, "package", str(_package_folder(name)))
    path = Path(name).expanduser()
    if isdir(path):
        return Base(name, "folder", str(_checked_folder(name, path)))
    if name.count("/") > 1 or name.startswith((".", "~", "/")) or "\\" in name or exists(path):
        remedy = "Give the folder that holds config.json and the weights, or a hub name."
        raise FewnerError("name", "the base encoder's folder must exist", name, remedy)
    return Base(name, "hub", name, _hub_commit(name, revision))


def base_width(name: str, revision: str = "") -> int:
    """Of a base encoder's vectors, by its config alone. name, revision: as `resolve_base` takes
    them. Raises FewnerError as it does, and for an encoder that names no width."""
    from transformers import AutoConfig

    base = resolve_base(name, revision)
    where = {"revision": base.revision} if base.revision else {}
    try:
        config = AutoConfig.from_pretrained(base.source, trust_remote_code=False, **where)
        return config.hidden_size
    except Exception as error:  # damaged files raise whatever their parsers raise
        raise _unloadable(base, error) from error


def load_base(base: Base, tokenizer_config: dict, transformer_config: dict) -> Loaded:
    """Load tokenizer and float32 weights; the pooler, which token vectors never use, is dropped.

    Code that comes with a model is never run. tokenizer_config, transformer_config: of those in
    keywords.py. Raises FewnerError when files are damaged or the checkpoint lacks encoder weights.
    """
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    tokenizer_config = check_keywords("tokenizer_config", tokenizer_config, TOKENIZER)
    transformer_config = check_keywords("transformer_config", transformer_config, TRANSFORMER)
    # Never asked on the terminal either, as transformers does where it is not said.
    where: dict[str, Any] = {"trust_remote_code": False}
    if base.revision:
        where["revision"] = base.revision
    try:
        tokenizer = AutoTokenizer.from_pretrained(base.source, **where, **tokenizer_config)
        config = AutoConfig.from_pretrained(base.source, **where, **transformer_config)
        with quiet_loading(downloads=base.kind == "hub"):
            model, info = AutoModel.from_pretrained(
                base.source, config=config, output_loading_info=True, **where
            )
    except Exception as error:  # damaged files raise whatever their parsers raise
        raise _unloadable(base, error) from error
    _check_complete(base, info["missing_keys"])
    return Loaded(tokenizer, without_pooler(model).float())


def without_pooler(model: "torch.nn.Module") -> "torch.nn.Module":
    """Drop the pooler: many checkpoints lack one, and it would then be random at each load."""
    if getattr(model, "pooler", None) is not None:
        model.pooler = None  # type: ignore[assignment]
    return model


def weights_hash(model: "torch.nn.Module") -> str:
    """SHA-256 over the base's parameters and buffers: sorted names, types, shapes, bytes.

    Adapters are left out and their renaming is undone, so that the hash is the same before
    and after injection, as long as the base's own weights are untouched.
    """
    digest = hashlib.sha256()
    for name, tensor in sorted(base_tensors(model)):
        array = tensor.detach().cpu().contiguous()
        digest.update(f"{name}|{array.dtype}|{tuple(array.shape)}|".encode())
        digest.update(array.numpy().data)
    return digest.hexdigest()


def base_tensors(model: "torch.nn.Module") -> Iterator[tuple[str, "torch.Tensor"]]:
    """The state dict without adapters, under the names the base itself uses."""
    for name, tensor in model.state_dict().items():
        if ".lora_" not in name:
            yield name.replace(".base_layer.", "."), tensor


def _package_folder(name: str) -> Path:
    inside = name[len(PACKAGE_PREFIX) :]
    folder = folder_in(inside)
    if folder is None:
        pip_name = inside.partition("/")[0].split(".")[0].replace("_", "-")
        remedy = f"Run `pip install {pip_name}`, or give another base encoder."
        raise FewnerError("name", "the base encoder's package must be installed", name, remedy)
    return _checked_folder(name, folder)


def _checked_folder(name: str, folder: Path) -> Path:
    rule = ""
    if not (folder / "config.json").is_file():
        rule = "the base encoder's folder must hold config.json"
    elif not any((folder / file).is_file() for file in WEIGHT_FILES):
        rule = f"the base encoder's folder must hold weights ({' or '.join(WEIGHT_FILES[::2])})"
    if rule:
        remedy = "Give the folder written by save_pretrained, or download the model again."
        raise FewnerError("name", rule, name, remedy)
    return folder


def _hub_commit(name: str, revision: str) -> str:
    from transformers.utils import cached_file
    from transformers.utils.hub import extract_commit_hash

    try:
        file = cached_file(name, "config.json", revision=revision or None)
    except (OSError, ValueError) as error:
        remedy = (
            "Check the name and the network; with HF_HUB_OFFLINE=1 the model must already be in "
            "the local cache. A folder or pkg:package/folder works without a network."
        )
        shown = f"{name}@{revision}" if revision else name
        rule = "the base encoder must be in the local cache or reachable on the hub"
        raise FewnerError("name", rule, shown, remedy) from error
    return extract_commit_hash(file, None) or revision


def _check_complete(base: Base, missing: list[str]) -> None:
    needed = sorted(key for key in missing if "pooler" not in key and "position_ids" not in key)
    if needed:
        remedy = "Use a checkpoint that holds a whole encoder."
        rule = "the checkpoint must hold every weight of the encoder"
        raise FewnerError("name", rule, f"{base.name} without {', '.join(needed[:3])}", remedy)


def _unloadable(base: Base, error: Exception) -> FewnerError:
    remedy = (
        "Check that the files are whole and of a model family this version of transformers "
        "knows; with HF_HUB_OFFLINE=1 all of them must be in the local cache."
    )
    first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
    if "trust_remote_code" in first_line or "custom code" in first_line:
        first_line = "it comes with code of its own, which is never run"
        remedy = "Use an encoder that transformers knows without it."
    shown = f"{base.name} ({first_line})"
    return FewnerError("name", "the base encoder must load with transformers", shown, remedy)
