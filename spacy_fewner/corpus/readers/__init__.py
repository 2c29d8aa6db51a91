"""Readers that training configs name, and the examples they give."""
