"""What an encoder's file says: of what kind it is, its base, the settings of its adapter."""

from dataclasses import replace
from typing import Any

from ...errors import FewnerError, check_number
from ..base import Base
from ..settings import LoraSettings
from ..stored import REMEDY, names_of, part_of, unpacked

FORMAT = "spacy-fewner.LoraHFShim.v1"
MODES = ("empty", "adapter", "whole")


def read_message(data: bytes) -> dict[str, Any]:
    """What an encoder has stored. Raises FewnerError for bytes that are no such thing."""
    message = unpacked(data)
    found = message.get("format") if isinstance(message, dict) else type(message).__name__
    if found != FORMAT:
        remedy = "Load the pipeline with the architecture that its config.cfg names."
        raise FewnerError("model", f"must be stored as {FORMAT}", found, remedy)
    mode = part_of(message, "mode", str, "encoder")
    if mode not in MODES:
        raise FewnerError("encoder", f"its mode must be one of {', '.join(MODES)}", mode, REMEDY)
    for name in ("_init_tokenizer_config", "_init_transformer_config"):
        part_of(message, name, dict, "encoder")
    if mode != "empty":
        for name, kind in (("config", dict), ("tokenizer", dict), ("state", bytes)):
            part_of(message, name, kind, "encoder")
    if mode == "adapter":
        part_of(message, "lora", dict, "encoder")
        for name in ("name", "kind", "revision", "hash"):
            part_of(part_of(message, "base", dict, "encoder"), name, str, "encoder's base")
    return message


def base_record(base: Base, base_hash: str) -> dict[str, str]:
    """How an adapter refers to its base: never by where this machine keeps it."""
    return {
        "name": base.name,
        "kind": base.kind,
        "revision": base.revision,
        "hash": base_hash,
    }


def check_base(stored: dict[str, str], base: Base, found_hash: str) -> None:
    """Raises FewnerError when a base is not the one that `base_record` noted."""
    if found_hash == stored["hash"]:
        return
    shown = f"{base.name} with weights {found_hash[:12]}…"
    rule = f"the adapter was trained on {stored['name']} with weights {stored['hash'][:12]}…"
    remedy = "Install that version of the base encoder, or set the config's `name` to it."
    raise FewnerError("adapter on another base", rule, shown, remedy)


def lora_record(settings: LoraSettings, targets: list[str]) -> dict[str, Any]:
    """The settings that decide an adapter's shape and effect."""
    return {
        "trainable": settings.trainable,
        "rank": settings.rank,
        "alpha": settings.alpha,
        "dropout": settings.dropout,
        "train_norms": settings.train_norms,
        "targets": targets,
    }


def stored_settings(
    settings: LoraSettings, record: dict[str, Any]
) -> tuple[LoraSettings, list[str]]:
    """The settings with those of a `lora_record` in place, and its targets.

    Raises FewnerError for a record that is none.
    """
    known = lora_record(settings, []).keys()
    for name in sorted(record.keys() ^ known):
        raise FewnerError("adapter", "must be stored with the settings of one", name, REMEDY)
    for name in ("trainable", "train_norms"):
        part_of(record, name, type(getattr(settings, name)), "adapter")
    check_number("adapter.rank", record["rank"], least=0, whole=True, remedy=REMEDY)
    for name in ("alpha", "dropout"):
        check_number(f"adapter.{name}", record[name], least=0, remedy=REMEDY)
    targets = list(names_of("adapter.targets", record["targets"]))
    own = {name: value for name, value in record.items() if name != "targets"}
    return replace(settings, **own), targets
