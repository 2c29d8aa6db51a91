"""The loop around the span model: what is trained on gold text annotates synthetic text.

Extend gold -> generate -> explain -> train on gold and extensions -> annotate explanations with
that model -> check, by agreement with it too if that is set -> extend what was kept, if that is
set; `fit` then trains anew with what helps. Source: KnowFREE, and LOCUS for generating from seeds
and from retrieved texts together; agreement is ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from ..corpus.checking.agreement import AgreementCheck
from ..corpus.checking.chain import Check
from ..corpus.checking.clean import Cleaned
from ..corpus.checking.extended_gold import ExtendedGold
from ..corpus.new_extended import with_new_extended
from ..corpus.synthesize import Synthesis, synthesize
from ..data.given import as_samples
from ..data.tokens.pipeline import Tokens, blank_pipeline
from ..errors import FewnerError, check_number
from ..llm.client import Client
from ..synthesis.stage import Stage
from ..types import Sample, Schema
from .first_model import FirstModel

if TYPE_CHECKING:
    from ..synthesis.retrieval.embed import Embed
    from ..synthesis.stages.extend import Layer


@dataclass(frozen=True)
class SynthesisSettings:
    """What to have written.

    size: annotated texts to generate; 0 for none. Where examples have spans and classes, so many
        for each. Half of them from retrieved texts where there are
        some.
    per_call: texts asked for at once; small models write five well, large ones ten or more.
    domain: what the texts are, in a few words ("queries to a film database"); helps.
    topics: to write about. ideas: how many topics, and entities of each label, the model thinks up
        before it writes; small models run dry after a dozen. Of texts with classes: topics of each.
    between: of texts that are written for classes, the share that is to be close to another class,
        and still of its own; 0 for none.
    contrast: of how many other classes, the nearest, a text is shown as well.
    explain: have the entities of each example explained too, and let the first model annotate the
        sentences that come.
    extend: have the examples annotated with more layers, `ext/` spans (KnowFREE): some of
        "entities" (of any type), "words", "tags" (parts of speech); true means entities. One call
        an example and layer, and for tags without words one more, for their words.
    merge: give synonymous types of entities one name; calls for all types together.
    extend_synthetic: have the new texts that were kept extended in the same way (as KnowFREE has
        it), for as many calls a text.
    agree: leave out texts that the first model contradicts with confidence. Not by default: it cost
        a point where it was measured (benchmarks/results/synthesis.md).
    unlabelled: file with a text a line, or of samples: those nearest to the examples are shown.
    unlabelled_as: how it is read, as of read_samples, if it is a file of columns, words or a table.
    embedder: of the retrieval and of merging, a sentence-transformers model: hub name, folder or
        "pkg:package/folder"; "auto" is all-MiniLM-L6-v2, from the package of the extra [demo] when
        it is installed, else from the hub.
    style: bring texts to the case, punctuation and lengths of the examples.
    reject_limit: share of a stage's outcomes that may be rejected before it stops.
    seed: of what is shown and asked.
    """

    size: int = 500
    per_call: int = 10
    domain: str = ""
    topics: Sequence[str] = ()
    ideas: int = 30
    between: float = 0.3
    contrast: int = 0
    explain: bool = False
    extend: bool | str | Sequence[str] = False
    merge: bool = True
    extend_synthetic: bool = False
    agree: bool = False
    unlabelled: str | Path | None = None
    unlabelled_as: Mapping[str, Any] = field(default_factory=dict)
    embedder: str = "auto"
    style: bool = True
    reject_limit: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        check_number("per_call", self.per_call, least=1, whole=True)
        check_number("ideas", self.ideas, least=0, whole=True)
        check_number("contrast", self.contrast, least=0, whole=True)
        check_number("between", self.between, least=0, most=1)
        check_number("reject_limit", self.reject_limit, least=0, most=1)
        if not self.embedder.strip():
            remedy = "Leave it out, or name a sentence-transformers model."
            raise FewnerError("embedder", "must not be empty", "nothing", remedy)
        if self.size < 0 or (self.size == 0 and not (self.explain or self.extend)):
            rule = "must be 1 or more, or 0 with explain or extend"
            raise FewnerError("size", rule, self.size, "Set one of the three.")
        self._check_layers()

    def _check_layers(self) -> None:
        from ..synthesis.stages.extend import Layer

        known = get_args(Layer)
        if unknown := [layer for layer in self.layers if layer not in known]:
            rule = f"each must be one of {', '.join(known)}"
            remedy = "For several, repeat the option, or give a list in Python."
            raise FewnerError("extend", rule, ", ".join(map(str, unknown)), remedy)
        if self.extend_synthetic and not self.layers:
            rule = "needs a layer that texts are to be extended with"
            remedy = "Add --extend or --extend-layer (extend= in Python)."
            raise FewnerError("extend_synthetic", rule, "none", remedy)

    @property
    def layers(self) -> "tuple[Layer, ...]":
        """Those that texts are extended with, each once."""
        if isinstance(self.extend, bool):
            return ("entities",) if self.extend else ()
        given = (self.extend,) if isinstance(self.extend, str) else self.extend
        return tuple(dict.fromkeys(given))  # type: ignore[arg-type]


def synthetic_examples(
    gold: Sequence[Sample],
    schema: Schema,
    client: Client | None,
    settings: SynthesisSettings,
    *,
    lang: str,
    tokens: Tokens = "auto",
    nested: bool,
    held_out: Mapping[str, Sequence[Sample]],
    first: FirstModel | None = None,
) -> Cleaned:
    """Generate, annotate, check.

    lang: of the texts, as spaCy has it: of their tokenizer, and of what the model is asked.
    held_out: name -> samples of every dev and test set there is; nothing like them comes out.
    first: annotates explanations, and judges what the language model annotated if that is set.
        Without it explanations cannot be used.
    What was extended of gold comes out too: `with_extended` tells it apart.
    """
    gold, further = as_samples(gold, "gold"), list[Check]()
    if first and settings.agree:
        further.append(AgreementCheck(first.candidates, exempt=ExtendedGold(gold)))
    synthesis = Synthesis(_chains(settings, lang, first), held_out, settings.style, further)
    nlp = blank_pipeline(lang, tokens)
    cleaned = synthesize(gold, schema, client, synthesis, nlp, nested)
    if not settings.extend_synthetic:
        return cleaned
    stages = partial(_extension, settings, lang)
    return with_new_extended(cleaned, gold, stages, schema, client, nlp)


def _chains(
    settings: SynthesisSettings, lang: str, first: FirstModel | None
) -> dict[str, list[Stage]]:
    """In the order in which they run: the first model is trained on what was extended before."""
    stages = [_of_gold(_extension(settings, lang), first)] if settings.layers else []
    stages += [[stage] for stage in _generation(settings, lang)]
    if settings.explain:
        stages.append(_explanation(settings, lang, first))
    return {chained[0].name: chained for chained in stages}


def _extension(
    settings: SynthesisSettings, lang: str, standards: Sequence[Sample] = ()
) -> list[Stage]:
    """standards: extended texts, whose names of types are to be taken."""
    from ..synthesis.stages.extend import Extend
    from ..synthesis.stages.merge import Merge

    limit, layers = settings.reject_limit, settings.layers
    stages: list[Stage] = [Extend(layers, language=lang, strict=False, reject_limit=limit)]
    if settings.merge and "entities" in layers:
        embed = embedder(settings.embedder)
        stages.append(Merge(embed, language=lang, standards=standards, reject_limit=limit))
    return stages


def _of_gold(stages: list[Stage], first: FirstModel | None) -> list[Stage]:
    """The first model is trained on what comes out in the end."""
    return [*stages[:-1], first.noting(stages[-1])] if first else stages


def _generation(settings: SynthesisSettings, lang: str) -> list[Stage]:
    """A and B of LOCUS: from seeds, and from texts like them."""
    from ..synthesis.stages.generate import Generate

    written = _written(settings, lang)
    if settings.unlabelled is None:
        return [Generate(settings.size, **written)] if settings.size else []
    of_seeds = settings.size // 2
    stages = [Generate(of_seeds, **written)] if of_seeds else []
    rest = settings.size - of_seeds
    return [*stages, *_retrieval(settings, rest, settings.unlabelled, written)]


def _retrieval(
    settings: SynthesisSettings, size: int, unlabelled: str | Path, written: dict[str, Any]
) -> list[Stage]:
    from ..synthesis.retrieval.corpus_file import retrieval_index
    from ..synthesis.stages.retrieve import Retrieve

    if not size:
        return []
    index = retrieval_index(unlabelled, embedder(settings.embedder), **settings.unlabelled_as)
    return [Retrieve(size, **written, index=index)]


def embedder(name: str) -> "Embed":
    """name: of a sentence-transformers model, or "auto" for the encoder that trainings take."""
    from ..synthesis.retrieval.embed import sentence_embedder
    from .training.settings import auto_encoder

    return sentence_embedder(auto_encoder() if name == "auto" else name)


def _written(settings: SynthesisSettings, lang: str) -> dict[str, Any]:
    """What both ways of generating are told."""
    return {
        "per_call": settings.per_call,
        "domain": settings.domain,
        "language": lang,
        "topics": settings.topics,
        "n_topics": settings.ideas,
        "n_entities": settings.ideas,
        "seed": settings.seed,
        "reject_limit": settings.reject_limit,
    }


def _explanation(settings: SynthesisSettings, lang: str, first: FirstModel | None) -> list[Stage]:
    from ..synthesis.stages.annotate import Annotate
    from ..synthesis.stages.explain import Explain

    if first is None:
        raise FewnerError(
            "explain",
            "explanations are annotated by a trained pipeline",
            "none",
            "Give the pipeline that `train` or `fit` made of the examples.",
        )
    annotate = Annotate(first.annotate, spans_key=first.spans_key)
    limit = settings.reject_limit
    return [Explain(settings.domain, language=lang, reject_limit=limit), annotate]
