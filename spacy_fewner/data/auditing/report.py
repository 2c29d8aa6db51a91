"""What an audit found: kinds of problems, the report, its table."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from os.path import basename

from ...errors import FewnerError
from ...shown import counted, cut, shown_in_line
from .kinds import CLASS_KINDS, Kind, Severity

_SPAN_KINDS: dict[str, Kind] = {
    "no spans": Kind("error", "some text must have a span", "Annotate some spans."),
    "bad offsets": Kind(
        "error", "spans must lie in their text", "Count Unicode characters; the end is exclusive."
    ),
    "no label": Kind(
        "error", "spans must have a label", "Name it; what a span_finder wrote has none."
    ),
    "empty text": Kind("error", "a text must have more than spaces", "Remove the example."),
    "unknown label": Kind(
        "error", "labels must be in the label scheme", "Correct the label or add it to the scheme."
    ),
    "rare label": Kind(
        "error", "every label needs enough examples", "Annotate more of it, or remove the label."
    ),
    "lost label": Kind(
        "error",
        "a label must keep a span that fits the tokens",
        "Correct the offsets, or choose --alignment expand (alignment='expand' in Python).",
    ),
    "conflicting texts": Kind(
        "error", "a text must have one annotation", "Keep the right one, remove the others."
    ),
    "conflicting labels": Kind(
        "error",
        "a span must have one label in flat mode",
        "Keep one, or let spans nest (--nested; of `audit`, no --flat).",
    ),
    "overlapping spans": Kind(
        "error",
        "spans must be apart in flat mode",
        "Keep one of them, or let spans nest (--nested; of `audit`, no --flat).",
    ),
    "crossing spans": Kind(
        "warning", "spans should nest or be apart", "Check them: only one can be predicted."
    ),
    "two labels": Kind(
        "warning", "a span should have one label", "Check them: only one can be predicted."
    ),
    "misaligned": Kind(
        "warning",
        "spans should begin and end with a token",
        "Correct the offsets, or choose --alignment expand (alignment='expand' in Python).",
    ),
    "misaligned extension": Kind(
        "warning",
        "extension spans should begin and end with a token",
        "Nothing, while few are lost: they only help training.",
    ),
    "unbroken token": Kind(
        "warning",
        "a token should be a word or a character",
        "Choose --tokens auto (tokens='auto' in Python), which takes each character as a token.",
    ),
    "edge whitespace": Kind(
        "warning",
        "spans should not begin or end with spaces",
        "Trim the span; until then training and scores leave the spaces out.",
    ),
    "blank span": Kind("warning", "a span should hold more than spaces", "Remove it."),
    "duplicate span": Kind("warning", "a span should be given once", "Remove the repetition."),
    "duplicate text": Kind("warning", "a text should be given once", "Remove the repetition."),
    "wide span": Kind(
        "warning", "spans should not exceed the maximum width", "Raise the width, or shorten it."
    ),
    "single label": Kind(
        "warning", "two labels or more train better", "Check that no label is missing."
    ),
    "leakage": Kind(
        "warning", "no text should be in two sets", "Remove it here, or scores will flatter."
    ),
    "near leakage": Kind(
        "warning",
        "no text should be nearly in two sets",
        "Look at both; remove it here if it gives the answer away.",
    ),
}
KINDS = {
    name: kind
    for severity in ("error", "warning")
    for name, kind in {**_SPAN_KINDS, **CLASS_KINDS}.items()
    if kind.severity == severity
}

# What becomes of gold that no model can predict as it stands.
FATES = {
    "edge whitespace": "white space at an edge, which training and scores leave out",
    "blank span": "nothing but white space, left out",
    "misaligned": "an edge inside a token, moved or left out",
    "misaligned extension": "an edge inside a token, moved or left out",
    "wide span": "wider than what is predicted",
    "crossing spans": "two spans that cross, of which one is predicted",
    "two labels": "two labels for one span, of which one is predicted",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding.

    index: of the sample, from 0; None if it is about the whole set. source: which set it is in,
        if not the one that the report is of. at: the file and line it was read from, if any.
        label: of the span it is about, if it is of one.
    """

    severity: Severity
    kind: str
    index: int | None
    excerpt: str
    detail: str
    remedy: str
    source: str = ""
    label: str = ""
    at: str = ""

    @property
    def place(self) -> str:
        if self.at:
            return self.at
        if self.index is None:
            return f"all {self.source} examples" if self.source else "all examples"
        return f"{self.source} example {self.index + 1}".lstrip()


