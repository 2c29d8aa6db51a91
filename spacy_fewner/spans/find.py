"""Components of a pipeline, found by what they are: a name is anybody's to change."""

from collections.abc import Iterator
from typing import Any, TypeVar

from spacy.language import Language

from ..errors import FewnerError

T = TypeVar("T")


def components_of(nlp: Language, kind: type[T]) -> dict[str, T]:
    """By name, those of a type that are not disabled, in order."""
    return {name: pipe for name, pipe in nlp.pipeline if isinstance(pipe, kind)}


def one_of(
    nlp: Language,
    kind: type[T],
    called: str,
    spans_key: str | None = None,
    *,
    argument: str = "nlp",
    choose: str = "spans_key=KEY",
) -> T:
    """The pipeline's one component of a type, whatever its name.

    called: what the factory of the type is called. spans_key: of several, that which writes there.
    argument, choose: what the user gave the pipeline as, and how spans_key is given.
    Raises FewnerError if there is none, or more than one.
    """
    found: dict[str, Any] = dict(components_of(nlp, kind))
    if not found:
        rule, others = f"must have a {called} that is not disabled", ", ".join(nlp.pipe_names)
        raise FewnerError(argument, rule, others or "no component", "Give another pipeline.")
    writes = ", ".join(f"{name} writes doc.spans[{own.spans_key!r}]" for name, own in found.items())
    if spans_key is not None:
        found = {name: pipe for name, pipe in found.items() if pipe.spans_key == spans_key}
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        rule = f"must have a {called} that writes doc.spans[{spans_key!r}]"
        raise FewnerError(argument, rule, writes, f"Name another key: {choose}.")
    remedy = f"Choose one by its key: {choose}."
    if len({pipe.spans_key for pipe in found.values()}) == 1:
        remedy = "Leave one out: spacy.load(…, exclude=[NAME]), then nlp.to_disk(…)."
    raise FewnerError(argument, f"must have one {called} to use", writes, remedy)


def encoders_before(nlp: Language | None, component: Any) -> Iterator[Any]:
    """The components before this one that others can listen to: it needs what they write."""
    for _, pipe in nlp.pipeline if nlp is not None else []:
        if pipe is component:
            return
        if hasattr(pipe, "add_listener"):
            yield pipe
