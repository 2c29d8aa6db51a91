"""The span head: a score for each span up to a width and each label."""
