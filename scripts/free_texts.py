"""Texts that a model may be trained on and passed on: python scripts/free_texts.py TEXTS OUT.

TEXTS is JSONL with {"text", "meta": {"src"}}; OUT gets those of all sources but WikiNEuRal, whose
licence is CC BY-NC-SA 4.0: not for commercial use.
"""

import sys
from pathlib import Path

from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.errors import FewnerError

NOT_FREE = "wikineural"


def main(texts: str, out: str) -> None:
    given = read_samples(texts, texts_only=True)
    free = [one for one in given if not str(one.meta.get("src", "")).startswith(NOT_FREE)]
    write_samples(free, Path(out))
    print(f"{len(free):,} of {len(given):,} texts  {out}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except FewnerError as error:
        sys.exit(f"Error: {error}")
