"""`nlp.pipe(n_process=…)` and pipes that hold a client: refused before a process begins.

A journal is written by one process, and a client's threads do not survive a fork.
"""

import multiprocessing
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from spacy.language import Language

from ...errors import FewnerError
from .batches import BatchPipe


def refuse_processes(nlp: Language) -> None:
    """Have `nlp.pipe` raise FewnerError where several processes would ask a language model.

    spaCy tells a component nothing before it begins processes, hence the check before its method,
    in this pipeline alone. A partial of a module-level function, as spawned processes pickle it.
    """
    if getattr(nlp.pipe, "func", None) is not _pipe:
        nlp.pipe = partial(_pipe, nlp)  # type: ignore[method-assign]


def _pipe(
    nlp: Language,
    texts: Iterable[Any],
    *,
    disable: Iterable[str] = (),
    n_process: int = 1,
    **settings: Any,
) -> Iterator[Any]:
    """spaCy's, whose arguments these are."""
    disable = list(disable)
    if n_process != 1 and (n_process > 1 or multiprocessing.cpu_count() > 1):
        _check(nlp, disable, n_process)
    return type(nlp).pipe(nlp, texts, disable=disable, n_process=n_process, **settings)


def _check(nlp: Language, disable: Iterable[str], n_process: int) -> None:
    for name, pipe in nlp.pipeline:
        if isinstance(pipe, BatchPipe) and pipe.client is not None and name not in disable:
            raise FewnerError(
                "n_process",
                f"must be 1 with a component that asks a language model ({name})",
                n_process,
                "Its client asks about many texts at once: raise concurrency of its model, and "
                "batch_size of nlp.pipe.",
            )
