"""What `fit` does about classes of whole texts."""
