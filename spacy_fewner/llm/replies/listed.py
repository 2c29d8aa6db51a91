"""Texts, each followed by a line with its mentions.

`Text:` and `Entities:` lines (LOCUS) and the forms that models make of them: numbers,
quotes, `Query:`, `Sentence 2:`, `Named Entities: [...]`, and all lists together after all texts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...grounding.record import Record
from .mention_list import MentionList, is_none, read_mentions
from .parsed import CUT_SHORT, LOOP, Parsed, Problem, Repeats, explain_nothing
from .quotes import unquote

NO_MENTIONS = "text without a list of mentions"
NO_TEXT = "list of mentions without a text"
MIXED = "lists of mentions not told apart"

MAX_TEXT = 5000  # characters of a text that goes on over several lines

_ENTITIES = re.compile(
    r"\W{0,6}(?:\d{1,4}[.)]\W{0,4})?(?:(?:named )?entit(?:y|ies)(?: list)?|(?:命名)?实体(?:列表)?)"
    r"\W{0,3}?[:\uff1a]\*{0,2}(.*)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\s{0,8}(?:[-*\u2022] {1,3})?\*{0,2}[(\uff08]?(\d{1,4})"
    r"(?:[.)]\*{0,2}(?: |$|(?=(?:文本|句子|查询|实体)))|[\u3001\uff0e\uff09](?!\d)\*{0,2} ?)"
)
_KEY = re.compile(
    r"\W{0,4}(?:[A-Z][\w-]{0,20} (?:[\w-]{1,20} ){0,2})?"
    r"(?:[Qq]uer(?:y|ies)|[Ss]entences?|[Tt]exts?|文本|句子|查询)"
    r" ?\d{0,4} ?\*{0,2} ?[:\uff1a]\*{0,2}"
)
_INLINE = re.compile(
    r"(?<=[^\s*-])(?:(?<!\bNamed) (?=Entities: ?\[)| (?=Named Entities: ?\[))"
    r"|(?<=[。！？]) ?(?=(?:命名)?实体[:\uff1a])"
)


def read_listed(reply: str) -> Parsed[Record]:
    """Take a reply apart into texts with mentions; every line ends up somewhere."""
    reader = _Reader()
    lines = [part for line in reply.splitlines() for part in _INLINE.split(line, maxsplit=1)]
    for place, line in enumerate(lines):
        if reader.loops:
            reader.give_up([rest for rest in lines[place:] if rest.strip()])
            break
        reader.take(line)
    reader.finish()
    if not reader.items and not reader.problems:
        return Parsed(problems=(explain_nothing(reply),))
    return Parsed(tuple(reader.items), tuple(reader.problems), tuple(reader.prose))


@dataclass(frozen=True, slots=True)
class _Text:
    """A line that may be a text; certain: it has a number, a key or quotes."""

    text: str
    source: str
    certain: bool


@dataclass
class _Reader:
    """waiting: texts not yet followed by mentions. lists: lines below an empty `Entities:`, or
    None outside of such. fresh: whether the line before was a text, which this one may continue.
    open: whether the last list had a bracket never closed. loops: whether to stop."""

    items: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    waiting: list[_Text] = field(default_factory=list)
    heading: str = ""
    lists: list[str] | None = None
    fresh: bool = False
    repeats: Repeats = field(default_factory=Repeats)
    open: bool = False
    loops: bool = False

    def take(self, line: str) -> None:
        entities = _ENTITIES.match(line)
        if entities:
            self._close_lists()
            if entities[1].strip():
                self._pair(entities[1], line)
            else:
                self.heading, self.lists = line, []
        elif self.lists is not None and (not line.strip() or _is_list(line)):
            self.lists += [line] if line.strip() else []
        elif line.strip():
            self._close_lists()
            self._take_text(line)
            return
        self.fresh = False

    def _take_text(self, line: str) -> None:
        text = _read_text(line)
        last = self.waiting[-1] if self.fresh else None
        if last and last.certain and not text.certain and len(last.source) < MAX_TEXT:
            joined = replace(
                last, text=f"{last.text}\n{text.text}", source=f"{last.source}\n{line}"
            )
            self.waiting[-1] = joined
        elif not text.text or (not text.certain and text.text.endswith((":", "\uff1a"))):
            self.prose.append(line)
            self.fresh = False
        else:
            self.waiting.append(text)
            self.fresh = True

    def _pair(self, value: str, line: str) -> None:
        """The list belongs to the text before it; those before that one have none."""
        if not self.waiting:
            self.problems.append(Problem(NO_TEXT, value.strip()[:120], line))
            return
        text = self.waiting.pop()
        self._drop_waiting()
        self._add(text, read_mentions(value), line)

    def _add(self, text: _Text, found: MentionList, line: str) -> None:
        record = Record(text.text, found.mentions, found.unread, _join(text.source, line))
        if self.repeats.loops((record.text, record.mentions)):
            self.problems.append(Problem(LOOP, record.text[:120], record.source))
            self.loops = True
        else:
            self.items.append(record)
            self.open = found.open

    def _close_lists(self) -> None:
        """Share the lists among the waiting texts, if it is clear which is whose."""
        if self.lists is None:
            return
        lists, heading, texts = self.lists, self.heading, self.waiting
        self.lists, self.heading, self.waiting = None, "", []
        certain = [text for text in texts if text.certain]
        plain = [text for text in texts if not text.certain]
        if not certain and plain:
            certain = [plain.pop()]
        self.prose += [text.source for text in plain]
        if len(certain) == 1:
            found = read_mentions(", ".join(_without_number(line) for line in lists))
            self._add(certain[0], found, _join(heading, *lists))
        elif certain and len(certain) == len(lists) and all(map(_is_separate, lists)):
            self.prose.append(heading)
            for text, line in zip(certain, lists, strict=True):
                self._add(text, read_mentions(_without_number(line)), line)
        else:
            source = _join(*(text.source for text in certain), heading, *lists)
            detail = f"{len(certain)} texts, {len(lists)} lists"
            self.problems.append(Problem(MIXED if certain else NO_TEXT, detail, source))

    def _drop_waiting(self) -> None:
        for text in self.waiting:
            if text.certain:
                self.problems.append(Problem(NO_MENTIONS, text.text[:120], text.source))
            else:
                self.prose.append(text.source)
        self.waiting = []

    def give_up(self, lines: Sequence[str]) -> None:
        if lines:
            self.problems.append(Problem(LOOP, f"{len(lines)} more lines", _join(*lines)))

    def finish(self) -> None:
        """The end of the reply: what has no list, or one never closed, was cut short."""
        self._close_lists()
        if self.fresh and self.waiting and self.waiting[-1].certain:
            last = self.waiting.pop()
            self.problems.append(Problem(CUT_SHORT, last.text[:120], last.source))
        elif self.open and not self.waiting and self.items:
            last_item = self.items.pop()
            self.problems.append(Problem(CUT_SHORT, last_item.text[:120], last_item.source))
        self._drop_waiting()


def _read_text(line: str) -> _Text:
    number = _NUMBER.match(line)
    rest = line[number.end() :] if number else line
    key = _KEY.match(rest)
    rest = (rest[key.end() :] if key else rest).strip()
    text = unquote(rest)
    return _Text(text, line, bool(number or key or text != rest))


def _is_list(line: str) -> bool:
    bare = _without_number(line)
    return bare.startswith("[") or is_none(bare) or read_mentions(bare).mentions != ()


def _is_separate(line: str) -> bool:
    """A line that is by its form the list of one text: with a number, or in brackets."""
    return line.lstrip().startswith("[") or _NUMBER.match(line) is not None


def _without_number(line: str) -> str:
    number = _NUMBER.match(line)
    return (line[number.end() :] if number else line).strip()


def _join(*lines: str) -> str:
    return "\n".join(lines)
