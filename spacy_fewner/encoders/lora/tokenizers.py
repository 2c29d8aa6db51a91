"""A tokenizer inside a stored encoder: its files, by names that transformers gives them."""

import json
import tempfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.models.auto.tokenization_auto import tokenizer_class_from_name

from ...errors import FewnerError
from ..compat import known_class
from ..stored import REMEDY, part_of, reading
from .configs import write_config

SETTINGS, FAST = "tokenizer_config.json", "tokenizer.json"
# Those that any tokenizer of transformers 4 writes. A stored file gives nothing else a name.
KNOWN = frozenset(
    [
        *(SETTINGS, FAST, "special_tokens_map.json", "added_tokens.json"),
        *("chat_template.jinja", "vocab.txt", "vocab.json", "merges.txt", "dict.txt", "bpe.codes"),
        *("tokenizer.model", "spiece.model", "spm.model", "spm_char.model", "sentencepiece.model"),
        *("sentencepiece.bpe.model", "prophetnet.tokenizer", "source.spm", "target.spm"),
        *("vocab-src.json", "vocab-tgt.json", "target_vocab.json", "entity_vocab.json"),
        *("byte_maps.json", "emoji.json", "normalizer.json"),
        *("word_shape.json", "word_pronunciation.json"),
    ]
)
MOST_BYTES = 64 * 2**20  # of all files; Gemma's, of 256,000 pieces, have 39 million
_ELSEWHERE = ("auto_map", "name_or_path", "fast_tokenizer_files", "trust_remote_code")


def check_names(names: Iterable[str]) -> None:
    """Raises FewnerError for a name of a tokenizer's file that is not among those known."""
    for name in names:
        if name not in KNOWN:
            rule = "a tokenizer's files must have the names that transformers gives them"
            remedy = "Take the model from somebody you trust, or a base with another tokenizer."
            raise FewnerError("tokenizer", rule, name, remedy)


def pack_tokenizer(tokenizer: Any) -> dict[str, Any]:
    """The files that `save_pretrained` writes, each zlib-compressed."""
    # A fast tokenizer is whole in tokenizer.json; the older vocabulary files double its size.
    legacy_format = False if tokenizer.is_fast else None
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder, legacy_format=legacy_format)
        files = {
            path.name: zlib.compress(path.read_bytes(), 9)
            for path in sorted(Path(folder).iterdir())
            if path.is_file()
        }
    return {"use_fast": tokenizer.is_fast, "files": files}


def unpack_tokenizer(packed: dict[str, Any], config: dict[str, Any]) -> Any:
    """config: of the encoder, which tokenizers that do not name their class go by.

    Raises FewnerError for names of files that are not known, files above `MOST_BYTES`, and for a
    class that is no tokenizer of transformers.
    """
    files = _decompressed(part_of(packed, "files", dict, "tokenizer"))
    if SETTINGS in files:
        files[SETTINGS] = _portable(files[SETTINGS])
    use_fast = part_of(packed, "use_fast", bool, "tokenizer")
    with tempfile.TemporaryDirectory() as folder:
        write_config(Path(folder), config)
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        return AutoTokenizer.from_pretrained(
            folder, use_fast=use_fast, trust_remote_code=False, local_files_only=True
        )


def backend_of(packed: dict[str, Any]) -> Any:
    """What reads texts, of the library tokenizers; None for a tokenizer that is not fast.

    From its own file: transformers 5 makes some anew, which then read otherwise.
    """
    from tokenizers import Tokenizer

    file = part_of(packed, "files", dict, "tokenizer").get(FAST)
    if not packed["use_fast"] or file is None:
        return None
    with reading("tokenizer"):
        return Tokenizer.from_str(_decompressed({FAST: file})[FAST].decode())


def _decompressed(files: dict[str, Any]) -> dict[str, bytes]:
    check_names(files)
    left, found = MOST_BYTES, {}
    for name in files:
        data = part_of(files, name, bytes, "tokenizer")
        reader = zlib.decompressobj()
        found[name] = reader.decompress(data, left + 1)
        left -= len(found[name])
        if left < 0:
            rule = f"its files must have {MOST_BYTES // 2**20} MB at most"
            raise FewnerError("tokenizer", rule, f"more, with {name}", REMEDY)
        if not reader.eof:
            raise FewnerError("tokenizer", "its files must be whole", name, REMEDY)
    return found


def _portable(data: bytes) -> bytes:
    """Settings without paths and code: what a tokenizer reads lies beside them."""
    settings = json.loads(data)
    if not isinstance(settings, dict):
        raise FewnerError("tokenizer", f"{SETTINGS} must hold settings", settings, REMEDY)
    for name in ("tokenizer_class", "slow_tokenizer_class"):
        if settings.get(name) is not None:
            settings[name] = known_class(settings[name], _is_tokenizer)
            _check_class(settings[name])
    kept = {
        name: value
        for name, value in settings.items()
        if name not in _ELSEWHERE and not name.endswith("_file")
    }
    return json.dumps(kept).encode()


def _check_class(name: Any) -> None:
    """transformers would call `from_pretrained` of anything that it has under the name."""
    names = (name, f"{name}Fast") if isinstance(name, str) else ()
    if not any(map(_is_tokenizer, names)):
        rule = "its class must be a tokenizer of transformers"
        raise FewnerError("tokenizer", rule, name, "Load it with the version that wrote it.")


def _is_tokenizer(name: str) -> bool:
    found = tokenizer_class_from_name(name)
    return isinstance(found, type) and issubclass(found, PreTrainedTokenizerBase)
