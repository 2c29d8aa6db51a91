"""What pipes that ask a language model share: docs go through in batches."""

from collections.abc import Iterable, Iterator

from spacy.pipeline import Pipe
from spacy.tokens import Doc
from spacy.util import minibatch

from ...llm.client import Client
from ...llm.connect import Connection


class BatchPipe(Pipe):
    """A pipe without weights that does a batch of docs at a time.

    client: None where it asks nothing. With one it works in one process; see processes.py.
    """

    name: str
    client: Connection | Client | None

    def _process(self, docs: list[Doc]) -> list[Doc]:
        """The same docs, annotated."""
        raise NotImplementedError

    def __call__(self, doc: Doc) -> Doc:
        return next(iter(self._process([doc])))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """batch_size: docs asked about together; prompts of more docs keep more threads busy."""
        handle = self.get_error_handler()
        for docs in minibatch(stream, batch_size):
            try:
                done = self._process(docs)
            except Exception as err:
                handle(self.name, self, docs, err)
            else:
                yield from done
