"""Spans first, then their place in a tree of labels, from coarse to fine (CascadeNER)."""
