"""Language models behind one protocol: servers, files run here, spacy-llm's."""
