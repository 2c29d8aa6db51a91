"""A language model finds spans and chooses labels: component `fewner_cascade_llm`."""
