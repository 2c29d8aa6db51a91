"""What differs between transformers 4 and 5, in one place.

Tokenizers do too: transformers 5 makes some anew from their vocabulary; what has been stored is
read from its own file instead (lora/tokenizers.py).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# One tokenizer by two names, of transformers 5 and 4.
_RENAMED = {"TokenizersBackend": "PreTrainedTokenizerFast"}


def known_class(name: Any, is_known: Callable[[str], bool]) -> Any:
    """A tokenizer's class by the name that the installed version knows, where it has another."""
    other = _RENAMED.get(name) if isinstance(name, str) else None
    return name if other is None or is_known(name) else other


@contextmanager
def quiet_loading(downloads: bool) -> Iterator[None]:
    """Without the progress bars that transformers 5 shows for weights that lie on the disk.

    downloads: may have to fetch them first, which is worth a bar.
    """
    from transformers.utils import logging

    if downloads or not logging.is_progress_bar_enabled():
        yield
        return
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.enable_progress_bar()
