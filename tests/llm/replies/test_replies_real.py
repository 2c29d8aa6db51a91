"""All replies of a real model (gpt-3.5-turbo, ProgGen), where they lie beside the repository."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spacy_fewner.grounding.record import to_sample
from spacy_fewner.llm.replies.choices import Asked, Verdict, read_choices
from spacy_fewner.llm.replies.entries import read_entries
from spacy_fewner.llm.replies.listed import read_listed
from spacy_fewner.llm.replies.quotes import unquote
from spacy_fewner.types import Sample

LISTS = re.compile(r"Entities: *(?:\[|None)")
# Items read, share of texts read, share of these that ground for training; as measured:
SAMPLES = {
    "mit_movie": (9088, 0.9998, 0.9441),
    "conll2003": (8960, 0.9996, 0.9873),
    "wiki_gold": (8981, 0.9963, 0.9785),
}
# Spans asked about, share with a verdict:
CORRECTIONS = {
    "mit_movie": (2841, 0.9732),
    "conll2003": (2049, 0.9380),
    "wiki_gold": (2119, 0.9863),
}

# Entries asked for; replies of which some are not read (a loop, a cut):
LISTS_OF = {
    "x_mit_movie": (162, 0),
    "x_conll2003": (114, 0),
    "x_wiki_gold": (210, 0),
    "y_mit_movie": (24050, 2),
    "y_conll2003": (12900, 1),
    "y_wiki_gold": (7730, 3),
}


def replies(published: Callable[[str], Path], name: str) -> Iterator[dict]:
    with published(f"proggen_llm_io/{name}.jsonl").open(encoding="utf8") as lines:
        yield from map(json.loads, lines)


@pytest.mark.parametrize("name", SAMPLES)
def test_written_texts(name, published):
    items, read, grounded = SAMPLES[name]
    counts: Counter[str] = Counter()
    for row in replies(published, f"sample_{name}"):
        reply = row["completion"]
        parsed = read_listed(reply)
        lines = [word for line in parsed.prose for word in line.split()]
        sources = [one.source for one in (*parsed.items, *parsed.problems)]
        words = lines + [word for source in sources for word in source.split()]
        assert Counter(words) == Counter(reply.split())  # nothing vanishes, nothing comes twice
        assert not any(map(LISTS.search, parsed.prose))
        counts["items"] += len(parsed.items)
        counts["problems"] += len(parsed.problems)
        for record in parsed.items:
            made = to_sample(record, ordered=True, purpose="training", stage="test")
            counts[type(made).__name__] += 1
    assert counts["Sample"] + counts["Reject"] == counts["items"]
    assert counts["items"] >= 0.998 * items
    assert counts["items"] / (counts["items"] + counts["problems"]) > read - 0.002
    assert counts["Sample"] / counts["items"] > grounded - 0.005


@pytest.mark.parametrize("name", SAMPLES)
def test_grounded_texts_hold_their_surfaces(name, published):
    for number, row in enumerate(replies(published, f"sample_{name}")):
        for record in read_listed(row["completion"]).items if number % 10 == 0 else ():
            made = to_sample(record, ordered=True, purpose="training", stage="test")
            if isinstance(made, Sample) and set(made.meta["grounding"]["rungs"]) <= {"exact"}:
                listed = {mention.surface for mention in record.mentions}
                assert {span.surface(made.text) for span in made.spans} == listed


@pytest.mark.parametrize("name", CORRECTIONS)
def test_verdicts(name, published):
    asked_about, read = CORRECTIONS[name]
    verdicts = spans = 0
    for row in replies(published, f"correction_{name}"):
        label = row["run"].rsplit("/", 1)[-1]
        question = row["prompt"].rsplit("---", 1)[-1]
        surfaces = re.findall(r"^Text Span: (.*)$", question, re.MULTILINE)
        asked = [Asked(unquote(surface), label) for surface in surfaces]
        found = read_choices(row["completion"], asked)
        assert len(found) == len(asked)
        spans += len(asked)
        verdicts += sum(isinstance(one, Verdict) for one in found)
        for one in found:
            if isinstance(one, Verdict):
                assert (one.ruling == "boundary") == bool(one.surfaces)
                assert (one.ruling == "type") == bool(one.label)
    assert spans == asked_about
    assert verdicts / spans > read - 0.01


@pytest.mark.parametrize("name", LISTS_OF)
def test_lists_of_ideas(name, published):
    asked, short = 0, []
    for row in replies(published, f"diversify_{name}"):
        wanted = int(re.findall(r"\b(?:List|generate) (\d+) ", row["prompt"])[-1])
        parsed = read_entries(row["completion"])
        asked += wanted
        if len(parsed.items) < wanted:
            short.append(row)
        for entry in parsed.items:
            assert entry.text in entry.source and not re.match(r"\d+[.)] ", entry.text)
        lines = [*parsed.prose, *(one.source for one in (*parsed.items, *parsed.problems))]
        assert Counter(" ".join(lines).split()) == Counter(row["completion"].split())
    assert (asked, len(short)) == LISTS_OF[name]
