"""Small language models tuned, served and exported."""
