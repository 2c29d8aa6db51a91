"""Rows as tokens, in batches."""
