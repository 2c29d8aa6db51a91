"""What to lower where memory is out."""

from collections.abc import Iterator
from contextlib import contextmanager

from ...errors import FewnerError
from .settings import Settings


@contextmanager
def enough_memory(settings: Settings) -> Iterator[None]:
    """Raises FewnerError where torch, on any device, or Python finds no room."""
    try:
        yield
    except MemoryError as err:
        raise _too_little(settings, err) from err
    except RuntimeError as err:  # torch's own of a GPU is one too
        if not _is_of_memory(err):
            raise
        raise _too_little(settings, err) from err


def _is_of_memory(err: RuntimeError) -> bool:
    said = str(err).lower()
    return "out of memory" in said or "allocate memory" in said


def _too_little(settings: Settings, err: BaseException) -> FewnerError:
    lower = [f"micro_tokens (now {settings.micro_tokens:,})", "max_length"]
    more = "" if settings.gradient_checkpointing else ", or set gradient_checkpointing"
    remedy = f"Lower {' or '.join(lower)}{more}; the same run goes on from its last checkpoint."
    found = str(err).partition("\n")[0] or "none left"
    return FewnerError("memory", "must have room for the model and its micro batch", found, remedy)
