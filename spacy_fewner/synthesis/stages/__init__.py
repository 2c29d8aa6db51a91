"""The stages, one a file: samples in, samples and rejects out."""
