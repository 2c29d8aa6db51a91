"""Commands of the cascade: spans first, then their place in a tree of labels."""
