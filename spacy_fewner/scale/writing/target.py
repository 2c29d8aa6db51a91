"""Where a run writes: the output, what lies beside it, and the folder of a run that is not over."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ...errors import FewnerError

OutFormat = Literal["jsonl", "parquet", "spacy"]
_SUFFIXES = {f".{name}": name for name in get_args(OutFormat)}


@dataclass(frozen=True)
class Target:
    """out: a file, or a folder of parts. The other paths follow from it."""

    out: Path
    format: str
    folder: bool

    @property
    def work(self) -> Path:
        """What an unfinished run has written so far."""
        return self.out / ".unfinished" if self.folder else _beside(self.out, ".unfinished")

    @property
    def rejects(self) -> Path:
        return self._named("rejects.jsonl")

    @property
    def told(self) -> Path:
        """What a finished run says of itself."""
        return self._named("run.json")

    def part(self, number: int) -> Path:
        """The file that the texts of a part end in."""
        return self.out / f"part-{number:05}.{self.format}" if self.folder else self.out

    def _named(self, name: str) -> Path:
        return self.out / name if self.folder else self.out.with_name(f"{self.out.stem}.{name}")

    def written(self) -> list[Path]:
        """What is there of an earlier run that was finished."""
        parts = sorted(self.out.glob("part-*")) if self.folder else [self.out]
        return [path for path in (*parts, self.rejects, self.told) if path.exists()]


def target_of(out: str | Path, format: str | None) -> Target:
    """format: by the suffix if None; JSONL in a folder, which is what a name without suffix is."""
    out = Path(out)
    named = _SUFFIXES.get(out.suffix.lower())
    folder = out.is_dir() or not out.suffix
    if format is not None and format not in get_args(OutFormat):
        rule = f"must be one of {', '.join(get_args(OutFormat))}"
        raise FewnerError("output_format", rule, format, "Choose one.")
    if not folder and named is None and format is None:
        rule = f"must end in one of {', '.join(_SUFFIXES)}, or be a folder"
        raise FewnerError("out", rule, str(out), "Rename it, or give its format with --to.")
    return Target(out, format or (None if folder else named) or "jsonl", folder)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
