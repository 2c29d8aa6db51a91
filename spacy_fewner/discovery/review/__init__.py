"""The review file: one schema out of many documents, as a person reads and edits it."""
