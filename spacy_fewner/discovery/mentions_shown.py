"""Example mentions for people: each in a short piece of its sentence, in brackets."""

import re
from collections.abc import Sequence

from ..types import CharSpan, Sample
from .collect import Collected, in_line

SHOWN = 3  # of a label
_AROUND = 60  # characters on either side
_SENTENCE_END = re.compile(r"[.!?。！？]\s+|\n")


def shown_mentions(labels: Sequence[Collected], samples: Sequence[Sample]) -> tuple[str, ...]:
    """Of labels that mean the same: different mentions in different texts where there are."""
    places = [place for one in labels for place in one.places]
    surfaces: set[str] = set()
    texts: set[int] = set()
    first: list[tuple[int, CharSpan]] = []
    later: list[tuple[int, CharSpan]] = []
    for at, span in places:
        surface = in_line(span.surface(samples[at].text)).casefold()
        is_new = surface not in surfaces and at not in texts
        (first if is_new else later).append((at, span))
        if is_new:
            surfaces.add(surface)
            texts.add(at)
    chosen = [*first, *later][:SHOWN]
    lines = [in_sentence(samples[at].text, span) for at, span in chosen]
    return tuple(dict.fromkeys(lines))


def in_sentence(text: str, span: CharSpan) -> str:
    """ "… stop, the [Oboe 8'], is new …": the mention and what is around it in its sentence."""
    before, after = text[: span.start], text[span.end :]
    begins = [found.end() for found in _SENTENCE_END.finditer(before)]
    ends = _SENTENCE_END.search(after)
    before = in_words(before[begins[-1] if begins else 0 :], from_end=True)
    after = in_words(after[: ends.start() + 1] if ends else after)
    return in_line(f"{before}[{span.surface(text)}]{after}")


def in_words(text: str, from_end: bool = False) -> str:
    """At most 60 characters from its beginning or its end, cut between words."""
    if len(text) <= _AROUND:
        return text
    if from_end:
        cut = text[-_AROUND:]
        return "… " + cut[cut.find(" ") + 1 :]
    cut = text[:_AROUND]
    return (cut[: cut.rfind(" ")] if " " in cut else cut) + " …"
