"""The recipe, its settings, and one training of one pipeline."""
