"""Stages as spaCy components and as tasks of spacy-llm."""
