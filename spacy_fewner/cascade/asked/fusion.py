"""One set of spans from several rounds of extraction (CascadeNER, three rounds).

The paper takes the union of the rounds and of overlapping spans the longer. [ours] A span's votes
are the rounds that found it; they decide between spans of the same length, and spans with too few
can be left out.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from ...errors import FewnerError
from ...types import CharSpan

Place = tuple[int, int]


def fuse(
    rounds: Sequence[Sequence[CharSpan]], *, min_votes: int = 1, nested: bool = False
) -> list[CharSpan]:
    """The spans that the rounds agree on, sorted; score: the share of rounds that found it.

    rounds: spans of one text. A span that one round has twice counts once. Its label is the one
        most rounds gave it, of several the first in the alphabet.
    min_votes: rounds that must have found a span.
    nested: keep all spans with enough votes. Otherwise the spans are taken in the order of
        (-length, -votes, start), and one that overlaps with another taken before is dropped.
    Raises FewnerError for empty spans and for more votes asked for than there are rounds.
    """
    votes, labels = _count(rounds)
    if min_votes < 1 or (rounds and min_votes > len(rounds)):
        raise FewnerError(
            "min_votes",
            f"must be from 1 to the number of rounds, {len(rounds)}",
            min_votes,
            "Ask for fewer votes, or run more rounds.",
        )
    enough = [place for place, count in votes.items() if count >= min_votes]
    kept = enough if nested else _disjoint(sorted(enough, key=lambda place: _rank(place, votes)))
    return [
        CharSpan(*place, _winner(labels[place]), votes[place] / len(rounds))
        for place in sorted(kept)
    ]


def to_mark(spans: Sequence[CharSpan], nested: bool = False) -> list[CharSpan]:
    """Those that can be marked together: of spans that overlap the longest; with `nested` of those
    that cross."""
    fused = fuse([spans], nested=nested)
    return _uncrossed(fused) if nested else fused


def _uncrossed(spans: Sequence[CharSpan]) -> list[CharSpan]:
    """Of spans that cross the longest, of those the first."""
    kept: list[CharSpan] = []
    for span in sorted(spans, key=lambda one: (one.start - one.end, one.start)):
        if not any(_cross(span, other) for other in kept):
            kept.append(span)
    return sorted(kept)


def _cross(one: CharSpan, other: CharSpan) -> bool:
    first, second = sorted((one, other), key=lambda span: (span.start, -span.end))
    return second.start < first.end < second.end


def _count(
    rounds: Sequence[Sequence[CharSpan]],
) -> tuple[Counter[Place], dict[Place, Counter[str]]]:
    votes: Counter[Place] = Counter()
    labels: defaultdict[Place, Counter[str]] = defaultdict(Counter)
    for spans in rounds:
        for place, label in {((span.start, span.end), span.label) for span in spans}:
            labels[place][label] += 1
            if not 0 <= place[0] < place[1]:
                raise FewnerError(
                    "rounds", "spans must have a character at least", place, "Remove it."
                )
        votes.update({(span.start, span.end) for span in spans})
    return votes, labels


def _rank(place: Place, votes: Counter[Place]) -> tuple[int, int, int]:
    start, end = place
    return start - end, -votes[place], start


def _disjoint(ranked: Sequence[Place]) -> list[Place]:
    """Each if nothing taken before it overlaps with it."""
    taken = bytearray(max((end for _, end in ranked), default=0))
    kept = []
    for start, end in ranked:
        # What was taken before is at least as long: it would cover an edge of this one.
        if not taken[start] and not taken[end - 1]:
            taken[start:end] = b"\1" * (end - start)
            kept.append((start, end))
    return kept


def _winner(labels: Counter[str]) -> str:
    return min(labels, key=lambda label: (-labels[label], label))
