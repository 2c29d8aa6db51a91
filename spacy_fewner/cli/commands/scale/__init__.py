"""Commands that run a trained pipeline over many texts."""
