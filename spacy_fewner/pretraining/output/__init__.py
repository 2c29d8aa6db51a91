"""What a pretraining leaves behind: how good it is on types it has not seen, and its card."""
