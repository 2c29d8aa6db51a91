"""Answers token by token, for several prompts at once."""
