"""`cascade apply` with language models: they mark the spans, and choose the labels."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ....errors import FewnerError, check_number, path_given_as
from ....progress import progress_shown
from ...options.annotating import annotated
from ...options.llm import spent
from ...options.names import called
from ...options.reading import ReadingOptions
from ...options.saving import tell_losses
from ...options.say import say
from .asking_options import AskingOptions, CascadeLlmOptions
from .form_options import FormOptions
from .with_tree import is_tree, with_classifier

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from ....cascade.asked.component import LLMCascade
    from ....data.tokens.pipeline import Tokens
    from ....data.trees.tree import LabelTree
    from ....types import Sample

KEY = "sc"
SHOTS = 4  # of examples, where the option is not given


@dataclass(frozen=True)
class _Source:
    """nlp: cuts texts into tokens; with `finds` it also finds the spans, under that key."""

    nlp: "Language"
    tree: "LabelTree"
    finds: str | None = None


def annotate_asking(
    given: tuple[str, Path | None, str | None],
    texts: Path,
    out: Path,
    threshold: float | None,
    quiet: bool,
    language_model: CascadeLlmOptions,
    asking: AskingOptions,
    form: FormOptions,
    reading: ReadingOptions,
) -> None:
    """given: the model, another tree, a key of spans. The rest: as of `cascade apply`."""
    from ....data import samples_to_docs, write_samples
    from ....data.files import together

    source = _source(*given, form.lang, asking.tokens, finding=not language_model.named)
    shown = _shown(source.tree, asking, reading)
    with called(language="--lang"):
        pipe = _pipe(source, threshold, asking, form, shown, marks=language_model.named)
    samples = reading.unlabelled(texts)
    docs, _ = samples_to_docs(samples, source.nlp, "fewner_none")
    with ExitStack() as stack:
        clients = asking.clients(language_model, out.with_suffix(".journal.jsonl"))
        pipe.extractor_client, pipe.client = stack.enter_context(clients)
        stack.enter_context(progress_shown(not quiet))
        found = docs if source.finds is None else list(source.nlp.pipe(docs))
        done = list(pipe.pipe(found))
    written = [annotated(*pair, KEY) for pair in zip(samples, done, strict=True)]
    with together():
        rejects = _write_rejects(done, out)
        write_samples(written, out, spans_key=KEY)
    tell_losses(written, out)
    if not quiet:
        spans = sum(len(sample.spans) for sample in written)
        counted = f"{spans} spans in {len(written)} texts, {rejects} answers not used  {out}"
        say(f"{spent(pipe.client.totals)}\n{counted}")


def _source(
    model: str,
    tree: Path | None,
    spans_key: str | None,
    lang: str | None,
    tokens: "Tokens",
    *,
    finding: bool,
) -> _Source:
    """lang: of the texts, beside a tree; None for English. finding: the pipeline is to find the
    spans, as no model is named that marks them."""
    from ....cascade.trees import tree_of
    from ....data.tokens.pipeline import blank_pipeline

    if is_tree(model):
        for option, value in (("--tree", tree), ("--spans-key", spans_key)):
            if value is not None:
                rule = "does not go with a tree in place of a pipeline"
                raise FewnerError(option, rule, str(value), "Leave it out.")
        if finding:
            remedy = "Name a model that marks them, --llm, or a pipeline that finds them."
            raise FewnerError("--llm", "must be given where MODEL is a tree", "none", remedy)
        return _Source(blank_pipeline(lang or "en", tokens), tree_of(model, "MODEL"))
    nlp, classifier = with_classifier(model, tree, spans_key)
    nlp.remove_pipe(next(name for name, pipe in nlp.pipeline if pipe is classifier))
    return _Source(nlp, classifier.tree, classifier.candidates_key if finding else None)


def _pipe(
    source: _Source,
    threshold: float | None,
    asking: AskingOptions,
    form: FormOptions,
    demonstrations: "tuple[Sequence[Sample], int]",
    marks: bool,
) -> "LLMCascade":
    """demonstrations: examples, and how many are shown before a question."""
    from ....cascade.asked.component import LLMCascade

    shown, shots = demonstrations
    rounds = {
        "rounds": asking.rounds,
        "min_votes": asking.min_votes,
        "constrained": asking.constrained,
        "reject_limit": asking.reject_limit,
    }
    mark = form.marking(shown, shots, asking.seed, **rounds) if marks else None
    with called(**{"fewner_cascade_llm.rounds": "--classifier-rounds"}):
        return LLMCascade(
            tree=source.tree,
            candidates_key=source.finds or KEY,
            spans_key=KEY,
            threshold=threshold or 0.0,
            mark=mark,
            rounds=asking.classifier_rounds,
            unknown=asking.unknown,
            max_chars=form.max_chars,
            context=not form.alone,
            demonstrations=shown,
            shots=shots,
            language=form.lang or source.nlp.lang,
            seed=asking.seed,
        )


def _shown(
    tree: "LabelTree", asking: AskingOptions, reading: ReadingOptions
) -> "tuple[Sequence[Sample], int]":
    """The examples, and how many are shown before a question."""
    from ....data.trees.labels import to_tree

    if asking.examples is None:
        if asking.shots:
            rule, remedy = "needs --examples", "Name a file, or leave it out."
            raise FewnerError("shots", rule, asking.shots, remedy)
        return (), 0
    shots = SHOTS if asking.shots is None else asking.shots
    check_number("shots", shots, least=1, whole=True, remedy="Leave --examples out for none.")
    with path_given_as("examples"):
        samples = reading.samples(asking.examples)
    return to_tree(samples, tree), shots


def _write_rejects(docs: "Sequence[Doc]", out: Path) -> int:
    """How many there are."""
    from ....corpus.synthesis_files import write_rejects
    from ....synthesis.spacy_pipes.on_docs import rejects_on

    rejects = [reject for doc in docs for reject in rejects_on(doc)]
    write_rejects(rejects, out.with_suffix(".rejects.jsonl"))
    return len(rejects)
