"""Rows to tune a language model on, out of annotated texts."""
