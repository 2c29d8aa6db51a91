"""From a trained pipeline to one that needs no torch."""
