"""Commands of open extraction: documents to a schema, its review, and rows to train on."""
