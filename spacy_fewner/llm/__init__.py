"""Text in, text out: models, the journal between them and us, and readers of their replies."""
