"""Replies that mean harm, by a seeded generator: many thousand different ones in seconds."""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from reply_strategies import PIECES

from spacy_fewner.llm.journal.keys import request_key
from spacy_fewner.llm.types import Prompt, Reply

FINISH = ["stop", "stop", "stop", "length", "content_filter", "", "\x1b[2J"]
CONTROLS = (
    "\x00\x01\x07\x08\x0b\x0c\x1b\x7f\x85\u2028\u2029\u202e\u2066\ufeff\ud800\udfff\U000e0041"
)
# Long runs of what a careless pattern tries again from every place.
RUNS = ["a", " ", "\n", "\t", "*", "**a", "`", "_", ".", ". ", "Dr. ", "A. ", "(", ")", "), (", "[",
        "[ ]", "[{", "{", '{"a":', "}", "]}", '"', "'", "\\", '\\"', "#", "# \n", "- a\n", "1. a\n",
        "1. ", "Text: a\n", "Entities:\n", "Entities: a (", "none ", ": ", "a: ", " - ", "it is a ",
        "type is ", "should be ", "(B) ", '"a" to ', "not ", "person ", "person/", "@@", "##",
        "@@a##", "[[a]]", "```\n", "\u0301", "\u200d", "\ufdfa", "i\u0307", "北京。", "서", "🇨",
        "I'm sorr ", "as an A", "</a>\n", "entity", "span: ", "0", "-", "–", "“a” ", "\r",
        "\x00"]  # fmt: skip
KEYS = ["items", "text", "entities", "label", "entity", "type", "word", "pos", "types", "groups",
        "occurrence", "surface", "", "class", "constructor", "__proto__", "\ud800"]  # fmt: skip
GOOD = [
    '{"text": "Ann drew the Oboe 8\'.", "entities": [{"text": "Oboe 8\'", "label": "STOP"}]}',
    '{"class": "repair", "text": "A hinge was loose."}\n{"class": "tuning", "text": "All flat."}',
    '{"items": ["noon", "the Oboe", "Drew"]}',
    '{"items": [{"entity": "noon", "type": "time"}, {"entity": "Drew", "type": "person"}]}',
    '{"items": [{"word": "a", "pos": "NOUN"}, {"word": "b", "pos": "VERB"}]}',
    '{"groups": [{"label": "place", "types": ["place", "city"]}]}',
    '1. Text: The pallet is torn again.\nEntities: pallet (PART), torn (FAULT)',
    '1. Text Span: "Oboe 8\'"\nLabel: (B). The correct span is "Oboe".',
    '2. Text Span: "noon"\nLabel: (C). The correct type is part.',
    "@@Drew## the @@Oboe 8'## at noon.",
    '{"label": "person"}',
    "The answer is **place/town**, not a person.",
    "- topics\n- of\n- some kind",
]  # fmt: skip


