"""What tuned models answer, read back: spans of the text."""
