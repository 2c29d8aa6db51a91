"""What an audit looks for in the classes of texts, and what to do about it."""

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Kind(NamedTuple):
    severity: Severity
    rule: str
    remedy: str


CLASS_KINDS: dict[str, Kind] = {
    "several classes": Kind(
        "error",
        "every text must have exactly one class",
        "Correct the text, or let texts have several (--multi-label, exclusive=False in Python).",
    ),
    "class variants": Kind(
        "error",
        "names of classes must differ in more than capitals and spaces",
        "Write the class in one way everywhere.",
    ),
    "unknown class": Kind(
        "error", "classes must be in the label scheme", "Correct it or add it to the scheme."
    ),
    "unknown meaning": Kind(
        "error",
        "a class must have an example or a definition",
        'Add texts of it, or its "description" to the label scheme, or take it out.',
    ),
    "rare class": Kind(
        "error",
        "every class needs enough texts, or a definition",
        "Add texts of it or its definition to the label scheme, or remove it.",
    ),
    "single class": Kind(
        "error",
        "there must be two classes, or texts that have the one and texts that do not",
        'Add texts of another class, or texts without it: "cats": {"NAME": 0}.',
    ),
    "equal texts": Kind(
        "error", "texts must differ from each other", "Check which field or column holds the text."
    ),
    "conflicting classes": Kind(
        "error",
        "a text must have the same classes wherever it stands",
        "Keep the right one; if both hold, give them in one row.",
    ),
    "near conflict": Kind(
        "warning",
        "texts that are nearly the same should have the same classes",
        "Look at both, and correct the wrong one.",
    ),
    "no class holds": Kind(
        "warning",
        "a class of every text should reach 0.5 where each has exactly one",
        "Settle its class; until then it is left out.",
    ),
    "score in between": Kind(
        "warning",
        "classes should hold or not",
        "Nothing, if the scores are meant: they are learnt as they are; from 0.5 a class holds.",
    ),
    "hardly several": Kind(
        "warning",
        "texts should often have several classes, or never",
        "If each has one, correct those that have more; one class a text is learnt better then.",
    ),
    "unseen class": Kind(
        "warning",
        "a class of another set should have examples here, or a definition",
        "Add texts of it, or its definition to the label scheme: it cannot be predicted.",
    ),
    "without class": Kind(
        "warning",
        "texts without classes say nothing of them",
        "Nothing, if they are here for their spans; they are no text without a class.",
    ),
    "without spans": Kind(
        "warning",
        "texts that were not annotated for spans say nothing of them",
        'Nothing, if they are here for their classes; if they have none, write "spans": [].',
    ),
}
