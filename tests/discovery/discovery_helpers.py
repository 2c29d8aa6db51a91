"""Documents as `discover` annotates them, small."""

import json
from collections.abc import Mapping
from typing import Any

from spacy_fewner.types import CharSpan, Sample


def found(text: str, *marked: tuple[str, str], **meta: Any) -> Sample:
    """Spans at the first place of each (surface, label)."""
    spans = [CharSpan(text.index(one), text.index(one) + len(one), label) for one, label in marked]
    return Sample(text, tuple(spans), meta=meta)


def guideline(name: str, definition: str, /, **fields: str) -> dict[str, Any]:
    below = [{"name": n.replace("_", " "), "definition": d} for n, d in fields.items()]
    return {"name": name, "definition": definition, "fields": below}


def instance(kind: str, /, **values: Any) -> dict[str, Any]:
    named = {name.replace("_", " "): value for name, value in values.items()}
    return {"type": kind, "values": named}


ORGAN = "A musical instrument with pipes that are blown by wind, played with keys and pedals."

DOCUMENTS = [
    found(
        "The Great organ of St Mary was built in 1714 by Father Smith. It has 32 stops.",
        ("Great organ", "organ"),
        ("1714", "organ/year built"),
        ("St Mary", "church"),
        ("Father Smith", "organ builder"),
        id="smith",
        asked="guidelines",
        guidelines=[
            guideline("organ", ORGAN, year_built="Year in which it was built.", pipes="How many."),
            guideline("church", "A building in which Christians worship."),
            guideline("organ builder", "A person or firm that builds organs."),
        ],
        instances=[
            instance("organ", name="Great organ", year_built="1714", pipes="about 2000"),
            instance("church", name="St Mary"),
            instance("organ builder", name="Father Smith"),
        ],
        ungrounded=[["organ/pipes", "about 2000"]],
    ),
    found(
        "Harrison & Harrison rebuilt the organs of Durham Cathedral in 1932.",
        ("Harrison & Harrison", "builder"),
        ("organs", "Organs"),
        ("Durham Cathedral", "church"),
        ("1932", "Organs/years built"),
        id="harrison",
        asked="guidelines",
        guidelines=[
            guideline(
                "Organs", "Musical instruments with pipes.", years_built="When it was built."
            ),
            guideline("church", "A Christian house of worship."),
            guideline("builder", "A firm that builds or restores organs."),
        ],
        instances=[
            instance("builder", name="Harrison & Harrison"),
            instance("Organs", years_built="1932"),
            instance("church", name="Durham Cathedral"),
        ],
    ),
    found(
        "The heart is the organ that pumps blood; a virus may harm it.",
        ("heart", "organ"),
        ("virus", "other"),
        id="heart",
        asked="guidelines",
        guidelines=[
            guideline("organ", "A part of the body with a function of its own."),
            guideline("other", ""),
        ],
        instances=[instance("organ", name="heart"), instance("other", name="virus")],
    ),
]


def labelled(sample: Sample) -> list[tuple[str, str]]:
    return [(span.surface(sample.text), span.label) for span in sample.spans]


def groups(*several: list[str]) -> str:
    """What a model answers that groups synonyms."""
    return json.dumps({"groups": [{"label": one[0], "types": one} for one in several]})


def answers(by_prompt: Mapping[str, str]):
    """answer(prompt) by a word of the system's turn."""

    def answer(prompt: Any) -> str:
        system = prompt.messages[0].content
        return next((text for word, text in by_prompt.items() if word in system), "{}")

    return answer
