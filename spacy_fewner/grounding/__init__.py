"""From what an LLM says of a text to character spans that are truly in it."""
