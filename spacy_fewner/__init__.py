"""Few-shot named entity recognition for spaCy: from ten examples a label to a pip wheel."""

__version__ = "0.1.0"
