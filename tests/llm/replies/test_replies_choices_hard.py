"""Verdicts on hard surfaces: what was answered as asked is read as meant, arbitrary text never."""

from hypothesis import given
from hypothesis import strategies as st
from reply_strategies import HARD, PROSE, REPLIES, SAID

from spacy_fewner.grounding.normal import fold
from spacy_fewner.llm.replies.choices import OPTIONS, Asked, Verdict, read_choices
from spacy_fewner.llm.replies.parsed import Problem

# As the prompt shows them: on one line, with something in them.
SURFACES = SAID.map(lambda text: " ".join(text.split())).filter(fold)
ASKED = st.lists(SURFACES.map(lambda surface: Asked(surface, "part")), min_size=1, max_size=4)
QUIET = st.sampled_from(["A", "D"])
FORMS = st.sampled_from(
    [
        '{n}. Text Span: "{surface}"\nLabel: ({letter}).\n',
        '{n}. Text Span: "{surface}"\nLabel: ({letter})\n\n',
        '**{n}.** Text Span: "{surface}"\n**Label:** ({letter})\n',
    ]
)


@HARD
@given(ASKED, st.data(), FORMS, PROSE)
def test_answers_as_asked_for_are_read(asked, data, form, before):
    letters = [data.draw(QUIET) for _ in asked]
    lines = [
        form.format(n=number, surface=one.surface, letter=letter)
        for number, (one, letter) in enumerate(zip(asked, letters, strict=True), start=1)
    ]
    found = read_choices(before + "\n" + "".join(lines), asked)
    assert found == tuple(Verdict(OPTIONS[letter]) for letter in letters)


@HARD
@given(ASKED, st.data())
def test_answers_before_a_cut_stand(asked, data):
    lines = [f'{n}. Text Span: "{one.surface}"\nLabel: (D).\n' for n, one in enumerate(asked, 1)]
    cut = data.draw(st.integers(0, len("".join(lines))))
    complete = sum(len("".join(lines[: n + 1])) <= cut for n in range(len(lines)))
    found = read_choices("".join(lines)[:cut], asked)
    assert found[:complete] == (Verdict("none"),) * complete
    assert all(one == Verdict("none") or isinstance(one, Problem) for one in found[complete:])


NAMES = st.text(st.sampled_from("abXéıİ北0 _-/'&"), min_size=1, max_size=12).map(str.strip)
TYPES = NAMES.filter(lambda name: name and name[0].isalpha() and name[-1].isalpha())
QUOTABLE = SURFACES.filter(
    lambda one: one.strip("{} ") == one and fold(one) != '"' and '"' not in fold(one)[:-1]
)


@HARD
@given(SURFACES, QUOTABLE, TYPES)
def test_corrections_as_asked_for_are_read(surface, other, label):
    lines = [
        f'1. Text Span: "{surface}"\nLabel: (B). The correct span is "{other}".',
        f'2. Text Span: "{surface}"\nLabel: (C). The correct type is {label}.',
    ]
    moved, renamed = read_choices("\n".join(lines), [Asked(surface, "part")] * 2)
    if fold(surface) == fold(other):
        assert moved.reason == "correction changes nothing"
    else:
        assert moved == Verdict("boundary", (other,))
    assert renamed == Verdict("type", label=label)


@HARD
@given(REPLIES, ASKED, st.permutations(list(OPTIONS.values())))
def test_any_reply_is_a_verdict_or_a_problem_for_each(reply, asked, order):
    found = read_choices(reply, asked, dict(zip("ABCD", order, strict=True)))
    assert len(found) == len(asked)
    for one, of in zip(found, asked, strict=True):
        if isinstance(one, Problem):
            assert one.reason
            continue
        assert one.ruling in order
        assert (one.ruling == "boundary") == bool(one.surfaces)
        assert (one.ruling == "type") == bool(one.label)
        assert all(fold(surface) != fold(of.surface) for surface in one.surfaces)
        assert all(word in reply for surface in one.surfaces for word in surface.split())
        assert one.label.casefold() != of.label
