"""Making synthetic text look like gold text: case, punctuation, length (ours).

A model writes "What's the plot of Alien?" where the user's queries are "whats the plot of alien";
an encoder trained on the one is not at home in the other.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ...data.auditing.near import normalize, tokens
from ...errors import FewnerError
from ...types import Sample
from .chain import Exempt, Outcome, examine_each, nothing, reject
from .edits import Edit, edit

Marks: TypeAlias = Literal["keep", "none", "spaced"]

NEARLY_ALL, NEARLY_NONE = 0.95, 0.05  # of the gold texts
MIN_MARKS = 5  # seen before we say that marks stand apart from words
LENGTH_SLACK = 1.5

_APOSTROPHES = "'\u2019\u02bc`"
_FINAL = ".!?\u2026\u3002\uff01\uff1f"
_POSSESSIVE = re.compile(r"['\u2019]s\b")


@dataclass(frozen=True)
class Style:
    """How texts are written.

    lower: without capitals. marks: punctuation as it comes, not at all, or set apart from words by
    spaces. possessive: "Ann 's" where marks are set apart. final: whether texts end with one of
    . ! ? (None if some do); final_mark: the usual one, if nearly all end with the same.
    fewest, most: words.
    """

    lower: bool = False
    marks: Marks = "keep"
    possessive: bool = False
    final: bool | None = None
    final_mark: str = ""
    fewest: int = 1
    most: int = 10**9

    @classmethod
    def of(cls, gold: Sequence[Sample], length_slack: float = LENGTH_SLACK) -> "Style":
        """Learnt from gold texts; lengths are those of gold, with slack on both sides."""
        texts = [sample.text.strip() for sample in gold if sample.text.strip()]
        if not texts:
            raise FewnerError("gold", "must hold a text", len(gold), "Give annotated examples.")
        ends = Counter(text[-1] for text in texts if text[-1] in _FINAL)
        final_share = ends.total() / len(texts)
        mark, count = ends.most_common(1)[0] if ends else ("", 0)
        lengths = [len(tokens(normalize(text))) for text in texts]
        return cls(
            lower=_share(texts, _is_lower) >= NEARLY_ALL and any(map(str.islower, texts)),
            marks=_marks_of(texts),
            possessive=any(re.search(r" ['\u2019]s\b", text) for text in texts),
            final=final_share >= NEARLY_ALL or (None if final_share > NEARLY_NONE else False),
            final_mark=mark if count >= NEARLY_ALL * len(texts) else "",
            fewest=max(1, int(min(lengths) / length_slack)),
            most=max(1, int(max(lengths) * length_slack)),
        )

    def apply(self, sample: Sample) -> Sample | None:
        """The sample in this style; None if a span would lose all its characters."""
        if self.lower:
            sample = replace(sample, text=_lower(sample.text))
        styled: Sample | None = sample
        if self.final is False:
            styled = edit(sample, _without_final(sample.text))
        elif self.final and self.final_mark and not sample.text.rstrip().endswith(tuple(_FINAL)):
            end = len(sample.text.rstrip())
            styled = edit(sample, [Edit(end, end, self.final_mark)])
        if styled and self.marks == "none":
            styled = edit(styled, _without_marks(styled.text))
            styled = styled and edit(styled, _single_spaces(styled.text))
        elif styled and self.marks == "spaced":
            styled = edit(styled, _apart(styled.text, self.possessive))
        return styled


@dataclass(frozen=True)
class StyleCheck:
    """Samples in a style; those too short or too long for it are rejected.

    exempt: samples to leave as they are.
    """

    style: Style
    name: str = "style"
    exempt: Exempt = nothing

    def __call__(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        return examine_each(outcomes, self._examine)

    def _examine(self, sample: Sample) -> Outcome:
        if self.exempt(sample):
            return sample
        count = len(tokens(normalize(sample.text)))
        if count < self.style.fewest:
            detail = f"{count} words, {self.style.fewest} wanted"
            return reject(sample, "too short", detail, self.name)
        if count > self.style.most:
            detail = f"{count} words, {self.style.most} allowed"
            return reject(sample, "too long", detail, self.name)
        styled = self.style.apply(sample)
        if styled is None:
            return reject(sample, "span of punctuation only", "", self.name)
        return styled


def _share(texts: Sequence[str], holds) -> float:
    return sum(map(bool, map(holds, texts))) / len(texts)


def _is_lower(text: str) -> bool:
    return not any(char.isupper() for char in text)


def _lower(text: str) -> str:
    """Character by character: what would become two (Turkish dotted capital I) stays."""
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "P" or char == "`"


def _marks_of(texts: Sequence[str]) -> Marks:
    """Marks within words, such as hyphens, tell nothing of whether marks stand apart."""
    if _share(texts, lambda text: any(map(_is_mark, text))) <= NEARLY_NONE:
        return "none"
    apart = attached = 0
    for text in texts:
        for place, before, after in _outer_marks(text):
            if text[place] != "." and text[place] not in _APOSTROPHES:  # these belong to words
                alone = not before.strip() and not after.strip()
                apart, attached = apart + alone, attached + (not alone)
    spaced = apart >= MIN_MARKS and apart >= NEARLY_ALL * (apart + attached)
    return "spaced" if spaced else "keep"


def _outer_marks(text: str) -> Iterator[tuple[int, str, str]]:
    """Place of each mark that is not within a word, and the characters around it."""
    for place, char in enumerate(text):
        before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
        if _is_mark(char) and not (before.isalnum() and after.isalnum()):
            yield place, before, after


def _without_final(text: str) -> list[Edit]:
    end = len(text.rstrip())
    bare = len(text[:end].rstrip(_FINAL + " "))
    return [Edit(bare, len(text), "")] if 0 < bare < end else []


def _without_marks(text: str) -> list[Edit]:
    """Apostrophes vanish ("whats"); other marks become spaces ("sci fi")."""
    return [
        Edit(place, place + 1, "" if char in _APOSTROPHES else " ")
        for place, char in enumerate(text)
        if _is_mark(char)
    ]


def _single_spaces(text: str) -> list[Edit]:
    inner = len(text.rstrip())
    edits = [Edit(inner, len(text), "")] if inner < len(text) else []
    runs = [match for match in re.finditer(r"\s{2,}|^\s+", text) if match.end() <= inner]
    return [Edit(run.start(), run.end(), " " if run.start() else "") for run in runs] + edits


def _apart(text: str, possessive: bool) -> list[Edit]:
    """A space on both sides of each mark that is not within a word. Full stops are set apart at
    the end only, as abbreviations keep theirs."""
    owners = {match.start() for match in _POSSESSIVE.finditer(text)}
    places = {place for place in owners if possessive and text[place - 1 : place].isalnum()}
    end = len(text.rstrip())
    for place, before, after in _outer_marks(text):
        if place in owners or (text[place] == "." and place != end - 1):
            continue
        places |= {place} if before and not before.isspace() else set()
        places |= {place + 1} if after and not after.isspace() else set()
    return [Edit(place, place, " ") for place in sorted(places)]
