"""Few-shot named entity recognition for spaCy: from ten examples a label to a pip wheel.

    import spacy
    import spacy_fewner

    result = spacy_fewner.fit("examples.jsonl", "out", package="films")
    nlp = spacy.load(result.model)
    doc = nlp("Who made Alien?")
    for span in doc.spans["sc"]:
        print(span, span.label_)

`fit` does everything in one call, `export` makes one that needs no torch. Single steps are in
the subpackages: `data` reads, writes, checks and samples examples, `corpus` and `synthesis` make
more with a language model of `llm`, `evaluation` scores. Texts are `types.Sample`; bad input
anywhere raises `errors.FewnerError`.
Components for `nlp.add_pipe`: "fewner", "fewner_cascade", "fewner_cascade_llm", "fewner_synth".
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .fitting.run import fit
    from .runtime.export.exporting import export

__version__ = "0.1.0"
__all__ = ["__version__", "export", "fit"]


def __getattr__(name: str) -> Any:
    # Lazy, since spaCy imports this package through its entry points in every spacy.blank().
    if name == "fit":
        from .fitting.run import fit

        return fit
    if name == "export":
        from .runtime.export.exporting import export

        return export
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
