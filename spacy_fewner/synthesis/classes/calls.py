"""One call that asks for texts of given classes: its prompt, and the form of its answer."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any, Literal, TypeAlias

from ...types import Sample
from ..languages import language_name, prompt_in
from ..prompting import TEXT, chat, choice_schema, items_schema, object_schema
from ..provenance import sample_id, text_id
from ..stage import Request
from .groups import Group
from .plans import GroupPlanner, Scheme
from .reply import WrittenTexts

PROMPT = "class_texts.v1"

ClassForm: TypeAlias = Literal["lines", "json"]
"""Of a reply. lines: JSON Lines, an object a text. json: one object around them, which servers can
be held to by a schema."""


def text_request(
    planner: GroupPlanner,
    scheme: Scheme,
    written: WrittenTexts,
    *,
    texts: int,
    number: int,
    domain: str,
    form: ClassForm,
    shown: int,
    contrast: int,
    retrieved: Sequence[str],
) -> Request:
    """texts: asked for. number: of the call, which makes it another one. shown,
    contrast: examples of its classes, and of others."""
    examples, others = planner.examples(shown), planner.contrast(contrast)
    show, name = scheme.names.show, prompt_in(PROMPT, scheme.language)
    prompt = chat(
        name,
        _reply_schema(planner.group, scheme) if form == "json" else None,
        number,
        form=form,
        domain=domain,
        language=language_name(scheme.language),
        classes=scheme.listed(planner.group),
        names=list(map(show, planner.group.ids)),
        shown_names=list(map(show, planner.shown_of.ids)),
        shown=[_shown(one, planner.shown_of, scheme) for one in examples],
        retrieved=list(retrieved),
        contrast=[{"text": other.text, "name": show(label)} for label, other in others],
        plans=planner.plans(texts),
    )
    seen = [*examples, *(other for _, other in others)]
    parents = dict.fromkeys([*map(sample_id, seen), *map(text_id, retrieved)])
    build = partial(written.outcomes, asked=planner.group.ids)
    return Request(build, (prompt,), {"prompt": name, "parents": [*parents]})


def _shown(sample: Sample, group: Group, scheme: Scheme) -> str:
    """An example as a line of an answer."""
    return json.dumps({**_classes(group, scheme), "text": sample.text}, ensure_ascii=False)


def _classes(group: Group, scheme: Scheme) -> dict[str, Any]:
    names = [scheme.names.show(label) for label in group.ids]
    return {"class": names[0]} if len(names) == 1 else {"classes": names}


def _reply_schema(group: Group, scheme: Scheme) -> dict[str, Any]:
    """JSON schema of an answer with texts of these classes."""
    ((key, names),) = _classes(group, scheme).items()
    one = choice_schema([names] if isinstance(names, str) else names)
    value = one if isinstance(names, str) else {"type": "array", "items": one}
    return items_schema(object_schema(**{key: value}, text=TEXT))
