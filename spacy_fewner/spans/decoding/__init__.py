"""From scores of spans to the spans that a document gets."""