@dataclass(frozen=True)
class AuditReport:
    """issues: errors first; label_counts: annotated spans of each label, but for extensions;
    samples: how many; extensions: how many spans of those; class_counts: texts of each class;
    exclusive: whether each text has one, None if no text has any."""

    issues: tuple[Issue, ...]
    label_counts: Counter[str]
    samples: int
    extensions: int = 0
    class_counts: Counter[str] = field(default_factory=Counter)
    exclusive: bool | None = None
    counts: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", Counter(issue.kind for issue in self.issues))

    @property
    def errors(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if issue.severity == "error")

    @property
    def warnings(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if issue.severity == "warning")

    def named(self, source: str) -> "AuditReport":
        """The report with each issue said to be in `source`."""
        issues = tuple(replace(issue, source=source) for issue in self.issues)
        return replace(self, issues=issues)

    def with_issues_of(self, other: "AuditReport") -> "AuditReport":
        """The report with another's issues behind its own."""
        return replace(self, issues=self.issues + other.issues)

    def table(self, examples: int = 3, labels: int | None = None) -> str:
        """Plain text: counts of labels and kinds, then the first examples of each kind.

        Examples are counted from 1. labels: how many to show; None for all.
        """
        parts = [self._summary()]
        for head, counts in (
            (("label", "spans"), self.label_counts),
            (("class", "texts"), self.class_counts),
        ):
            most, hidden = cut(counts.most_common(), labels)
            parts += [*_columns(head, most), *hidden]
        if self.issues:
            first = {issue.kind: issue for issue in reversed(self.issues)}
            summary = [
                (KINDS[kind].severity, kind, count, first[kind].remedy)
                for kind, count in self.counts.items()
            ]
            parts += ["", *_columns(("severity", "kind", "count", "what to do"), summary)]
        for kind in self.counts:
            found = [issue for issue in self.issues if issue.kind == kind]
            rows = [
                (basename(issue.place), issue.detail, issue.excerpt) for issue in found[:examples]
            ]
            more = f", the first {examples}" if len(found) > examples else ""
            parts += ["", f"{kind} ({len(found)}{more})", *_columns((), rows)]
        return "\n".join(line.rstrip() for line in parts)

    def fates(self) -> list[str]:
        """What becomes of gold that cannot be predicted as it stands, a line a kind."""
        found = {
            kind: Counter(issue.label for issue in self.issues if issue.kind == kind)
            for kind in FATES
        }
        return [f"{_spans(labels)}: {FATES[kind]}" for kind, labels in found.items() if labels]

    def raise_on_errors(self, also: Collection[str] = (), ignore: Collection[str] = ()) -> None:
        """Raise FewnerError for the first error; it counts the others.

        also: kinds of warnings that shall count as errors; ignore: kinds to let pass.
        """
        _check_kinds("also", also)
        _check_kinds("ignore", ignore)
        fatal = [
            issue
            for issue in self.issues
            if issue.kind not in ignore and (issue.severity == "error" or issue.kind in also)
        ]
        if not fatal:
            return
        first, rest = fatal[0], Counter(issue.kind for issue in fatal[1:])
        more = "".join(f" {count} more: {kind}." for kind, count in rest.items())
        found = f"{first.detail} in {first.excerpt!r}" if first.excerpt else first.detail
        raise FewnerError(first.place, KINDS[first.kind].rule, found, first.remedy + more)

    def _summary(self) -> str:
        extended = f"; {self.extensions} extension spans, never predicted" * bool(self.extensions)
        parts = [counted(self.samples, "example")]
        if self.label_counts or not self.class_counts:
            spans = self.label_counts.total()
            parts += [counted(spans, "span"), counted(len(self.label_counts), "label")]
        if self.class_counts:
            kind = "one a text" if self.exclusive else "several a text"
            parts += [f"{len(self.class_counts)} classes ({kind})"]
        errors, warnings = counted(len(self.errors), "error"), len(self.warnings)
        found = f"{errors}, {counted(warnings, 'warning')}{extended}"
        return f"{', '.join(parts)}: {found}"


def _check_kinds(argument: str, kinds: Collection[str]) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise FewnerError(
                argument, "must be kinds of an audit", kind, f"Choose from {', '.join(KINDS)}."
            )


def _spans(labels: Counter[str]) -> str:
    """ "3 gold spans (ORG 2, PER 1)" or "2 gold spans of ORG"."""
    total = labels.total()
    named = {shown_in_line(label): n for label, n in labels.most_common() if label}
    count = counted(total, "gold span")
    if len(named) < 2:
        return " of ".join([count, *named])
    return f"{count} ({', '.join(f'{label} {n}' for label, n in named.items())})"


def _columns(header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Lines of aligned columns, numbers to the right; a rule below the header, if any."""
    if not rows:
        return []
    cells = [[shown_in_line(str(cell)) for cell in row] for row in rows]
    table = [list(header), *cells] if header else cells
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    align = [str.rjust if isinstance(cell, int) else str.ljust for cell in rows[0]]
    if header:
        table.insert(1, ["-" * width for width in widths])
    return [
        "  ".join(put(cell, width) for put, cell, width in zip(align, row, widths, strict=True))
        for row in table
    ]
