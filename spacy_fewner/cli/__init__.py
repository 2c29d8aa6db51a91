"""The commands: `python -m spacy fewner ...` and `spacy-fewner ...`, thin over the rest."""
