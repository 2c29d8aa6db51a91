"""Writing texts of given classes with a language model."""
