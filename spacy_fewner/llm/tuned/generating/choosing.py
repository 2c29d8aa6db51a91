"""The next token: the likeliest, or one drawn."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_SEED_BYTES = 8


@dataclass(frozen=True)
class Sampling:
    """temperature: 0 for the likeliest token always. top_p: share of the likeliest tokens drawn
    from. seed: of the draws, which depend on the request besides, and on nothing else."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0

    def noise(self, request: str) -> "torch.Generator | None":
        """Where the draws for a request come from; None where nothing is drawn."""
        import torch

        if not self.temperature:
            return None
        digest = hashlib.sha256(f"{self.seed} {request}".encode()).digest()
        number = int.from_bytes(digest[:_SEED_BYTES], "big") >> 1
        return torch.Generator("cpu").manual_seed(number)

    def choose(self, scores: "torch.Tensor", noise: "torch.Generator | None") -> int:
        """A token. scores: shape (vocabulary), on any device."""
        import torch

        if not self.temperature:
            return int(scores.argmax())
        likely = self._likely(scores.cpu() / self.temperature)
        drawn = torch.rand(len(likely), generator=noise).clamp(1e-20, 1 - 1e-7)
        # The largest of scores with Gumbel noise is a draw from their softmax.
        return int((likely - torch.log(-torch.log(drawn))).argmax())

    def _likely(self, scores: "torch.Tensor") -> "torch.Tensor":
        if self.top_p >= 1:
            return scores
        ordered, order = scores.sort(descending=True)
        shares = ordered.softmax(0)
        unlikely = shares.cumsum(0) - shares >= self.top_p
        return scores.masked_fill(unlikely[order.argsort()], float("-inf"))
