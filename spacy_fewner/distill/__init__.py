"""What a small language model is tuned on."""
