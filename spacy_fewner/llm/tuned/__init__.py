"""A causal model tuned here, or any other of Hugging Face, run in this process by torch."""
