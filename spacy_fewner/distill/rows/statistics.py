"""What a file of rows holds: how many, for which tasks, how long, and what is wrong with them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ...data.auditing.near import normalize
from ...data.auditing.near import tokens as tokens_of
from ...llm.chat_rows import ChatRow
from ...llm.types import Message
from ...shown import shown_in_line
from .row_texts import text_of

NOTHING = ("[]", "{}", "[\n]")  # answers that say that there is none
UNKNOWN = "unknown"  # task or prompt of rows that do not say it
Tokens = Callable[[Sequence[Message]], int]


@dataclass
class RowStatistics:
    """rows: how many. texts: different ones, but for punctuation. tasks, prompts: rows of each.

    answers: that are learnt. empty: of these, without a character but spaces. none: of these, such
    as say that there is nothing ("[]"). duplicates: rows all of whose messages an earlier row has.
    lengths: tokens of each row; none without a tokenizer.
    """

    rows: int = 0
    texts: int = 0
    tasks: Counter[str] = field(default_factory=Counter)
    prompts: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    empty: int = 0
    none: int = 0
    duplicates: int = 0
    lengths: list[int] = field(default_factory=list)

    def to_text(self) -> str:
        """For people: a line with the totals, then what there is to say."""
        named = ", ".join(f"{shown_in_line(task)} {n:,}" for task, n in self.tasks.most_common())
        found = [f"{self.rows:,} rows ({named}) of {self.texts:,} texts"]
        none = f", {self.none:,} of them say none" if self.none else ""
        found.append(f"{self.answers:,} answers to learn{none}")
        if self.lengths:
            ordered = sorted(self.lengths)
            middle, total = ordered[len(ordered) // 2], sum(ordered)
            found.append(
                f"{total:,} tokens; a row {middle:,} in the middle, {ordered[-1]:,} at most"
            )
        if self.empty:
            found.append(f"{self.empty:,} answers are empty")
        if self.duplicates:
            found.append(f"{self.duplicates:,} rows are there twice")
        return "\n".join(found)


def row_statistics(rows: Iterable[ChatRow], tokens: Tokens | None = None) -> RowStatistics:
    """Count rows. tokens: of a chat as the model to be tuned reads it."""
    found = RowStatistics()
    seen: set[tuple[Message, ...]] = set()
    texts: set[str] = set()
    for row in rows:
        found.rows += 1
        found.tasks[str(row.meta.get("task", UNKNOWN))] += 1
        found.prompts[str(row.meta.get("prompt", UNKNOWN))] += 1
        answers = [row.messages[at].content.strip() for at in row.learnt]
        found.answers += len(answers)
        found.empty += sum(not one for one in answers)
        found.none += sum(one in NOTHING for one in answers)
        found.duplicates += row.messages in seen
        seen.add(row.messages)
        texts.add(" ".join(tokens_of(normalize(text_of(row)))))  # without marks
        if tokens:
            found.lengths.append(tokens(row.messages))
    found.texts = len(texts)
    return found
