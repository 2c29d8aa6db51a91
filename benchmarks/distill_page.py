"""The page of the distillation benchmark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.provenance import foot, table

Found = Mapping[str, Any]


def page(found: Found, how: dict[str, str]) -> str:
    parts = [part for name, write in PARTS.items() if name in found for part in write(found[name])]
    return "\n\n".join([*INTRODUCTION, *parts, foot(how)]) + "\n"


INTRODUCTION = (
    "# Small language models tuned on rows",
    "Strict F1 in percent. Models are tuned on texts of train files and asked about test sentences "
    "drawn with seed 0; a text whose reply cannot be read has no span. One seed. CPU-seconds are "
    "of the process; speed is without loading.",
)


def _crossner(found: Found) -> Iterator[str]:
    yield f"## CrossNER AI: conversations about {found['texts']} sentences of train and dev"
    yield _told(found) + " Each test sentence is asked about 14 types, one query a type."
    yield _spans({name: found[name] for name in ("untuned", "tuned")})
    yield _losses(found["tuning"])


def _negatives(found: Found) -> Iterator[str]:
    yield "## Absent types: none, uniform, by frequency"
    yield (
        _told(found) + " Conversations about the 100 train sentences of CrossNER AI, with absent "
        "types drawn in three ways."
    )
    yield _spans({way: found[way] for way in ("none", "uniform", "frequency")})


def _extractor(found: Found) -> Iterator[str]:
    yield "## AnythingNER: extraction"
    yield (
        _told(found) + " The bare sentence in, the sentence with its spans marked out; places, "
        "whatever their types. Held to the text: a grammar lets the model write nothing but the "
        "sentence with marks between its words."
    )
    ways = ("untuned", "untuned, held to the text", "tuned", "tuned, held to the text")
    yield _spans({way: found[way] for way in ways})
    yield _losses(found["tuning"])
    yield "Rounds of the tuned model at temperature 0.7, their union:"
    lines = [[n, *_percents(one, "r", "p", "f")] for n, one in found["rounds"].items()]
    yield table(["rounds", "recall", "precision", "F1"], lines)


def _classifier(found: Found) -> Iterator[str]:
    yield "## AnythingNER: classification of given spans"
    yield (
        _told(found) + " Share of questions answered rightly, at all three levels, with the "
        "dynamic options of the rows; the span in its sentence, or alone."
    )
    shown = {name: found[name] for name in ("in context", "alone")}
    lines = [[name, *_percents(one, "untuned", "tuned")] for name, one in shown.items()]
    yield table(["shown", "untuned", "tuned"], lines)
    for name, one in shown.items():
        yield f"{name.capitalize()}: {_losses(one['tuning'])}"
    yield "Both models as a cascade; a span counts if place and whole path are right:"
    yield _spans(found["cascade"])


def _open(found: Found) -> Iterator[str]:
    yield "## The same passages into a language model and into a span model"
    yield (
        f"{found['passages']} passages of the Pile with open types (Pile-NER by way of SLIMER); "
        "both models then look for the 14 types of CrossNER AI, of which they saw no sentence: the "
        "language model by name, the span model (all-MiniLM-L6-v2 from scratch, 20 passes) by "
        "name and definition. Two passes over all 1,986 passages, about as many updates, show what "
        "it lacks. " + _told(found)
    )
    ways = ("language model, untuned", "language model", "span model")
    more = "span model, all passages"
    yield _spans({way: found[way] for way in (*ways, more)})
    yield _losses(found["tuning"])


PARTS = {
    "crossner": _crossner,
    "negatives": _negatives,
    "extractor": _extractor,
    "classifier": _classifier,
    "open": _open,
}


def _told(found: Found) -> str:
    sizes = found["sizes"]
    return (
        f"{found['base']}, LoRA of rank 16; {sizes['epochs']:g} passes; {sizes['test']} test "
        "sentences."
    )


def _spans(rows: Mapping[str, Found]) -> str:
    lines = [
        [name, *_percents(one, "f", "p", "r"), f"{one['words_per_cpu_second']:g}"]
        for name, one in rows.items()
    ]
    return table(["", "F1", "P", "R", "words a CPU-second"], lines)


def _losses(tuning: Found) -> str:
    path = " → ".join(f"{one:.3f}" for one in tuning["dev loss"])
    return f"Loss on dev rows: {path}; {tuning['seconds']:,} s."


def _percents(one: Found, *names: str) -> list[str]:
    return [f"{100 * one[name]:.1f}" for name in names]
