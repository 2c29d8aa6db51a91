"""A pipeline behind HTTP: requests of many clients in common batches."""
