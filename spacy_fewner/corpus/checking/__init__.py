"""What synthetic text has to pass before anything is trained on it, one check a file."""
