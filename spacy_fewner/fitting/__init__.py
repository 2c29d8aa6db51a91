"""From examples to wheel: `fit`, step by step."""
