"""Entry point `spacy_cli`: adds `fewner` to the commands of `python -m spacy`.

spaCy imports this before any command of its own, so it must neither fail nor cost anything: the
commands import what they need when they run.
"""

from spacy.cli._util import app as spacy_app

from .app import app

spacy_app.add_typer(app, name="fewner")
