"""What examples say, what may be wrong with them, and how the model learns from them."""
