"""How well a language model does what its rows ask: spans by generation, recall, choices."""
