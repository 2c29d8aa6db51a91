"""`distill`: from rows to a tuned language model."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

from ...data.installed import is_installed, needs_training
from ...errors import FewnerError
from ...llm.chat_rows import ChatRow
from ...llm.tuned.base import Base
from ...llm.tuned.card import TunedCard, is_tuned, read_card
from ...progress import progress_shown
from ...types import Reject
from ..rows.row_texts import text_of
from .checkpoints import FOLDER, as_record, check_same, hash_of, hash_of_text
from .memory import enough_memory
from .outcome import RoundResult, TuningReport
from .quiet import quiet_libraries
from .settings import GoldRound, Settings
from .tokens.encoding import RowEncoder
from .tokens.prepared import Parted, encoded, parted

if TYPE_CHECKING:
    from .rounds import Round

OF_DISTILL = ("trl", "accelerate", "datasets")


def distill(
    rows: Sequence[ChatRow],
    out: str | Path,
    settings: Settings,
    *,
    dev: Sequence[ChatRow] = (),
    dev_share: float = 0.1,
    gold: Sequence[ChatRow] = (),
    gold_round: GoldRound | None = None,
    against: Mapping[str, Sequence[str]] | None = None,
    overwrite: bool = False,
    progress: bool = True,
) -> TuningReport:
    """Tune a causal language model on rows, and write it with its report.

    out: holds checkpoints while it trains; called again with the same arguments it goes on from the
        last one, with the same result. Under `accelerate launch` the main process writes.
    dev: rows to measure on; without any a dev_share of the rows, by texts; 0 for none.
    gold: rows of a second round, which goes on from the first round's model (GuideX); of them, too,
        a dev_share is held out unless dev is given. gold_round: what differs in it.
    against: name -> texts of a held-out set: rows that show one are left out.

    Raises FewnerError for what cannot be tuned, a folder that holds a model already (unless
    overwrite is set) or checkpoints of a run with other rows or settings, and too little memory.
    """
    _check_installed()
    from .model import check_method

    check_method(settings)
    _check_base(settings)
    _check_folder(Path(out), overwrite, settings)
    run = _Run(Path(out), settings, gold_round or GoldRound(), against or {}, dev_share)
    if overwrite and run.is_main:
        rmtree(run.checkpoints, ignore_errors=True)
    with progress_shown(progress and run.is_main), quiet_libraries(), enough_memory(settings):
        return run.run(list(rows), list(gold), list(dev))


class _Run:
    """One call of `distill`."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        gold: GoldRound,
        against: Mapping[str, Sequence[str]],
        share: float,
    ):
        from accelerate import PartialState

        self.folder, self.settings, self.gold = folder, settings, gold
        self.against, self.share = against, share
        self.state = PartialState(cpu=settings.device == "cpu")
        self.rejects: list[Reject] = []
        self.counts: dict[str, int] = {}

    @property
    def is_main(self) -> bool:
        return bool(self.state.is_main_process)

    @property
    def checkpoints(self) -> Path:
        return self.folder / FOLDER

    def run(self, rows: list[ChatRow], gold: list[ChatRow], dev: list[ChatRow]) -> TuningReport:
        from .output.write import write_output
        from .rounds import run_round

        base, fingerprint = self._base()
        self._note({"rows": rows, "gold": gold, "dev": dev}, fingerprint)
        results: list[RoundResult] = []
        for number, one in enumerate(self._rounds(base, rows, gold, dev), start=1):
            start = results[-1].folder if results else one.start
            results.append(run_round(one.after(start), self._round(number), self.is_main))
        report = TuningReport(self.folder, results, self.rejects, self.counts, self.is_main)
        if self.is_main:
            card = self._card(fingerprint, rows + gold)
            write_output(report, card, self.settings)
            _remove(self.checkpoints)
        self.state.wait_for_everyone()
        return report

    def _round(self, number: int) -> Path:
        return self.checkpoints / f"round-{number}"

    def _base(self) -> tuple[Base, str]:
        """Loaded to be looked at; each round loads its own, as a run that goes on does."""
        from .model import base_fingerprint, check_start, loaded
        from .tokens.templates import set_template

        base = loaded(self.settings)
        found = base_fingerprint(self.settings, base)
        if self.settings.start:
            check_start(self.settings, found)
        set_template(base.tokenizer, self.settings.chat_template)
        return base, found

    def _rounds(
        self, base: Base, rows: list[ChatRow], gold: list[ChatRow], dev: list[ChatRow]
    ) -> "list[Round]":
        """What the second round measures on is not learnt in the first."""
        if not gold:
            return [self._made(base, "rows", rows, dev, self.settings, self.against)]
        second = self._made(base, "gold", gold, dev, self.gold.of(self.settings), self.against)
        against = dict(self.against)
        if not dev:
            against["dev rows of gold"] = [text_of(row) for row in second.dev.rows]
        return [self._made(base, "rows", rows, dev, self.settings, against), second]

    def _made(
        self,
        base: Base,
        name: str,
        rows: list[ChatRow],
        dev: list[ChatRow],
        how: Settings,
        against: Mapping[str, Sequence[str]],
    ) -> "Round":
        from .rounds import Round

        apart = parted(rows, dev, self.share, against, how.seed)
        encoder = RowEncoder(base.tokenizer, min(how.max_length, _context(base)))
        train = encoded(encoder, apart.train, name)
        held_out = encoded(encoder, apart.dev, "dev")
        self.rejects += [*apart.rejects, *train.rejects, *held_out.rejects]
        self._count(name, apart, len(train.rejects) + len(held_out.rejects))
        return Round(f"Tuning on {name}", how, train, held_out, _start(self.settings))

    def _count(self, name: str, apart: Parted, too_long: int) -> None:
        self.counts[f"{name}_train"] = len(apart.train)
        self.counts[f"{name}_dev"] = len(apart.dev)
        self.counts[f"{name}_held_out"] = len(apart.rejects)
        self.counts[f"{name}_too_long"] = too_long

    def _note(self, rows: Mapping[str, list[ChatRow]], fingerprint: str) -> None:
        """Where the folder holds another run's checkpoints it is refused."""
        hashes = {name: hash_of(own) for name, own in rows.items()}
        gold = {f"gold_{name}": value for name, value in as_record(self.gold).items()}
        held_out = repr({name: list(own) for name, own in self.against.items()})
        run: dict[str, Any] = {
            **as_record(self.settings),
            **gold,
            **hashes,
            "base_weights": fingerprint,
            "start_weights": _weights(self.settings.start),
            "dev_share": self.share,
            "against": hash_of_text(held_out),
            "processes": self.state.num_processes,
        }
        if self.is_main:
            _make(self.checkpoints)
        self.state.wait_for_everyone()
        check_same(self.checkpoints, run, write=self.is_main)

    def _card(self, fingerprint: str, rows: list[ChatRow]) -> TunedCard:
        names = {str(row.meta["prompt"]) for row in rows if "prompt" in row.meta}
        one = self.settings
        needed = "" if one.method == "full" else fingerprint
        here = Path(one.base).expanduser()
        base = str(here.resolve()) if here.exists() else one.base
        return TunedCard(
            base, one.revision, needed, one.method, tuple(sorted(names)), one.max_length
        )


