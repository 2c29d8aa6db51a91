"""`tuned.json`: what a folder with a tuned model is, beside the files of peft or transformers."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from ...data.files import atomic_write
from ...errors import FewnerError

FILE = "tuned.json"
Method = Literal["lora", "qlora", "full"]


@dataclass(frozen=True)
class TunedCard:
    """base: hub name, folder or GGUF file that tuning began from. revision: of a hub name.
    fingerprint: of the base's weights, see `fingerprint`; "" of a full tuning, which needs no base.
    method: "lora" and "qlora" leave an adapter, "full" a whole model.
    prompts: the prompts of its rows, such as "mark_entities.v1". max_length: tokens of a row."""

    base: str
    revision: str
    fingerprint: str
    method: Method
    prompts: tuple[str, ...]
    max_length: int

    @property
    def is_adapter(self) -> bool:
        return self.method != "full"


def is_tuned(folder: str | Path) -> bool:
    """Whether a folder was written by `distill`."""
    return (Path(folder) / FILE).is_file()


def write_card(folder: Path, card: TunedCard) -> None:
    atomic_write(folder / FILE, json.dumps(asdict(card), indent=1).encode("utf-8"))


def read_card(folder: str | Path) -> TunedCard:
    """Raises FewnerError where there is none, or it is damaged."""
    path = Path(folder) / FILE
    if not path.is_file():
        rule = "must be a folder that `distill` wrote"
        raise FewnerError("path", rule, f"{folder}, without a {FILE}", "Check the path.")
    try:
        found: Any = json.loads(path.read_text("utf8"))
        named = {one.name: found[one.name] for one in fields(TunedCard)}
        return TunedCard(**{**named, "prompts": tuple(named["prompts"])})
    except (OSError, ValueError, KeyError, TypeError) as err:
        rule, remedy = f"must have its {FILE} as `distill` wrote it", "Copy or tune it again."
        raise FewnerError("path", rule, f"{path}: {err}", remedy) from err