@dataclass
class Hostile:
    """seed: of all that is drawn. longest: characters of most replies, about."""

    seed: int
    longest: int = 3000

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.kinds: Sequence[Callable[[Prompt], str]] = (
            self.truncated, self.nested, self.run, self.bomb, self.pieces, self.controls,
            self.echo, self.markdown, self.wrong_types, self.thousands, self.mixed, self.copied,
        )  # fmt: skip

    def reply(self, prompt: Prompt) -> Reply:
        text = self.rng.choice(self.kinds)(prompt)
        key = request_key({}, Prompt(prompt.messages, prompt.schema, self.rng.randrange(10**9)))
        return Reply(text, self.rng.choice(FINISH), key=key)

    def truncated(self, prompt: Prompt) -> str:
        good = "\n".join(self.rng.choices(GOOD, k=self.rng.randint(1, 4)))
        return good[: self.rng.randrange(len(good))]

    def nested(self, prompt: Prompt) -> str:
        opening, closing = self.rng.choice(
            [("[", "]"), ("{", "}"), ('{"items":[', "]}"), ("(", ")")]
        )
        depth = self.rng.choice([1, 5, 33, 1000, self.longest // 2])
        inner = self.rng.choice(['"x"', "", "7", self.rng.choice(GOOD)])
        return opening * depth + inner + closing * self.rng.choice([depth, depth - 1, depth + 1, 0])

    def run(self, prompt: Prompt) -> str:
        run = self.rng.choice(RUNS)
        before, after = (self.rng.choice([*PIECES, *GOOD, ""]) for _ in range(2))
        return before + run * self.rng.choice([2, 100, self.longest // len(run)]) + after

    def bomb(self, prompt: Prompt) -> str:
        number = self.rng.choice(["9" * 4000, "9" * 5000, "1e999", "-1e999", "NaN", "0" * 99])
        key = json.dumps(self.rng.choice(KEYS))
        count = self.rng.choice([1, 50, 500])
        same = ", ".join(f"{key}: {number[:20]}" for _ in range(count))
        return self.rng.choice([
            f'{{"items": [{number}, {number}]}}', f"{{{key}: {number}}}", f"{{{same}}}",
            f'{{"text": {number}, "entities": {number}}}', f'{{"label": {number}}}',
        ])  # fmt: skip

    def pieces(self, prompt: Prompt) -> str:
        return "".join(self.rng.choices(PIECES, k=self.rng.randint(0, 40)))

    def controls(self, prompt: Prompt) -> str:
        good = list(self.rng.choice(GOOD))
        for _ in range(self.rng.randint(1, 10)):
            good.insert(self.rng.randint(0, len(good)), self.rng.choice(CONTROLS))
        return "".join(good)

    def echo(self, prompt: Prompt) -> str:
        """Our own prompt, or a piece of it."""
        said = "\n".join(message.content for message in prompt.messages)
        return said[self.rng.randrange(len(said)) :] if self.rng.random() < 0.5 else said

    def copied(self, prompt: Prompt) -> str:
        """Words of the last message, with marks and quotes between them."""
        words = prompt.messages[-1].content.split(" ")
        for _ in range(self.rng.randint(1, 8)):
            mark = self.rng.choice(["@@", "##", "[[", "]]", '"', "\n", "(A)", "(B)", "\u202e", ""])
            words.insert(self.rng.randint(0, len(words)), mark)
        return self.rng.choice([" ", ""]).join(words)

    def markdown(self, prompt: Prompt) -> str:
        good = self.rng.choice(GOOD)
        return self.rng.choice([
            f"# Answer\n\n```json\n{good}\n```\n> quoted", f"| {good} |\n|---|\n", f"**{good}**",
            f"<details>{good}</details><script>alert(1)</script>", f"[{good}](javascript:alert(1))",
            f"Sure! Here it is:\n\n{good}\n\nLet me know if you want more.", f"~~{good}~~ `{good}`",
        ])  # fmt: skip

    def value(self, depth: int = 3) -> object:
        draw = self.rng.randrange(9 if depth else 6)
        if draw >= 7:
            return [self.value(depth - 1) for _ in range(self.rng.randint(0, 3))]
        if draw == 6:
            return {self.rng.choice(KEYS): self.value(depth - 1) for _ in range(3)}
        plain = [None, True, -1, 1.5, self.rng.choice(PIECES), self.rng.choice(GOOD)]
        return plain[draw]

    def wrong_types(self, prompt: Prompt) -> str:
        named = {self.rng.choice(KEYS): self.value() for _ in range(3)}
        return json.dumps(named, ensure_ascii=self.rng.random() < 0.5)

    def thousands(self, prompt: Prompt) -> str:
        """More of what was asked for than anybody has."""
        count = max(1, self.longest // 40)
        surface = self.rng.choice(["a", "the", "Oboe 8'", "nowhere %d", "noon", ""])
        said = [surface % n if "%" in surface else surface for n in range(count)]
        label = self.rng.choice(["STOP", "part", "x" * 50, "ext/pos/X", "\u202e"])
        return self.rng.choice([
            json.dumps({"items": said}),
            json.dumps({"items": [{"entity": one, "type": label} for one in said]}),
            json.dumps({"text": "the noon " * count,
                        "entities": [{"text": one, "label": label} for one in said]}),
            "1. Text: " + "the noon " * count + "\nEntities: "
            + ", ".join(f"{one} ({label})" for one in said),
            "\n".join(f"{n}. {one}" for n, one in enumerate(said)),
            "\n".join(f'{n}. "{one}"\nLabel: (B). "{one}"' for n, one in enumerate(said)),
        ])  # fmt: skip

    def mixed(self, prompt: Prompt) -> str:
        """Pieces of other kinds, cut anywhere."""
        parts = [self.rng.choice(self.kinds[:-2])(prompt) for _ in range(self.rng.randint(2, 4))]
        return "".join(part[self.rng.randint(0, len(part)) :] for part in parts)[: 2 * self.longest]


class Answers:
    """In the place of a client: a hostile reply to whatever is asked. replies: all of them."""

    def __init__(self, hostile: Hostile):
        self.hostile = hostile
        self.replies: list[Reply] = []

    def complete(self, prompts: Iterable[Prompt]) -> Iterator[Reply]:
        for prompt in prompts:
            self.replies.append(self.hostile.reply(prompt))
            yield self.replies[-1]
