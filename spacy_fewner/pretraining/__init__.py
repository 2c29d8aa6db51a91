"""Training an open span model on many label schemes at once, before anybody's own examples."""
