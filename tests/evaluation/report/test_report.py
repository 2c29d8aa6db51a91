"""The HTML page: whole, escaped, loading nothing."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_fewner.errors import FewnerError
from spacy_fewner.evaluation import (
    CurvePoint,
    LearningCurve,
    Report,
    aggregate_seeds,
    collect_errors,
    count_errors,
    span_strict,
    write_report,
)
from spacy_fewner.evaluation.report.markup import excerpt, label_colors, mark_spans
from spacy_fewner.types import CharSpan

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Collects what a browser would make of the page, and checks that tags nest."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.text = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        classes = {attrs.get("class") for _, attrs in self.open}
        if not classes & {"tag", "room"}:  # what is left is the annotated text itself
            self.text.append(data)

    @property
    def content(self):
        return "".join(self.text)


def example_report(text="Ana Fischer saw a bittern.", label="species", **changes):
    gold = [[CharSpan(0, 11, "observer"), CharSpan(18, 25, label)]]
    predicted = [[CharSpan(4, 11, "observer", 0.41), CharSpan(12, 15, label, 0.87)]]
    values = dict(
        title="Field notes",
        measured_on="5-fold cross-validation over 92 texts",
        scores=aggregate_seeds([span_strict(gold, predicted), span_strict(gold, gold)]),
        facts=[("Encoder", "all-MiniLM-L6-v2")],
        curve=LearningCurve(tuple(CurvePoint(n, n, (n / 200, n / 190)) for n in (10, 50, 90))),
        confusion=count_errors(gold, predicted),
        errors=collect_errors([text], gold, predicted),
        audit_table="line  problem\n12    misaligned",
        warnings=["Label count has only 9 examples."],
    )
    return Report(**{**values, **changes})


def rendered(tmp_path, **changes):
    return write_report(tmp_path / "report.html", example_report(**changes)).read_text("utf-8")


def test_says_what_was_measured(tmp_path):
    page = Page(rendered(tmp_path))
    words = " ".join(page.content.split())
    assert "F1 50.0 ± 70.7" in words
    assert "measured on 5-fold cross-validation over 92 texts" in words
    assert "over 2 seeds" in words
    assert "Encoder all-MiniLM-L6-v2" in words
    assert "Label count has only 9 examples." in words
    assert "12 misaligned" in words
    assert "Doubling the 90 examples" in words
    for title in ("Missed", "Spurious", "Wrong boundary"):
        assert title in words


def test_loads_nothing_and_runs_nothing(tmp_path):
    html = rendered(tmp_path)
    page = Page(html)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    for _, name, value in page.attributes:
        assert name not in ("src", "srcset", "action") and not name.startswith("on")
        if name.endswith("href"):
            assert value.startswith("#")
    assert "@import" not in html and not re.search(r"url\((?!#)", html.replace('"', ""))


HOSTILE = "<script>alert('x')</script> &amp; {{ 7 * 7 }} {label} \"quoted\""


def test_user_text_is_escaped_everywhere(tmp_path):
    html = rendered(
        tmp_path,
        text=HOSTILE,
        label=HOSTILE,
        title=HOSTILE,
        measured_on=HOSTILE,
        facts=[(HOSTILE, HOSTILE)],
        warnings=[HOSTILE],
        audit_table=HOSTILE,
        errors_note=HOSTILE,
    )
    page = Page(html)
    assert "script" not in page.tags
    assert page.content.count(HOSTILE) >= 9
    assert "{{ 7 * 7 }}" in page.content and "49" not in page.content


def test_bare_report_leaves_sections_out(tmp_path):
    scores = aggregate_seeds([span_strict([[]], [[]])])
    report = Report(title="Bare", measured_on="dev.jsonl (1 text)", scores=scores)
    words = " ".join(Page(write_report(tmp_path / "r.html", report).read_text()).content.split())
    assert "a single run" in words
    for heading in ("Warnings", "Learning curve", "Errors", "Audit"):
        assert heading not in words


def test_at_most_so_many_errors_of_a_kind_from_different_texts_first(tmp_path):
    text = "one two three"
    gold = [[CharSpan(0, 3, "n"), CharSpan(4, 7, "n")]] * 5
    texts = [f"{text} {i}" for i in range(5)]
    errors = collect_errors(texts, gold, [[]] * 5)
    html = rendered(tmp_path, errors=errors, max_errors=5)
    assert "10 in all" in html and "<summary>5 more</summary>" in html
    first, _, more = html.partition("<details>")
    assert first.count('class="error"') == more.count('class="error"') == 5
    assert all(f"three {i}" in Page(html).content for i in range(5))


def test_the_same_report_gives_the_same_bytes(tmp_path):
    assert rendered(tmp_path) == rendered(tmp_path)


def test_a_failing_report_leaves_the_old_one_alone(tmp_path):
    path = tmp_path / "deep" / "report.html"
    write_report(path, example_report())
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_report(path, example_report(warnings=5))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises(FewnerError, match=r"report\.html"):
        write_report(tmp_path, example_report())


def test_lone_surrogates_do_not_break_the_file(tmp_path):
    assert "cut emoji \\ud83d" in rendered(tmp_path, title="cut emoji \ud83d")


texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ue000"), min_size=1
).map(lambda text: text + "z")


@st.composite
def marked(draw):
    text = draw(texts)
    spans = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        score = draw(st.none() | st.floats(0, 1))
        spans.append(CharSpan(start, end, draw(st.sampled_from(["a", "<b>", "x/y"])), score))
    return text, list(dict.fromkeys(spans))


@settings(max_examples=300)
@given(marked())
def test_marking_keeps_the_text_to_the_letter(sample):
    text, spans = sample
    html = mark_spans(text, spans, label_colors(["a", "<b>"]))
    assert Page(html).content == text
    tags = re.findall(r'<span class="tag"', html)
    visible = [s for s in spans if s.surface(text).strip()]
    assert len(visible) <= len(tags) <= len(spans)


def test_flat_and_nested_styles_and_direction():
    flat = [CharSpan(0, 3, "a"), CharSpan(4, 7, "a")]
    assert 'class="entities"' in mark_spans("one two", flat, {})
    assert 'class="spans"' in mark_spans("one two", [*flat, CharSpan(0, 7, "b")], {})
    assert "direction: rtl" in mark_spans("(3) שלום Ana", [], {})
    assert "direction: ltr" in mark_spans("(3) Ana שלום", [], {})


def test_long_labels_keep_their_end_and_score():
    label = "organisation/public/education/university"
    html = mark_spans("Rome", [CharSpan(0, 4, label, 0.5)], {})
    assert "education/university\u00a00.50" in html and "organisation" not in html


def test_thirty_labels_have_thirty_colours():
    colors = label_colors([str(i) for i in range(30)])
    assert len(set(colors.values())) == 30


def test_long_texts_are_cut_around_the_error():
    text = "word " * 500 + "the bittern of Lake Balaton" + " tail" * 500
    start = text.index("bittern")
    spans = [CharSpan(0, 4, "far"), CharSpan(start, start + 7, "species")]
    cut, inside = excerpt(text, spans, start, start + 7)
    assert len(cut) < 420
    assert [(s.surface(cut), s.label) for s in inside] == [("bittern", "species")]
    assert cut.startswith("… word ") and cut.endswith(" tail …")
    assert excerpt("short", [CharSpan(0, 5, "x")], 0, 5) == ("short", [CharSpan(0, 5, "x")])
