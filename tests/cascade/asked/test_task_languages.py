"""Tasks of spacy-llm ask in the language that their config says."""

from collections.abc import Callable
from typing import Any

import pytest
import spacy
from spacy.tokens import Span, SpanGroup

from spacy_fewner.cascade.asked.tasks import choose_label, mark_entities
from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.models.chat_text import prompt_of
from spacy_fewner.synthesis.spacy_pipes import tasks

TASKS: dict[str, Callable[..., Any]] = {
    "extend": tasks.extend_entities,
    "segment": tasks.segment,
    "tag": tasks.tag,
    "key_phrases": tasks.key_phrases,
    "explain": tasks.explain,
    "open_types": tasks.open_types,
    "mark": mark_entities,
    "choose": lambda **how: choose_label(["人名", "地点"], **how),
}


def systems(task: Any) -> list[str]:
    doc = spacy.blank("zh")("我在上海。")
    doc.spans["sc"] = SpanGroup(doc, spans=[Span(doc, 2, 4, "X")])
    asked = [prompt_of(text) for texts, _ in task.generate_prompts([doc]) for text in texts]
    return [prompt.messages[0].content for prompt in asked]


@pytest.mark.parametrize("name", TASKS)
def test_a_task_asks_in_its_language(name: str):
    german, english = systems(TASKS[name](language="de")), systems(TASKS[name]())
    assert german and all("in German" in said for said in german)
    assert english and not any("German" in said for said in english)
    chinese = systems(TASKS[name](language="zh"))
    in_english = [said for said in chinese if "You " in said]
    assert chinese and bool(in_english) == (name == "open_types")
    assert all("in Chinese" in said for said in in_english)
    with pytest.raises(FewnerError, match="Use xx"):
        TASKS[name](language="km")