def _weights(start: str) -> str:
    """Of the folder to start from, a hash of all tensors."""
    digest = sha256()
    for file in sorted(Path(start).glob("*.safetensors")) if start else ():
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _start(settings: Settings) -> Path | None:
    return Path(settings.start) if settings.start else None


def _context(base: Base) -> int:
    return int(getattr(base.model.config, "max_position_embeddings", 10**9))


def _check_base(settings: Settings) -> None:
    """An adapter alone is no base."""
    if is_tuned(settings.base) and read_card(settings.base).is_adapter:
        of = read_card(settings.base).base
        remedy = f"Give --base {of} --start {settings.base} to train it on."
        raise FewnerError("base", "must be a whole model", f"an adapter on {of}", remedy)


def _check_folder(out: Path, overwrite: bool, settings: Settings) -> None:
    """With checkpoints it may hold a model as well: the run that is to replace it was stopped. What
    no run of `distill` wrote is never replaced."""
    if out.exists() and not out.is_dir():
        raise FewnerError("out", "must be a folder", str(out), "Name another.")
    for name, given in (("base", settings.base), ("start", settings.start)):
        if given and out.resolve() == Path(given).expanduser().resolve():
            raise FewnerError("out", f"must not be the {name}", str(out), "Name another folder.")
    is_ours = is_tuned(out) or (out / FOLDER).is_dir()
    if out.is_dir() and not is_ours and any(out.iterdir()):
        rule = "must be new, empty, or written by an earlier run"
        raise FewnerError("out", rule, str(out), "Name another folder.")
    if is_tuned(out) and not overwrite and not (out / FOLDER).is_dir():
        remedy = "Name another folder, or set overwrite (--overwrite)."
        raise FewnerError("out", "must not hold a tuned model already", str(out), remedy)


def _make(checkpoints: Path) -> None:
    try:
        checkpoints.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        rule, remedy = "must be a folder that can be written to", "Name another."
        raise FewnerError("out", rule, f"{checkpoints.parent}: {err.strerror}", remedy) from err


def _remove(checkpoints: Path) -> None:
    """At once: half of them would be taken for a run to go on with."""
    going = checkpoints.with_name(f".{checkpoints.name}")
    rmtree(going, ignore_errors=True)
    checkpoints.rename(going)
    rmtree(going)


def _check_installed() -> None:
    needs_training("distill")
    for package in OF_DISTILL:
        if not is_installed(package):
            remedy = "Run: pip install 'spacy-fewner[distill]'"
            found = f"no package {package}"
            raise FewnerError("distill", "needs the extra [distill]", found, remedy)
