"""What differs between transformers 4 and 5, in one place.

Tokenizers do too: transformers 5 makes some anew from their vocabulary; what has been stored is
read from its own file instead (lora/tokenizers.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager


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
