"""What a run has asked and paid, and when it must stop."""

import threading
from dataclasses import dataclass, replace

from ..errors import FewnerError, check_number
from .types import Prompt, Reply

_MILLION = 1_000_000
_BYTES_PER_TOKEN = 4  # a rough figure, used only where a model does not count


@dataclass(frozen=True, slots=True)
class Budget:
    """Prices, and limits beyond which a run asks no more.

    prompt_price, completion_price: per million tokens, in any currency.
    max_cost: in that currency; max_tokens: prompt and completion; None for no limit. What is
        under way is counted at the mean of the replies so far, so that only the first replies
        (as many as are asked at once) can exceed a limit.
    """

    prompt_price: float = 0.0
    completion_price: float = 0.0
    max_cost: float | None = None
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        for name in ("prompt_price", "completion_price", "max_cost", "max_tokens"):
            value = getattr(self, name)
            if value is not None:
                check_number(f"budget.{name}", value, least=0, remedy="Mend the budget.")
        if self.max_cost is not None and not (self.prompt_price or self.completion_price):
            raise FewnerError(
                "budget.max_cost",
                "needs the prices of tokens",
                "no prices",
                "Give prompt_price and completion_price per million tokens, or limit the tokens.",
            )


@dataclass(frozen=True, slots=True)
class Totals:
    """requests: replies paid for in this run. from_journal: prompts answered without asking (also
    those that came twice). failed: prompts without a reply. cost: by the budget's prices."""

    requests: int = 0
    from_journal: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class Meter:
    """Counts what threads ask and get."""

    def __init__(self, budget: Budget | None = None):
        self.totals = Totals()
        self._budget = budget or Budget()
        self._under_way = 0
        self._lock = threading.Lock()

    def admit(self) -> None:
        """Count a request as under way; raises FewnerError when the budget has no room for it."""
        with self._lock:
            self._check("max_cost", self._budget.max_cost, self.totals.cost)
            self._check("max_tokens", self._budget.max_tokens, self.totals.tokens)
            self._under_way += 1

    def _check(self, name: str, limit: float | None, spent: float) -> None:
        mean = spent / max(1, self.totals.requests)
        if limit is not None and (spent >= limit or spent + mean * (self._under_way + 1) > limit):
            raise FewnerError(
                f"budget.{name}",
                f"the run may use {limit:,g}",
                f"{spent:,g} used by {self.totals.requests:,} replies",
                "Raise the limit and run again with mode resume: the replies so far are in the "
                "journal, if there is one, and are not paid for again.",
            )

    def settle(self, prompt: Prompt, reply: Reply | None) -> None:
        """Count an admitted request as done; None where it ended without a reply."""
        with self._lock:
            self._under_way -= 1
            if reply is None or reply.error:
                self.totals = replace(self.totals, failed=self.totals.failed + 1)
            else:
                self.totals = self._added(prompt, reply)

    def _added(self, prompt: Prompt, reply: Reply) -> Totals:
        asked = reply.prompt_tokens
        if asked is None:
            asked = rough_tokens(prompt)
        written = reply.completion_tokens
        if written is None:
            written = _rough(reply.text)
        prices = self._budget
        cost = (asked * prices.prompt_price + written * prices.completion_price) / _MILLION
        totals = self.totals
        return replace(
            totals,
            requests=totals.requests + 1,
            prompt_tokens=totals.prompt_tokens + asked,
            completion_tokens=totals.completion_tokens + written,
            cost=totals.cost + cost,
        )

    def repeat(self) -> None:
        """Count a prompt that was answered without asking."""
        with self._lock:
            self.totals = replace(self.totals, from_journal=self.totals.from_journal + 1)


def rough_tokens(prompt: Prompt) -> int:
    """About how many tokens a prompt has."""
    return sum(_rough(message.content) for message in prompt.messages)


def _rough(text: str) -> int:
    return -(-len(text.encode("utf8", "replace")) // _BYTES_PER_TOKEN)
