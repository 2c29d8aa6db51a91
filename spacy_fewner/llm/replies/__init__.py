"""Readers of replies: text in; items, problems and the prose around them out (nothing vanishes)."""
