"""Measuring and choosing on held-out text: cross-validation, mixtures, several at once."""
