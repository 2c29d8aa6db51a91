"""The trained classifier: component `fewner_cascade`, its architecture and its loss."""
