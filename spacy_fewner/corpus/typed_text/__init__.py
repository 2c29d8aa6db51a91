"""Typed mentions out of encyclopedic text by rules, without a language model or a tagger (ours)."""
