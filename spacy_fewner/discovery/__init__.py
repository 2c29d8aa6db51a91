"""From documents without labels to a schema with guidelines, and annotations that follow it."""
