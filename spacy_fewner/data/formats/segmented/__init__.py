"""Text that somebody cut into words: parted by spaces, or as CoNLL-U with a tag for each word."""
