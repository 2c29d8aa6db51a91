"""Labels sampled evenly (CascadeNER, equation 4)."""

import random
from collections import defaultdict
from collections.abc import Sequence

from ...errors import FewnerError
from ...types import CharSpan, Sample


def sampled_labels(samples: Sequence[Sample], size: int, seed: int = 0) -> list[list[CharSpan]]:
    """Of each sample the spans drawn, sorted: of each of m labels min(floor(size / m), n).

    n: how many spans have the label. Spans are drawn, and not texts: of a text with three, one may
    be drawn. (`data.sampling.stratified` draws whole texts. The released code cuts each label to
    the rarest, which is not the equation.)
    Raises FewnerError where size is less than one a label, or there is no span.
    """
    places: defaultdict[str, list[tuple[int, CharSpan]]] = defaultdict(list)
    for number, sample in enumerate(samples):
        for span in sorted(set(sample.targets)):
            places[span.label].append((number, span))
    if not places or size < len(places):
        rule = f"must be {max(1, len(places))} or more, one for each label that there is"
        raise FewnerError("size", rule, size, "Give more, or examples of fewer labels.")
    drawn: list[list[CharSpan]] = [[] for _ in samples]
    for label, known in sorted(places.items()):
        count = min(size // len(places), len(known))
        for number, span in random.Random(f"{seed} {label}").sample(known, count):
            drawn[number].append(span)
    return [sorted(spans) for spans in drawn]
