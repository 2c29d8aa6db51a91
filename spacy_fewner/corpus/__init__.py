"""Synthetic text on its way into training: checked, mixed, read."""
