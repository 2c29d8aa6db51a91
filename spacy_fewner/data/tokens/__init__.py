"""How texts are cut into tokens: by words, or by characters where a script has no spaces."""
