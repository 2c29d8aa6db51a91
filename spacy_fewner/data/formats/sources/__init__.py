"""What a sample was read from, by format, to be written back with what a sample does not hold."""
