"""Stages that make training text with an LLM; one stage a file."""
