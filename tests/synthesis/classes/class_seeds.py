"""Texts with classes, and a language model's part in writing more."""

import json
from collections.abc import Iterable

from synthesis_helpers import last_turn

from spacy_fewner.llm.types import Prompt
from spacy_fewner.types import LabelSpec, Sample, Schema

CLASSES = Schema(
    (
        LabelSpec("repair", "something is broken and is mended"),
        LabelSpec("tuning", "pitch is set", synonyms=("voicing",)),
        LabelSpec("offer", "what work would cost"),
    )
)


def classed(text: str, *classes: str, **meta: object) -> Sample:
    return Sample(text, cats=dict.fromkeys(classes, 1.0), meta=dict(meta), spans_annotated=False)


CLASS_SEEDS = [
    classed("The pallet is torn again.", "repair", id="r1"),
    classed("Glued the cracked slider.", "repair", id="r2"),
    classed("New leather for the trunk.", "repair", id="r3"),
    classed("All reeds were flat by noon.", "tuning", id="t1"),
    classed("Set the Oboe at 440.", "tuning", id="t2"),
    classed("Two days and 900 for the bellows.", "offer", id="o1"),
]


def planned(prompt: Prompt) -> list[str]:
    """The lines of the prompt's plan, one a text; none where topics are asked for."""
    return [line for line in last_turn(prompt).split("\n") if ". about " in line]


def texts(prompt: Prompt, classes: Iterable[str] | str | None = None) -> str:
    """As many texts as are planned, none like another; topics where these are asked for."""
    if not planned(prompt):
        return json.dumps({"items": [f"topic {n}" for n in range(3)]})
    named = {} if classes is None else {"class": classes}
    rows = [f"Call {prompt.sample} is about matter {n}." for n in range(len(planned(prompt)))]
    return "\n".join(json.dumps({**named, "text": row}) for row in rows)
