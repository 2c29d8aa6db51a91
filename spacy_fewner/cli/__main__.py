"""`python -m spacy_fewner.cli`: the same as the script `spacy-fewner`."""

from .app import main

if __name__ == "__main__":
    main()
