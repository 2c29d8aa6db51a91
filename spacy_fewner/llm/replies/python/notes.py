"""What is left out, with the reason, as it is sent back."""

MAX_NOTES = 100  # of one reply
_DETAIL = 120
_SOURCE = 2000


class Notes:
    """problems: (reason, detail, source), the first MAX_NOTES. cut: the reply ends too early."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, str, str]] = []
        self.cut = False

    def add(self, reason: str, detail: str, source: str) -> None:
        if len(self.problems) < MAX_NOTES:
            self.problems.append((reason, " ".join(detail.split())[:_DETAIL], source[:_SOURCE]))
