"""What Python users import: shown by help(), and documented."""

import pydoc

import spacy_fewner


def test_help_shows_what_is_public_and_how_it_fails():
    shown = pydoc.render_doc(spacy_fewner, renderer=pydoc.plaintext)
    functions = set(spacy_fewner.__all__) - {"__version__"}
    assert functions and set(spacy_fewner.__all__) <= set(dir(spacy_fewner))
    for name in functions:
        assert f"\n    {name}(" in shown
        said = getattr(spacy_fewner, name).__doc__
        assert "Returns " in said and "Raises FewnerError" in said
