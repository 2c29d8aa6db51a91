"""Scores of the classes of texts: right and wrong, how sure, and from where on a class holds."""
