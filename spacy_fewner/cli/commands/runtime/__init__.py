"""Commands for pipelines without torch."""
