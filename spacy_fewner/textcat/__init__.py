"""`fewner_textcat`: classes of whole texts, by examples, by definition, or by both."""
