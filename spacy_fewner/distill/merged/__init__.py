"""A tuned model as files that other programs serve."""
