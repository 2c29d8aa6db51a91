"""Lists of words that the rules know: closed classes, and the few open ones that they need."""


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())
