"""Typed mentions out of encyclopedic text by rules: no language model, no tagger (ours)."""
