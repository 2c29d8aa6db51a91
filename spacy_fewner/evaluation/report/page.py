"""From a `Report` to HTML: what each section of the template needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ...shown import shown
from ...types import CharSpan
from ..aggregate import Aggregate, PRFSpread, Spread
from ..confusion import Confusion, ErrorKind, SpanError
from ..curve import LearningCurve
from .class_part import ClassPart
from .contents import ErrorExample, Report
from .markup import Colors, excerpt, label_colors, mark_spans

_MAX_CONFUSED = 15
_MAX_SURFACE = 80
_MAX_LISTED = 300  # errors of a kind; a browser takes seconds for thousands
_KINDS: dict[ErrorKind, tuple[str, str]] = {
    "missed": ("Missed", "annotated, and nothing predicted there"),
    "spurious": ("Spurious", "predicted, and nothing annotated there"),
    "label": ("Wrong label", "the right characters with another label"),
    "boundary": ("Wrong boundary", "the right label on overlapping characters"),
    "both": ("Wrong label and boundary", "overlapping characters with another label"),
}
_SCORERS = {
    "span_strict": "a prediction counts if its start, end and label are all right",
    "span_partial": "an overlap with the right label counts half",
    "string_set_uniner": "distinct normalised strings per text and label",
    "string_multiset_gollie": "lower-cased strings per text and label",
}


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One error on the page: a headline, and the text marked twice."""

    headline: Markup
    gold: Markup
    predicted: Markup


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """The errors of one kind, and how many there are.

    rows: shown at once. more: shown when asked for.
    """

    title: str
    rule: str
    total: int
    rows: list[ErrorRow]
    more: list[ErrorRow]


def render_page(report: Report) -> str:
    """The whole page as a string; all text in it is escaped, and so are characters that act."""
    colors = label_colors(_labels(report))
    return shown(
        environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            scorers=_SCORERS,
            rows=_label_rows(report.scores),
            colors=colors,
            curve=_curve_image(report.curve),
            kinds=_KINDS,
            kind_rows=_kind_rows(report.confusion),
            confused=report.confusion.labels.most_common(_MAX_CONFUSED) if report.confusion else [],
            error_groups=list(_error_groups(report, colors)),
            **_of_classes(report.classes),
        )
    )


def environment(*packages: str) -> Environment:
    """packages: whose templates come before those of this folder."""
    found = [*packages, "spacy_fewner.evaluation.report"]
    environment = Environment(
        loader=ChoiceLoader(list(map(PackageLoader, found))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=_percent, spread=_with_sd, number=_number)
    return environment


def _labels(report: Report) -> list[str]:
    """Labels of the scores, then any others that the errors show."""
    shown = {s.label for error in report.errors for s in (*error.gold, *error.predicted)}
    scored = report.scores.per_label if report.scores else ()
    return list(dict.fromkeys([*sorted(scored), *sorted(shown)]))


def _label_rows(scores: Aggregate | None) -> list[tuple[str, PRFSpread]]:
    """Labels, the most frequent first."""
    if scores is None:
        return []
    return sorted(scores.per_label.items(), key=lambda item: (-item[1].support, item[0]))


def _kind_rows(confusion: Confusion | None) -> list[tuple[str, int, list[int]]]:
    """Per label: how many right, and how many errors of each kind; the worst first."""
    if confusion is None:
        return []
    labels = sorted({*confusion.correct, *(k for kind in confusion.kinds.values() for k in kind)})
    rows = [
        (label, confusion.correct[label], [confusion.kinds[kind][label] for kind in _KINDS])
        for label in labels
    ]
    return sorted(rows, key=lambda row: (-sum(row[2]), row[0]))


def _curve_image(curve: LearningCurve | None) -> Markup:
    if curve is None or not curve.points:
        return Markup("")
    from .curve_svg import curve_svg

    return Markup(curve_svg(curve))


def _of_classes(part: ClassPart | None) -> dict[str, Any]:
    if part is None:
        return {}
    return {
        "class_rows": _label_rows(part.scores),
        "class_confused": part.confused.most_common(_MAX_CONFUSED),
        "class_errors": part.errors[:_MAX_LISTED],
        "class_curve": _curve_image(part.curve),
    }


def _error_groups(report: Report, colors: Colors) -> Iterator[ErrorGroup]:
    for kind, (title, rule) in _KINDS.items():
        errors = [example for example in report.errors if example.error.kind == kind]
        if errors:
            rows = [_error_row(one, colors) for one in _varied(errors)[:_MAX_LISTED]]
            first, more = rows[: report.max_errors], rows[report.max_errors :]
            yield ErrorGroup(title, rule, len(errors), first, more)


def _varied(errors: Sequence[ErrorExample]) -> list[ErrorExample]:
    """The first error of every text before the second of any."""
    seen: dict[str, int] = {}
    ranks = []
    for example in errors:
        seen[example.text] = seen.get(example.text, 0) + 1
        ranks.append(seen[example.text])
    return [errors[i] for i in sorted(range(len(errors)), key=lambda i: ranks[i])]


def _error_row(example: ErrorExample, colors: Colors) -> ErrorRow:
    start, end = _window(example)
    sides = []
    for spans in (example.gold, example.predicted):
        text, inside = excerpt(example.text, spans, start, end)
        sides.append(Markup(mark_spans(text, inside, colors)))
    return ErrorRow(_headline(example.text, example.error), *sides)


def _window(example: ErrorExample) -> tuple[int, int]:
    """The characters of the error and of every span that touches it, on either side."""
    start, end = example.error.start, example.error.end
    touching = [s for s in (*example.gold, *example.predicted) if s.start < end and start < s.end]
    return min([start, *(s.start for s in touching)]), max([end, *(s.end for s in touching)])


def _headline(text: str, error: SpanError) -> Markup:
    gold, predicted = error.gold, error.predicted
    if gold is None or predicted is None:
        return _named(text, gold or predicted)
    if error.kind == "label":
        return Markup("{} → {}").format(_named(text, gold), _labelled(predicted))
    return Markup("{} → {}").format(_named(text, gold), _named(text, predicted))


def _named(text: str, span: CharSpan | None) -> Markup:
    assert span is not None
    surface = shorten(span.surface(text), _MAX_SURFACE, placeholder=" …") or "…"
    # Isolated, a right-to-left surface does not reorder what stands around it.
    return Markup("<bdi>{}</bdi> · {}").format(surface, _labelled(span))


def _labelled(span: CharSpan) -> str:
    return span.label if span.score is None else f"{span.label} {span.score:.2f}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _with_sd(values: Spread) -> Markup:
    """In per cent: "72.4 ± 3.1", or "72.4" for a single run."""
    sd = "" if values.sd is None else f' <span class="sd">± {_percent(values.sd)}</span>'
    return Markup(f"{_percent(values.mean)}{sd}")


def _number(value: float) -> str:
    return f"{value:.0f}" if value == round(value) else f"{value:.1f}"
