"""One file format each: text into samples, samples into text."""
