"""The HTML report: what it holds, its sections and its page."""
