"""One scheme out of many documents: types told apart, synonyms merged, catch-alls taken apart."""
