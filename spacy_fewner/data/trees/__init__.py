"""Trees of labels: what they are, their files, and what a label says."""
