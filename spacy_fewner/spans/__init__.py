"""The component `fewner`: labelled spans from a grid of scores."""
