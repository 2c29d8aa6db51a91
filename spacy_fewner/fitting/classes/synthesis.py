"""Texts that a language model writes for classes: generated, retrieved, checked.

Source: LOCUS for generating from examples and from retrieved texts together; the rest is ours.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...corpus.checking.chain import Check
from ...corpus.checking.class_checks import ClassAgreementCheck, Probabilities
from ...corpus.checking.clean import Cleaned
from ...corpus.synthesize import Synthesis, synthesize_texts
from ...data.classes.labels import check_exclusive, classified, kind_of
from ...data.given import as_samples
from ...errors import FewnerError
from ...llm.client import Client
from ...synthesis.classes.groups import schema_of
from ...synthesis.stage import Stage
from ...types import Sample, Schema
from ..synthesis_loop import SynthesisSettings, embedder


def synthetic_texts(
    gold: Sequence[Sample],
    schema: Schema | None,
    client: Client | None,
    settings: SynthesisSettings,
    *,
    held_out: Mapping[str, Sequence[Sample]],
    lang: str = "en",
    exclusive: bool | None = None,
    judge: Probabilities | None = None,
) -> Cleaned:
    """Write texts of the classes of gold, and check them.

    gold: texts without classes count for nothing here.
    schema: of classes, with what they mean; one without an example is written from its description.
        None takes those that hold of any text.
    settings: size texts are written, so that classes come level. extend and explain are about
        entities, and mean nothing here.
    held_out: name -> samples of every dev and test set there is; nothing like them comes out.
    lang: of the texts, as spaCy has it.
    exclusive: whether a text has one class; None sees by gold.
    judge: probabilities of classes by a model of gold; asked with settings.agree.

    Each sample has cats, and was not annotated for spans. Raises FewnerError for gold without
    classes, one class only, and a class with neither an example nor a description.
    """
    gold = classified(as_samples(gold, "gold"))
    if not gold:
        remedy = "Annotate some texts, for instance with a field label."
        raise FewnerError("gold", "must have texts with classes", "none", remedy)
    schema = schema if schema is not None and len(schema) else schema_of(gold)
    _check_several(schema)
    if exclusive:
        check_exclusive(gold)
    if not settings.size:
        return Cleaned()
    one_each = kind_of(gold) == "exclusive" if exclusive is None else exclusive
    further = list[Check]()
    if judge and settings.agree:
        further.append(ClassAgreementCheck(judge))
    synthesis = Synthesis(_chains(settings, lang), held_out, settings.style, further)
    return synthesize_texts(gold, schema, client, synthesis, one_each)


def _check_several(schema: Schema) -> None:
    if len(schema) < 2:
        rule, remedy = "must have two classes or more", "Add texts of another class."
        raise FewnerError("examples", rule, ", ".join(schema.ids) or "none that holds", remedy)


def _chains(settings: SynthesisSettings, lang: str) -> dict[str, list[Stage]]:
    """A and B of LOCUS, half of the texts each where there are unlabelled ones."""
    from ...synthesis.classes.generate import GenerateTexts

    told, size = _told(settings, lang), settings.size
    if settings.unlabelled is None:
        stages: list[Stage] = [GenerateTexts(size, **told)]
    else:
        told["embed"] = embedder(settings.embedder)
        of_seeds = size // 2
        stages = [GenerateTexts(of_seeds, **told)] if of_seeds else []
        stages.append(_retrieval(settings, settings.unlabelled, size - of_seeds, told))
    return {stage.name: [stage] for stage in stages}


def _retrieval(
    settings: SynthesisSettings, unlabelled: str | Path, size: int, told: dict[str, Any]
) -> Stage:
    from ...synthesis.classes.retrieve import RetrieveTexts
    from ...synthesis.retrieval.corpus_file import retrieval_index

    index = retrieval_index(unlabelled, told["embed"], **settings.unlabelled_as)
    return RetrieveTexts(size, **told, index=index)


def _told(settings: SynthesisSettings, lang: str) -> dict[str, Any]:
    """What both ways of generating are told."""
    return {
        "per_call": settings.per_call,
        "domain": settings.domain,
        "language": lang,
        "topics": settings.topics,
        "n_topics": settings.ideas,
        "between": settings.between,
        "contrast": settings.contrast,
        "seed": settings.seed,
        "reject_limit": settings.reject_limit,
    }
