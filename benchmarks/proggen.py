"""What gpt-3.5 wrote for MIT Movie (the prompts and replies that ProgGen published).

A loopback server that speaks the OpenAI protocol gives each published prompt its published reply;
our client asks it and journals, and the readers, grounding and corrections of the package make
samples of what comes back.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from benchmarks.datasets import data_folder
from spacy_fewner.grounding.normal import fold
from spacy_fewner.grounding.record import to_sample
from spacy_fewner.llm.client import Client
from spacy_fewner.llm.journal.journal import Journal
from spacy_fewner.llm.models.openai import OpenAIModel
from spacy_fewner.llm.models.openai_settings import OpenAISettings
from spacy_fewner.llm.replies.choices import Asked, Verdict, read_choices
from spacy_fewner.llm.replies.listed import read_listed
from spacy_fewner.llm.replies.quotes import unquote
from spacy_fewner.llm.types import Message, Prompt
from spacy_fewner.types import CharSpan, LabelSpec, Reject, Sample, Schema

MODEL = "gpt-3.5-turbo-1106"
NAMES = {
    "ACTOR": "Actor",
    "CHARACTER": "Character",
    "DIRECTOR": "Director",
    "GENRE": "Genre",
    "PLOT": "Plot",
    "RATING": "MPAA Rating",
    "RATINGS_AVERAGE": "Viewers' Rating",
    "REVIEW": "Review",
    "SONG": "Song",
    "TITLE": "Title",
    "TRAILER": "Trailer",
    "YEAR": "Year",
}
SCHEMA = Schema(tuple(LabelSpec(label, synonyms=(name,)) for label, name in NAMES.items()))
STAGE = "gpt-3.5"
_ITEM = re.compile(r"^(?:\d+\. )?(?:Query|Sentence): (.*)\nText Span: (.*)$", re.MULTILINE)
_ASKED = "Please classify the following"


def replies(file: str, journal: Path) -> Iterator[tuple[dict, str]]:
    """(published row, reply) of a file, asked over HTTP unless the journal has it."""
    rows = rows_of(file)
    with _server({row["prompt"]: row["completion"] for row in rows}) as url:
        settings = OpenAISettings(MODEL, base_url=url, key_env=None, json_schema="off")
        with Journal(journal, "resume") as kept:
            client = Client(OpenAIModel(settings), kept)
            prompts = (Prompt((Message("user", row["prompt"]),)) for row in rows)
            for row, reply in zip(rows, client.complete(prompts), strict=True):
                yield row, reply.text


def written(journal: Path) -> Iterator[Sample | Reject]:
    """All texts of all sampling replies, grounded; labels are still those of the prompts."""
    for row, reply in replies("sample_mit_movie", journal):
        parsed = read_listed(reply)
        for number, record in enumerate(parsed.items):
            meta = {"id": f"{row['run']}-{row['i']}-{number}", "variant": _variant(row["run"])}
            yield to_sample(record, ordered=True, purpose="training", stage=STAGE, meta=meta)
        for problem in parsed.problems:
            yield Reject(problem.reason, problem.detail, STAGE, problem.source)


def corrected(samples: Sequence[Sample], journal: Path) -> list[Sample | Reject]:
    """The samples with the verdicts that the model gave on their spans when it was asked again.

    A span found to be none is dropped, as is one whose new label the schema lacks; a sample goes
    when a corrected boundary is not in its text.
    """
    rulings = _rulings(journal)
    return [correct(sample, rulings) for sample in samples]


def correct(sample: Sample, rulings: dict[tuple[str, str, str], Verdict]) -> Sample | Reject:
    spans: list[CharSpan] = []
    for span in sample.spans:
        surface = span.surface(sample.text)
        verdict = rulings.get((fold(sample.text), fold(surface), fold(span.label)))
        if verdict is None or verdict.ruling == "kept":
            spans.append(span)
        elif verdict.ruling == "type":
            spans.append(replace(span, label=verdict.label))
        elif verdict.ruling == "boundary":
            for part in verdict.surfaces:
                start = sample.text.lower().find(part.lower(), max(0, span.start - len(part)))
                if start < 0:
                    return Reject("boundary not in the text", part, "correct", sample.text)
                spans.append(CharSpan(start, start + len(part), span.label))
    known = {fold(name) for name in (*NAMES, *NAMES.values())}
    return replace(sample, spans=tuple(s for s in spans if fold(s.label) in known))


def _rulings(journal: Path) -> dict[tuple[str, str, str], Verdict]:
    """(text, surface, label), all folded -> what was said of it."""
    found: dict[tuple[str, str, str], Verdict] = {}
    for row, reply in replies("correction_mit_movie", journal):
        label = row["run"].rpartition("/")[2]
        questions = asked_in(row["prompt"], label)
        verdicts = read_choices(reply, [question.asked for question in questions])
        for question, verdict in zip(questions, verdicts, strict=True):
            if isinstance(verdict, Verdict):
                key = fold(question.text), fold(question.asked.surface), fold(label)
                found[key] = verdict
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """A span that a correction prompt asks about, and its text without the marks around it."""

    text: str
    asked: Asked


def asked_in(prompt: str, label: str) -> list[Question]:
    """The questions of a correction prompt, in their order; its examples are left out."""
    items = _ITEM.findall(prompt[prompt.rindex(_ASKED) :])
    return [
        Question(unquote(text).replace("{{", "").replace("}}", ""), Asked(unquote(surface), label))
        for text, surface in items
    ]


def by_variant(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    groups: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[sample.meta["variant"]].append(sample)
    return groups


def _variant(run: str) -> str:
    return run.partition("_")[2].partition("_")[2].removesuffix("-1").removesuffix("-2")


def rows_of(file: str) -> list[dict]:
    path = data_folder() / "proggen_llm_io" / f"{file}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]


@contextmanager
def _server(answers: dict[str, str]) -> Iterator[str]:
    """A server of the OpenAI chat protocol that knows these prompts; yields its base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            message = {"role": "assistant", "content": answers[asked["messages"][-1]["content"]]}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            body = json.dumps({"model": MODEL, "choices": [choice]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
