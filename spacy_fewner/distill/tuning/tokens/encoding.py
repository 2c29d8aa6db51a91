"""Rows as tokens, with what is to be learnt of them: answers and the end of the turn."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ....errors import FewnerError
from ....llm.chat_rows import ChatRow
from ....llm.types import Message
from ....types import Reject

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

IGNORED = -100  # label of a token that is not learnt, torch's ignore_index
TOO_LONG = "longer than the model reads"
STAGE = "distill"
_OTHER = "Take another: --chat-template chatml, or a Jinja file."


@dataclass(frozen=True, slots=True)
class Encoded:
    """ids: tokens of a row. labels: the same where they are learnt, elsewhere IGNORED."""

    ids: list[int]
    labels: list[int]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def answers(self) -> int:
        """Tokens that are learnt."""
        return sum(label != IGNORED for label in self.labels)


@dataclass(frozen=True)
class RowEncoder:
    """tokenizer: with a chat template. most: tokens of a row."""

    tokenizer: "PreTrainedTokenizerBase"
    most: int

    def encode(self, row: ChatRow) -> Encoded:
        """All of the row up to its last answer. Parts are tokenized apart, as they are when the
        model is asked: its prompt ends where an answer begins."""
        ids: list[int] = []
        labels: list[int] = []
        for text, learnt in self._parts(row):
            found = self.tokenizer(text, add_special_tokens=False)["input_ids"]
            ids += found
            labels += found if learnt else [IGNORED] * len(found)
        return Encoded(ids, labels)

    def encode_all(self, rows: Sequence[ChatRow]) -> tuple[list[Encoded], list[Reject]]:
        """Rows that are longer than `most` are among the rejects."""
        kept, rejects = [], []
        for number, row in enumerate(rows, start=1):
            encoded = self.encode(row)
            if len(encoded) <= self.most:
                kept.append(encoded)
                continue
            detail = f"row {number}: {len(encoded):,} tokens, at most {self.most:,}"
            rejects.append(Reject(TOO_LONG, detail, STAGE, meta=dict(row.meta)))
        return kept, rejects

    def _parts(self, row: ChatRow) -> Iterator[tuple[str, bool]]:
        """(text, whether it is learnt), in the form of the template."""
        done = ""
        for at in row.learnt:
            asked = self._text(row.messages[:at], opened=True)
            told = self._text(row.messages[: at + 1], opened=False)
            answer = told.removeprefix(asked).rstrip()
            self._check(row.messages[at], answer, told.startswith(asked) and asked.startswith(done))
            yield asked.removeprefix(done), False
            yield answer, True
            done = asked + answer

    def _check(self, message: Message, answer: str, is_prefix: bool) -> None:
        content = message.content.strip()
        if not is_prefix or not answer.lstrip().startswith(content):
            rule = "a chat template must write an answer as it is, behind the chat before it"
            raise FewnerError("chat_template", rule, answer, _OTHER)
        if not answer.lstrip().removeprefix(content).strip():
            rule = "a chat template must write something at the end of a turn"
            raise FewnerError("chat_template", rule, answer, _OTHER)

    def _text(self, messages: Sequence[Message], opened: bool) -> str:
        from jinja2 import TemplateError

        turns = [asdict(one) for one in messages]
        try:
            return str(
                self.tokenizer.apply_chat_template(
                    turns, tokenize=False, add_generation_prompt=opened
                )
            )
        except TemplateError as err:
            rule = "the chat template must take the messages of all rows"
            raise FewnerError("chat_template", rule, str(err), _OTHER) from err
