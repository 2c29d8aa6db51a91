"""Texts that are like others: embeddings and an index over them."""
