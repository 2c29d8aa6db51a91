"""How far a run has come, in a file that is on the disk before more is done (ours).

Each line says how much of the input lies in how much of the output. After a kill the last whole
line holds, and whatever the other files have beyond it is cut off.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ...llm.journal.appending import AppendFile
from ...llm.journal.lines import DamagedLine, decode, encode
from ..reading.items import Place

RESUME = "Free some room on the disk and run the same command again: it goes on where it was."
START = Place()


@dataclass(frozen=True)
class State:
    """What is confirmed.

    place: where reading goes on. out, rejects: bytes of the files that grow. texts, rejected:
    counts. part: of the file that grows, from 1; in_part: texts in it. ended: nothing more comes.
    """

    place: Place = START
    out: int = 0
    rejects: int = 0
    texts: int = 0
    rejected: int = 0
    part: int = 1
    in_part: int = 0
    ended: bool = False


class Ledger:
    """Opened by one run at a time. FewnerError if another has it."""

    def __init__(self, path: Path):
        self._file = AppendFile(path, "out", RESUME)
        self.state, end = _last(path)
        self._file.cut(end)

    def confirm(self, state: State) -> None:
        """Return when the state is on the disk; what it speaks of must be there before."""
        line = encode(asdict(state) | {"place": list(state.place)})
        self._file.sync(self._file.write(line) + len(line))
        self.state = state

    def close(self) -> None:
        self._file.close()


def _last(path: Path) -> tuple[State, int]:
    """The last state, and the byte behind it."""
    state, end = State(), 0
    for entry, after in _entries(path):
        fields = {name: entry[name] for name in State.__dataclass_fields__}
        state, end = State(**{**fields, "place": Place(*fields["place"])}), after
    return state, end


def _entries(path: Path) -> Iterator[tuple[dict, int]]:
    """Up to the first line that is not whole."""
    end = 0
    with path.open("rb") as lines:
        for line in lines:
            try:
                entry = decode(line)
            except DamagedLine:
                return
            if not line.endswith(b"\n"):
                return
            end += len(line)
            yield entry, end
