"""What a server takes, and how long it waits."""

from dataclasses import dataclass

from ...errors import FewnerError, check_number

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class ServeSettings:
    """Limits of a server. Ours, like all of its defaults.

    max_batch: texts that the pipeline gets at once, of one request or several.
    max_wait: milliseconds that a text waits for others to share its batch.
    max_queue: texts that wait; requests beyond are turned away (503).
    max_texts: texts of one request. max_chars: characters of one text, and of a batch of several.
    max_body: megabytes of one request.
    timeout: seconds, both for a request to arrive and for its answer to be found.
    """

    max_batch: int = 32
    max_wait: float = 2.0
    max_queue: int = 1024
    max_texts: int = 256
    max_chars: int = 20_000
    max_body: float = 8.0
    timeout: float = 30.0

    def __post_init__(self) -> None:
        for name in ("max_batch", "max_queue", "max_texts", "max_chars"):
            check_number(name, getattr(self, name), least=1, whole=True)
        check_number("max_wait", self.max_wait, least=0, most=10_000)
        check_number("max_body", self.max_body, least=0.001, most=10_000)
        check_number("timeout", self.timeout, least=0.001, most=86_400)
        if self.max_queue < self.max_texts:
            rule = f"must be max_texts or more, {self.max_texts}: else a full request never fits"
            raise FewnerError("max_queue", rule, self.max_queue, "Raise it, or lower max_texts.")

    @property
    def body_bytes(self) -> int:
        return int(self.max_body * MEGABYTE)
