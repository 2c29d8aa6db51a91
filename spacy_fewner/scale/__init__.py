"""Trained pipelines over many texts: files of any size, several machines, a server."""
