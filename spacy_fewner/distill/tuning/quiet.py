"""Without what libraries say for themselves while a model is tuned."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_SAY_MUCH = r"(torch|transformers|trl|peft|accelerate|datasets)(\.|$)"


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Progress is ours; of warnings only errors are left, and those of other packages."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=_SAY_MUCH)
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
