"""What comes of the texts, on the disk in order and once, whatever kills the run."""
